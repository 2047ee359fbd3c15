//! What has to stand before what in a run with packets.

use socket_playground::trace::{
    Address, Answer, Bytes, Call, Event, Fact, Flags, Manner, Name, Packet, Segment, Trace, Value,
};
use std::collections::{HashMap, HashSet};

/// From one port to another. Who sends a datagram need not have a port before; that is 0.
type Direction = (u16, u16);

/// What has been asked, has crossed and has been answered along each direction, so far.
#[derive(Default)]
pub struct Order {
    /// The ports of each socket: its own, and that of the other end.
    ports: HashMap<i32, (u16, u16)>,
    /// The sockets that keep messages apart.
    datagrams: HashSet<i32>,
    /// Who is in which call, since when.
    open: HashMap<Name, (Call, u64)>,
    /// In bytes.
    sent: HashMap<Direction, u64>,
    crossed: HashMap<Direction, u64>,
    received: HashMap<Direction, u64>,
    syns: HashSet<Direction>,
    /// The number that comes next in each direction of a connection.
    next: HashMap<Direction, u32>,
    ends: HashSet<Direction>,
    /// Who has been asked to say its end: it may have to say other things first.
    closing: HashSet<Direction>,
    /// What was on its way is lost.
    broken: HashSet<Direction>,
    /// Which number was acknowledged last in each direction.
    acknowledged: HashMap<Direction, u32>,
}

impl Order {
    /// Every event stands behind its cause.
    pub fn check(mut self, trace: &Trace) {
        let mut last = 0;
        for (place, event) in trace.events.iter().enumerate() {
            let in_time = event.at >= last || trace.playbill.manner != Manner::Turns;
            last = event.at;
            let caused = match &event.fact {
                Fact::Called(call) => self.called(event, call),
                Fact::Returned { call, .. } => self.returned(event, call),
                Fact::Packet(packet) => self.packet(event, packet),
                _ => true,
            };
            assert!(
                in_time && caused,
                "event {place} has no cause before it:\n{}",
                lines(&trace.events[..=place])
            );
        }
        for (way, sent) in &self.sent {
            let crossed = self.crossed.get(way).unwrap_or(&0);
            let is_lost = self.broken.contains(way) && crossed < sent;
            assert!(crossed == sent || is_lost, "{way:?}: of {sent} bytes {crossed} have crossed");
        }
    }

    fn called(&mut self, event: &Event, call: &Call) -> bool {
        self.open.insert(event.actor.clone(), (call.clone(), event.at));
        if call.name.starts_with("send") {
            // A datagram without a byte counts, too.
            *self.sent.entry(self.direction(call)).or_default() += offered(call);
        }
        // With keepalive the kernel may break a connection off by itself.
        if ["close", "shutdown"].contains(&&*call.name) || call.says("SO_KEEPALIVE") {
            self.closing.insert(self.direction(call));
        }
        true
    }

    fn returned(&mut self, event: &Event, call: &Call) -> bool {
        self.open.remove(&event.actor);
        if call
            .arguments
            .iter()
            .any(|value| matches!(value, Value::Constant(name) if name.starts_with("SOCK_DGRAM")))
        {
            self.datagrams.extend(event.answer().and_then(Answer::fd));
        }
        if let Some(names) = event.names() {
            let port =
                |address: &Option<Address>| address.as_ref().and_then(Address::port).unwrap_or(0);
            // A connect that goes on in the background has no peer yet, but it says whom it wants.
            let asked = port_of(call).filter(|_| call.name == "connect" && !event.succeeded());
            let peer = asked.unwrap_or(port(&names.peer));
            self.ports.insert(names.of, (port(&names.local), peer));
        }
        let (local, peer) = self.direction(call);
        if call.name.starts_with("send") {
            let taken = event.number().filter(|_| event.succeeded()).unwrap_or(0);
            *self.sent.get_mut(&self.direction(call)).unwrap() -= offered(call) - taken as u64;
        }
        // Given up: what still comes is answered with RST.
        if event.failed_with(libc::ETIMEDOUT) {
            self.closing.insert(self.direction(call));
        }
        let stream = !call.fd.is_some_and(|fd| self.datagrams.contains(&fd));
        match (&*call.name, event.number()) {
            _ if !event.succeeded() => true,
            ("close", _) => {
                call.fd.inspect(|fd| _ = self.datagrams.remove(fd));
                true
            }
            ("connect", _) if stream => {
                [(local, peer), (peer, local)].iter().all(|way| self.syns.contains(way))
            }
            ("accept", _) => {
                // A connection that was broken off while it waited has no peer any more. accept
                // still tells who it was.
                let (local, _) = self.ports[&event.names().unwrap().of];
                let peer =
                    event.answer().and_then(Answer::address).and_then(Address::port).unwrap();
                self.syns.contains(&(peer, local)) && self.syns.contains(&(local, peer))
            }
            ("shutdown", _) => {
                // Whoever ends the reading has an end of the stream without a packet.
                self.ends.insert((peer, local));
                true
            }
            _ if peeks(call) => true,
            ("recv", Some(0)) if stream => self.ends.contains(&(peer, local)),
            ("recv" | "recvfrom", Some(bytes)) => {
                let incoming =
                    if stream { (peer, local) } else { (0, self.ports[&call.fd.unwrap()].0) };
                *self.received.entry(incoming).or_default() += bytes as u64;
                self.received[&incoming] <= self.crossed.get(&incoming).copied().unwrap_or(0)
            }
            _ => true,
        }
    }

