//! What is known of a socket, and how that differs from what was known before.

use super::diag::Listed;
use super::observer::names;
use super::socket;
use crate::trace::{Address, Aspect, Change, Names, Subject, TcpState};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// What was seen of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub subject: Subject,
    /// None for a socket that is not TCP.
    pub state: Option<TcpState>,
    /// Of a listener: how many wait, and the limit.
    pub queue: Option<(u32, u32)>,
    /// Of a listener: whether a connection is in SYN-RECEIVED until something has arrived on it.
    defers: bool,
    /// Whether a filter may keep from it what the other end says.
    is_deaf: bool,
    unread: u32,
    next_datagram: u32,
    unacknowledged: u32,
    dropped: u32,
}

impl Seen {
    /// A socket that this process holds.
    pub fn held(fd: i32) -> Seen {
        let Names { local, peer, .. } = names(fd);
        let state = socket::state(fd).ok().flatten();
        let listens = state == Some(TcpState::Listen);
        let arrived = if listens { 0 } else { socket::unread(fd).unwrap_or(0) };
        let is_of_datagrams = state.is_none() && socket::is_of_datagrams(fd);
        Seen {
            subject: Subject { fd: Some(fd), was: None, local, peer },
            state,
            queue: if listens { queue(fd) } else { None },
            defers: listens && socket::defers_accept(fd),
            is_deaf: state.is_some() && socket::has_filter(fd),
            unread: if is_of_datagrams { 0 } else { arrived },
            next_datagram: if is_of_datagrams { arrived } else { 0 },
            unacknowledged: bytes_of(state, || socket::unacknowledged(fd).unwrap_or(0)),
            // To TCP it is a count of packets that told nothing new.
            dropped: if state.is_none() { socket::drops(fd).unwrap_or(0) } else { 0 },
        }
    }

    /// A socket that nobody holds. `was` is the descriptor that it had.
    pub fn unheld(listed: Listed, was: Option<i32>) -> Seen {
        let Listed { state, local, peer, receive_queue, send_queue, .. } = listed;
        // A FIN that has arrived is counted as one byte more.
        let has_fin = matches!(state, TcpState::CloseWait | TcpState::LastAck | TcpState::Closing);
        let (local, peer) = (Some(Address::Inet(local)), Some(Address::Inet(peer)));
        Seen {
            subject: Subject { fd: None, was, local, peer },
            state: Some(state),
            queue: None,
            defers: false,
            is_deaf: false,
            unread: receive_queue.saturating_sub(has_fin.into()),
            next_datagram: 0,
            unacknowledged: bytes_of(Some(state), || send_queue),
            dropped: 0,
        }
    }

    /// Keeps a peer that the kernel does not name any more, for the connection is over.
    pub fn remember(&mut self, before: Option<&Seen>) {
        let peer =
            before.filter(|_| self.state.is_some()).and_then(|seen| seen.subject.peer.clone());
        self.subject.peer = self.subject.peer.take().or(peer);
    }

    /// A socket without an IP address that is not TCP.
    pub fn is_unix(&self) -> bool {
        self.state.is_none() && self.subject.local.is_none()
    }

    pub fn is_ipv6(&self) -> bool {
        matches!(self.subject.local, Some(Address::Inet(SocketAddr::V6(_))))
    }

    pub fn is_listener(&self) -> bool {
        self.state == Some(TcpState::Listen)
    }

    /// Whether it is a listener that a packet sent to `address` reaches.
    pub fn listens_at(&self, address: &Address) -> bool {
        self.is_listener()
            && self.subject.local.as_ref().is_some_and(|local| address.reaches(local))
    }

    /// Whether an end of a connection waits for a packet that the other end has to send at once.
    /// The sender may hold it back for a moment: some kinds of congestion control pace what they
    /// send.
    pub fn is_passing(&self, all: &BTreeMap<u64, Seen>) -> bool {
        let mut others = self.others(all);
        match self.state {
            None | Some(TcpState::Established | TcpState::Listen) => false,
            _ if self.is_unheard(all) => false,
            Some(TcpState::LastAck | TcpState::Closing) => true,
            Some(TcpState::SynReceived) => {
                !self.is_deferred(all) || others.any(|other| other.unacknowledged > 0)
            }
            Some(TcpState::FinWait1) => {
                others.any(|other| other.state == Some(TcpState::Established))
            }
            _ => false,
        }
    }

