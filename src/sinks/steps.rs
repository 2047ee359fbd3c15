//! The steps of a run, as they begin.

use crate::trace::{Bookmarks, Event, Fact, Playbill, Trace};

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

    /// Whether a step begins with an event. Every event has to be shown, in order.
    pub fn begins_with(&mut self, event: &Event) -> bool {
        if event.fact == Fact::Left {
            self.0.remove(&event.actor);
        }
        let begins = matches!(event.fact, Fact::Called(_) | Fact::Waits(_));
        begins && self.0.turn_to(&event.actor, event).is_some()
    }
}
