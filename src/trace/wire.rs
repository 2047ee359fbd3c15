//! The wire: what packets tell of calls, and calls of packets.

use super::holders::follow;
use super::sockets::{Sockets, argument};
use super::{Address, Arrow, Call, Cause, Event, Fact, Flags, Manner, Name, Names, Packet, Trace};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Whether the packets of a run were captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// They were: they are events.
    Seen,
    /// They could not be, for this reason.
    Hidden(String),
}

/// What became of the packets of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many of them are events.
    pub shown: u64,
    /// How many the kernel had no room for: they crossed, and are missing here.
    pub lost: u64,
    /// The machine's clock was set meanwhile: packets may stand at the wrong place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_set: bool,
}

/// A call that had not returned at some moment.
struct Open {
    place: usize,
    /// The ends of its connection, seen from its own; the first is unknown before connect has
    /// returned.
    ends: Option<(Option<Address>, Address)>,
}

impl Trace {
    /// The event that a packet belongs to: the call that was under way when it was captured, `at`
    /// nanoseconds after the run began. If there was none, the event before it.
    ///
    /// If lanes take turns, only the last call acts. In all others somebody sleeps; but what they
    /// have to send goes on, such as a SYN that is repeated. If lanes do not take turns, several
    /// calls may act: then it is one that sends, and best of all one whose socket has the packet's
    /// addresses; of these the last.
    pub fn under_way(&self, at: u64, packet: &Packet) -> Option<usize> {
        let mut sockets = Sockets::default();
        let mut open: HashMap<&Name, Open> = HashMap::new();
        let mut last = None;
        let takes_turns = self.playbill.manner == Manner::Turns;
        let several_may = !takes_turns || carries_something(packet);
        for (place, event) in
            self.events.iter().enumerate().filter(|(_, event)| event.packet().is_none())
        {
            if event.at > at {
                break;
            }
            last = Some(place);
            if !several_may {
                continue;
            }
            open.remove(&event.actor);
            if let Fact::Called(call) = &event.fact {
                open.insert(&event.actor, Open { place, ends: ends(call, &sockets) });
            }
            follow(&mut sockets, event);
        }
        let score = |call: &&Open| (self.sends(call.place), call.suits(packet), call.place);
        let is_its_own = |call: &&Open| self.sends(call.place) && call.suits(packet) == 2;
        let best = open.values().max_by_key(score).filter(|call| !takes_turns || is_its_own(call));
        best.map(|call| call.place).or(last)
    }

    fn sends(&self, place: usize) -> bool {
        const SEND: [&str; 6] = ["connect", "send", "sendto", "sendmsg", "shutdown", "close"];
        self.events[place].call().is_some_and(|call| SEND.contains(&&*call.name))
    }
}

/// Whether it is a segment of TCP with data, a SYN or a FIN, and not one that only answers.
fn carries_something(packet: &Packet) -> bool {
    packet.segment().is_some_and(|segment| segment.numbers() > 0)
}

impl Open {
    /// How well its socket suits a packet: 2 if it may have sent it, 1 if it may receive it.
    fn suits(&self, packet: &Packet) -> u8 {
        let (Some((own, peer)), Some((source, destination))) = (&self.ends, packet.ends()) else {
            return 0;
        };
        let is_own = |end: &Address| own.as_ref().is_none_or(|own| own == end);
        match () {
            () if peer == destination && is_own(source) => 2,
            () if peer == source && is_own(destination) => 1,
            () => 0,
        }
    }
}

fn ends(call: &Call, sockets: &Sockets) -> Option<(Option<Address>, Address)> {
    let to = argument(call).filter(|_| ["connect", "sendto"].contains(&&*call.name)).cloned();
    match (to, sockets.path(call.fd?)) {
        (Some(to), _) => Some((None, to)),
        (None, Some((own, peer, _))) => Some((Some(own), peer)),
        (None, None) => None,
    }
}

impl Trace {
    /// Whether a packet between the same two lanes shows what an arrow was inferred from: one of
    /// its kind, sent after the call of its cause and before its effect.
    pub fn was_seen(&self, arrow: &Arrow, lanes: &HashMap<usize, [Option<Name>; 2]>) -> bool {
        let (from, to) = (&self.events[arrow.from].actor, &self.events[arrow.to].actor);
        let is_its_call = |event: &Event| event.actor == *from && event.is_call();
        let begin = self.events[..arrow.from].iter().rposition(is_its_call).unwrap_or(arrow.from);
        (begin..arrow.to).any(|place| {
            let of_its_kind =
                self.events[place].packet().is_some_and(|packet| shows(packet, arrow.cause));
            let between = lanes
                .get(&place)
                .is_some_and(|[a, b]| a.as_ref() == Some(from) && b.as_ref() == Some(to));
            of_its_kind && between
        })
    }
}

