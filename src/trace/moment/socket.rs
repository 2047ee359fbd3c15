//! A socket as it is at one place of a trace.

use crate::trace::{Address, Aspect, Change, Descriptor, Name, Names, Subject, TcpState};

/// What has been told of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Socket {
    /// How many sockets were made before it in this run.
    pub number: usize,
    /// Its family and type, as `socket(2)` names them. None if it was not told who made it.
    pub kind: Option<(String, String)>,
    /// Who holds it. One that waits to be accepted is held by nobody, and so is one that was
    /// closed.
    pub held: Vec<Held>,
    /// The descriptor that it had last, of one that was closed.
    pub was: Option<i32>,
    /// `getsockname(2)`.
    pub local: Option<Address>,
    /// `getpeername(2)`, even when the connection is over.
    pub peer: Option<Address>,
    /// None of one that is not TCP, and as long as nothing was told.
    pub state: Option<TcpState>,
    /// Of a listener: how many wait, and the limit.
    pub queue: Option<(u32, u32)>,
    /// How many bytes have arrived and are not read; of datagrams, those of the next one.
    pub unread: u32,
    /// How many bytes are sent, or wait to be sent, and are not acknowledged.
    pub unacknowledged: u32,
    /// How many datagrams were thrown away.
    pub dropped: u32,
    /// In how many milliseconds the kernel will forget it, when that was told.
    pub expires_ms: Option<u32>,
}

/// A descriptor of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub descriptor: Descriptor,
    /// The lane that used it last; or the program of a process that is no lane.
    pub by: Name,
}

impl Socket {
    pub fn has(&self, descriptor: Descriptor) -> bool {
        self.held.iter().any(|held| held.descriptor == descriptor)
    }

    /// Whether TCP knows it: a CLOSED one has no connection.
    pub fn is_in_tcp(&self) -> bool {
        self.state.is_some_and(|state| state != TcpState::Close)
    }

    /// Of one that listens: how many wait to be accepted, and the limit.
    pub fn accept_queue(&self) -> Option<(u32, u32)> {
        self.queue.filter(|_| self.state == Some(TcpState::Listen))
    }

    /// Whether a change may be about it, which nobody here holds any more, or not yet.
    pub(super) fn may_be(&self, subject: &Subject) -> bool {
        let same = |own: &Option<Address>, other: &Option<Address>| match (own, other) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        let same_number = match (self.was, subject.fd.or(subject.was)) {
            (Some(own), Some(other)) => own == other,
            (None, None) => true,
            // What waited to be accepted has its descriptor now.
            (None, Some(_)) => subject.fd.is_some(),
            (Some(_), None) => false,
        };
        same_number && self.local == subject.local && same(&self.peer, &subject.peer)
    }

    /// Takes over the names that the observer read.
    pub(super) fn rename(&mut self, names: &Names) {
        self.local = names.local.clone();
        // The connection is over, and the kernel names no peer any more.
        let stays = self.state.is_some() && names.peer.is_none();
        if !stays {
            self.peer = names.peer.clone();
        }
    }

    /// Takes over what is new. A peer that the kernel has named once remains the peer.
    pub(super) fn learn(&mut self, change: &Change) {
        let Subject { was, local, peer, .. } = change.socket.clone();
        (self.was, self.local) = (was.or(self.was), local);
        self.peer = peer.or(self.peer.take());
        match change.what {
            Aspect::State { after, expires_ms, .. } => {
                self.state = after;
                self.expires_ms = expires_ms;
            }
            Aspect::Queue { after, limit, .. } => self.queue = Some((after, limit)),
            Aspect::Unread { after, .. } | Aspect::NextDatagram { after, .. } => {
                self.unread = after;
            }
            Aspect::Unacknowledged { after, .. } => self.unacknowledged = after,
            Aspect::Dropped { after, .. } => self.dropped = after,
        }
    }
}
