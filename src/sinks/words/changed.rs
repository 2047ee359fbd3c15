//! What has changed in the kernel, with the name that the lesson has for the socket.

use super::Dialect;
use crate::sentence;
use crate::trace::Change;

/// `listener (3): CLOSED → LISTEN`; in Python, where a socket is no number, `listener: CLOSED →
/// LISTEN`. One that has no name is its number.
pub fn changed(change: &Change, name: Option<&str>, dialect: Dialect) -> String {
    let socket = &change.socket;
    let who = match (name, dialect, socket.fd, socket.was) {
        (Some(name), Dialect::C, Some(fd), _) => sentence!("{name} ({fd})", name, fd),
        (Some(name), Dialect::C, None, Some(fd)) => sentence!("{name} ({fd}), closed", name, fd),
        (Some(name), Dialect::Python, Some(_), _) => sentence!("{name}", name),
        (Some(name), Dialect::Python, None, Some(_)) => sentence!("{name}, closed", name),
        _ => socket.sentence(),
    };
    format!("{who}: {}", change.what.sentence())
}
