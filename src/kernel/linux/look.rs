//! A look at the sockets of a run, and what has changed since the last one.

use super::backlog::Backlog;
use super::diag::Diag;
use super::seen::{Seen, changes};
use super::{files, socket};
use crate::trace::{Address, Change, Subject};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// How often to look until nothing moves.
const LOOKS: u32 = 1000;

/// How often to look until a FIN behind data is acknowledged, a millisecond apart: Linux delays an
/// acknowledgement by 200 at most (`TCP_DELACK_MAX`). It may wait for room, too, and that is up to
/// the lesson. A FIN alone needs none: if it got lost, it is said again.
const PATIENCE: u32 = 250;

/// How long all of these looks may take. A machine that never rests makes each of them long.
const LONGEST_PATIENCE: Duration = Duration::from_secs(2);

/// Looks at every socket of this process, and at those that it made and nobody holds.
pub struct Look {
    diag: Diag,
    backlog: Backlog,
    /// What was seen last, by the sockets' cookies.
    seen: BTreeMap<u64, Seen>,
    /// In which order the sockets were first seen. A cookie says nothing about age.
    births: HashMap<u64, usize>,
    /// In how many milliseconds the kernel will forget them, as it said last. That alone is no
    /// change.
    expiries: HashMap<u64, u32>,
    /// Sockets that are none of the run's: this process was given them, or they are left from
    /// before.
    foreign: HashSet<u64>,
    /// Sockets that were waited for, and did not move: a FIN behind bytes that nobody reads, a
    /// machine that never rests.
    given_up: HashSet<u64>,
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
            given_up: HashSet::new(),
        };
        let held = own_sockets()?;
        look.foreign.extend(held.into_keys());
        for ipv6 in [false, true] {
            // Where there is no IPv6, there is no list of it.
            let listed = look.diag.list(ipv6).unwrap_or_default();
            look.foreign.extend(listed.into_iter().map(|listed| listed.cookie));
        }
        Ok(look)
    }

    /// What has changed since the last look, in the order of the descriptors; those without one
    /// come last.
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

    /// What changes until every FIN that has arrived is acknowledged: the other end's kernel may
    /// wait a moment with that (RFC 9293 section 3.8.6.3). Who goes on before gets another run now
    /// and then: if the acknowledgement crosses the other end's own FIN, what is left of the
    /// connection is broken off, and no TIME-WAIT stays (RFC 1337).
    pub fn later(&mut self) -> Vec<Change> {
        let begun = Instant::now();
        let mut changes = Vec::new();
        for looks in 0.. {
            if self.owed(looks < PATIENCE).is_empty() || begun.elapsed() > LONGEST_PATIENCE {
                break;
            }
            thread::park_timeout(Duration::from_millis(1));
            changes.extend(self.again());
        }
        self.given_up.extend(self.owed(true));
        changes
    }

    /// The sockets whose FIN is not acknowledged, although it may have arrived: those that wait
    /// behind data only `with_data`.
    fn owed(&self, with_data: bool) -> Vec<u64> {
        let waits =
            |seen: &Seen| seen.is_owed_an_answer(&self.seen) && (with_data || seen.has_said_all());
        self.of_interest(&self.seen, waits)
    }

    /// What is there when nothing is on its way any more: no packet waits to be delivered, no
    /// connection is in a state that only lasts until one is, and two looks see the same. A machine
    /// that never rests is looked at as it is.
    fn settled(&mut self) -> io::Result<BTreeMap<u64, Seen>> {
        let mut now = self.look()?;
        for _ in 0..LOOKS {
            let before = std::mem::replace(&mut now, self.look()?);
            if before == now && self.backlog.is_empty() && self.passing(&now).is_empty() {
                return Ok(now);
            }
        }
        let given_up =
            self.of_interest(&now, |seen| seen.is_passing(&now) && !seen.is_owed_an_answer(&now));
        self.given_up.extend(given_up);
        Ok(now)
    }

    fn passing(&self, now: &BTreeMap<u64, Seen>) -> Vec<u64> {
        self.of_interest(now, |seen| seen.is_passing(now))
    }

    /// The sockets of which something is true, but for those that were given up.
    fn of_interest(&self, seen: &BTreeMap<u64, Seen>, is_so: impl Fn(&Seen) -> bool) -> Vec<u64> {
        let waited_for =
            seen.iter().filter(|(cookie, seen)| is_so(seen) && !self.given_up.contains(cookie));
        waited_for.map(|(cookie, _)| *cookie).collect()
    }

    fn look(&mut self) -> io::Result<BTreeMap<u64, Seen>> {
        let mut now = own_sockets()?;
        now.retain(|cookie, _| !self.foreign.contains(cookie));
        now.iter_mut().for_each(|(cookie, seen)| seen.remember(self.seen.get(cookie)));
        if now.values().any(Seen::is_unix) {
            let queues = self.diag.unix_queues().unwrap_or_default();
            now.iter_mut()
                .for_each(|(cookie, seen)| seen.queue = seen.queue.or(queues.get(cookie).copied()));
        }
        self.add_unheld(&mut now)?;
        Ok(now)
    }

    /// Adds the TCP sockets that nobody holds: those that the listeners have made, and those that
    /// were held before.
    fn add_unheld(&mut self, now: &mut BTreeMap<u64, Seen>) -> io::Result<()> {
        let of_run = || now.values().chain(self.seen.values()).filter(|seen| seen.state.is_some());
        let listeners: Vec<Seen> = of_run().filter(|seen| seen.is_listener()).cloned().collect();
        let families =
            [false, true].map(|ipv6| of_run().any(|seen| seen.is_ipv6() == ipv6).then_some(ipv6));
        for ipv6 in families.into_iter().flatten() {
            for listed in self.diag.list(ipv6)? {
                let (cookie, state, local) =
                    (listed.cookie, listed.state, Address::Inet(listed.local));
                let known = self.seen.get(&cookie);
                let is_ours =
                    known.is_some() || listeners.iter().any(|listener| listener.listens_at(&local));
                // What we held and a child still holds is not gone either.
                if (!listed.is_held || known.is_some())
                    && is_ours
                    && !self.foreign.contains(&cookie)
                {
                    let had = known.and_then(|seen| seen.subject.fd.or(seen.subject.was));
                    listed.expires_ms.inspect(|&left| _ = self.expiries.insert(cookie, left));
                    let seen = now.entry(cookie).or_insert_with(|| Seen::unheld(listed, had));
                    // TCP_INFO of a descriptor whose connection is over says CLOSED. The kernel
                    // knows better.
                    seen.state = Some(state);
                }
            }
        }
        Ok(())
    }
}

/// Every socket that this process holds at a low number, by its cookie. Our own are at high ones.
fn own_sockets() -> io::Result<BTreeMap<u64, Seen>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(fd) = entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if fd < files::OURS
            && let Ok(cookie) = socket::cookie(fd)
        {
            // Of two descriptors for one socket, the lower number stands for it.
            let seen = Seen::held(fd);
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
