//! A lane that says the same again and again: after a while it is counted, and not told.

use crate::trace::Name;
use std::collections::HashMap;

/// How many calls in a row are told although they are the same as those before them.
const TOLD: u64 = 8;

/// What each lane has said last.
#[derive(Debug, Default)]
pub struct Repeats(HashMap<Name, Lane>);

#[derive(Debug, Default)]
struct Lane {
    /// The last two lines: recv and send take turns.
    last: [String; 2],
    /// How many lines in a row were there before.
    again: u64,
}

/// What is to be told of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// The line. Before it, how many were the same and were not told.
    Line(Option<u64>),
    /// How many were the same up to now: now and then.
    Count(u64),
    Nothing,
}

impl Repeats {
    /// A lane says a line.
    pub fn says(&mut self, lane: &Name, line: &str) -> Telling {
        let lane = self.0.entry(lane.clone()).or_default();
        let is_same = lane.last.iter().any(|before| before == line);
        lane.last.swap(0, 1);
        lane.last[1] = line.into();
        let before = lane.again;
        lane.again = if is_same { before + 1 } else { 0 };
        let untold = lane.again.saturating_sub(TOLD);
        match is_same {
            false => Telling::Line(before.checked_sub(TOLD).filter(|&untold| untold > 0)),
            true if untold == 0 => Telling::Line(None),
            true if untold >= 10 && untold == 10_u64.pow(untold.ilog10()) => Telling::Count(untold),
            true => Telling::Nothing,
        }
    }

    /// A lane leaves: gives how many of its lines were not told.
    pub fn leaves(&mut self, lane: &Name) -> Option<u64> {
        let again = self.0.remove(lane)?.again;
        again.checked_sub(TOLD).filter(|&untold| untold > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_counted() {
        let mut repeats = Repeats::default();
        let lane: Name = "client 1".into();
        let mut says = |line| repeats.says(&lane, line);
        for _ in 0..5 {
            assert_eq!(says("recv"), Telling::Line(None));
            assert_eq!(says("send"), Telling::Line(None));
        }
        let told: Vec<Telling> = (0..500).flat_map(|_| [says("recv"), says("send")]).collect();
        let counts: Vec<&Telling> = told.iter().filter(|it| **it != Telling::Nothing).collect();
        assert_eq!(counts, [10, 100, 1000].map(Telling::Count).iter().collect::<Vec<_>>());
        assert_eq!(says("exit"), Telling::Line(Some(1000)));
        assert_eq!(says("bye"), Telling::Line(None));
        assert_eq!(repeats.leaves(&lane), None);
    }
}
