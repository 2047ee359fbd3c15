//! Where a run was made, if that is not simply here.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Manner, Playbill, Wire};

/// What is to be said of it, a line each.
pub fn origin(playbill: &Playbill) -> Vec<Sentence> {
    let Playbill { recorded, system, place, port, unseen, wire, .. } = playbill;
    if let Some(why) = recorded {
        return vec![
            sentence!("RECORDED on {system}: this is not a run of your machine.", system),
            sentence!("It cannot run here: {why}.", why),
        ];
    }
    let place = place.as_ref().map(|place| sentence!("It runs {place}.", place));
    let port = port
        .map(|port| sentence!("The first socket that asks for any port is given {port}.", port));
    let unseen = unseen
        .as_ref()
        .map(|why| sentence!("What changes in the kernel cannot be seen here: {why}.", why));
    let hidden = match wire {
        Some(Wire::Hidden(why)) => Some(sentence!("No packets are shown: {why}.", why)),
        Some(Wire::Seen) | None => None,
    };
    [place, port, unseen, hidden].into_iter().flatten().collect()
}

/// What is to be said of a run without turns, a line each.
pub fn manner(playbill: &Playbill) -> Vec<Sentence> {
    let Manner::Free(why) = &playbill.manner else { return Vec::new() };
    vec![
        sentence!("The threads do not take turns: {why}.", why),
        sentence!("It is shown when it is over, each cause before its effect."),
        sentence!("What changes in the kernel is not shown: that can be told only between turns."),
    ]
}
