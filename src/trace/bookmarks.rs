//! Where each actor is in the script.

use super::{Event, Name, Script, Step};
use std::collections::HashMap;

/// A script, and a bookmark in it for each actor.
#[derive(Clone, Debug, Default)]
pub struct Bookmarks {
    script: Script,
    /// The place of the step that an actor is at, and the line it was at last.
    at: HashMap<Name, (usize, u32)>,
}

impl Bookmarks {
    pub fn new(script: Script) -> Bookmarks {
        Bookmarks { script, at: HashMap::new() }
    }

    /// The actor comes to the line of an event. Gives the step and its place if it was at another
    /// one, or comes round to this one again: if it goes back to a line before the last.
    pub fn turn_to(&mut self, actor: &Name, event: &Event) -> Option<(usize, &Step)> {
        let (step, line) = (self.script.step_of(event)?, event.line?);
        let before = self.at.insert(actor.clone(), (step, line));
        let goes_on = before.is_some_and(|(same, last)| same == step && last <= line);
        (!goes_on).then(|| (step, &self.script.steps[step]))
    }

    /// The actor has left.
    pub fn remove(&mut self, actor: &Name) {
        self.at.remove(actor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Fact;

    #[test]
    fn a_step_is_given_when_an_actor_comes_to_it() {
        let source = "// One.\na();\nb();\n// Two.\nc();\n";
        let mut bookmarks = Bookmarks::new(Script::parse("x.rs", source));
        let (one, two): (Name, Name) = ("one".into(), "two".into());
        let mut turn = |actor: &Name, line| {
            let event = Event { line, ..Event::new(actor.clone(), 0, Fact::Left) };
            bookmarks.turn_to(actor, &event).map(|(_, step)| step.prose.join(" "))
        };
        assert_eq!(turn(&one, Some(2)), Some("One.".into()));
        assert_eq!(turn(&one, Some(2)), None, "a second call of the same line");
        assert_eq!(turn(&one, Some(3)), None);
        assert_eq!(
            turn(&two, Some(3)),
            Some("One.".into()),
            "each actor has a bookmark of its own"
        );
        assert_eq!(turn(&one, Some(2)), Some("One.".into()), "a loop comes round again");
        assert_eq!(
            turn(&one, None),
            None,
            "a call without a line belongs to the step the actor is at"
        );
        assert_eq!(turn(&one, Some(5)), Some("Two.".into()));
    }
}
