//! What is kept of a run until it is over: all of it, or of a long one its beginning and its end.

use crate::trace::{Event, Fact, Moment, Name};
use std::collections::VecDeque;

/// How many events of the beginning are kept, and how many of the end.
const KEPT: usize = 2000;

/// The events of a run, with a gap in the middle if there are too many.
#[derive(Default)]
pub struct Kept {
    beginning: Vec<Event>,
    end: VecDeque<Event>,
    /// How many events are missing between the two, and what there was behind them.
    missing: u64,
    after: Moment,
}

impl Kept {
    pub fn take(&mut self, event: &Event) {
        if self.beginning.len() < KEPT {
            self.after.follow(event);
            return self.beginning.push(event.clone());
        }
        if self.end.len() == KEPT
            && let Some(lost) = self.end.pop_front()
        {
            self.after.follow(&lost);
            self.missing += 1;
        }
        self.end.push_back(event.clone());
    }

    /// The events. If some are missing, one stands in their place; its place is given, with what
    /// there is behind it.
    pub fn events(self) -> (Vec<Event>, Option<(usize, Moment)>) {
        let Kept { beginning: mut events, end, missing, after } = self;
        let place = events.len();
        let gap = end.front().filter(|_| missing > 0).map(|next| {
            Event::new(Name::clone(&next.actor), next.at, Fact::Missed { events: missing })
        });
        let is_gap = gap.is_some();
        events.extend(gap.into_iter().chain(end));
        (events, is_gap.then_some((place, after)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_run_the_middle_is_missing() {
        let kept = |events: u64| {
            let mut kept = Kept::default();
            (0..events).for_each(|at| kept.take(&Event::new("x".into(), at, Fact::Left)));
            let (events, gap) = kept.events();
            (events.len(), gap.map(|(place, _)| events[place].fact.clone()))
        };
        assert_eq!(kept(4000), (4000, None));
        assert_eq!(kept(10_000), (4001, Some(Fact::Missed { events: 6000 })));
    }
}
