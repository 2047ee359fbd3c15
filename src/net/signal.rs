//! A signal that wakes a thread.

use crate::stage::{until_asleep, witness};
use crate::trace::{Call, Value};
use signal_hook::consts::SIGUSR1;
use std::io;
use std::os::unix::thread::JoinHandleExt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

/// `tgkill(2)` with SIGUSR1: interrupts the thread of an actor, as soon as it sleeps in a call. The
/// signal has a handler that does nothing. A call that has a time-out fails with `EINTR`
/// (`signal(7)`); others the kernel begins anew.
///
/// # Errors
/// Those of `sigaction(2)` and of the call.
#[track_caller]
pub fn interrupt<T>(actor: &JoinHandle<T>) -> io::Result<()> {
    let call = || Call::new("tgkill").with(Value::Constant("SIGUSR1".into()));
    let wake = || {
        signal_hook::flag::register(SIGUSR1, Arc::new(AtomicBool::new(false)))?;
        until_asleep(actor.thread().id());
        // A number with one C library, a pointer with another.
        let thread = actor.as_pthread_t() as libc::pthread_t;
        // SAFETY: the actor has not been joined, so this is the name of a thread.
        match unsafe { libc::pthread_kill(thread, SIGUSR1) } {
            0 => Ok(()),
            errno => Err(io::Error::from_raw_os_error(errno)),
        }
    };
    witness(Location::caller(), call, wake, |()| Vec::new())
}
