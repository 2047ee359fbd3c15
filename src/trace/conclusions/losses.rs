//! Packets that crossed, and that no socket took.

use crate::trace::{Address, Aspect, Event, Fact, Flags, Kind, Packet, Trace};
use std::collections::{HashMap, HashSet};

impl Trace {
    /// The packets that no socket took, by their places among the events: a SYN that nobody
    /// answered, and a datagram for which there was no room. None if the run was cut off, or the
    /// capture was: then an answer may be missing here and not there.
    pub fn losses(&self) -> HashSet<usize> {
        let whole = self
            .ending
            .as_ref()
            .and_then(|ending| ending.wire)
            .is_some_and(|tally| tally.lost == 0);
        if !whole {
            return HashSet::new();
        }
        unanswered(&self.events).chain(dropped(&self.events)).collect()
    }
}

/// The SYNs that were not answered before the next one, or the end. TCP answers each (RFC 9293
/// section 3.10.7), at least with RST; so these were lost, or thrown away, as Linux does where a
/// queue is full.
fn unanswered(events: &[Event]) -> impl Iterator<Item = usize> {
    let mut waiting: HashMap<(&Address, &Address), usize> = HashMap::new();
    let mut lost = Vec::new();
    for (place, packet) in packets(events) {
        let (Some(segment), Some((from, to))) = (packet.segment(), packet.ends()) else { continue };
        waiting.remove(&(to, from));
        if segment.flags.has(Flags::SYN) && !segment.flags.has(Flags::ACK) {
            lost.extend(waiting.insert((from, to), place));
        }
    }
    lost.extend(waiting.into_values());
    lost.into_iter()
}

/// The datagrams of a call after which the kernel had dropped as many at the socket that they went
/// to.
fn dropped(events: &[Event]) -> impl Iterator<Item = usize> {
    let mut sent: Vec<(usize, &Address)> = Vec::new();
    let mut lost = Vec::new();
    for (place, event) in events.iter().enumerate() {
        match &event.fact {
            Fact::Called(_) => sent.clear(),
            Fact::Packet(Packet { kind: Kind::Udp { destination, .. }, .. }) => {
                sent.push((place, destination))
            }
            Fact::Changed(change) => {
                let (Aspect::Dropped { before, after }, Some(local)) =
                    (change.what, &change.socket.local)
                else {
                    continue;
                };
                let there = sent.iter().filter(|(_, destination)| destination.reaches(local));
                let there: Vec<usize> = there.map(|(place, _)| *place).collect();
                if there.len() as u64 == u64::from(after.saturating_sub(before)) {
                    lost.extend(there);
                }
            }
            _ => {}
        }
    }
    lost.into_iter()
}

fn packets(events: &[Event]) -> impl Iterator<Item = (usize, &Packet)> {
    events.iter().enumerate().filter_map(|(place, event)| Some((place, event.packet()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Bytes, Call, Change, Ending, Playbill, Segment, Subject, Tally};

    fn address(port: u16) -> Address {
        Address::Inet(([127, 0, 0, 1], port).into())
    }

    fn event(fact: Fact) -> Event {
        Event::new("client".into(), 0, fact)
    }

    fn packet(kind: Kind) -> Event {
        event(Fact::Packet(Packet { kind, frame: Bytes::new(b"") }))
    }

    fn segment(source: u16, destination: u16, flags: &str) -> Event {
        let flags = Flags::try_from(flags.to_string()).unwrap();
        let (source, destination) = (address(source), address(destination));
        packet(Kind::Tcp(Segment {
            source,
            destination,
            flags,
            sequence: 0,
            acknowledgement: 0,
            length: 0,
        }))
    }

    fn datagram(destination: u16) -> Event {
        packet(Kind::Udp { source: address(9), destination: address(destination), length: 1 })
    }

    fn drops(before: u32, after: u32) -> Event {
        let socket = Subject { fd: Some(3), was: None, local: Some(address(7)), peer: None };
        event(Fact::Changed(Change::new(socket, Aspect::Dropped { before, after })))
    }

    fn losses(events: Vec<Event>, lost: u64) -> Vec<usize> {
        let ending = Ending { wire: Some(Tally { lost, ..Tally::default() }), ..Ending::default() };
        let trace = Trace { events, ending: Some(ending), ..Trace::new(Playbill::default()) };
        let mut losses: Vec<usize> = trace.losses().into_iter().collect();
        losses.sort_unstable();
        losses
    }

    #[test]
    fn a_syn_is_lost_if_nobody_answers_it() {
        let run = || {
            vec![
                segment(5, 7, "SYN"),
                segment(6, 7, "SYN"),
                segment(7, 6, "SYN|ACK"),
                segment(5, 7, "SYN"),
                segment(7, 5, "RST|ACK"),
                segment(5, 7, "SYN"),
            ]
        };
        assert_eq!(losses(run(), 0), [0, 5]);
        assert_eq!(losses(run(), 1), [0; 0], "the answer may be among what was not captured");
    }

    #[test]
    fn a_datagram_is_lost_if_the_kernel_says_so() {
        let sends = || event(Fact::Called(Call::new("sendto")));
        let one = vec![sends(), datagram(7), sends(), datagram(8), datagram(7), drops(3, 4)];
        assert_eq!(losses(one, 0), [4]);
        let which = vec![sends(), datagram(7), datagram(7), drops(0, 1)];
        assert_eq!(losses(which, 0), [0; 0], "one of two, and nobody says which");
    }
}
