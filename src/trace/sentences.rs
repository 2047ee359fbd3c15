//! What is said of a change in the kernel, and of what is waited for.

use super::{Aspect, Awaited, Condition, Subject};
use crate::catalogue::Sentence;
use crate::sentence;

impl Subject {
    /// `4`; `4, closed`; for one that never had a descriptor, the addresses of both ends.
    pub fn sentence(&self) -> Sentence {
        match (self.fd, self.was, &self.local, &self.peer) {
            (Some(fd), ..) => sentence!("{fd}", fd),
            (_, Some(fd), ..) => sentence!("{fd}, closed", fd),
            (.., Some(local), Some(peer)) => {
                sentence!("{local} with {peer}, not accepted", local, peer)
            }
            _ => sentence!("a socket without a descriptor"),
        }
    }
}

impl Aspect {
    /// `CLOSED → ESTABLISHED`
    pub fn sentence(&self) -> Sentence {
        match *self {
            Aspect::State { before, after, expires_ms } => {
                let seconds = expires_ms.map(|left| format!("{:.1}", f64::from(left) / 1000.0));
                match (before, after, seconds) {
                    (Some(before), Some(after), None) => {
                        sentence!("{before} → {after}", before, after)
                    }
                    (Some(before), Some(after), Some(seconds)) => sentence!(
                        "{before} → {after}, forgotten in {seconds} s",
                        before,
                        after,
                        seconds
                    ),
                    (None, Some(after), None) => sentence!("new, {after}", after),
                    (None, Some(after), Some(seconds)) => {
                        sentence!("new, {after}, forgotten in {seconds} s", after, seconds)
                    }
                    (Some(before), None, _) => sentence!("{before} → gone", before),
                    (None, None, _) => sentence!("gone"),
                }
            }
            Aspect::Queue { before, after, limit } if before == after => {
                sentence!("{after} waiting for accept, limit {limit}", after, limit)
            }
            Aspect::Queue { before, after, limit } => sentence!(
                "{before} → {after} waiting for accept, limit {limit}",
                before,
                after,
                limit
            ),
            Aspect::Unread { before, after } => {
                sentence!("{before} → {after} bytes unread", before, after)
            }
            Aspect::NextDatagram { before, after } => next_datagram(before, after),
            Aspect::Unacknowledged { before, after } => {
                sentence!("{before} → {after} bytes unacknowledged", before, after)
            }
            Aspect::Dropped { before, after } => {
                sentence!("{before} → {after} datagrams dropped", before, after)
            }
        }
    }
}

/// What has no bytes may be a datagram, or none.
fn next_datagram(before: u32, after: u32) -> Sentence {
    match (before, after) {
        (0, 0) => sentence!("next datagram none or empty → none or empty"),
        (0, after) => sentence!("next datagram none or empty → {after} bytes", after),
        (before, 0) => sentence!("next datagram {before} bytes → none or empty", before),
        (before, after) => {
            sentence!("next datagram {before} bytes → {after} bytes", before, after)
        }
    }
}

/// How something that is waited for is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// `waits until 3 is in LISTEN`
    Waits,
    /// `until 3 is in LISTEN`
    Until,
    /// `whether 3 is in LISTEN`
    Whether,
    /// `now 3 is in LISTEN`
    Now,
}

macro_rules! condition {
    ($how:expr, $socket:expr, $rest:literal $(, $place:ident)?) => {
        Sentence::new(match $how {
            Waiting::Waits => concat!("waits until {socket} ", $rest),
            Waiting::Until => concat!("until {socket} ", $rest),
            Waiting::Whether => concat!("whether {socket} ", $rest),
            Waiting::Now => concat!("now {socket} ", $rest),
        })
        .with("socket", $socket)
        $(.with(stringify!($place), $place))?
    };
}

impl Awaited {
    /// What is waited for, of a socket that is called so.
    pub fn sentence(&self, how: Waiting, socket: &str) -> Sentence {
        match self.until {
            Condition::Unread(bytes) => {
                condition!(how, socket, "has at least {bytes} unread bytes", bytes)
            }
            Condition::Acknowledged => condition!(how, socket, "has no unacknowledged bytes"),
            Condition::State(state) => condition!(how, socket, "is in {state}", state),
            Condition::Queued(1) => {
                condition!(how, socket, "has a connection waiting for accept")
            }
            Condition::Queued(number) => {
                condition!(
                    how,
                    socket,
                    "has at least {number} connections waiting for accept",
                    number
                )
            }
        }
    }
}
