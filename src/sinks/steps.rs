//! The steps of a run, as they begin, and a choice of them.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Bookmarks, Event, Fact, Playbill, Trace};
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

/// Finds the events that a step begins with.
#[derive(Default)]
pub struct Steps(Bookmarks);

impl Steps {
    pub fn new(playbill: &Playbill) -> Steps {
        Steps(Bookmarks::new(playbill.script.clone()))
    }

    /// How many there are in a run.
    pub fn of(run: &Trace) -> usize {
        let mut steps = Steps::new(&run.playbill);
        run.events.iter().filter(|event| steps.begins_with(event)).count()
    }

    /// The places of the events of each step. Who enters before a step begins is a part of it: that
    /// is what the page shows when it rests there.
    pub fn ranges(run: &Trace) -> Vec<Range<usize>> {
        let mut steps = Steps::new(&run.playbill);
        let mut starts = Vec::new();
        for (place, event) in run.events.iter().enumerate() {
            let enters = |event: &&Event| matches!(event.fact, Fact::Entered { .. });
            if steps.begins_with(event) {
                let entering = run.events[..place].iter().rev().take_while(enters).count();
                starts.push(place - entering);
            }
        }
        match starts.first_mut() {
            Some(first) => *first = 0,
            None => starts.push(0),
        }
        let ends: Vec<usize> = starts.iter().skip(1).copied().chain([run.events.len()]).collect();
        starts.into_iter().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// Whether a step begins with an event. Every event has to be shown, in order.
    pub fn begins_with(&mut self, event: &Event) -> bool {
        if event.fact == Fact::Left {
            self.0.remove(&event.actor);
        }
        let begins = matches!(event.fact, Fact::Called(_) | Fact::Waits(_));
        begins && self.0.turn_to(&event.actor, event).is_some()
    }
}

/// Some steps of a run, from one to another, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt(RangeInclusive<usize>);

impl Excerpt {
    /// Whether a run that has so many steps has these.
    pub fn is_in(&self, steps: usize) -> bool {
        let first = *self.0.start();
        let last = if *self.0.end() == usize::MAX { first } else { *self.0.end() };
        first <= last && last <= steps
    }

    pub fn has(&self, step: usize) -> bool {
        self.0.contains(&step)
    }

    /// The places of the events of these steps. What happens before a step begins belongs to the
    /// one before.
    pub fn of(&self, run: &Trace) -> Vec<bool> {
        let (mut steps, mut step) = (Steps::new(&run.playbill), 0);
        let is_in = |event: &Event| {
            step += usize::from(steps.begins_with(event));
            self.has(step)
        };
        run.events.iter().map(is_in).collect()
    }
}

/// `4..12`, `4`, `4..` or `..12`.
impl FromStr for Excerpt {
    type Err = Sentence;

    fn from_str(text: &str) -> Result<Excerpt, Sentence> {
        let wrong = || sentence!("want steps such as 4..12, 4, 4.. or ..12");
        let number = |text: &str, missing: usize| match text.trim() {
            "" => Ok(missing),
            text => text.parse().ok().filter(|&step| step > 0).ok_or_else(wrong),
        };
        match text.split_once("..") {
            None if text.trim().is_empty() => Err(wrong()),
            None => number(text, 1).map(|step| Excerpt(step..=step)),
            Some((first, last)) => Ok(Excerpt(number(first, 1)?..=number(last, usize::MAX)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen() {
        let is_in = |text: &str| text.parse::<Excerpt>().map(|it| it.is_in(18)).ok();
        for text in ["4..12", "4", "4..", "..12", "..", "1..18", "18"] {
            assert_eq!(is_in(text), Some(true), "{text}");
        }
        for text in ["12..4", "4..19", "19", "19.."] {
            assert_eq!(is_in(text), Some(false), "{text}");
        }
        for text in ["", "x", "0", "1..x", "-1", "1...3"] {
            assert_eq!(is_in(text), None, "{text}");
        }
    }
}