    /// Whether it has said its end, and the other kernel has not told that it knows, although it
    /// could.
    pub fn is_owed_an_answer(&self, all: &BTreeMap<u64, Seen>) -> bool {
        let has_ended =
            matches!(self.state, Some(TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing));
        has_ended && !self.is_unheard(all)
    }

    /// Whether it has nothing to send but a FIN.
    pub fn has_said_all(&self) -> bool {
        self.unacknowledged == 0
    }

    /// Whether the other end cannot hear it, or it the other end.
    fn is_unheard(&self, all: &BTreeMap<u64, Seen>) -> bool {
        self.is_deaf || self.others(all).any(|other| other.is_deaf)
    }

    /// The other ends of its connection: one, or none.
    fn others<'a>(&'a self, all: &'a BTreeMap<u64, Seen>) -> impl Iterator<Item = &'a Seen> {
        all.values().filter(|other| self.is_linked_with(other))
    }

    /// Whether its listener has asked that it wait for something to arrive: `TCP_DEFER_ACCEPT`.
    fn is_deferred(&self, all: &BTreeMap<u64, Seen>) -> bool {
        let local = self.subject.local.as_ref();
        local.is_some_and(|local| all.values().any(|other| other.defers && other.listens_at(local)))
    }

    /// Whether they are the two ends of one connection.
    fn is_linked_with(&self, other: &Seen) -> bool {
        let ends = |seen: &Seen| {
            let Subject { local, peer, .. } = seen.subject.clone();
            (local.map(Address::canonical), peer.map(Address::canonical))
        };
        let ((local, peer), (other_local, other_peer)) = (ends(self), ends(other));
        local.is_some() && local == other_peer && peer == other_local
    }
}

fn queue(fd: i32) -> Option<(u32, u32)> {
    socket::accept_queue(fd).ok().map(|queue| (queue.waiting, queue.limit))
}

/// How many bytes of the program are in a queue to be sent. A FIN that is not acknowledged is
/// counted as one byte more, and so is a SYN, before there can be others.
fn bytes_of(state: Option<TcpState>, queue: impl FnOnce() -> u32) -> u32 {
    match state {
        Some(TcpState::Established | TcpState::CloseWait) => queue(),
        Some(TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing) => {
            queue().saturating_sub(1)
        }
        _ => 0,
    }
}

/// What is not as it was, of one socket. To be made is a change only if it is not CLOSED from the
/// beginning.
pub fn changes(before: Option<&Seen>, now: Option<&Seen>, expires_ms: Option<u32>) -> Vec<Change> {
    let subject =
        now.or(before).map(|seen| seen.subject.clone()).expect("it was seen, before or now");
    let state = |seen: Option<&Seen>| seen.and_then(|seen| seen.state);
    let is_closed = |state: Option<TcpState>| state.is_none_or(|state| state == TcpState::Close);
    let mut found = Vec::new();
    let (was, is) = (state(before), state(now));
    if was != is && !(is_closed(was) && is_closed(is)) {
        let expires_ms = is.and(expires_ms);
        found.push(Aspect::State { before: was, after: is, expires_ms });
    }
    let (waited, queue) = (before.and_then(|before| before.queue), now.and_then(|now| now.queue));
    if let Some((after, limit)) = queue
        && waited != queue
    {
        found.push(Aspect::Queue { before: waited.map_or(0, |waited| waited.0), after, limit });
    }
    // What was unread when a socket was closed is gone with it.
    found.extend(now.into_iter().flat_map(|now| counts(before, now)));
    found.into_iter().map(|what| Change::new(subject.clone(), what)).collect()
}

/// The counters that are not as they were.
fn counts(before: Option<&Seen>, now: &Seen) -> impl Iterator<Item = Aspect> {
    let both = |of: fn(&Seen) -> u32| (before.map_or(0, of), of(now));
    let (unread, next) = (both(|seen| seen.unread), both(|seen| seen.next_datagram));
    let (unacknowledged, dropped) = (both(|seen| seen.unacknowledged), both(|seen| seen.dropped));
    [
        (unread, Aspect::Unread { before: unread.0, after: unread.1 }),
        (next, Aspect::NextDatagram { before: next.0, after: next.1 }),
        (
            unacknowledged,
            Aspect::Unacknowledged { before: unacknowledged.0, after: unacknowledged.1 },
        ),
        (dropped, Aspect::Dropped { before: dropped.0, after: dropped.1 }),
    ]
    .into_iter()
    .filter(|((before, after), _)| before != after)
    .map(|(_, aspect)| aspect)
}
