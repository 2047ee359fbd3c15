//! Time to read: a rest before each step.

use super::Sink;
use crate::trace::{Ending, Event, Fact, Name, Playbill, Script};
use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::time::Duration;

/// What happens before the first call of a step, when the step is on the page.
pub enum Rest {
    /// It waits until a line is read: until someone presses Enter.
    ForEnter(Box<dyn BufRead + Send>),
    /// It waits for a while.
    For(Duration),
}

/// Rests before each step. It stands after the sink that shows the step.
pub struct Pace {
    rest: Rest,
    script: Script,
    /// The step that each actor is at: its first line.
    at: HashMap<Name, u32>,
}

impl Pace {
    pub fn new(rest: Rest) -> Pace {
        Pace { rest, script: Script::default(), at: HashMap::new() }
    }

    /// Whether the event begins a step that its actor was not at before.
    fn is_new_step(&mut self, event: &Event) -> bool {
        let step = event.line.and_then(|line| self.script.step_at(line)).map(|step| step.lines.0);
        let began = step.filter(|_| event.is_call());
        began.is_some_and(|first| self.at.insert(event.actor.clone(), first) != Some(first))
    }

    fn rest(&mut self) -> io::Result<()> {
        match &mut self.rest {
            #[expect(clippy::disallowed_methods, reason = "time to read is what was asked for")]
            Rest::For(time) => std::thread::sleep(*time),
            Rest::ForEnter(keys) => {
                write!(io::stderr(), "[Enter] ").ok();
                keys.read_line(&mut String::new())?;
            }
        }
        Ok(())
    }
}

impl Sink for Pace {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.script = playbill.script.clone();
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if event.fact == Fact::Left {
            self.at.remove(&event.actor);
        }
        if self.is_new_step(event) { self.rest() } else { Ok(()) }
    }

    fn closes(&mut self, _: &Ending) -> io::Result<()> {
        Ok(())
    }
}
