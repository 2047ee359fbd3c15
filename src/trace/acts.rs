//! The acts of a run: its parts, each with a heading.

use super::{Event, Fact, Trace};
use std::ops::Range;

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What it shows. A run that names no acts is one, with the run's title.
    pub heading: String,
    /// The places of its events.
    pub events: Range<usize>,
}

impl Trace {
    /// The acts, in the order of time: each lasts until the next one begins, and no event is in
    /// none. An act begins when a lane first comes to the step that has its heading; what other
    /// lanes do meanwhile belongs to it, too. If a function has run right before that step, not for
    /// the first time, it has prepared the act, and belongs to it.
    pub fn acts(&self) -> Vec<Act> {
        let mut beginnings: Vec<(usize, &str)> = Vec::new();
        for (place, event) in self.events.iter().enumerate() {
            if let Some(heading) = self.heading(event)
                && beginnings.iter().all(|(_, known)| *known != heading)
            {
                let least = beginnings.last().map_or(0, |(place, _)| place + 1);
                beginnings.push((self.prepared(place).max(least), heading));
            }
        }
        match beginnings.first_mut() {
            Some((place, _)) => *place = 0,
            None => beginnings.push((0, &self.playbill.title)),
        }
        let ends = beginnings.iter().skip(1).map(|(place, _)| *place);
        let ends: Vec<usize> = ends.chain([self.events.len()]).collect();
        let acts = beginnings.iter().zip(ends);
        acts.map(|((begin, heading), end)| Act { heading: (*heading).into(), events: *begin..end })
            .collect()
    }

    /// Where the preparation of an event begins: the steps right before it that the lane has come
    /// to once before, and that follow each other in the source.
    fn prepared(&self, place: usize) -> usize {
        let script = &self.playbill.script;
        let lane = match &self.events[place].fact {
            Fact::Entered { by: Some(by), .. } => by,
            _ => &self.events[place].actor,
        };
        let steps: Vec<Option<usize>> = self.events[..place]
            .iter()
            .map(|event| (event.actor == *lane).then(|| script.step_of(event))?)
            .collect();
        let comes_again = |place: usize| {
            let earlier = steps[..place].iter().position(|step| *step == steps[place]);
            earlier.is_some_and(|first| steps[first..place].iter().any(|it| *it != steps[place]))
        };
        let mut begin = place;
        for (place, step) in steps.iter().enumerate().rev() {
            let Some(step) = step else { break };
            let follows = match steps.get(begin).copied().flatten() {
                Some(next) => next == *step || next == step + 1,
                None => true,
            };
            if !follows || !comes_again(place) {
                break;
            }
            begin = place;
        }
        begin
    }

    /// The heading of the step that an event belongs to.
    fn heading(&self, event: &Event) -> Option<&str> {
        let script = &self.playbill.script;
        script.steps[script.step_of(event)?].act.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Playbill, Script};

    fn run(source: &str, lines: &[u32]) -> Vec<(String, Range<usize>)> {
        let script = Script::parse("x.rs", source);
        let mut trace = Trace::new(Playbill { script, title: "all".into(), ..Playbill::default() });
        let event =
            |line: &u32| Event { line: Some(*line), ..Event::new("x".into(), 0, Fact::Left) };
        trace.events = lines.iter().map(event).collect();
        trace.acts().into_iter().map(|act| (act.heading, act.events)).collect()
    }

    #[test]
    fn an_act_lasts_until_the_next_one_begins() {
        let source = "// # One\na();\n// # Two\nb();\n// Of both.\nc();\n";
        let (one, two) = ("One".to_string(), "Two".to_string());
        assert_eq!(
            run(source, &[2, 6, 4, 6, 2]),
            [(one.clone(), 0..2), (two, 2..5)],
            "what was once begun does not begin again"
        );
        assert_eq!(
            run(source, &[6, 2]),
            [(one.clone(), 0..2)],
            "what comes before it belongs to it"
        );
        let helper = "// # One\na();\n// Connect.\nb();\nc();\n// More.\nd();\n// # Two\ne();\n";
        assert_eq!(
            run(helper, &[2, 4, 5, 7, 7, 4, 5, 9]),
            [(one.clone(), 0..5), ("Two".into(), 5..8)],
            "what prepares it has run before"
        );
        assert_eq!(run("// One.\na();\n", &[2]), [("all".into(), 0..1)]);
        assert_eq!(run("// One.\na();\n", &[]), [("all".into(), 0..0)]);
    }
}
