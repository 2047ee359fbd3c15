//! Which event caused which, across lanes.
//!
//! Nothing in a trace says so. It is inferred: from the names of the sockets, which tell the two
//! ends of a connection, and from counts of bytes or messages, which tell whose `send` a `recv`
//! received.

use super::causes::Causes;
use super::sockets::{Path, turned};
use crate::trace::{Address, Answer, Call, Does, Event, Fact, Trace};
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
    /// `listen` made a `connect` possible: it had to be there before, and told nobody.
    Listening,
    /// `connect` made an `accept` possible.
    Handshake,
    /// `send` gave bytes to a `recv`.
    Data,
    /// `close` or `shutdown` gave a `recv` its end of stream.
    End,
}

impl Trace {
    /// All arrows, in the order of what they caused.
    pub fn arrows(&self) -> Vec<Arrow> {
        let causes = Causes::of(&self.events);
        let mut arrows = causes.effects(&self.events);
        arrows.retain(|arrow| self.events[arrow.from].actor != self.events[arrow.to].actor);
        arrows
    }
}

impl Causes {
    fn effects(&self, events: &[Event]) -> Vec<Arrow> {
        let mut received: HashMap<Path, i64> = HashMap::new();
        let mut arrows = Vec::new();
        for (to, event) in events.iter().enumerate() {
            let found = match &event.fact {
                Fact::Returned { call, answer, .. } if answer.succeeded() => match call.does() {
                    Some(Does::Connect) => self.before_connect(to, call),
                    Some(Does::Accept) => self.before_accept(to),
                    Some(Does::Receive) if call.takes_something() => {
                        self.before_recv(to, answer, &mut received)
                    }
                    _ => None,
                },
                _ => None,
            };
            arrows.extend(found.map(|(from, cause)| Arrow { from, to, cause }));
        }
        arrows
    }

    fn before_connect(&self, to: usize, call: &Call) -> Option<(usize, Cause)> {
        let (_, peer, _) = self.paths.get(&to)?;
        let target =
            call.address().filter(|address| matches!(address, Address::Unix(_))).unwrap_or(peer);
        // A datagram socket connects to nobody: it only remembers an address.
        if self.of_messages.contains(&to) && target.port().is_some() {
            return None;
        }
        let mut places =
            self.listens.iter().filter(|listen| target.reaches(&listen.0)).map(|listen| listen.1);
        // A port may have had another listener before. In a free run the answer of `listen` may be
        // on record late.
        let listen = places.clone().rfind(|&place| place < to).or_else(|| places.next())?;
        Some((listen, Cause::Listening))
    }

    fn before_accept(&self, to: usize) -> Option<(usize, Cause)> {
        let path = turned(self.made.get(&to)?);
        Some((*self.connects.get(&path)?, Cause::Handshake))
    }

    fn before_recv(
        &self,
        to: usize,
        answer: &Answer,
        received: &mut HashMap<Path, i64>,
    ) -> Option<(usize, Cause)> {
        let path = self.incoming(to, answer, received)?;
        let messages = self.of_messages.contains(&to);
        if answer.number()? == 0 && !messages {
            return Some((*self.ends.get(&path)?, Cause::End));
        }
        let total = received.entry(path.clone()).or_default();
        *total = total.saturating_add(if messages { 1 } else { answer.number()? });
        let sends = self.sends.get(&path).map_or(&[][..], |sends| sends);
        match sends.get(sends.partition_point(|send| send.0 < *total)) {
            Some(send) => Some((send.1, Cause::Data)),
            None => Some((*self.ends.get(&path)?, Cause::End)),
        }
    }