fn shows(packet: &Packet, cause: Cause) -> bool {
    let has = |flag| packet.segment().is_some_and(|segment| segment.flags.has(flag));
    match cause {
        Cause::Handshake => has(Flags::SYN),
        Cause::Data => packet.data() > 0,
        Cause::End => has(Flags::FIN) || has(Flags::RST),
    }
}

impl Trace {
    /// Leaves out the packets that a timer decides on: those that bring nothing new, as
    /// acknowledgements and repetitions do. The proof of the question stays the event that it is.
    pub(super) fn without_idle_packets(&mut self) {
        let mut next: HashMap<(Address, Address), u32> = HashMap::new();
        let kept: Vec<bool> = self.events.iter().map(|event| is_news(event, &mut next)).collect();
        if let Some(verdict) = self.ending.as_mut().and_then(|ending| ending.verdict.as_mut()) {
            verdict.proof = kept.iter().take(verdict.proof).filter(|&&kept| kept).count();
        }
        let mut kept = kept.into_iter();
        self.events.retain(|_| kept.next().unwrap_or(true));
    }

    /// The names that sockets get, by the place of the call that gives them: its packets have them
    /// before it returns.
    pub(super) fn births(&self) -> HashMap<usize, (String, Names)> {
        let mut called: HashMap<&Name, usize> = HashMap::new();
        let mut births = HashMap::new();
        for (place, event) in self.events.iter().enumerate() {
            match &event.fact {
                Fact::Called(_) => _ = called.insert(&event.actor, place),
                Fact::Returned { call, names: Some(names), .. } => {
                    let early = ["bind", "connect", "sendto"].contains(&&*call.name);
                    let place = called.remove(&event.actor).filter(|_| early).unwrap_or(place);
                    births.insert(place, (call.name.to_string(), names.clone()));
                }
                _ => {}
            }
        }
        births
    }
}