    fn packet(&mut self, event: &Event, packet: &Packet) -> bool {
        let open = self.open.clone();
        let during = |names: &[&str]| {
            open.values().any(|(call, since)| names.contains(&&*call.name) && *since <= event.at)
        };
        let Some((from, to)) = packet.ends() else { return during(&["send", "sendto"]) };
        let (from, to) = (from.port().unwrap(), to.port().unwrap());
        let way = if packet.segment().is_some() { (from, to) } else { (0, to) };
        if packet.segment().is_some_and(|segment| self.repeats(way, segment)) {
            return true;
        }
        if packet.data() > 0 || packet.segment().is_none() {
            *self.crossed.entry(way).or_default() += packet.data() as u64;
        }
        let asked = self.crossed.get(&way).unwrap_or(&0) <= self.sent.get(&way).unwrap_or(&0);
        let Some(segment) = packet.segment() else { return asked && during(&["send", "sendto"]) };
        let has = |flag| segment.flags.has(flag);
        if has(Flags::ACK) {
            self.acknowledged.insert(way, segment.acknowledgement);
        }
        if has(Flags::SYN) {
            self.syns.insert(way);
            let server = if has(Flags::ACK) { from } else { to };
            let mut calls = self.open.values();
            return calls.any(|(call, since)| {
                call.name == "connect" && port_of(call) == Some(server) && *since <= event.at
            });
        }
        if has(Flags::FIN) || has(Flags::RST) {
            // One kernel may acknowledge something to another one that has said its end, and knows
            // of no connection any more.
            let is_over = self.ends.contains(&way);
            let answers = has(Flags::RST)
                && is_over
                && self.acknowledged.get(&(to, from)) == Some(&segment.sequence);
            let caused = answers
                || self.closing.contains(&way)
                || during(&["close", "shutdown", "connect", "send"]);
            if has(Flags::RST) {
                self.broken.extend([way, (to, from)]);
            }
            self.ends.insert(way);
            return asked && caused;
        }
        asked
    }

    /// Whether a segment with data or an end has crossed before. The kernel says it again if the
    /// answer is late.
    fn repeats(&mut self, way: Direction, segment: &Segment) -> bool {
        // A bare acknowledgement brings nothing. In a free run it may stand before what it follows,
        // in the call of a lane that came late to write its answer down.
        if segment.numbers() == 0 {
            return false;
        }
        let end = segment.sequence + segment.numbers();
        let known = self.next.get(&way).is_some_and(|next| end <= *next);
        if !segment.flags.has(Flags::SYN) && known {
            return true;
        }
        self.next.insert(way, end);
        false
    }

    /// From the socket of a call, to where it sends.
    fn direction(&self, call: &Call) -> Direction {
        let fd = call.fd.unwrap_or(-1);
        let (local, peer) = self.ports.get(&fd).copied().unwrap_or_default();
        let to = port_of(call).unwrap_or(peer);
        if self.datagrams.contains(&fd) { (0, to) } else { (local, to) }
    }
}

/// How many bytes a sending call was given.
fn offered(call: &Call) -> u64 {
    let lengths = call.arguments.iter().filter_map(|value| match value {
        Value::Bytes(data) => Some(data.length() as u64),
        _ => None,
    });
    lengths.sum()
}

fn peeks(call: &Call) -> bool {
    call.arguments
        .iter()
        .any(|value| matches!(value, Value::Constant(flags) if flags.contains("MSG_PEEK")))
}

/// The port of the address among its arguments.
fn port_of(call: &Call) -> Option<u16> {
    call.arguments.iter().find_map(|value| match value {
        Value::Address(address) => address.port(),
        _ => None,
    })
}

/// A line an event, as a story would tell it.
fn lines(events: &[Event]) -> String {
    let line = |event: &Event| {
        let mut event = event.clone();
        if let Fact::Packet(packet) = &mut event.fact {
            packet.frame = Bytes::new(b"");
        }
        serde_json::to_string(&event).unwrap() + "\n"
    };
    events.iter().map(line).collect()
}