    /// The path along which something came: from the address in the answer, or from the other end.
    ///
    /// Several paths may lead from one sender to one receiver, if that has every address of the
    /// machine. What was sent first and is not received yet is taken to be what came.
    fn incoming(&self, to: usize, answer: &Answer, received: &HashMap<Path, i64>) -> Option<Path> {
        let connected = || self.paths.get(&to).map(turned);
        let from = answer.address().cloned().map(Address::canonical);
        let Some(from) = from else { return connected() };
        let local = self.locals.get(&to)?;
        let leads_here = |(sender, target, _): &&Path| *sender == from && target.reaches(local);
        let sent = self.sends.keys().filter(leads_here).min_by_key(|path| {
            let taken = received.get(*path).copied().unwrap_or(0);
            let (first, next) =
                (&self.sends[*path][0], self.sends[*path].iter().find(|send| send.0 > taken));
            (next.map_or(usize::MAX, |next| next.1), first.1)
        });
        sent.cloned().or_else(connected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Names, Playbill, UnixName, Value};

    fn answered(actor: &str, call: Call, values: Vec<Value>) -> Event {
        let names_something =
            ["socket", "bind", "listen", "connect", "accept"].contains(&&*call.name);
        let names =
            values.iter().chain(call.fd.map(Value::Fd).iter()).find_map(|value| match value {
                Value::Fd(fd) if names_something => {
                    Some(Names { of: *fd, local: None, peer: None })
                }
                _ => None,
            });
        let fact = Fact::Returned { call, answer: Answer::Ok(values), names };
        Event::new(actor.into(), 0, fact)
    }

    fn arrows(events: Vec<Event>) -> Vec<(usize, usize)> {
        let trace = Trace { events, ..Trace::new(Playbill::default()) };
        trace.arrows().iter().map(|arrow| (arrow.from, arrow.to)).collect()
    }

    fn number(number: i64) -> Vec<Value> {
        vec![Value::Number(number)]
    }

    fn kind(name: &'static str) -> Value {
        Value::Constant(name.into())
    }

    /// The first message is cut: three of its eight bytes are received. The next receiving call has
    /// the next message.
    #[test]
    fn messages_are_counted_and_not_their_bytes() {
        let pair =
            Call::new("socketpair").with(kind("AF_UNIX")).with(kind("SOCK_SEQPACKET|SOCK_CLOEXEC"));
        let events = vec![
            answered("a", pair, vec![Value::Fd(3), Value::Fd(4)]),
            answered("a", Call::on(3, "send"), number(8)),
            answered("a", Call::on(3, "send"), number(5)),
            answered("b", Call::on(4, "recvmsg"), number(3)),
            answered("b", Call::on(4, "recv"), number(5)),
        ];
        assert_eq!(arrows(events), [(1, 3), (2, 4)]);
    }

    /// The receiver has every address of the machine, and the sender sends to two of them in turn.
    #[test]
    fn what_was_sent_first_is_received_first() {
        let at = |address: &str| Value::Address(Address::Inet(address.parse().unwrap()));
        let named = |actor, call: Call, values, fd, local: &str| {
            let mut event = answered(actor, call, values);
            let Fact::Returned { names, .. } = &mut event.fact else { unreachable!() };
            *names = Some(Names {
                of: fd,
                local: Some(Address::Inet(local.parse().unwrap())),
                peer: None,
            });
            event
        };
        let socket =
            || Call::new("socket").with(kind("AF_INET")).with(kind("SOCK_DGRAM|SOCK_CLOEXEC"));
        let send = |to| {
            Call::on(4, "sendto").with(Value::Bytes(crate::trace::Bytes::new(b"x"))).with(at(to))
        };
        let receive =
            || answered("b", Call::on(3, "recvfrom"), vec![Value::Number(1), at("127.0.0.1:9")]);
        let events = vec![
            named("b", socket(), vec![Value::Fd(3)], 3, "0.0.0.0:0"),
            named("b", Call::on(3, "bind").with(at("0.0.0.0:7")), vec![], 3, "0.0.0.0:7"),
            named("a", socket(), vec![Value::Fd(4)], 4, "0.0.0.0:0"),
            named("a", Call::on(4, "bind").with(at("127.0.0.1:9")), vec![], 4, "127.0.0.1:9"),
            answered("a", send("127.0.0.7:7"), number(1)),
            answered("a", send("127.0.0.1:7"), number(1)),
            answered("a", send("127.0.0.7:7"), number(1)),
            receive(),
            receive(),
            receive(),
        ];
        for _ in 0..50 {
            assert_eq!(arrows(events.clone()), [(4, 7), (5, 8), (6, 9)]);
        }
    }

    /// A server of IPv6 sees its client of IPv4 by an address of IPv6.
    #[test]
    fn a_connection_between_two_families_is_one() {
        let named = |actor, call, values, fd, [local, peer]: [&str; 2]| {
            let at = |address: &str| address.parse().ok().map(Address::Inet);
            let mut event = answered(actor, call, values);
            let Fact::Returned { names, .. } = &mut event.fact else { unreachable!() };
            *names = Some(Names { of: fd, local: at(local), peer: at(peer) });
            event
        };
        let socket = |family| Call::new("socket").with(kind(family)).with(kind("SOCK_STREAM"));
        let [near, far] = ["127.0.0.1:9", "127.0.0.1:7"];
        let seen = ["[::ffff:127.0.0.1]:7", "[::ffff:127.0.0.1]:9"];
        let events = vec![
            named("b", socket("AF_INET6"), vec![Value::Fd(3)], 3, ["[::]:0", ""]),
            named("b", Call::on(3, "listen"), vec![], 3, ["[::]:7", ""]),
            named("a", socket("AF_INET"), vec![Value::Fd(4)], 4, ["0.0.0.0:0", ""]),
            named("a", Call::on(4, "connect"), vec![], 4, [near, far]),
            named("b", Call::on(3, "accept"), vec![Value::Fd(5)], 5, seen),
            answered("a", Call::on(4, "send"), number(8)),
            answered("b", Call::on(5, "recv"), number(8)),
        ];
        assert_eq!(arrows(events), [(1, 3), (3, 4), (5, 6)]);
    }

    #[test]
    fn the_first_who_connects_to_a_file_is_the_first_who_is_accepted() {
        let file = || Value::Address(Address::Unix(UnixName::Path("/tmp/hello".into())));
        let stream =
            || Call::new("socket").with(kind("AF_UNIX")).with(kind("SOCK_STREAM|SOCK_CLOEXEC"));
        let events = vec![
            answered("server", stream(), vec![Value::Fd(3)]),
            answered("server", Call::on(3, "bind").with(file()), vec![]),
            answered("server", Call::on(3, "listen"), vec![]),
            answered("client", stream(), vec![Value::Fd(4)]),
            answered("client", Call::on(4, "connect").with(file()), vec![]),
            answered("server", Call::on(3, "accept"), vec![Value::Fd(5)]),
            answered("server", Call::on(5, "send"), number(8)),
            answered("client", Call::on(4, "recv"), number(8)),
        ];
        assert_eq!(arrows(events), [(2, 4), (4, 5), (6, 7)]);
    }

    /// Two programs, each with a descriptor 3: what one of them is says nothing of the other.
    #[test]
    fn a_descriptor_belongs_to_its_process() {
        let enters = |actor: &str, process| {
            let fact = Fact::Entered { tid: 0, by: None, process: Some(process) };
            Event::new(actor.into(), 0, fact)
        };
        let at = |port: u16| Some(Address::Inet(([127, 0, 0, 1], port).into()));
        let named = |actor, call, values, of, local, peer| {
            let mut event = answered(actor, call, values);
            let Fact::Returned { names, .. } = &mut event.fact else { unreachable!() };
            *names = Some(Names { of, local: at(local), peer: at(peer).filter(|_| peer > 0) });
            event
        };
        let stream =
            || Call::new("socket").with(kind("AF_INET")).with(kind("SOCK_STREAM|SOCK_CLOEXEC"));
        let events = vec![
            enters("server", 1),
            enters("client", 2),
            named("server", stream(), vec![Value::Fd(3)], 3, 0, 0),
            named("server", Call::on(3, "listen"), vec![], 3, 80, 0),
            named("client", stream(), vec![Value::Fd(3)], 3, 0, 0),
            named("client", Call::on(3, "connect"), vec![], 3, 5000, 80),
            named("server", Call::on(3, "accept"), vec![Value::Fd(4)], 4, 80, 5000),
            answered("client", Call::on(3, "send"), number(4)),
            answered("server", Call::on(4, "recv"), number(4)),
        ];
        assert_eq!(arrows(events), [(3, 5), (5, 6), (7, 8)]);
    }
}
