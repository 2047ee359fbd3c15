//! A look at the sockets of a run, and what has changed since the last one.

use super::backlog::Backlog;
use super::diag::{Diag, Listed};
use super::observer::names;
use super::state;
use crate::trace::{Address, Aspect, Change, Names, Subject, TcpState};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

/// How often to look until nothing moves.
const LOOKS: u32 = 1000;

/// How often to look until a FIN is acknowledged, a millisecond apart: Linux delays an acknowledgement by 200 at most
/// (`TCP_DELACK_MAX`).
const PATIENCE: u32 = 250;

/// Looks at every socket of this process, and at those that it made and nobody holds.
pub struct Look {
    diag: Diag,
    backlog: Backlog,
    /// What was seen last, by the sockets' cookies.
    seen: BTreeMap<u64, Seen>,
    /// In which order the sockets were first seen. A cookie says nothing about age.
    births: HashMap<u64, usize>,
    /// In how many milliseconds the kernel will forget them, as it said last. That alone is no change.
    expiries: HashMap<u64, u32>,
    /// Sockets that are none of the run's: this process was given them, or they are left from before.
    foreign: HashSet<u64>,
}

/// What is known of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    subject: Subject,
    /// None for a socket that is not TCP.
    state: Option<TcpState>,
    /// Of a listener: how many wait, and the limit.
    queue: Option<(u32, u32)>,
    unread: u32,
    unacknowledged: u32,
    dropped: u32,
}

impl Look {
    /// Sees what is there already, and belongs to nobody in the run.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn begin() -> io::Result<Look> {
        let mut look = Look {
            diag: Diag::open()?,
            backlog: Backlog::open(),
            seen: BTreeMap::new(),
            births: HashMap::new(),
            expiries: HashMap::new(),
            foreign: HashSet::new(),
        };
        let held = own_sockets()?;
        look.foreign.extend(held.into_keys());
        let unheld = [false, true].into_iter().flat_map(|ipv6| look.diag.list(ipv6).unwrap_or_default());
        look.foreign.extend(unheld.map(|listed| listed.cookie).collect::<Vec<_>>());
        Ok(look)
    }

    /// What has changed since the last look, in the order of the descriptors; those without one come last.
    pub fn again(&mut self) -> Vec<Change> {
        let now = self.settled().unwrap_or_else(|_| self.seen.clone());
        let before = std::mem::replace(&mut self.seen, now);
        let ended = before.keys().filter(|cookie| !self.seen.contains_key(cookie));
        let mut cookies: Vec<&u64> = ended.chain(self.seen.keys()).collect();
        let births = &mut self.births;
        cookies.sort_by_cached_key(|cookie| {
            let born = births.get(cookie).copied().unwrap_or(usize::MAX);
            (place(self.seen.get(cookie).or(before.get(cookie))), born)
        });
        for cookie in &cookies {
            let next = births.len();
            births.entry(**cookie).or_insert(next);
        }
        let expires = |cookie| self.expiries.get(cookie).copied();
        let changes = |cookie| changes(before.get(cookie), self.seen.get(cookie), expires(cookie));
        cookies.into_iter().flat_map(changes).collect()
    }

    /// What changes until every FIN is acknowledged: the other end's kernel may wait a moment with that (RFC 9293 section 3.8.6.3). Who
    /// goes on before gets another run now and then: if the acknowledgement crosses the other end's own FIN, what is left of the
    /// connection is broken off, and no TIME-WAIT stays (RFC 1337).
    pub fn later(&mut self) -> Vec<Change> {
        let owed = |seen: &Seen| seen.state == Some(TcpState::FinWait1);
        let mut changes = Vec::new();
        for _ in 0..PATIENCE {
            if !self.seen.values().any(owed) {
                break;
            }
            thread::park_timeout(Duration::from_millis(1));
            changes.extend(self.again());
        }
        changes
    }

    /// What is there when nothing is on its way any more: no packet waits to be delivered, no connection is in a state that only
    /// lasts until one is, and two looks see the same. A machine that never rests is looked at as it is.
    fn settled(&mut self) -> io::Result<BTreeMap<u64, Seen>> {
        let mut now = self.look()?;
        for _ in 0..LOOKS {
            let before = std::mem::replace(&mut now, self.look()?);
            if before == now && self.backlog.is_empty() && !is_passing(&now) {
                break;
            }
        }
        Ok(now)
    }

    fn look(&mut self) -> io::Result<BTreeMap<u64, Seen>> {
        let mut now = own_sockets()?;
        now.retain(|cookie, _| !self.foreign.contains(cookie));
        if now.values().any(Seen::is_unix) {
            let queues = self.diag.unix_queues().unwrap_or_default();
            now.iter_mut().for_each(|(cookie, seen)| seen.queue = seen.queue.or(queues.get(cookie).copied()));
        }
        let is_tcp = |seen: &&Seen| seen.state.is_some();
        let of_run: Vec<&Seen> = now.values().chain(self.seen.values()).filter(is_tcp).collect();
        let listeners: HashSet<SocketAddr> = of_run.iter().filter_map(|seen| listens_at(seen)).collect();
        let families =
            [false, true].map(|ipv6| of_run.iter().any(|seen| is_ipv6(seen) == ipv6).then_some(ipv6));
        for listed in families.into_iter().flatten().flat_map(|ipv6| self.diag.list(ipv6).unwrap_or_default())
        {
            let was_known = self.seen.contains_key(&listed.cookie);
            let is_ours = was_known || listeners.iter().any(|at| reaches(listed.local, *at));
            if !listed.is_held && is_ours && !self.foreign.contains(&listed.cookie) {
                let had = self.seen.get(&listed.cookie).and_then(|seen| seen.subject.fd.or(seen.subject.was));
                let (cookie, state) = (listed.cookie, listed.state);
                listed.expires_ms.inspect(|&left| _ = self.expiries.insert(cookie, left));
                let seen = now.entry(cookie).or_insert_with(|| Seen::unheld(listed, had));
                // TCP_INFO of a descriptor whose connection is over says CLOSED. The kernel knows better.
                seen.state = Some(state);
            }
        }
        Ok(now)
    }
}

