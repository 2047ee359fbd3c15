//! A small run with packets, for tests.

use crate::trace::{
    Address, Answer, Bytes, Call, Event, Fact, Flags, Kind, Names, Packet, Playbill, Segment,
    Trace, Value,
};

pub fn address(port: u16) -> Address {
    Address::Inet(([127, 0, 0, 1], port).into())
}

pub fn event(actor: &str, at: u64, fact: Fact) -> Event {
    Event::new(actor.into(), at, fact)
}

pub fn called(actor: &str, at: u64, call: Call) -> Event {
    event(actor, at, Fact::Called(call))
}

pub fn named(actor: &str, at: u64, call: Call, names: (i32, u16, u16)) -> Event {
    let peer = (names.2 > 0).then(|| address(names.2));
    let names = Some(Names { of: names.0, local: Some(address(names.1)), peer });
    event(actor, at, Fact::Returned { call, answer: Answer::Ok(vec![]), names })
}

pub fn packet(ports: [u16; 2], flags: &str, sequence: u32, length: usize) -> Packet {
    let (source, destination) = (address(ports[0]), address(ports[1]));
    let flags = Flags::try_from(flags.to_string()).unwrap();
    let segment = Segment { source, destination, flags, sequence, acknowledgement: 1, length };
    Packet { kind: Kind::Tcp(segment), frame: Bytes::new(b"") }
}

pub fn trace(events: Vec<Event>) -> Trace {
    Trace { events, ..Trace::new(Playbill::default()) }
}

pub fn connect() -> Call {
    Call::on(4, "connect").with(Value::Address(address(80)))
}

/// The server listens and sleeps in accept, the client connects.
pub fn connecting() -> Vec<Event> {
    vec![
        named("server", 10, Call::on(3, "listen"), (3, 80, 0)),
        called("server", 20, Call::on(3, "accept")),
        called("client", 30, connect()),
        named("client", 90, connect(), (4, 5000, 80)),
        called("client", 100, Call::on(4, "recv")),
    ]
}
