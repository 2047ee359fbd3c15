//! A terminal that gives each key as it is pressed.

use super::ending::{THAT_END_US, end_by};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::raise;
use std::io::{self, Read, Stdin};
use std::sync::OnceLock;

/// The terminal gives each key as it is pressed, for as long as this lives. Then it is what it was
/// before, whatever happens: also when a panic passes by.
pub struct Raw {
    before: Termios,
    raw: Termios,
}

/// What Ctrl-Z sends.
const CTRL_Z: u8 = 0x1a;

impl Raw {
    /// None if standard input is no terminal.
    pub fn enter(stdin: &Stdin) -> Option<Raw> {
        let before = tcgetattr(stdin).ok()?;
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        survive_signals(&before);
        tcsetattr(stdin, OptionalActions::Now, &raw).ok()?;
        Some(Raw { before, raw })
    }

    /// The next byte that is typed. Ctrl-Z stops the program as it does elsewhere; when it goes on,
    /// `again` is told, for the screen may show something else by now. None if nothing more will
    /// come.
    pub fn byte(&self, mut again: impl FnMut()) -> Option<u8> {
        let mut byte = [0];
        loop {
            match io::stdin().lock().read(&mut byte) {
                Ok(1) if byte[0] == CTRL_Z => {
                    self.stop()?;
                    again();
                }
                Ok(1) => return Some(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => return None,
            }
        }
    }

    /// Gives the terminal back, and stops until the shell lets the program go on.
    fn stop(&self) -> Option<()> {
        tcsetattr(io::stdin(), OptionalActions::Now, &self.before).ok()?;
        // To this thread: so all of us have stopped when it goes on.
        raise(SIGTSTP).ok()?;
        tcsetattr(io::stdin(), OptionalActions::Now, &self.raw).ok()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        tcsetattr(io::stdin(), OptionalActions::Now, &self.before).ok();
    }
}

/// How the terminal was before the first key was waited for.
static BEFORE: OnceLock<Termios> = OnceLock::new();

/// Lets a signal that ends the program put the terminal right first.
fn survive_signals(before: &Termios) {
    if BEFORE.set(before.clone()).is_err() {
        return;
    }
    for signal in THAT_END_US {
        let restore = move || {
            if let Some(before) = BEFORE.get() {
                tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, before).ok();
            }
            end_by(signal);
        };
        // SAFETY: the handler only reads a value that was set before, and makes two calls that
        // signal-safety(7) and signal-hook allow in a handler: tcsetattr, and the default action.
        unsafe { signal_hook::low_level::register(signal, restore) }.ok();
    }
}
