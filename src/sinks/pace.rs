//! Time to read: a rest before each step.

use super::Sink;
use crate::trace::{Bookmarks, Ending, Event, Fact, Playbill};
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
    /// None when nobody presses Enter any more.
    rest: Option<Rest>,
    bookmarks: Bookmarks,
}

impl Pace {
    pub fn new(rest: Rest) -> Pace {
        Pace { rest: Some(rest), bookmarks: Bookmarks::default() }
    }

    fn rest(&mut self) -> io::Result<()> {
        match &mut self.rest {
            None => {}
            #[expect(clippy::disallowed_methods, reason = "time to read is what was asked for")]
            Some(Rest::For(time)) => std::thread::sleep(*time),
            Some(Rest::ForEnter(keys)) => {
                write!(io::stderr(), "[Enter] ").ok();
                if !matches!(keys.skip_until(b'\n'), Ok(1..)) {
                    writeln!(io::stderr(), "The input has ended: going on without pauses.").ok();
                    self.rest = None;
                }
            }
        }
        Ok(())
    }
}

impl Sink for Pace {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.bookmarks = Bookmarks::new(playbill.script.clone());
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event.fact {
            Fact::Called(_) if self.bookmarks.turn_to(&event.actor, event.line).is_some() => self.rest(),
            Fact::Left => {
                self.bookmarks.remove(&event.actor);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn closes(&mut self, _: &Ending) -> io::Result<()> {
        Ok(())
    }
}
