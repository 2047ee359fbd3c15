//! What is to be said at the end: what went wrong with the packets, and what a picture cannot tell.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Ending, Event, Fact, Kind, Packet, Tally, Trace};

/// What is to be said if the wire did not show all.
pub fn troubles(ending: &Ending) -> impl Iterator<Item = Sentence> {
    let Tally { lost, clock_set, .. } = ending.wire.unwrap_or_default();
    let lost = (lost > 0).then(|| {
        sentence!(
            "Of the packets {lost} were lost before they could be shown: some are missing above.",
            lost
        )
    });
    let set = clock_set.then(|| {
        sentence!("The machine's clock was set meanwhile: packets may stand at the wrong place.")
    });
    lost.into_iter().chain(set)
}

/// What is to be said below a picture: what went wrong, and what it cannot tell.
pub fn remarks(trace: &Trace) -> impl Iterator<Item = Sentence> {
    trace.ending.iter().flat_map(troubles).chain(blind_spot(trace))
}

/// What becomes of datagrams is not known if the kernel's state was not looked at.
fn blind_spot(trace: &Trace) -> Option<Sentence> {
    let is_datagram = |packet: &Packet| matches!(packet.kind, Kind::Udp { .. });
    let has_datagrams = trace.events.iter().filter_map(Event::packet).any(is_datagram);
    let was_looked_at = trace.events.iter().any(|event| matches!(event.fact, Fact::Changed(_)));
    (has_datagrams && !was_looked_at).then(|| {
        sentence!(
            "The kernel's state was not looked at: a datagram that it threw away is drawn as if a \
             socket took it."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_is_said() {
        let ending = |lost| Ending {
            wire: Some(Tally { shown: 9, lost, clock_set: lost > 1 }),
            ..Ending::default()
        };
        assert_eq!([0, 1, 2].map(|lost| troubles(&ending(lost)).count()), [0, 1, 2]);
    }
}
