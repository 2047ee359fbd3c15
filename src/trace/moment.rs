//! What the kernel has at one place of a trace.

use super::{Aspect, Change, Fact, Subject, TcpState, Trace};

/// The TCP sockets that there are, as the changes up to here have told them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub sockets: Vec<Socket>,
}

/// What has been told of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    pub subject: Subject,
    pub state: TcpState,
    /// Of a listener: how many wait, and the limit.
    pub queue: (u32, u32),
    pub unread: u32,
    pub unacknowledged: u32,
    /// In how many milliseconds the kernel will forget it, when that was told.
    pub expires_ms: Option<u32>,
}

impl Trace {
    /// What the kernel has after the first so many events.
    pub fn moment(&self, events: usize) -> Moment {
        let mut moment = Moment::default();
        for event in self.events.iter().take(events) {
            if let Fact::Changed(change) = &event.fact {
                moment.follow(change);
            }
        }
        moment
    }
}

impl Moment {
    /// Whether a change begins where the changes before it have ended.
    pub fn leads_to(&self, change: &Change) -> bool {
        let socket = self.place(&change.socket).map(|place| &self.sockets[place]);
        let known = |of: fn(&Socket) -> u32, before| socket.is_none_or(|told| of(told) == before);
        match change.what {
            Aspect::State { before, .. } => socket.map(|told| told.state) == connected(before),
            Aspect::Queue { before, .. } => known(|told| told.queue.0, before),
            Aspect::Unread { before, .. } => known(|told| told.unread, before),
            Aspect::Unacknowledged { before, .. } => known(|told| told.unacknowledged, before),
            Aspect::NextDatagram { .. } | Aspect::Dropped { .. } => true,
        }
    }

    /// Takes a change over. A socket that was never told to have a state of TCP is none of TCP.
    pub fn follow(&mut self, change: &Change) {
        if let Aspect::State { after, .. } = change.what {
            match (self.place(&change.socket), connected(after)) {
                (Some(place), Some(state)) => self.sockets[place].state = state,
                (Some(place), None) => _ = self.sockets.remove(place),
                (None, Some(state)) => self.sockets.push(Socket::new(&change.socket, state)),
                (None, None) => {}
            }
        }
        if let Some(place) = self.place(&change.socket) {
            self.sockets[place].learn(change);
        }
    }

    fn place(&self, subject: &Subject) -> Option<usize> {
        self.sockets.iter().position(|told| told.is(subject))
    }
}

/// A socket that is CLOSED has no connection.
fn connected(state: Option<TcpState>) -> Option<TcpState> {
    state.filter(|state| *state != TcpState::Close)
}

impl Socket {
    fn new(subject: &Subject, state: TcpState) -> Socket {
        let (queue, unread, unacknowledged, expires_ms) = ((0, 0), 0, 0, None);
        Socket { subject: subject.clone(), state, queue, unread, unacknowledged, expires_ms }
    }

    /// Whether this is the socket. The kernel does not name the peer of each: then the descriptor
    /// tells.
    fn is(&self, subject: &Subject) -> bool {
        let number = |subject: &Subject| subject.fd.or(subject.was);
        let same_peer = match (&self.subject.peer, &subject.peer) {
            (Some(peer), Some(other)) => peer == other,
            _ => number(&self.subject) == number(subject),
        };
        same_peer && self.subject.local == subject.local
    }

    /// Takes over what is new. A peer that the kernel has named once remains the peer.
    fn learn(&mut self, change: &Change) {
        let peer = change.socket.peer.clone().or(self.subject.peer.take());
        self.subject = Subject { peer, ..change.socket.clone() };
        match change.what {
            Aspect::Queue { after, limit, .. } => self.queue = (after, limit),
            Aspect::Unread { after, .. } => self.unread = after,
            Aspect::Unacknowledged { after, .. } => self.unacknowledged = after,
            Aspect::State { expires_ms, .. } => self.expires_ms = expires_ms,
            Aspect::NextDatagram { .. } | Aspect::Dropped { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Event, Playbill};

    fn change(what: Aspect) -> Change {
        Change::new(Subject { fd: Some(3), was: None, local: None, peer: None }, what)
    }

    fn becomes(before: Option<TcpState>, after: Option<TcpState>) -> Change {
        change(Aspect::State { before, after, expires_ms: None })
    }

    #[test]
    fn a_moment_is_what_the_changes_before_it_tell() {
        let changes = [
            becomes(Some(TcpState::Close), Some(TcpState::Listen)),
            change(Aspect::Queue { before: 0, after: 1, limit: 5 }),
            becomes(Some(TcpState::Listen), None),
        ];
        let mut trace = Trace::new(Playbill::default());
        let event = |change| Event::new("x".into(), 0, Fact::Changed(change));
        trace.events = changes.iter().cloned().map(event).collect();
        assert_eq!(trace.moment(0).sockets, []);
        assert_eq!(trace.moment(1).sockets[0].state, TcpState::Listen);
        assert_eq!(trace.moment(2).sockets[0].queue, (1, 5));
        assert_eq!(trace.moment(9).sockets, []);
        assert!(changes.iter().enumerate().all(|(place, next)| trace.moment(place).leads_to(next)));
        assert!(!trace.moment(0).leads_to(&changes[2]), "it is not listening yet");
    }
}
