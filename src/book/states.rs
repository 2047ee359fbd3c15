//! Every state of TCP, and the lessons in whose stored run a socket is in it.

use super::Book;
use crate::lessons::LESSONS;
use crate::manual::states::{STATES, State};
use crate::sinks::Ids;
use crate::trace::{Event, TcpState};
use std::collections::HashSet;

/// A change of a state in a stored run, the first of its kind there.
pub(super) struct Shown {
    pub lesson: &'static str,
    /// Of its line in the story.
    pub id: String,
    /// None if the socket was not there.
    pub before: Option<TcpState>,
    /// None if it is not there any more.
    pub after: Option<TcpState>,
}

impl Shown {
    /// Where in the book it is told.
    pub fn link(&self) -> String {
        format!("{}.md#{}", self.lesson, self.id)
    }

    pub fn has(&self, state: TcpState) -> bool {
        [self.before, self.after].contains(&Some(state))
    }
}

impl Book {
    /// Every kind of change of every lesson, in the order of the syllabus.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let of = |lesson: &'static str| {
            let trace = self.stored(lesson);
            let mut ids = Ids::new(&trace.playbill);
            let mut shown = |event: &Event| {
                let (id, (before, after)) = (ids.give(event)?, event.states()?);
                Some(Shown { lesson, id, before, after })
            };
            trace.events.iter().filter_map(&mut shown).collect::<Vec<_>>()
        };
        LESSONS.iter().flat_map(|lesson| of(lesson.name)).collect()
    }

    /// Each lesson that reaches a state is a link to the first line that tells so.
    pub(super) fn states(&self) -> String {
        let all = self.shown();
        let row = |State { name, meaning, .. }: &State| {
            let state = TcpState::named(name).expect("the manual names states");
            let mut lessons = HashSet::new();
            let first = all.iter().filter(|one| one.has(state) && lessons.insert(one.lesson));
            let links = first.map(|one| format!("[{}]({})", one.lesson, one.link()));
            let links = links.collect::<Vec<_>>().join(", ");
            let links = if links.is_empty() { "none: see below".into() } else { links };
            format!("| {state} | {meaning} | {links} |\n")
        };
        let rows: String = STATES.iter().map(row).collect();
        format!("| State | What it means | Reached by |\n|---|---|---|\n{rows}")
    }
}
