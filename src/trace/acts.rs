//! The acts of a run: its parts, each with a heading.

use super::{Event, Trace};
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
    /// lanes do meanwhile belongs to it, too.
    pub fn acts(&self) -> Vec<Act> {
        let mut beginnings: Vec<(usize, &str)> = Vec::new();
        for (place, event) in self.events.iter().enumerate() {
            if let Some(heading) = self.heading(event)
                && beginnings.iter().all(|(_, known)| *known != heading)
            {
                beginnings.push((place, heading));
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

    /// The heading of the step that an event belongs to.
    fn heading(&self, event: &Event) -> Option<&str> {
        let script = &self.playbill.script;
        script.steps[script.step_of(event)?].act.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Fact, Playbill, Script};

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
        assert_eq!(run(source, &[6, 2]), [(one, 0..2)], "what comes before it belongs to it");
        assert_eq!(run("// One.\na();\n", &[2]), [("all".into(), 0..1)]);
        assert_eq!(run("// One.\na();\n", &[]), [("all".into(), 0..0)]);
    }
}
