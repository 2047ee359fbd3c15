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

pub use address::{PATIENCE, addresses, announce};
pub use connect::{Connect, Dialogue, First};
pub use listen::Listen;
pub use serve::Serve;

use std::io;

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
