//! Time to read: a rest before each step, and a way back to what was shown before.

use super::sockets::sockets;
use super::steps::Steps;
use super::{Theme, table};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::terminal::{self, Key, Quit, say};
use crate::trace::{Ending, Event, Moment, Playbill, Sink, Trace};
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
    steps: Steps,
    /// How many steps there will be, as far as is known.
    all: usize,
    /// What the kernel has, as far as it was told.
    moment: Moment,
    /// Nobody presses keys any more.
    alone: bool,
    state: State,
}

/// What is to be done before the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Nothing,
    /// A step is on the page: time to read.
    Due,
    /// A key was pressed, while this page was shown. It is obeyed when it is told what has happened
    /// meanwhile.
    Pressed(Key, usize),
}

impl Pace {
    /// `pages` is where the sink before it writes to, and `like` a run of the same lesson: it has
    /// as many steps.
    pub fn new(rest: Rest, pages: Pages, like: &Trace) -> Pace {
        let (shown, moment, alone) = (Vec::new(), Moment::default(), false);
        let (steps, all, state) = (Steps::default(), Steps::of(like), State::Nothing);
        Pace { rest, shown, pages, steps, all, moment, alone, state }
    }

    /// Rests on the page that was written last.
    fn begin(&mut self) -> bool {
        self.shown.push(self.pages.turn());
        self.state = State::Nothing;
        match self.rest {
            #[expect(clippy::disallowed_methods, reason = "time to read is what was asked for")]
            Rest::For(time) => std::thread::sleep(time),
            Rest::ForKey if self.alone => return false,
            Rest::ForKey => self.wait_for_key(self.shown.len() - 1),
        }
        true
    }

    fn wait_for_key(&mut self, at: usize) {
        self.state = State::Pressed(terminal::key(self.place(at)), at);
    }

    /// Does what a key says. On the way, pages may be shown again.
    fn obey(&mut self, key: Key, at: usize) -> io::Result<bool> {
        let last = self.shown.len() - 1;
        self.state = State::Nothing;
        let next = match key {
            Key::Next if at == last => return Ok(false),
            Key::Next => self.show(at + 1)?,
            Key::Back if at == 0 => {
                say(sentence!("This is the first step."));
                at
            }
            Key::Back => self.show(at - 1)?,
            Key::Sockets => {
                let (table, room) = (sockets(&self.moment), terminal::width());
                table::write(&mut terminal::talk(), Theme::Plain, room, &table)?;
                at
            }
            Key::Dark => {
                terminal::dark();
                at
            }
            Key::Help => {
                say(keys());
                at
            }
            Key::Quit => return Err(io::Error::other(Quit)),
            Key::All | Key::None => {
                if key == Key::None {
                    say(sentence!("The input has ended: going on without pauses."));
                }
                self.alone = true;
                return Ok(false);
            }
        };
        self.wait_for_key(next);
        Ok(true)
    }

    fn show(&self, at: usize) -> io::Result<usize> {
        self.pages.show(&self.shown[at]).map(|()| at)
    }

    /// Where the reader is. A run that is not like the other one may have more steps.
    fn place(&self, at: usize) -> Sentence {
        let (step, last, all) = (at + 1, self.shown.len(), self.all.max(self.shown.len()));
        match step < last {
            true => sentence!("step {step} of {all}, again", step, all),
            false => sentence!("step {step} of {all}", step, all),
        }
    }
}

/// What each key does, a line each.
fn keys() -> Sentence {
    sentence!(
        "  Enter, Space, PageDown, →, ↓, n: the next step\n  PageUp, ←, ↑, p: the step before, \
         again\n  s: the sockets of this moment\n  b, full stop: a dark screen until the next \
         key\n  a: all that is left, without stopping\n  Ctrl-Z: to the shell, and fg comes \
         back\n  q: quit"
    )
}

impl Sink for Pace {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.steps = Steps::new(playbill);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.moment.follow(event);
        if self.steps.begins_with(event) {
            self.state = State::Due;
        }
        Ok(())
    }

    fn closes(&mut self, _: &Ending) -> io::Result<()> {
        Ok(())
    }

    fn rests(&mut self) -> io::Result<bool> {
        match self.state {
            State::Nothing => Ok(false),
            State::Due => Ok(self.begin()),
            State::Pressed(key, at) => self.obey(key, at),
        }
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
