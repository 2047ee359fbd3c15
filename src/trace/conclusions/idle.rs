//! Packets that bring nothing new, as acknowledgements and repetitions do.

use crate::trace::{Address, Event, Flags, Packet};
use std::collections::HashMap;

/// Which number comes next in each direction of each connection.
#[derive(Default)]
pub struct News(HashMap<(Address, Address), u32>);

impl News {
    /// Whether an event is no packet, or one that brings something new along its direction.
    pub fn are_in(&mut self, event: &Event) -> bool {
        let next = &mut self.0;
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::conclusions::example::{event, packet, trace};
    use crate::trace::{Ending, Fact, Verdict};

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
        let mut news = News::default();
        run.keep(|event| news.are_in(event));
        let place = run.events.iter().position(|event| event.fact == Fact::Left);
        assert_eq!(run.ending.unwrap().verdict.map(|verdict| verdict.proof), place);
        let kept: Vec<Packet> =
            run.events.iter().filter_map(|event| event.packet().cloned()).collect();
        assert_eq!(kept, want);
    }
}
