//! Which lane has which socket, and so sends and receives which packets.

use super::sockets::{Path, Sockets};
use crate::trace::{Address, Does, Event, Name, Trace};
use std::collections::HashMap;

impl Trace {
    /// The lanes that each packet goes from and to, by its place among the events. A lane is not
    /// known if nobody in it has the socket: nobody listens there, or the answer of the packet
    /// never came.
    pub fn packet_lanes(&self) -> HashMap<usize, [Option<Name>; 2]> {
        if !self.events.iter().any(|event| event.packet().is_some()) {
            return HashMap::new();
        }
        let holders = Holders::of(&self.events);
        let packets = self.events.iter().enumerate();
        let ends = packets.filter_map(|(place, event)| Some((place, event.packet()?.ends()?)));
        ends.map(|(place, (source, destination))| {
            let lane = |own, peer| holders.lane(place, own, peer);
            (place, [lane(source, destination), lane(destination, source)])
        })
        .collect()
    }
}

/// Who had which socket when, in the order of events.
struct Holders<'a>(Vec<Holder<'a>>);

struct Holder<'a> {
    place: usize,
    lane: &'a Name,
    local: Address,
    peer: Option<Address>,
}

impl<'a> Holders<'a> {
    fn of(events: &'a [Event]) -> Holders<'a> {
        let mut sockets = Sockets::default();
        let mut holders = Vec::new();
        for (place, event) in events.iter().enumerate() {
            let closes = follow(&mut sockets, event);
            let descriptors = [sockets.of_names(event), sockets.of_call(event)].into_iter();
            let paths = descriptors.flatten().map(|of| (sockets.path(of), sockets.local(of)));
            for (path, local) in paths.chain([(closes, None)]) {
                let (own, peer) = path.map(|(own, peer, _)| (own, peer)).unzip();
                let Some(local) = own.or(local) else { continue };
                holders.push(Holder { place, lane: &event.actor, local, peer });
            }
        }
        Holders(holders)
    }

    /// The lane at the end `own` of a packet: who had that connection last; else who listens there;
    /// else who has the connection next.
    fn lane(&self, place: usize, own: &Address, peer: &Address) -> Option<Name> {
        let connected =
            |holder: &&Holder| holder.local == *own && holder.peer.as_ref() == Some(peer);
        let bound = |holder: &&Holder| holder.peer.is_none() && own.reaches(&holder.local);
        let (before, after) =
            self.0.split_at(self.0.partition_point(|holder| holder.place < place));
        let last = before.iter().rfind(connected).or_else(|| before.iter().rfind(bound));
        let found =
            last.or_else(|| after.iter().find(connected)).or_else(|| after.iter().find(bound));
        found.map(|holder| holder.lane.clone())
    }
}

/// Learns from an event what the descriptors are. Gives the path that a `close` forgets.
pub(super) fn follow(sockets: &mut Sockets, event: &Event) -> Option<Path> {
    sockets.learn(event);
    let call = event.call().filter(|call| event.is_call() && call.does() == Some(Does::Close));
    let of = call.and_then(|_| sockets.of_call(event))?;
    let path = sockets.path(of);
    sockets.forget(of);
    path
}

#[cfg(test)]
mod tests {
    use crate::trace::Fact;
    use crate::trace::conclusions::example::{connecting, event, packet, trace};

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
}
