//! What has to be kept of a run that may last for days, to know whose a packet is.

use crate::trace::{Call, Does, Event, Fact, Name, Trace};
use std::collections::{HashMap, HashSet};

/// How many of the last events are kept, whatever they are: packets are told a little later than
/// they have crossed.
const LAST: usize = 256;

impl Trace {
    /// Forgets what no packet to come can belong to: what lanes did that have left, what was said
    /// over connections, and sockets that are closed. What stays is a few events for each lane and
    /// each socket that is open, and the last ones.
    pub fn forget_what_is_over(&mut self) {
        let last_of_lanes: HashSet<usize> = last_of_lanes(&self.events).into_values().collect();
        let open = naming_of_open_sockets(&self.events);
        let recent = self.events.len().saturating_sub(LAST);
        let mut place = 0;
        self.keep(|_| {
            let kept = place >= recent || last_of_lanes.contains(&place) || open.contains(&place);
            place += 1;
            kept
        });
    }
}

/// The last event of each lane that is still there: a call that has not returned, if it is in one.
fn last_of_lanes(events: &[Event]) -> HashMap<&Name, usize> {
    let mut last = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, it)| it.packet().is_none()) {
        match event.fact {
            Fact::Left => _ = last.remove(&event.actor),
            _ => _ = last.insert(&event.actor, place),
        }
    }
    last
}

/// The events that have made or named a socket which is open.
fn naming_of_open_sockets(events: &[Event]) -> HashSet<usize> {
    let mut naming: HashMap<i32, Vec<usize>> = HashMap::new();
    for (place, event) in events.iter().enumerate().filter(|(_, event)| event.succeeded()) {
        let does = event.call().and_then(Call::does);
        let own = event.call().and_then(|call| call.fd);
        match does {
            Some(Does::Close) => _ = own.map(|fd| naming.remove(&fd)),
            Some(does) if does.makes_a_descriptor() => {
                let made = event.names().map(|names| names.of);
                made.into_iter().for_each(|fd| _ = naming.insert(fd, vec![place]));
            }
            Some(Does::Bind | Does::Listen | Does::Connect) => {
                own.into_iter().for_each(|fd| naming.entry(fd).or_default().push(place));
            }
            _ => {}
        }
    }
    naming.into_values().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::conclusions::example::{connecting, event, packet, trace};

    #[test]
    fn a_packet_is_of_the_same_call_when_the_rest_is_forgotten() {
        let mut run = trace(connecting());
        let chatter = (0..2 * LAST).map(|_| event("other", 200, Fact::Left));
        run.events.extend(chatter);
        let mut shorter = run.clone();
        shorter.forget_what_is_over();
        assert!(shorter.events.len() < connecting().len() + LAST, "{}", shorter.events.len());
        let data = packet([5000, 80], "PSH|ACK", 1, 4);
        let whose = |run: &Trace| run.under_way(90, &data).map(|place| run.events[place].clone());
        assert_eq!(whose(&shorter), whose(&run));
    }
}
