//! Time to read: a rest before each step, and a way back to what was shown before.

use crate::sentence;
use crate::terminal::{self, Key, Quit, say};
use crate::trace::{Bookmarks, Ending, Event, Fact, Playbill, Sink};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What happens before the first call of a step, when the step is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It waits until somebody presses a key.
    ForKey,
    /// It waits for a while.
    For(Duration),
}

/// Rests before each step. It stands after the sink that shows the step.
pub struct Pace {
    rest: Rest,
    /// What was shown, cut where it rested.
    shown: Vec<Vec<u8>>,
    pages: Pages,
    bookmarks: Bookmarks,
    /// Nobody presses keys any more.
    alone: bool,
}

impl Pace {
    /// `pages` is where the sink before it writes to.
    pub fn new(rest: Rest, pages: Pages) -> Pace {
        Pace { rest, shown: Vec::new(), pages, bookmarks: Bookmarks::default(), alone: false }
    }

    fn rest(&mut self) -> io::Result<()> {
        self.shown.push(self.pages.turn());
        match self.rest {
            #[expect(clippy::disallowed_methods, reason = "time to read is what was asked for")]
            Rest::For(time) => std::thread::sleep(time),
            Rest::ForKey if self.alone => {}
            Rest::ForKey => self.wait_for_key()?,
        }
        Ok(())
    }

    /// Waits for the key that goes on. On the way, pages may be shown again.
    fn wait_for_key(&mut self) -> io::Result<()> {
        let last = self.shown.len() - 1;
        let mut at = last;
        loop {
            let key = terminal::key();
            match key {
                Key::Next if at == last => return Ok(()),
                Key::Next => at += 1,
                Key::Back => at = at.saturating_sub(1),
                Key::Quit => return Err(io::Error::other(Quit)),
                Key::None => {
                    say(sentence!("The input has ended: going on without pauses."));
                    self.alone = true;
                    return Ok(());
                }
            }
            say(sentence!("(Step {step} of {last} so far, again)", step = at + 1, last = last + 1));
            self.pages.show(&self.shown[at])?;
        }
    }
}

impl Sink for Pace {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.bookmarks = Bookmarks::new(playbill.script.clone());
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event.fact {
            Fact::Called(_) | Fact::Waits(_)
                if self.bookmarks.turn_to(&event.actor, event).is_some() =>
            {
                self.rest()
            }
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

/// A place to write to that remembers what was written since the last turn of the page.
#[derive(Clone)]
pub struct Pages(Arc<Mutex<Written>>);

struct Written {
    out: Box<dyn Write + Send>,
    page: Vec<u8>,
}

impl Pages {
    pub fn new(out: Box<dyn Write + Send>) -> Pages {
        Pages(Arc::new(Mutex::new(Written { out, page: Vec::new() })))
    }

    /// Turns the page, and gives the one before.
    fn turn(&self) -> Vec<u8> {
        self.with(|written| std::mem::take(&mut written.page))
    }

    /// Shows a page again.
    fn show(&self, page: &[u8]) -> io::Result<()> {
        self.with(|written| written.out.write_all(page).and_then(|()| written.out.flush()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Written) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pages {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.with(|written| {
            let length = written.out.write(data)?;
            written.page.extend_from_slice(&data[..length]);
            Ok(length)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(|written| written.out.flush())
    }
}
