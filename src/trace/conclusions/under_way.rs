//! Which call a packet belongs to.

use super::holders::follow;
use super::sockets::Sockets;
use crate::trace::{Address, Call, Does, Event, Fact, Manner, Name, Packet, Trace};
use std::collections::HashMap;

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
                open.insert(&event.actor, Open { place, ends: ends(call, event, &sockets) });
            }
            follow(&mut sockets, event);
        }
        let score = |call: &&Open| (self.sends(call.place), call.suits(packet), call.place);
        let is_its_own = |call: &&Open| self.sends(call.place) && call.suits(packet) == 2;
        let best = open.values().max_by_key(score).filter(|call| !takes_turns || is_its_own(call));
        best.map(|call| call.place).or(last)
    }

    fn sends(&self, place: usize) -> bool {
        self.events[place].call().and_then(Call::does).is_some_and(Does::sends_packets)
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

fn ends(call: &Call, event: &Event, sockets: &Sockets) -> Option<(Option<Address>, Address)> {
    let path = sockets.of_call(event).and_then(|of| sockets.path(of));
    match (call.destination(), path) {
        (Some(to), _) => Some((None, to.clone().canonical())),
        (None, Some((own, peer, _))) => Some((Some(own), peer)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::conclusions::example::{called, connecting, packet, trace};

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
}
