//! One client among many.

use crate::sentence;
use crate::terminal::say;
use crate::trace::{Ending, Event, Fact, Playbill, Sink};
use std::io;

/// Shows a sink what one lane does, and nothing else.
pub struct Only {
    lane: String,
    has_come: bool,
    sink: Box<dyn Sink>,
}

impl Only {
    pub fn new(lane: String, sink: Box<dyn Sink>) -> Only {
        Only { lane, has_come: false, sink }
    }
}

impl Sink for Only {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.sink.opens(playbill)
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        let is_its = *event.actor == *self.lane;
        self.has_come |= is_its;
        match is_its || matches!(event.fact, Fact::Missed { .. }) {
            true => self.sink.event(event),
            false => Ok(()),
        }
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        if !self.has_come {
            say(sentence!("Nobody came as {lane}.", lane = self.lane));
        }
        self.sink.closes(ending)
    }
}
