//! What is put in order before a signal ends the program.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::emulate_default_handler;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Builder};
use std::time::Duration;

/// The signals that end a program, if it does not want otherwise.
pub const THAT_END_US: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];

/// Somebody puts things in order before a signal ends the program.
static IS_TIDIED: AtomicBool = AtomicBool::new(false);

/// How often it is looked whether a signal has come. To be told of it would take descriptors, and
/// the first of them are the student's.
const LOOK: Duration = Duration::from_millis(20);

/// Does that before a signal ends the program. Without a thread for it, it is not done.
pub fn tidy_before(tidy: impl FnOnce() + Send + 'static) {
    let came = Arc::new(AtomicUsize::new(0));
    let heard = came.clone();
    let wait = move || {
        let signal = loop {
            match heard.load(Ordering::Relaxed) {
                0 => thread::park_timeout(LOOK),
                signal => break signal,
            }
        };
        tidy();
        emulate_default_handler(i32::try_from(signal).unwrap_or(SIGTERM)).ok();
    };
    if Builder::new().name("tidy".into()).spawn(wait).is_err() {
        return;
    }
    IS_TIDIED.store(true, Ordering::Relaxed);
    for signal in THAT_END_US {
        flag::register_usize(signal, came.clone(), signal.unsigned_abs() as usize).ok();
    }
}

/// Ends the program by a signal, unless somebody puts things in order first, and ends it then. May
/// be called by the handler of the signal.
pub fn end_by(signal: i32) {
    if !IS_TIDIED.load(Ordering::Relaxed) {
        emulate_default_handler(signal).ok();
    }
}
