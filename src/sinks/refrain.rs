//! The refrain: a step that was told once is told by its calls alone when it comes again.

use crate::trace::{Bookmarks, Does, Event, Fact, Manner, Name, Playbill, Script};
use std::collections::HashSet;

/// How briefly a live command is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Brevity {
    /// Each step in full, however often it comes.
    Full,
    /// A step that comes again by its calls alone.
    #[default]
    Refrain,
    /// So the start of a server, too: what every server does, and a class has heard of.
    Start,
}

/// Knows which steps were met, by whichever lane, and which lanes are at one that was met before.
#[derive(Debug, Default)]
pub struct Refrain {
    bookmarks: Bookmarks,
    /// The steps that were met, by their places.
    met: HashSet<usize>,
    /// The step that was met last, and by whom. A loop that does nothing else is told by its calls
    /// anyway.
    last: Option<(Name, usize)>,
    /// The lanes that are at a step that was met before.
    known: HashSet<Name>,
    /// Whether there has been such a lane.
    begun: bool,
    start: Start,
}

/// How the first lane is told before it first calls accept.
#[derive(Debug, Default, PartialEq, Eq)]
enum Start {
    #[default]
    Told,
    /// By its calls alone, once it has entered.
    Brief,
    BriefOf(Name),
}

impl Refrain {
    pub fn new(script: Script) -> Refrain {
        Refrain { bookmarks: Bookmarks::new(script), ..Refrain::default() }
    }

    /// What a run that is told so briefly needs, if it needs any.
    pub fn of(playbill: &Playbill, brevity: Brevity) -> Option<Refrain> {
        let refrain = Refrain::new(playbill.script.clone());
        match (&playbill.manner, brevity) {
            (Manner::Live, Brevity::Refrain) => Some(refrain),
            (Manner::Live, Brevity::Start) => Some(Refrain { start: Start::Brief, ..refrain }),
            _ => None,
        }
    }

    /// Whether an event belongs to the start that is told by its calls alone.
    fn is_of_the_start(&mut self, event: &Event) -> bool {
        match (&self.start, &event.fact) {
            (Start::Brief, Fact::Entered { by: None, .. }) => {
                self.start = Start::BriefOf(event.actor.clone());
            }
            (Start::BriefOf(_), Fact::Called(call)) if call.does() == Some(Does::Accept) => {
                self.start = Start::Told;
            }
            _ => {}
        }
        let by = match &event.fact {
            Fact::Entered { by: Some(by), .. } => by,
            _ => &event.actor,
        };
        matches!(&self.start, Start::BriefOf(lane) if lane == by)
    }

    /// Takes notice of an event, and says whether it belongs to a step that was told before.
    pub fn knows(&mut self, event: &Event) -> bool {
        if self.is_of_the_start(event) {
            return true;
        }
        let actor = match &event.fact {
            Fact::Entered { by: Some(by), .. } => by,
            Fact::Called(_) | Fact::Waits(_) => &event.actor,
            Fact::Left => return self.forget(&event.actor),
            _ => return self.known.contains(&event.actor),
        };
        if let Some((place, _)) = self.bookmarks.turn_to(actor, event) {
            self.meet(actor, place);
        }
        self.known.contains(actor)
    }

    /// Whether a step has come again yet. From then on calls are told when they have returned.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    fn meet(&mut self, actor: &Name, place: usize) {
        let here = Some((actor.clone(), place));
        if std::mem::replace(&mut self.last, here.clone()) == here {
            return;
        }
        match self.met.insert(place) {
            true => self.known.remove(actor),
            false => self.known.insert(actor.clone()),
        };
        self.begun |= self.known.contains(actor);
    }

    /// The lane has left. Says whether the last it did was known.
    fn forget(&mut self, actor: &Name) -> bool {
        self.bookmarks.remove(actor);
        self.known.remove(actor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Call;

    #[test]
    fn a_step_that_comes_again_is_known() {
        let script = Script::parse("x.rs", "// One.\na();\n// Two.\nb();\n");
        let mut refrain = Refrain::new(script);
        let mut call = |actor: &str, line| {
            let fact = Fact::Called(Call::new("x"));
            refrain.knows(&Event { line: Some(line), ..Event::new(actor.into(), 0, fact) })
        };
        assert!(!call("Rose", 2) && !call("Rose", 2), "a loop that does nothing else");
        assert!(call("Babala", 2), "whoever comes to it");
        assert!(!call("Babala", 4), "the next step is not known yet");
        assert!(call("Rose", 4) && call("Rose", 2));
    }
}
