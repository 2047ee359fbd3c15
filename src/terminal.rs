//! What the terminal can do, and the keys that are pressed on it.

use crate::sentence;
use crate::wrap;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::emulate_default_handler;
use std::env;
use std::fmt;
use std::io::{self, BufRead, IsTerminal, Read, Stdin, Write};
use std::sync::OnceLock;

/// Whether standard output is a terminal that shows colours, and whose user wants them.
///
/// `NO_COLOR` (no-color.org), `TERM=dumb`, no `TERM` at all, and a terminal that says it is 0
/// columns wide all mean plain text.
pub fn wants_colours() -> bool {
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_wide =
        terminal_size::terminal_size_of(io::stdout()).is_some_and(|(width, _)| width.0 > 0);
    io::stdout().is_terminal() && is_wide && !no_color && !is_dumb()
}

/// How many columns standard output has, if it is a terminal that says so.
pub fn width() -> Option<usize> {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map(|(width, _)| width.0.into()).filter(|&width| width > 0)
}

/// How many columns a line has where there is no terminal: as many as `COLUMNS` says, or 80.
pub fn usual_width() -> usize {
    let asked = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    asked.filter(|&columns| columns > 0).unwrap_or(80)
}

/// How many columns a line of standard output has.
pub fn columns() -> usize {
    width().unwrap_or_else(usual_width)
}

/// Whether somebody sits there who can be asked.
pub fn can_be_asked() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// Where talk goes: standard error. Data goes to standard output.
pub fn talk() -> impl Write + IsTerminal {
    io::stderr()
}

/// Says something to whoever runs the program, in lines that fit. Nobody may be there to hear it.
pub fn say(text: impl fmt::Display) {
    let width = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
    let width = width.filter(|&columns| columns > 0).unwrap_or(usize::MAX);
    let text = text.to_string();
    let lines = text.lines().flat_map(|line| wrap::indented(line, width));
    lines.for_each(|line| _ = writeln!(talk(), "{line}"));
}

/// What a key means to somebody who shows a run step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Enter, Space, PageDown: a presenter's remote sends the last.
    Next,
    /// PageUp.
    Back,
    /// a: on to the end, without stopping.
    All,
    /// s: the sockets of this moment.
    Sockets,
    /// ?: the keys.
    Help,
    /// q, Ctrl-C.
    Quit,
    /// No more keys will come.
    None,
}

/// Somebody has pressed q: the run ends, and nothing is wrong.
#[derive(Debug)]
pub struct Quit;

impl fmt::Display for Quit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "q was pressed")
    }
}

impl std::error::Error for Quit {}

/// Asks for a key, and waits for one that means something. Without a terminal a line of input is
/// the key that goes on.
///
/// The prompt is written when the terminal is ready for the key: what is typed after it is never
/// read in another mode. A terminal that can forgets the prompt when the key was pressed.
pub fn key(prompt: impl fmt::Display) -> Key {
    let stdin = io::stdin();
    let raw = Raw::enter(&stdin);
    let keys = if raw.is_some() { sentence!("Enter: next   ?: keys") } else { sentence!("Enter") };
    write!(talk(), "[{prompt}   {keys}] ").ok();
    let key = match raw {
        Some(_) => decode(&mut stdin.lock()),
        None if matches!(stdin.lock().skip_until(b'\n'), Ok(1..)) => Key::Next,
        None => Key::None,
    };
    let end = if raw.is_some() && can_erase() { ERASE_LINE } else { "\n" };
    drop(raw);
    write!(talk(), "{end}").ok();
    key
}

/// Back to the first column, and nothing in the line (ECMA-48, CR and EL).
const ERASE_LINE: &str = "\r\x1b[K";

fn can_erase() -> bool {
    talk().is_terminal() && !is_dumb()
}

fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

/// Reads bytes until they make a key.
fn decode(keys: &mut impl Read) -> Key {
    let mut seen: Vec<u8> = Vec::new();
    let mut byte = [0];
    while matches!(keys.read(&mut byte), Ok(1)) {
        seen.push(byte[0]);
        let key = meaning(&seen);
        // What makes no key together may begin one by itself: Esc, and then q.
        let key = if key == Meaning::Nothing { meaning(&byte) } else { key };
        match key {
            Meaning::Key(key) => return key,
            Meaning::Begins => {}
            Meaning::Nothing => seen.clear(),
        }
        if seen.len() > 1 && meaning(&seen) == Meaning::Nothing {
            seen = byte.to_vec();
        }
    }
    Key::None
}

#[derive(PartialEq, Eq)]
enum Meaning {
    Key(Key),
    /// More bytes have to come.
    Begins,
    Nothing,
}

fn meaning(bytes: &[u8]) -> Meaning {
    match bytes {
        [b'\r' | b'\n' | b' '] | b"\x1b[6~" => Meaning::Key(Key::Next),
        b"\x1b[5~" => Meaning::Key(Key::Back),
        [b'a'] => Meaning::Key(Key::All),
        [b's'] => Meaning::Key(Key::Sockets),
        [b'?'] => Meaning::Key(Key::Help),
        [b'q' | b'Q' | 3 | 4] => Meaning::Key(Key::Quit),
        [0x1b] | b"\x1b[" | b"\x1b[5" | b"\x1b[6" => Meaning::Begins,
        _ => Meaning::Nothing,
    }
}

/// The terminal gives each key as it is pressed, for as long as this lives. Then it is what it was
/// before, whatever happens: also when a panic passes by.
struct Raw(Termios);

impl Raw {
    fn enter(stdin: &Stdin) -> Option<Raw> {
        let before = tcgetattr(stdin).ok()?;
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        survive_signals(&before);
        tcsetattr(stdin, OptionalActions::Now, &raw).ok()?;
        Some(Raw(before))
    }
}

/// How the terminal was before the first key was waited for.
static BEFORE: OnceLock<Termios> = OnceLock::new();

/// Lets a signal that ends the program put the terminal right first.
fn survive_signals(before: &Termios) {
    if BEFORE.set(before.clone()).is_err() {
        return;
    }
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        let restore = move || {
            if let Some(before) = BEFORE.get() {
                tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, before).ok();
            }
            emulate_default_handler(signal).ok();
        };
        // SAFETY: the handler only reads a value that was set before, and makes two calls that
        // signal-safety(7) and signal-hook allow in a handler: tcsetattr, and the default action.
        unsafe { signal_hook::low_level::register(signal, restore) }.ok();
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        tcsetattr(io::stdin(), OptionalActions::Now, &self.0).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        let cases: [(&[u8], Key); 14] = [
            (b"\n", Key::Next),
            (b" ", Key::Next),
            (b"xyz ", Key::Next),
            (b"\x1b[6~", Key::Next),
            (b"\x1b[5~", Key::Back),
            (b"\x1b[A\x1b[5~", Key::Back),
            (b"\x1b\x1b[5~", Key::Back),
            (b"\x1bq", Key::Quit),
            (b"q", Key::Quit),
            (b"xa", Key::All),
            (b"s", Key::Sockets),
            (b"?", Key::Help),
            (b"\x03", Key::Quit),
            (b"", Key::None),
        ];
        for (bytes, want) in cases {
            assert_eq!(decode(&mut &bytes[..]), want, "{bytes:?}");
        }
    }
}
