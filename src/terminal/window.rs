//! A screen of our own on the terminal, that is drawn on again and again.

use super::keys::{Key, decode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::flag;
use signal_hook::low_level::{emulate_default_handler, raise};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The alternate screen of the terminal, without a cursor; keys come as they are pressed, and
/// Ctrl-C and Ctrl-Z mean what they mean elsewhere. When it is dropped, everything is as before.
pub struct Window<W: Write> {
    out: W,
    signals: Signals,
    /// How the terminal was before. None if no keys come from it.
    before: Option<Termios>,
    is_open: bool,
}

/// What a window has to know of signals: each is set by a handler.
struct Signals {
    stop: Arc<AtomicBool>,
    go_on: Arc<AtomicBool>,
    end: Arc<AtomicBool>,
}

/// What has happened to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    Nothing,
    Pressed(Key),
    /// It has to be drawn anew: the program was stopped, and goes on.
    CameBack,
    /// The program is to end: the window is closed.
    Closed,
}

/// What opens and closes it (xterm: alternate screen, cursor), and what goes to its first line.
const OPEN: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
const CLOSE: &str = "\x1b[?25h\x1b[?1049l";
const HOME: &str = "\x1b[H";

impl<W: Write> Window<W> {
    /// # Errors
    /// The signals cannot be heard of, or nothing can be written.
    pub fn open(out: W) -> io::Result<Window<W>> {
        let mut window = Window { out, signals: Signals::hear()?, before: None, is_open: false };
        window.enter()?;
        Ok(window)
    }

    /// Draws all of it: lines that are no wider than it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn draw(&mut self, lines: &[String]) -> io::Result<()> {
        let lines: Vec<String> = lines.iter().map(|line| format!("{line}\x1b[K")).collect();
        write!(self.out, "{HOME}{}\x1b[J", lines.join("\r\n"))?;
        self.out.flush()
    }

    /// Waits until something happens, but no longer than that.
    ///
    /// # Errors
    /// The window cannot be opened again.
    pub fn wait(&mut self, longest: Duration) -> io::Result<Happened> {
        let pressed = self.before.is_some().then(|| pressed(longest)).flatten();
        if self.signals.end.load(Ordering::Relaxed) {
            self.leave();
            return Ok(Happened::Closed);
        }
        if self.signals.stop.swap(false, Ordering::Relaxed) {
            self.leave();
            // To this thread: so all of us have stopped when it goes on.
            emulate_default_handler(SIGTSTP)?;
            self.signals.go_on.store(true, Ordering::Relaxed);
        }
        if self.signals.go_on.swap(false, Ordering::Relaxed) {
            self.enter()?;
            return Ok(Happened::CameBack);
        }
        if self.before.is_none() {
            std::thread::park_timeout(longest);
        }
        Ok(pressed.map_or(Happened::Nothing, Happened::Pressed))
    }

    fn enter(&mut self) -> io::Result<()> {
        self.before = self.before.take().or_else(|| tcgetattr(rustix::stdio::stdin()).ok());
        if let Some(before) = &self.before {
            let mut modes = before.clone();
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &modes)?;
        }
        self.is_open = true;
        write!(self.out, "{OPEN}")?;
        self.out.flush()
    }

    fn leave(&mut self) {
        if !std::mem::replace(&mut self.is_open, false) {
            return;
        }
        write!(self.out, "{CLOSE}").and_then(|()| self.out.flush()).ok();
        if let Some(before) = &self.before {
            tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, before).ok();
        }
    }
}

impl<W: Write> Drop for Window<W> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Signals {
    fn hear() -> io::Result<Signals> {
        let heard = |signals: &[i32]| {
            let heard = Arc::new(AtomicBool::new(false));
            for &signal in signals {
                flag::register(signal, heard.clone())?;
            }
            io::Result::Ok(heard)
        };
        Ok(Signals {
            stop: heard(&[SIGTSTP])?,
            go_on: heard(&[SIGCONT])?,
            end: heard(&[SIGINT, SIGTERM])?,
        })
    }
}

/// Ends the program as Ctrl-C does.
pub fn interrupt() {
    raise(SIGINT).ok();
}

/// The key that is pressed in that time.
fn pressed(longest: Duration) -> Option<Key> {
    let mut wait = longest;
    let next = || {
        let stdin = rustix::stdio::stdin();
        let time = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        // What belongs to one key comes at once.
        wait = Duration::from_millis(20);
        let mut byte = [0];
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&time)) {
            Ok(1..) => (rustix::io::read(stdin, &mut byte) == Ok(1)).then_some(byte[0]),
            _ => None,
        }
    };
    Some(decode(next)).filter(|key| *key != Key::None)
}
