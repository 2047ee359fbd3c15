//! What changed in the kernel.

use super::{Address, TcpState};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Something about a socket that is not as it was before the call. It was seen, not asked for by
/// the lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub socket: Subject,
    #[serde(flatten)]
    pub what: Aspect,
}

/// The socket that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its descriptor. A socket that waits to be accepted has none yet, and one that is closed has
    /// none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The descriptor that it had until it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Address>,
}

/// What changed about it, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Aspect {
    /// The state of a TCP connection. None before it is there, and after the kernel has forgotten
    /// it. One that is over for its program, such as one in TIME-WAIT, the kernel will forget by
    /// itself: in so many milliseconds. A descriptor that is left says CLOSED.
    State {
        before: Option<TcpState>,
        after: Option<TcpState>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_ms: Option<u32>,
    },
    /// How many connections wait on a listener until they are accepted, and the limit.
    Queue { before: u32, after: u32, limit: u32 },
    /// How many bytes have arrived and are not read, of a stream.
    Unread { before: u32, after: u32 },
    /// How many bytes the next datagram has. 0 if none has arrived, and if it is empty: the kernel
    /// does not say which.
    NextDatagram { before: u32, after: u32 },
    /// How many bytes are sent, or wait to be sent, and are not acknowledged.
    Unacknowledged { before: u32, after: u32 },
    /// How many datagrams were thrown away since there was no room for them.
    Dropped { before: u32, after: u32 },
}

/// `4: CLOSED → ESTABLISHED`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.socket, self.what)
    }
}

/// `4`; `4, closed`; for one that never had a descriptor, the addresses of both ends.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self.fd, self.was, &self.local, &self.peer) {
            (Some(fd), ..) => write!(f, "{fd}"),
            (_, Some(fd), ..) => write!(f, "{fd}, closed"),
            (.., Some(local), Some(peer)) => write!(f, "{local} with {peer}, not accepted"),
            _ => write!(f, "a socket without a descriptor"),
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Aspect::State { before, after, expires_ms } => {
                match (before, after) {
                    (Some(before), Some(after)) => write!(f, "{before} → {after}"),
                    (None, Some(after)) => write!(f, "new, {after}"),
                    (Some(before), None) => write!(f, "{before} → gone"),
                    (None, None) => write!(f, "gone"),
                }?;
                let Some(left) = expires_ms else { return Ok(()) };
                write!(f, ", forgotten in {:.1} s", f64::from(*left) / 1000.0)
            }
            Aspect::Queue { before, after, limit } if before == after => {
                write!(f, "{after} waiting for accept, limit {limit}")
            }
            Aspect::Queue { before, after, limit } => {
                write!(f, "{before} → {after} waiting for accept, limit {limit}")
            }
            Aspect::Unread { before, after } => write!(f, "{before} → {after} bytes unread"),
            Aspect::NextDatagram { before, after } => {
                write!(f, "next datagram {} → {}", datagram(*before), datagram(*after))
            }
            Aspect::Unacknowledged { before, after } => {
                write!(f, "{before} → {after} bytes unacknowledged")
            }
            Aspect::Dropped { before, after } => write!(f, "{before} → {after} datagrams dropped"),
        }
    }
}

/// `4 bytes`. What has no bytes may be a datagram, or none.
fn datagram(bytes: u32) -> Cow<'static, str> {
    if bytes == 0 { "none or empty".into() } else { format!("{bytes} bytes").into() }
}

/// What any Linux allows for a queue, unless somebody has made it less: `net.core.somaxconn` before
/// Linux 5.4.
const LEAST_SOMAXCONN: u32 = 128;

impl Change {
    /// The change as every run has it: no timers. Delayed acknowledgements decide when a FIN is
    /// acknowledged and how many bytes are not. A long limit of a queue may be what the machine
    /// allows.
    pub(crate) fn canonical(mut self) -> Option<Change> {
        match &mut self.what {
            Aspect::State { expires_ms, .. } => *expires_ms = None,
            Aspect::Queue { limit, .. } if *limit >= LEAST_SOMAXCONN => *limit = 0,
            _ => {}
        }
        self.what.pass_over_fin_wait_1();
        match self.what {
            Aspect::State { before, after, .. } if before == after => None,
            Aspect::Unacknowledged { .. } => None,
            _ => Some(self),
        }
    }
}

impl Aspect {
    /// Takes FIN-WAIT-1 for FIN-WAIT-2.
    pub(super) fn pass_over_fin_wait_1(&mut self) {
        let Aspect::State { before, after, .. } = self else { return };
        for state in [before, after].into_iter().flatten() {
            if *state == TcpState::FinWait1 {
                *state = TcpState::FinWait2;
            }
        }
    }
}
