//! Which lane has which socket, and so sends and receives which packets.

use super::sockets::{Path, Sockets};
use super::{Address, Event, Name, Trace};
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
            let fds = [event.names().map(|names| names.of), event.call().and_then(|call| call.fd)];
            let paths = fds.into_iter().flatten().map(|fd| (sockets.path(fd), sockets.local(fd)));
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
    let call = event.call().filter(|call| event.is_call() && call.name == "close")?;
    let path = sockets.path(call.fd?);
    sockets.forget(call.fd?);
    path
}
