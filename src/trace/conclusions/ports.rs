//! The addresses of a run, named alike in every run: ports are numbered in the order in which they
//! appear.

use crate::trace::{Address, Descriptor, Does, Fact, Name, Processes, Trace};
use std::collections::{HashMap, HashSet};

impl Trace {
    /// Gives every address a name that it has in other runs, too, in the order of events. A port is
    /// named by its number: the first one of the run is 1, and one that the kernel chooses for a
    /// new socket is a new one. 0, "none yet", keeps its meaning. Of a path its last name is kept,
    /// whether it is a file's or an abstract name: it begins with a directory that was made for
    /// this run.
    pub(super) fn rename_addresses(&mut self, mut with_port: impl FnMut(&Address, u16) -> Address) {
        let mut births = self.births();
        let mut ports = Ports::default();
        for (place, event) in self.events.iter_mut().enumerate() {
            births.remove(&place).inspect(|birth| ports.born(birth));
            event.each_address(|address| match (&*address, address.port()) {
                (Address::Unix(name), _) => *address = Address::Unix(name.last()),
                (_, Some(port @ 1..)) => *address = with_port(address, ports.number(port)),
                _ => {}
            });
        }
    }

    /// The sockets that get names, by the place of the call that gives them: packets of theirs have
    /// them before it returns.
    fn births(&self) -> HashMap<usize, Birth> {
        let mut processes = Processes::default();
        let mut called: HashMap<&Name, usize> = HashMap::new();
        let mut births = HashMap::new();
        for (place, event) in self.events.iter().enumerate() {
            processes.learn(event);
            match &event.fact {
                Fact::Called(_) => _ = called.insert(&event.actor, place),
                Fact::Returned { call, names: Some(names), .. } => {
                    let early = call.does().is_some_and(Does::names_a_socket);
                    let place = called.remove(&event.actor).filter(|_| early).unwrap_or(place);
                    let (does, of) = (call.does(), processes.descriptor(event, names.of));
                    let port = names.local.as_ref().and_then(Address::port);
                    let asked = call.address().and_then(Address::port).filter(|&port| port > 0);
                    let is_given = does == Some(Does::Bind) && asked.is_some();
                    let port = port.filter(|&port| port > 0);
                    births.insert(place, Birth { does, of, port, is_given });
                }
                _ => {}
            }
        }
        births
    }
}

/// What a call did with the names of a socket.
struct Birth {
    does: Option<Does>,
    of: Descriptor,
    /// The port that the socket has then.
    port: Option<u16>,
    /// Whether it was asked for by its number.
    is_given: bool,
}

/// The numbers that ports have now.
#[derive(Default)]
struct Ports {
    numbers: HashMap<u16, u16>,
    last: u16,
    /// For each descriptor, the last number that there was when its socket was made.
    made: HashMap<Descriptor, u16>,
    /// Descriptors whose sockets have a port of their own, and the numbers of those.
    bound: HashSet<Descriptor>,
    owned: HashSet<u16>,
}

impl Ports {
    /// When the kernel chooses a port for a socket, it is a new one, even if another socket had the
    /// same before. It may have been seen already: the kernel, or a packet, has it before a connect
    /// that does not wait is told to be done.
    fn born(&mut self, birth: &Birth) {
        let Birth { does: Some(does), of, port, is_given } = *birth else { return };
        match port {
            Some(port) if does.names_a_socket() && self.bound.insert(of) => {
                let made = self.made.get(&of).copied().unwrap_or(0);
                let is_its_own = |number: &u16| *number > made && !self.owned.contains(number);
                if !is_given && !self.numbers.get(&port).is_some_and(is_its_own) {
                    self.numbers.remove(&port);
                }
                let number = self.number(port);
                self.owned.insert(number);
            }
            _ if does.makes_a_descriptor() => {
                self.bound.remove(&of);
                self.made.insert(of, self.last);
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

#[cfg(test)]
mod tests {
    use crate::trace::conclusions::example::{connecting, event, packet, trace};
    use crate::trace::{
        Address, Answer, Aspect, Call, Change, Event, Fact, Names, Playbill, Subject, TcpState,
        Trace, Value,
    };
    use std::net::IpAddr;

    fn address(port: u16) -> Address {
        Address::Inet(([127, 0, 0, 1], port).into())
    }

    fn connected(fd: i32, port: u16) -> Event {
        let call = Call::on(fd, "connect").with(Value::Address(address(80)));
        let names = Some(Names { of: fd, local: Some(address(port)), peer: Some(address(80)) });
        let fact = Fact::Returned { call, answer: Answer::Ok(vec![]), names };
        Event::new("client".into(), u64::from(port), fact)
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

    /// Two servers have it, at two addresses.
    #[test]
    fn a_port_that_is_asked_for_is_the_same_port() {
        let binds = |fd: i32, ip: &str, asked: u16| {
            let at = |port: u16| Address::Inet((ip.parse::<IpAddr>().unwrap(), port).into());
            let call = Call::on(fd, "bind").with(Value::Address(at(asked)));
            let names = Some(Names { of: fd, local: Some(at(41)), peer: None });
            event("server", 0, Fact::Returned { call, answer: Answer::Ok(vec![]), names })
        };
        let run = trace(vec![binds(3, "127.0.0.1", 0), binds(4, "::1", 41), binds(5, "::1", 0)]);
        let events = run.canonical().events;
        let ports = events.iter().map(|event| event.names().unwrap().local.clone().unwrap().port());
        assert_eq!(ports.collect::<Vec<_>>(), [Some(1), Some(1), Some(2)]);
    }

    /// A connect that does not wait is told to be done when it is called again.
    #[test]
    fn a_port_that_was_seen_before_connect_is_done_is_one_port() {
        let names = Some(Names { of: 4, local: None, peer: None });
        let (call, answer) = (Call::new("socket"), Answer::Ok(vec![Value::Fd(4)]));
        let made = Event { fact: Fact::Returned { call, answer, names }, ..connected(4, 0) };
        let socket = Subject { fd: Some(4), was: None, local: Some(address(40000)), peer: None };
        let what = Aspect::State { before: None, after: Some(TcpState::SynSent), expires_ms: None };
        let changed = Event { fact: Fact::Changed(Change::new(socket, what)), ..connected(4, 0) };
        let mut trace = Trace::new(Playbill::default());
        trace.events = vec![connected(5, 39999), made, changed, connected(4, 40000)];
        let mut numbers = Vec::new();
        trace.rename_addresses(|address, number| {
            numbers.push((address.port().unwrap(), number));
            address.clone()
        });
        let of_it: Vec<u16> =
            numbers.iter().filter(|(port, _)| *port == 40000).map(|(_, number)| *number).collect();
        assert_eq!(of_it, [of_it[0]; 2], "{numbers:?}");
    }

    #[test]
    fn a_port_has_one_name_before_and_after_its_connect_returns() {
        let mut events = connecting();
        events.insert(3, event("client", 40, Fact::Packet(packet([5000, 80], "SYN", 0, 0))));
        let events = trace(events).canonical().events;
        let local = events[4].names().unwrap().local.clone().unwrap();
        assert_eq!(events[3].packet().unwrap().ends().unwrap().0, &local);
    }
}
