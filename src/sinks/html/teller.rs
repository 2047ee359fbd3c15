//! The rows of a step: what was said and done, and what came of it.

use crate::sinks::Ids;
use crate::sinks::marks::Mark;
use crate::sinks::words::{Dialect, Speaker, enters, leaves, sleeps, woken};
use crate::trace::{Bookmarks, Event, Fact, Manner, Name, Playbill, Step};
use std::collections::HashSet;

/// A row of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// What a lane comes to, or goes on with.
    Head {
        /// None if the row above is of the same lane.
        lane: Option<Name>,
        /// Nothing if it was said before.
        prose: String,
        code: Vec<String>,
    },
    /// What came of it.
    Line(Line),
    /// Something is missing here.
    Gap(String),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub mark: Mark,
    /// As `strace(1)` writes it.
    pub c: String,
    pub python: String,
    /// Where a link may lead to.
    pub id: Option<String>,
}

/// Tells events, one after the other. It knows what was told before.
pub struct Teller {
    bookmarks: Bookmarks,
    c: Speaker,
    python: Speaker,
    ids: Ids,
    turns: bool,
    lane: Option<Name>,
    /// The steps whose comment was told.
    met: HashSet<usize>,
    /// Who sleeps in a call.
    asleep: HashSet<Name>,
}

impl Teller {
    pub fn new(playbill: &Playbill) -> Teller {
        let speaker = |dialect| Speaker::new(dialect, playbill.script.clone());
        Teller {
            bookmarks: Bookmarks::new(playbill.script.clone()),
            c: speaker(Dialect::C),
            python: speaker(Dialect::Python),
            ids: Ids::new(playbill),
            turns: playbill.manner == Manner::Turns,
            lane: None,
            met: HashSet::new(),
            asleep: HashSet::new(),
        }
    }

    /// What stands above the next row is not seen: it begins with the name of its lane.
    pub fn begin(&mut self) {
        self.lane = None;
    }

    /// The rows of an event. A call that returns before anything else happens `later` has none but
    /// its answer's.
    pub fn tell(&mut self, event: &Event, later: &[Event]) -> Vec<Row> {
        let (c, python) = (self.c.say(event), self.python.say(event));
        let actor = &event.actor;
        let line = |mark, c: &str, python: &str| {
            Row::Line(Line { mark, c: c.into(), python: python.into(), id: None })
        };
        let both = |mark, text: &str| line(mark, text, text);
        match &event.fact {
            Fact::Entered { by: None, .. } => Vec::new(),
            Fact::Entered { by: Some(by), .. } => {
                let enters = both(Mark::Enters, &enters(actor).to_string());
                self.head(by, event).into_iter().chain([enters]).collect()
            }
            Fact::Left => {
                self.bookmarks.remove(actor);
                let head = self.goes_on(actor);
                head.into_iter().chain([both(Mark::Leaves, &leaves(actor).to_string())]).collect()
            }
            Fact::Called(_) | Fact::Waits(_) => {
                let head = self.head(actor, event);
                let sleeps = event.is_overtaken(later).then(|| {
                    self.asleep.insert(actor.clone());
                    let told = [&c, &python].map(|line| self.pending(event, line));
                    let mark = if self.turns { Mark::Sleeps } else { Mark::Called };
                    line(mark, &told[0], &told[1])
                });
                head.into_iter().chain(sleeps).collect()
            }
            Fact::Returned { .. } | Fact::Waited(_) => {
                let refused = event.answer().is_some_and(|answer| !answer.succeeded());
                let mark = if refused { Mark::Refused } else { Mark::Done };
                let slept = self.asleep.remove(actor) && self.turns;
                let told = [c, python].map(|line| match slept {
                    true => woken(&line).to_string(),
                    false => line,
                });
                let head = self.goes_on(actor);
                head.into_iter().chain([line(mark, &told[0], &told[1])]).collect()
            }
            Fact::Changed(_) => {
                let id = self.ids.give(event);
                vec![Row::Line(Line { mark: Mark::Changed, c, python, id })]
            }
            Fact::Packet(_) => {
                self.goes_on(actor).into_iter().chain([both(Mark::Crossed, &c)]).collect()
            }
            Fact::Missed { .. } => vec![Row::Gap(c)],
        }
    }

    fn pending(&self, event: &Event, line: &str) -> String {
        match event.fact {
            Fact::Waits(_) => line.into(),
            _ => sleeps(line, self.turns).to_string(),
        }
    }

    /// The step of an event, if the actor comes to it.
    fn head(&mut self, actor: &Name, event: &Event) -> Option<Row> {
        let Some((place, step)) = self.bookmarks.turn_to(actor, event) else {
            return self.goes_on(actor);
        };
        let Step { prose, code, .. } = step.clone();
        let is_new = self.met.insert(place);
        let prose = if is_new { prose.join(" ") } else { String::new() };
        Some(Row::Head { lane: self.turn_to(actor), prose, code })
    }

    /// The lane goes on where it was: only its name is told, if another one was told last.
    fn goes_on(&mut self, actor: &Name) -> Option<Row> {
        let lane = Some(self.turn_to(actor)?);
        Some(Row::Head { lane, prose: String::new(), code: Vec::new() })
    }

    fn turn_to(&mut self, actor: &Name) -> Option<Name> {
        let before = self.lane.replace(actor.clone());
        (before.as_ref() != Some(actor)).then(|| actor.clone())
    }
}