/// Whether an event is no packet, or one that brings something new along its direction.
fn is_news(event: &Event, next: &mut HashMap<(Address, Address), u32>) -> bool {
    let Some(segment) = event.packet().and_then(Packet::segment) else { return true };
    let direction = (segment.source.clone(), segment.destination.clone());
    let end = segment.sequence.wrapping_add(segment.numbers());
    if segment.flags.has(Flags::SYN) {
        return next.insert(direction, end) != Some(end);
    }
    if segment.flags.has(Flags::RST) {
        let (source, destination) = direction;
        next.remove(&(destination.clone(), source.clone()));
        next.remove(&(source, destination));
        return true;
    }
    let before = next.entry(direction).or_insert(segment.sequence);
    let news = end.wrapping_sub(*before).cast_signed() > 0;
    if news {
        *before = end;
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Answer, Bytes, Ending, Kind, Playbill, Segment, Value, Verdict};

    fn address(port: u16) -> Address {
        Address::Inet(([127, 0, 0, 1], port).into())
    }

    fn event(actor: &str, at: u64, fact: Fact) -> Event {
        Event { actor: actor.into(), line: None, at, fact }
    }

    fn called(actor: &str, at: u64, call: Call) -> Event {
        event(actor, at, Fact::Called(call))
    }

    fn named(actor: &str, at: u64, call: Call, names: (i32, u16, u16)) -> Event {
        let peer = (names.2 > 0).then(|| address(names.2));
        let names = Some(Names { of: names.0, local: Some(address(names.1)), peer });
        event(actor, at, Fact::Returned { call, answer: Answer::Ok(vec![]), names })
    }

    fn packet(ports: [u16; 2], flags: &str, sequence: u32, length: usize) -> Packet {
        let (source, destination) = (address(ports[0]), address(ports[1]));
        let flags = Flags::try_from(flags.to_string()).unwrap();
        let segment = Segment { source, destination, flags, sequence, acknowledgement: 1, length };
        Packet { kind: Kind::Tcp(segment), frame: Bytes::new(b"") }
    }

    fn trace(events: Vec<Event>) -> Trace {
        Trace { events, ..Trace::new(Playbill::default()) }
    }

    fn connect() -> Call {
        Call::on(4, "connect").with(Value::Address(address(80)))
    }

    /// The server listens and sleeps in accept, the client connects.
    fn connecting() -> Vec<Event> {
        vec![
            named("server", 10, Call::on(3, "listen"), (3, 80, 0)),
            called("server", 20, Call::on(3, "accept")),
            called("client", 30, connect()),
            named("client", 90, connect(), (4, 5000, 80)),
            called("client", 100, Call::on(4, "recv")),
        ]
    }

    #[test]
    fn a_packet_belongs_to_the_call_that_sends_it() {
        let mut trace = trace(connecting());
        let [syn, reply] = [packet([5000, 80], "SYN", 0, 0), packet([80, 5000], "SYN|ACK", 0, 0)];
        assert_eq!(trace.under_way(40, &syn), Some(2));
        assert_eq!(trace.under_way(50, &reply), Some(2), "not to accept, which sleeps");
        assert_eq!(trace.under_way(15, &syn), Some(0), "no call was under way");
        assert_eq!(trace.under_way(110, &packet([5000, 80], "ACK", 1, 0)), Some(4));
        assert_eq!(trace.under_way(5, &syn), None);
        let late = packet([80, 5000], "ACK", 1, 0);
        assert_eq!(trace.under_way(95, &late), Some(3), "nobody is awake in a call");
        trace.playbill.manner = Manner::Free(String::new());
        assert_eq!(trace.under_way(95, &late), Some(1), "somebody may be");
    }

    #[test]
    fn what_a_sleeper_sends_belongs_to_its_call() {
        let mut events = connecting();
        events.insert(3, called("other", 60, Call::on(9, "send")));
        let trace = trace(events);
        assert_eq!(
            trace.under_way(70, &packet([5000, 80], "SYN", 0, 0)),
            Some(2),
            "connect repeats it"
        );
        assert_eq!(trace.under_way(70, &packet([5001, 81], "PSH|ACK", 1, 4)), Some(3));
        assert_eq!(
            trace.under_way(70, &packet([5000, 80], "ACK", 1, 0)),
            Some(3),
            "no call asked for it"
        );
    }

    #[test]
    fn a_packet_goes_from_lane_to_lane() {
        let mut events = connecting();
        let reply = packet([80, 5000], "SYN|ACK", 0, 0);
        events.insert(3, event("client", 50, Fact::Packet(reply)));
        events.insert(3, event("client", 40, Fact::Packet(packet([5001, 81], "SYN", 0, 0))));
        let lanes = trace(events).packet_lanes();
        assert_eq!(lanes[&4], [Some("server".into()), Some("client".into())]);
        assert_eq!(lanes[&3], [None, None], "nobody has these ports");
    }

    #[test]
    fn packets_that_bring_nothing_new_are_no_part_of_the_canonical_form() {
        let cases = [
            (packet([5000, 80], "SYN", 0, 0), true),
            (packet([5000, 80], "SYN", 0, 0), false),
            (packet([80, 5000], "SYN|ACK", 0, 0), true),
            (packet([5000, 80], "ACK", 1, 0), false),
            (packet([5000, 80], "PSH|ACK", 1, 4), true),
            (packet([5000, 80], "PSH|ACK", 1, 4), false),
            (packet([80, 5000], "ACK", 1, 0), false),
            (packet([5000, 80], "FIN|ACK", 5, 0), true),
            (packet([80, 5000], "RST", 1, 0), true),
            (packet([5000, 80], "SYN", 0, 0), true),
        ];
        let want: Vec<Packet> =
            cases.iter().filter(|(_, kept)| *kept).map(|(packet, _)| packet.clone()).collect();
        let mut events: Vec<Event> =
            cases.into_iter().map(|(packet, _)| event("client", 1, Fact::Packet(packet))).collect();
        events.insert(6, event("client", 1, Fact::Left));
        let mut run = trace(events);
        run.ending =
            Some(Ending { verdict: Some(Verdict { choice: 0, proof: 6 }), ..Ending::default() });
        run.without_idle_packets();
        let place = run.events.iter().position(|event| event.fact == Fact::Left);
        assert_eq!(run.ending.unwrap().verdict.map(|verdict| verdict.proof), place);
        let kept: Vec<Packet> =
            run.events.iter().filter_map(|event| event.packet().cloned()).collect();
        assert_eq!(kept, want);
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
