//! What changed in the kernel.

use super::{Address, TcpState};
use serde::{Deserialize, Serialize};

/// Something about a socket that is not as it was before the call. It was seen, not asked for by
/// the lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub socket: Subject,
    #[serde(flatten)]
    pub what: Aspect,
    /// It changed while the run rested, and no call was made: the kernel did it by itself, when a
    /// timer was up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub meanwhile: bool,
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

/// What any Linux allows for a queue, unless somebody has made it less: `net.core.somaxconn` before
/// Linux 5.4.
const LEAST_SOMAXCONN: u32 = 128;

/// What any Linux has room for among what arrives and is not read, in bytes: the smallest size that
/// `SO_RCVBUF` of `socket(7)` can have.
pub(super) const LEAST_RCVBUF: u32 = 2304;

impl Change {
    /// A change by what an actor did last.
    pub fn new(socket: Subject, what: Aspect) -> Change {
        Change { socket, what, meanwhile: false }
    }

    /// Makes it what every run has of it, and gives whether that is still a change: no timers, and
    /// nothing that has happened while somebody was reading.
    /// Delayed acknowledgements decide when a FIN is acknowledged and how many bytes are not. A
    /// long limit of a queue may be what the machine allows, and many unread bytes what it has room
    /// for.
    pub(super) fn make_canonical(&mut self) -> bool {
        if self.meanwhile {
            return false;
        }
        match &mut self.what {
            Aspect::State { expires_ms, .. } => *expires_ms = None,
            Aspect::Queue { limit, .. } if *limit >= LEAST_SOMAXCONN => *limit = 0,
            Aspect::Unread { before, after } => {
                (*before, *after) = ((*before).min(LEAST_RCVBUF), (*after).min(LEAST_RCVBUF));
            }
            _ => {}
        }
        self.what.pass_over_fin_wait_1();
        self.what.pass_over_end_of_time_wait();
        match self.what {
            Aspect::State { before, after, .. } => before != after,
            Aspect::Unread { before, after } => before != after,
            Aspect::Unacknowledged { .. } => false,
            _ => true,
        }
    }
}

impl Aspect {
    /// Lets TIME-WAIT go on: when it ends, a timer decides, or a packet that comes late (RFC 1337).
    pub(super) fn pass_over_end_of_time_wait(&mut self) {
        if let Aspect::State { before: Some(TcpState::TimeWait), after: after @ None, .. } = self {
            *after = Some(TcpState::TimeWait);
        }
    }

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
