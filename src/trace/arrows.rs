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

/// Both ends of a connection, seen from the one that sends.
type Path = (Address, Address);

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
    /// The path along which each event sends, where it is on a connected socket.
    paths: HashMap<usize, Path>,
}

impl Causes {
    fn of(events: &[Event]) -> Causes {
        let mut causes = Causes::default();
        let mut named: HashMap<i32, (Option<Address>, Option<Address>)> = HashMap::new();
        let mut closing: HashMap<&str, Path> = HashMap::new();
        for (place, event) in events.iter().enumerate() {
            if let Some(names) = event.names() {
                named.insert(names.of, (names.local.clone(), names.peer.clone()));
            }
            let Some(fd) = event.call().and_then(|call| call.fd) else { continue };
            let local = named.get(&fd).and_then(|names| names.0.clone());
            let path = local.clone().zip(named.get(&fd).and_then(|names| names.1.clone()));
            if event.is_call() {
                if event.call().is_some_and(|call| call.name == "close") {
                    // The number is free from here on: another lane may get it before this answer is seen.
                    let names = named.remove(&fd);
                    let is_last = !named.values().any(|others| Some(others) == names.as_ref());
                    closing.extend(path.filter(|_| is_last).map(|path| (&*event.actor, path)));
                }
                continue;
            }
            let path = if event.answers("close") { closing.remove(&*event.actor) } else { path };
            causes.note(place, event, local, path);
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
                sends.push((before + answer.number().unwrap_or(0), place));
            }
            ("close", Some(path), _) => _ = self.ends.entry(path).or_insert(place),
            ("shutdown", Some(path), _) if ends_sending(&call.arguments) => {
                self.ends.entry(path).or_insert(place);
            }
            _ => {}
        }
    }

    fn effects(&self, events: &[Event]) -> Vec<Arrow> {
        let mut received: HashMap<Path, i64> = HashMap::new();
        let mut arrows = Vec::new();
        for (to, event) in events.iter().enumerate() {
            let found = match &event.fact {
                Fact::Returned { call, answer, .. } if answer.succeeded() => match &*call.name {
                    "connect" => self.before_connect(to),
                    "accept" => self.before_accept(event),
                    "recv" => self.before_recv(to, answer.number(), &mut received),
                    _ => None,
                },
                _ => None,
            };
            arrows.extend(found.map(|(from, cause)| Arrow { from, to, cause }));
        }
        arrows
    }

    fn before_connect(&self, to: usize) -> Option<(usize, Cause)> {
        let (_, peer) = self.paths.get(&to)?;
        let listen = self.listens.iter().find(|listen| peer.reaches(&listen.0))?;
        Some((listen.1, Cause::Handshake))
    }

    fn before_accept(&self, event: &Event) -> Option<(usize, Cause)> {
        let names = event.names()?;
        let path = (names.peer.clone()?, names.local.clone()?);
        Some((*self.connects.get(&path)?, Cause::Handshake))
    }

    fn before_recv(
        &self,
        to: usize,
        length: Option<i64>,
        received: &mut HashMap<Path, i64>,
    ) -> Option<(usize, Cause)> {
        let (local, peer) = self.paths.get(&to)?.clone();
        let path = (peer, local);
        if length? == 0 {
            return Some((*self.ends.get(&path)?, Cause::End));
        }
        let total = received.entry(path.clone()).or_default();
        *total += length?;
        let last = self.sends.get(&path)?.iter().find(|send| send.0 >= *total)?;
        Some((last.1, Cause::Data))
    }
}

/// Whether the arguments of `shutdown(2)` close the sending direction.
fn ends_sending(arguments: &[Value]) -> bool {
    matches!(arguments, [Value::Constant(how)] if how != "SHUT_RD")
}