/// Every socket that this process holds at a low number, by its cookie. Our own are at high ones.
fn own_sockets() -> io::Result<BTreeMap<u64, Seen>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(fd) = entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if fd < super::descriptor::OURS
            && let Ok(cookie) = state::cookie(fd)
        {
            // Of two descriptors for one socket, the lower number stands for it.
            let seen = examine(fd);
            match found.get(&cookie) {
                Some(Seen { subject: Subject { fd: Some(other), .. }, .. }) if *other < fd => {}
                _ => _ = found.insert(cookie, seen),
            }
        }
    }
    Ok(found)
}

/// Sockets with a descriptor, those that had one, the others.
fn place(seen: Option<&Seen>) -> (bool, bool, Option<i32>) {
    let subject = seen.map(|seen| &seen.subject);
    let (fd, was) = subject.map_or((None, None), |subject| (subject.fd, subject.was));
    (fd.is_none(), was.is_none(), fd.or(was))
}

fn examine(fd: i32) -> Seen {
    let Names { local, peer, .. } = names(fd);
    let info = state::tcp_info(fd).ok();
    let state = info.as_ref().and_then(|info| TcpState::from_number(info.tcpi_state));
    let listens = state == Some(TcpState::Listen);
    let queue = info.filter(|_| listens).map(|info| (info.tcpi_unacked, info.tcpi_sacked));
    Seen {
        subject: Subject { fd: Some(fd), was: None, local, peer },
        state,
        queue,
        unread: if listens { 0 } else { state::unread(fd).unwrap_or(0) },
        unacknowledged: if carries_data(state) { state::unacknowledged(fd).unwrap_or(0) } else { 0 },
        // To TCP it is a count of packets that told nothing new.
        dropped: if state.is_none() { state::drops(fd).unwrap_or(0) } else { 0 },
    }
}

