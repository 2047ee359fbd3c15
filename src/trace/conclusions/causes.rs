//! Everything in a trace that may have caused something elsewhere.

use super::sockets::{Path, Sockets, turned};
use crate::trace::{Address, Answer, Call, Does, Event, Fact, Value};
use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What was done, by the path or the address that it was done to, with its place among the events.
#[derive(Default)]
pub struct Causes {
    /// Where somebody listens, and since which event.
    pub listens: Vec<(Address, usize)>,
    pub connects: HashMap<Path, usize>,
    /// How many bytes, or messages, were sent along a path when each `send` returned.
    pub sends: HashMap<Path, Vec<(i64, usize)>>,
    pub ends: HashMap<Path, usize>,
    /// The path along which the socket of each event sends, where it is connected.
    pub paths: HashMap<usize, Path>,
    /// The same for the socket that an event made or connected.
    pub made: HashMap<usize, Path>,
    /// The events of sockets that keep messages apart.
    pub of_messages: HashSet<usize>,
    /// The address of the socket of each event.
    pub locals: HashMap<usize, Address>,
}

impl Causes {
    pub fn of(events: &[Event]) -> Causes {
        let mut causes = Causes::default();
        let mut sockets = Sockets::default();
        let mut closing: HashMap<&str, Path> = HashMap::new();
        for (place, event) in events.iter().enumerate() {
            sockets.learn(event);
            let (Some(call), Some(of)) = (event.call(), sockets.of_call(event)) else { continue };
            match (call.does(), &event.fact) {
                (Some(Does::Close), Fact::Called(_)) => {
                    closing.extend(sockets.forget(of).map(|path| (&*event.actor, path)));
                }
                (Some(Does::Close), Fact::Returned { answer, .. }) => {
                    let path = closing.remove(&*event.actor);
                    causes.note(place, call, answer, path);
                }
                (_, Fact::Returned { answer, .. }) => {
                    causes.locals.extend(sockets.local(of).map(|local| (place, local)));
                    if sockets.keeps_messages(of) {
                        causes.of_messages.insert(place);
                    }
                    let path = addressed(call, sockets.local(of)).or_else(|| sockets.path(of));
                    causes.note(place, call, answer, path);
                }
                _ => {}
            }
            let made = sockets.of_names(event).and_then(|named| sockets.path(named));
            causes.made.extend(made.map(|path| (place, path)));
        }
        causes
    }

    /// Takes a call for a cause, if the kernel did as it was asked.
    fn note(&mut self, place: usize, call: &Call, answer: &Answer, path: Option<Path>) {
        if !answer.succeeded() {
            return;
        }
        self.paths.extend(path.clone().map(|path| (place, path)));
        match (call.does(), path) {
            (Some(Does::Listen), _) => {
                let local = self.locals.get(&place).cloned();
                self.listens.extend(local.map(|local| (local, place)));
            }
            (Some(Does::Connect), Some(path)) => _ = self.connects.insert(path, place),
            (Some(Does::Send), Some(path)) => self.sends(path, place, answer),
            (Some(Does::Close), Some(path)) => self.ends(path, place),
            (Some(Does::Shutdown), Some(path)) => self.shuts_down(call, path, place),
            _ => {}
        }
    }

    /// So many bytes more were sent, or one message.
    fn sends(&mut self, path: Path, place: usize, answer: &Answer) {
        let bytes = || answer.number().unwrap_or(0);
        let sent = if self.of_messages.contains(&place) { 1 } else { bytes() };
        let sends = self.sends.entry(path).or_default();
        let before = sends.last().map_or(0, |send| send.0);
        sends.push((before.saturating_add(sent), place));
    }

    fn shuts_down(&mut self, call: &Call, path: Path, place: usize) {
        let [Value::Constant(how)] = &call.arguments[..] else { return };
        if how != "SHUT_WR" {
            self.ends(turned(&path), place);
        }
        if how != "SHUT_RD" {
            self.ends(path, place);
        }
    }

    /// Nothing more comes along this path. What ended it first, ended it.
    fn ends(&mut self, path: Path, place: usize) {
        self.ends.entry(path).or_insert(place);
    }
}

/// The path of a datagram that is sent to an address. Over loopback it comes from loopback.
fn addressed(call: &Call, local: Option<Address>) -> Option<Path> {
    let to = call.destination().filter(|_| call.does() == Some(Does::Send))?.clone().canonical();
    let mut local = local?;
    if let (Address::Inet(from), Address::Inet(to)) = (&mut local, &to)
        && from.ip().is_unspecified()
    {
        from.set_ip(if to.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    Some((local, to, 0))
}
