//! The canonical form: two runs of a lesson are the same run if their canonical forms are equal.

use super::{Address, Bytes, Event, Fact, Names, Trace, UnixName, Value};
use std::collections::{HashMap, HashSet};

impl Trace {
    /// The trace without what no two runs share: ports are numbered in the order in which they appear, and
    /// times, thread ids, the kernel's release, the place and every value of this machine are left out.
    pub fn canonical(mut self) -> Trace {
        self.without_idle_packets();
        let mut ports = Ports::default();
        self.leave_out_what_acknowledgements_decide();
        let mut births = self.births();
        for (place, event) in self.events.iter_mut().enumerate() {
            event.at = 0;
            if let Fact::Entered { tid, .. } = &mut event.fact {
                *tid = 0;
            }
            if let Some((name, names)) = births.remove(&place) {
                ports.born(&name, &names);
            }
            values(event, mask);
            addresses(event, |address| *address = ports.rename(address));
        }
        self.playbill.system.clear();
        self.playbill.place = None;
        // A packet taken apart has ports in it.
        let of_the_wire = self.playbill.wire.is_some();
        self.ending.iter_mut().for_each(|ending| {
            ending.wire = None;
            _ = ending.table.take_if(|_| of_the_wire);
        });
        (self.playbill.director, self.playbill.observer) = (0, 0);
        self
    }
}

impl Trace {
    /// When an acknowledgement comes differs from run to run. A proof keeps its event.
    fn leave_out_what_acknowledgements_decide(&mut self) {
        let proof = self.ending.as_ref().and_then(|ending| ending.verdict).map(|verdict| verdict.proof);
        let mut kept = Vec::with_capacity(self.events.len());
        for (place, mut event) in std::mem::take(&mut self.events).into_iter().enumerate() {
            if Some(place) == proof
                && let Some(verdict) = self.ending.as_mut().and_then(|ending| ending.verdict.as_mut())
            {
                verdict.proof = kept.len();
            }
            if let Fact::Changed(change) = event.fact {
                let Some(change) = change.canonical() else { continue };
                event.fact = Fact::Changed(change);
            }
            kept.push(event);
        }
        self.events = kept;
    }
}

/// What this machine decides has a kind, and a packet has its length; what it is may differ. The kernel's numbers for its own things
/// stay 0.
fn mask(value: &mut Value) {
    let blank = |bytes: &Bytes| Bytes::new(&vec![0; bytes.length()]);
    let Value::Machine(inner) = value else { return };
    **inner = match inner.bare() {
        Value::Hex(bytes) => Value::Hex(blank(bytes)),
        Value::Bytes(_) => Value::Bytes(Bytes::new(b"")),
        Value::Number(_) => Value::Number(0),
        Value::Constant(_) => Value::Constant("".into()),
        Value::Time(_) => Value::Time(None),
        other => other.clone(),
    };
}

/// New names for the ports that the kernel chose.
#[derive(Default)]
struct Ports {
    names: HashMap<u16, u16>,
    next: u16,
    /// Descriptors whose sockets have a port of their own.
    bound: HashSet<i32>,
}

impl Ports {
    /// When the kernel chooses a port for a socket, it is a new one, even if another socket had that number before.
    fn born(&mut self, call: &str, names: &Names) {
        let port = names.local.as_ref().and_then(Address::port).filter(|&port| port > 0);
        match (call, port) {
            ("bind" | "connect" | "sendto", Some(port)) if self.bound.insert(names.of) => {
                _ = self.names.remove(&port)
            }
            ("socket" | "accept" | "fcntl", _) => _ = self.bound.remove(&names.of),
            _ => {}
        }
    }

    /// Port 0, "none yet", keeps its meaning.
    ///
    /// Of a path its last name is kept, whether it is a file's or an abstract name: it begins with a directory that was made for
    /// this run.
    fn rename(&mut self, address: &Address) -> Address {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().into();
        match (address, address.port()) {
            (Address::Unix(UnixName::Path(path)), _) => Address::Unix(UnixName::Path(last(path))),
            (Address::Unix(UnixName::Abstract(path)), _) => Address::Unix(UnixName::Abstract(last(path))),
            (_, None | Some(0)) => address.clone(),
            (_, Some(port)) => {
                let next = &mut self.next;
                let name = *self.names.entry(port).or_insert_with(|| {
                    *next = next.wrapping_add(1);
                    *next
                });
                address.clone().with_port(name)
            }
        }
    }
}

/// Visits every value of an event.
fn values(event: &mut Event, visit: impl FnMut(&mut Value)) {
    match &mut event.fact {
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

/// Visits every address of an event.
fn addresses(event: &mut Event, mut visit: impl FnMut(&mut Address)) {
    values(event, |value| {
        if let Value::Address(address) = value {
            visit(address);
        }
    });
    match &mut event.fact {
        Fact::Returned { names: Some(names), .. } => {
            [&mut names.local, &mut names.peer].into_iter().flatten().for_each(visit);
        }
        Fact::Changed(change) => {
            [&mut change.socket.local, &mut change.socket.peer].into_iter().flatten().for_each(visit);
        }
        Fact::Packet(packet) => {
            packet.ends_mut().into_iter().flatten().for_each(visit);
            packet.frame = Bytes::new(b"");
        }
        _ => {}
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