impl Seen {
    /// A socket without an IP address that is not TCP.
    fn is_unix(&self) -> bool {
        self.state.is_none() && self.subject.local.is_none()
    }

    /// A socket that nobody holds. `was` is the descriptor that it had.
    fn unheld(listed: Listed, was: Option<i32>) -> Seen {
        let Listed { state, local, peer, receive_queue, send_queue, .. } = listed;
        // A FIN that has arrived is counted as one byte more.
        let has_fin = matches!(state, TcpState::CloseWait | TcpState::LastAck | TcpState::Closing);
        let (local, peer) = (Some(Address::Inet(local)), Some(Address::Inet(peer)));
        Seen {
            subject: Subject { fd: None, was, local, peer },
            state: Some(state),
            queue: None,
            unread: receive_queue.saturating_sub(has_fin.into()),
            unacknowledged: if carries_data(Some(state)) { send_queue } else { 0 },
            dropped: 0,
        }
    }
}

/// Whether a connection waits for a packet that its other end has to send at once. The sender may hold it back for a moment: some
/// kinds of congestion control pace what they send.
fn is_passing(seen: &BTreeMap<u64, Seen>) -> bool {
    let mut open = HashSet::new();
    for seen in seen.values().filter(|seen| seen.state == Some(TcpState::Established)) {
        open.insert((&seen.subject.peer, &seen.subject.local));
    }
    seen.values().any(|seen| match seen.state {
        Some(TcpState::LastAck | TcpState::Closing | TcpState::SynReceived) => true,
        Some(TcpState::FinWait1) => open.contains(&(&seen.subject.local, &seen.subject.peer)),
        _ => false,
    })
}

/// In other states a SYN or a FIN counts as a byte.
fn carries_data(state: Option<TcpState>) -> bool {
    matches!(state, Some(TcpState::Established | TcpState::CloseWait))
}

fn listens_at(seen: &Seen) -> Option<SocketAddr> {
    match (&seen.subject.local, seen.state) {
        (Some(Address::Inet(local)), Some(TcpState::Listen)) => Some(*local),
        _ => None,
    }
}

fn is_ipv6(seen: &Seen) -> bool {
    matches!(seen.subject.local, Some(Address::Inet(SocketAddr::V6(_))))
}

fn reaches(local: SocketAddr, listener: SocketAddr) -> bool {
    Address::Inet(local).reaches(&Address::Inet(listener))
}

/// What is not as it was, of one socket. To be made is a change only if it is not CLOSED from the beginning.
fn changes(before: Option<&Seen>, now: Option<&Seen>, expires_ms: Option<u32>) -> Vec<Change> {
    let subject = now.or(before).map(|seen| seen.subject.clone()).expect("it was seen, before or now");
    let state = |seen: Option<&Seen>| seen.and_then(|seen| seen.state);
    let is_closed = |state: Option<TcpState>| state.is_none_or(|state| state == TcpState::Close);
    let number = |seen: Option<&Seen>, of: fn(&Seen) -> u32| seen.map_or(0, of);
    let both = |of: fn(&Seen) -> u32| (number(before, of), number(now, of));
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
    if now.is_some() {
        let (before, after) = both(|seen| seen.unread);
        found.extend((before != after).then_some(Aspect::Unread { before, after }));
        let (before, after) = both(|seen| seen.unacknowledged);
        found.extend((before != after).then_some(Aspect::Unacknowledged { before, after }));
        let (before, after) = both(|seen| seen.dropped);
        found.extend((before != after).then_some(Aspect::Dropped { before, after }));
    }
    found.into_iter().map(|what| Change { socket: subject.clone(), what }).collect()
}
