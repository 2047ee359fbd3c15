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
            event.each_address(|address| visit(address, ports.number(address)));
        }
    }
}

/// The numbers that ports have now.
#[derive(Default)]
struct Ports {
    numbers: HashMap<u16, u16>,
    last: u16,
    /// Descriptors whose sockets have a port of their own.
    bound: HashSet<i32>,
}

impl Ports {
    /// When the kernel chooses a port for a socket, it is a new one, even if another socket had that number before.
    fn born(&mut self, call: &str, names: &Names) {
        let port = names.local.as_ref().and_then(Address::port).filter(|&port| port > 0);
        match (call, port) {
            ("bind" | "connect" | "sendto", Some(port)) if self.bound.insert(names.of) => {
                _ = self.numbers.remove(&port)
            }
            ("socket" | "accept" | "fcntl", _) => _ = self.bound.remove(&names.of),
            _ => {}
        }
    }

    fn number(&mut self, address: &Address) -> Option<u16> {
        let port = address.port().filter(|&port| port > 0)?;
        let last = &mut self.last;
        Some(*self.numbers.entry(port).or_insert_with(|| {
            *last = last.wrapping_add(1);
            *last
        }))
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
    use crate::trace::{Address, Answer, Call, Event, Fact, Names, Playbill, Trace, Value};

    fn connected(fd: i32, port: u16) -> Event {
        let address = |port: u16| Address::Inet(([127, 0, 0, 1], port).into());
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
}
