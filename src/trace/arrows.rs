//! Which event caused which, across lanes.
//!
//! Nothing in a trace says so. It is inferred: from the names of the sockets, which tell the two ends of a
//! connection, and from byte counts, which tell whose `send` a `recv` received.

use super::{Address, Event, Fact, Trace, Value};
use std::collections::HashMap;

/// `from` caused `to`: both are places in [`Trace::events`], of answers in different lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    pub cause: Cause,
}

/// What kind of effect one lane's call had in another lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `listen` made a `connect` possible, or `connect` an `accept`.
    Handshake,
    /// `send` gave bytes to a `recv`.
    Data,
    /// `close` or `shutdown` gave a `recv` its end of stream.
    End,
}

/// A connection, seen from the end that sends: its own address, the other one, and how often this pair was connected
/// before.
type Path = (Address, Address, u32);

impl Trace {
    /// All arrows, in the order of what they caused.
    pub fn arrows(&self) -> Vec<Arrow> {
        let causes = Causes::of(&self.events);
        let mut arrows = causes.effects(&self.events);
        arrows.retain(|arrow| self.events[arrow.from].actor != self.events[arrow.to].actor);
        arrows
    }
}

/// Everything in a trace that may have caused something elsewhere.
#[derive(Default)]
struct Causes {
    listens: Vec<(Address, usize)>,
    connects: HashMap<Path, usize>,
    /// How many bytes were sent along a path when each `send` returned.
    sends: HashMap<Path, Vec<(i64, usize)>>,
    ends: HashMap<Path, usize>,
    /// The path along which the socket of each event sends, where it is connected.
    paths: HashMap<usize, Path>,
    /// The same for the socket that an event made or connected.
    made: HashMap<usize, Path>,
}

impl Causes {
    fn of(events: &[Event]) -> Causes {
        let mut causes = Causes::default();
        let mut sockets = Sockets::default();
        let mut closing: HashMap<&str, Path> = HashMap::new();
        for (place, event) in events.iter().enumerate() {
            sockets.learn(event);
            let Some(fd) = event.call().and_then(|call| call.fd) else { continue };
            match event.call() {
                Some(call) if event.is_call() => {
                    if call.name == "close" {
                        closing.extend(sockets.forget(fd).map(|path| (&*event.actor, path)));
                    }
                }
                _ if event.answers("close") => causes.note(place, event, None, closing.remove(&*event.actor)),
                _ => causes.note(place, event, sockets.local(fd), sockets.path(fd)),
            }
            if let Some(path) = event.names().and_then(|names| sockets.path(names.of)) {
                causes.made.insert(place, path);
            }
        }
        causes
    }

    fn note(&mut self, place: usize, event: &Event, local: Option<Address>, path: Option<Path>) {
        let Fact::Returned { call, answer, .. } = &event.fact else { return };
        if !answer.succeeded() {
            return;
        }
        if let Some(path) = path.clone() {
            self.paths.insert(place, path);
        }
        match (&*call.name, path, local) {
            ("listen", _, Some(local)) => self.listens.push((local, place)),
            ("connect", Some(path), _) => _ = self.connects.insert(path, place),
            ("send", Some(path), _) => {
                let sends = self.sends.entry(path).or_default();
                let before = sends.last().map_or(0, |send| send.0);
                sends.push((before.saturating_add(answer.number().unwrap_or(0)), place));
            }
            ("close", Some(path), _) => self.ends(path, place),
            ("shutdown", Some(path), _) => {
                let how = |name| matches!(&call.arguments[..], [Value::Constant(how)] if how != name);
                if how("SHUT_WR") {
                    self.ends(turned(&path), place);
                }
                if how("SHUT_RD") {
                    self.ends(path, place);
                }
            }
            _ => {}
        }
    }

    /// Nothing more comes along this path. What ended it first, ended it.
    fn ends(&mut self, path: Path, place: usize) {
        self.ends.entry(path).or_insert(place);
    }

    fn effects(&self, events: &[Event]) -> Vec<Arrow> {
        let mut received: HashMap<Path, i64> = HashMap::new();
        let mut arrows = Vec::new();
        for (to, event) in events.iter().enumerate() {
            let found = match &event.fact {
                Fact::Returned { call, answer, .. } if answer.succeeded() => match &*call.name {
                    "connect" => self.before_connect(to),
                    "accept" => self.before_accept(to),
                    "recv" if call.arguments != [Value::Number(0)] => {
                        self.before_recv(to, answer.number(), &mut received)
                    }
                    _ => None,
                },
                _ => None,
            };
            arrows.extend(found.map(|(from, cause)| Arrow { from, to, cause }));
        }
        arrows
    }

    fn before_connect(&self, to: usize) -> Option<(usize, Cause)> {
        let (_, peer, _) = self.paths.get(&to)?;
        let mut places = self.listens.iter().filter(|listen| peer.reaches(&listen.0)).map(|listen| listen.1);
        // A port may have had another listener before. In a free run the answer of `listen` may be on record late.
        let listen = places.clone().rfind(|&place| place < to).or_else(|| places.next())?;
        Some((listen, Cause::Handshake))
    }

    fn before_accept(&self, to: usize) -> Option<(usize, Cause)> {
        let path = turned(self.made.get(&to)?);
        Some((*self.connects.get(&path)?, Cause::Handshake))
    }

    fn before_recv(
        &self,
        to: usize,
        length: Option<i64>,
        received: &mut HashMap<Path, i64>,
    ) -> Option<(usize, Cause)> {
        let path = turned(self.paths.get(&to)?);
        if length? == 0 {
            return Some((*self.ends.get(&path)?, Cause::End));
        }
        let total = received.entry(path.clone()).or_default();
        *total = total.saturating_add(length?);
        let sends = self.sends.get(&path)?;
        let last = sends.get(sends.partition_point(|send| send.0 < *total))?;
        Some((last.1, Cause::Data))
    }
}

/// The same connection, seen from its other end.
fn turned(path: &Path) -> Path {
    (path.1.clone(), path.0.clone(), path.2)
}

/// What is known of the sockets behind the descriptors, while a trace is read.
#[derive(Default)]
struct Sockets {
    open: HashMap<i32, (Option<Address>, Option<Path>)>,
    /// How often each pair of addresses was connected.
    connected: HashMap<(Address, Address), u32>,
}

impl Sockets {
    fn learn(&mut self, event: &Event) {
        let (Some(names), Some(call)) = (event.names(), event.call()) else { return };
        if call.name == "fcntl"
            && let Some(same) = call.fd.and_then(|fd| self.open.get(&fd)).cloned()
        {
            self.open.insert(names.of, same);
            return;
        }
        let pair = names.local.clone().zip(names.peer.clone());
        let path = pair.map(|(local, peer)| {
            let times = self.connected.entry((local.clone(), peer.clone())).or_default();
            *times += 1;
            (local, peer, *times)
        });
        self.open.insert(names.of, (names.local.clone(), path));
    }

    fn local(&self, fd: i32) -> Option<Address> {
        self.open.get(&fd)?.0.clone()
    }

    fn path(&self, fd: i32) -> Option<Path> {
        self.open.get(&fd)?.1.clone()
    }

    /// The number is free from here on: another lane may get it before the answer of `close` is seen. Gives the path
    /// that ends, if this was the last descriptor of its socket.
    fn forget(&mut self, fd: i32) -> Option<Path> {
        let (_, path) = self.open.remove(&fd)?;
        let is_last = !self.open.values().any(|(_, other)| *other == path);
        path.filter(|_| is_last)
    }
}
