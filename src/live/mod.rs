//! What talks to the outside: the tutorial's server and its client, for real peers.
//!
//! They are ordinary socket code like the lessons, and narrated by the same means: a comment is a
//! step. Their lanes take no turns, since real peers do not wait.

mod address;
mod answer;
mod clients;
mod connect;
mod listen;
mod request;
mod serve;

pub use address::{PATIENCE, addresses, announce, say_where};
pub use connect::{Connect, Dialogue, First};
pub use listen::Listen;
pub use serve::Serve;

use crate::terminal::say;
use std::fmt::Display;
use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::Builder;

/// Makes a call again that a signal interrupted: a socket with a time-out returns `EINTR` when the
/// program is stopped and goes on, `signal(7)`.
fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Says something that clients must not wait for: a terminal that was stopped takes nothing. What
/// it has not taken in time is not said.
fn remark(text: impl Display) {
    static VOICE: OnceLock<Option<SyncSender<String>>> = OnceLock::new();
    let start = || {
        let (voice, said) = sync_channel::<String>(16);
        let speak = move || said.into_iter().for_each(say);
        Builder::new().name("voice".into()).spawn(speak).ok().map(|_| voice)
    };
    if let Some(voice) = VOICE.get_or_init(start) {
        voice.try_send(text.to_string()).ok();
    }
}
