//! The ports of a run, numbered in the order in which they appear.

use super::{Address, Event, Fact, Names, Trace, Value};
use std::collections::{HashMap, HashSet};

impl Trace {
    /// Visits every address, in the order of events, with the number of its port: the first one of the run is 1. A port that the
    /// kernel chooses for a new socket is a new one. None: the address has no port, or it is 0, "none yet".
    pub(super) fn each_address(&mut self, mut visit: impl FnMut(&mut Address, Option<u16>)) {
        let mut births = self.births();
        let mut ports = Ports::default();
        for (place, event) in self.events.iter_mut().enumerate() {
            if let Some((name, names)) = births.remove(&place) {
                ports.born(&name, &names);
            }
            event.each_address(|address| {
                let port = address.port().filter(|&port| port > 0);
                visit(address, port.map(|port| ports.number(port)));
            });
        }
    }
}

/// The numbers that ports have now.
#[derive(Default)]
struct Ports {
    numbers: HashMap<u16, u16>,
    last: u16,
    /// For each descriptor, the last number that there was when its socket was made.
    made: HashMap<i32, u16>,
    /// Descriptors whose sockets have a port of their own, and the numbers of those.
    bound: HashSet<i32>,
    owned: HashSet<u16>,
}

impl Ports {
    /// When the kernel chooses a port for a socket, it is a new one, even if another socket had the same before. It may have been seen
    /// already: the kernel, or a packet, has it before a connect that does not wait is told to be done.
    fn born(&mut self, call: &str, names: &Names) {
        let port = names.local.as_ref().and_then(Address::port).filter(|&port| port > 0);
        match (call, port) {
            ("bind" | "connect" | "sendto", Some(port)) if self.bound.insert(names.of) => {
                let made = self.made.get(&names.of).copied().unwrap_or(0);
                let is_its_own = |number: &u16| *number > made && !self.owned.contains(number);
                if !self.numbers.get(&port).is_some_and(is_its_own) {
                    self.numbers.remove(&port);
                }
                let number = self.number(port);
                self.owned.insert(number);
            }
            ("socket" | "accept" | "fcntl", _) => {
                self.bound.remove(&names.of);
                self.made.insert(names.of, self.last);
            }
            _ => {}
        }
    }

    fn number(&mut self, port: u16) -> u16 {
        let last = &mut self.last;
        *self.numbers.entry(port).or_insert_with(|| {
            *last = last.wrapping_add(1);
            *last
        })
    }
}

impl Event {
    /// Visits every value.
    pub(super) fn each_value(&mut self, visit: impl FnMut(&mut Value)) {
        match &mut self.fact {
            Fact::Called(call) => call.arguments.iter_mut().for_each(visit),
            Fact::Returned { call, answer, .. } => {
                call.arguments.iter_mut().chain(answer.values_mut()).for_each(visit);
            }
            Fact::Entered { .. }
            | Fact::Left
            | Fact::Waits(_)
            | Fact::Waited(_)
            | Fact::Changed(_)
            | Fact::Packet(_) => {}
        }
    }

    /// Visits every address.
    fn each_address(&mut self, mut visit: impl FnMut(&mut Address)) {
        self.each_value(|value| {
            if let Value::Address(address) = value {
                visit(address);
            }
        });
        match &mut self.fact {
            Fact::Returned { names: Some(names), .. } => {
                [&mut names.local, &mut names.peer].into_iter().flatten().for_each(visit);
            }
            Fact::Changed(change) => {
                [&mut change.socket.local, &mut change.socket.peer].into_iter().flatten().for_each(visit);
            }
            Fact::Packet(packet) => packet.ends_mut().into_iter().flatten().for_each(visit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::{
        Address, Answer, Aspect, Call, Change, Event, Fact, Names, Playbill, Subject, TcpState, Trace, Value,
    };

    fn address(port: u16) -> Address {
        Address::Inet(([127, 0, 0, 1], port).into())
    }

    fn connected(fd: i32, port: u16) -> Event {
        let call = Call::on(fd, "connect").with(Value::Address(address(80)));
        let names = Some(Names { of: fd, local: Some(address(port)), peer: Some(address(80)) });
        let fact = Fact::Returned { call, answer: Answer::Ok(vec![]), names };
        Event { actor: "client".into(), line: None, at: u64::from(port), fact }
    }

    fn run(ports: [u16; 2]) -> Trace {
        let mut trace = Trace::new(Playbill::default());
        trace.events = vec![connected(4, ports[0]), connected(5, ports[1])];
        trace.canonical()
    }

    #[test]
    fn a_port_that_is_chosen_twice_is_two_ports() {
        assert_eq!(run([40000, 40002]), run([50000, 50000]));
    }

    /// A connect that does not wait is told to be done when it is called again.
    #[test]
    fn a_port_that_was_seen_before_connect_is_done_is_one_port() {
        let names = Some(Names { of: 4, local: None, peer: None });
        let (call, answer) = (Call::new("socket"), Answer::Ok(vec![Value::Fd(4)]));
        let made = Event { fact: Fact::Returned { call, answer, names }, ..connected(4, 0) };
        let socket = Subject { fd: Some(4), was: None, local: Some(address(40000)), peer: None };
        let what = Aspect::State { before: None, after: Some(TcpState::SynSent), expires_ms: None };
        let changed = Event { fact: Fact::Changed(Change { socket, what }), ..connected(4, 0) };
        let mut trace = Trace::new(Playbill::default());
        trace.events = vec![connected(5, 39999), made, changed, connected(4, 40000)];
        let mut numbers = Vec::new();
        trace.each_address(|address, number| numbers.push((address.port().unwrap(), number.unwrap())));
        let of_it: Vec<u16> =
            numbers.iter().filter(|(port, _)| *port == 40000).map(|(_, number)| *number).collect();
        assert_eq!(of_it, [of_it[0]; 2], "{numbers:?}");
    }
}
