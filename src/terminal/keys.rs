//! The keys of somebody who shows a run step by step: on a keyboard, or on a presenter's remote.

use super::raw::Raw;
use super::{ERASE_LINE, can_erase, talk};
use crate::sentence;
use std::fmt;
use std::io::{self, BufRead, Write};

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Enter, Space, PageDown, the arrows to the right and down, n: a remote sends PageDown.
    Next,
    /// PageUp, the arrows to the left and up, p.
    Back,
    /// a: on to the end, without stopping.
    All,
    /// s: the sockets of this moment.
    Sockets,
    /// b, and the full stop, as remotes send them: the screen is dark until the next key.
    Dark,
    /// ?: the keys.
    Help,
    /// q, Ctrl-C.
    Quit,
    /// No more keys will come.
    None,
}

/// What each key sends. Which of two a terminal sends for an arrow depends on its mode.
const KEYS: &[(&[u8], Key)] = &[
    (b"\r", Key::Next),
    (b"\n", Key::Next),
    (b" ", Key::Next),
    (b"n", Key::Next),
    (b"\x1b[6~", Key::Next),
    (b"\x1b[C", Key::Next),
    (b"\x1b[B", Key::Next),
    (b"\x1bOC", Key::Next),
    (b"\x1bOB", Key::Next),
    (b"p", Key::Back),
    (b"\x1b[5~", Key::Back),
    (b"\x1b[D", Key::Back),
    (b"\x1b[A", Key::Back),
    (b"\x1bOD", Key::Back),
    (b"\x1bOA", Key::Back),
    (b"a", Key::All),
    (b"s", Key::Sockets),
    (b"b", Key::Dark),
    (b".", Key::Dark),
    (b"?", Key::Help),
    (b"q", Key::Quit),
    (b"Q", Key::Quit),
    (b"\x03", Key::Quit),
    (b"\x04", Key::Quit),
];

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
    let ask = || _ = write!(talk(), "[{prompt}   {keys}] ");
    ask();
    let key = match &raw {
        Some(raw) => decode(|| raw.byte(ask)),
        None if matches!(stdin.lock().skip_until(b'\n'), Ok(1..)) => Key::Next,
        None => Key::None,
    };
    let end = if raw.is_some() && can_erase() { ERASE_LINE } else { "\n" };
    drop(raw);
    write!(talk(), "{end}").ok();
    key
}

/// Shows nothing on the screen until the next key; then it is again as it was before (the alternate
/// screen of xterm).
pub fn dark() {
    if !can_erase() {
        return;
    }
    write!(talk(), "\x1b[?1049h\x1b[2J\x1b[?25l").ok();
    if let Some(raw) = Raw::enter(&io::stdin()) {
        decode(|| raw.byte(|| {}));
    }
    write!(talk(), "\x1b[?25h\x1b[?1049l").ok();
}

/// Reads bytes until they make a key.
pub(super) fn decode(mut next: impl FnMut() -> Option<u8>) -> Key {
    let mut seen: Vec<u8> = Vec::new();
    while let Some(byte) = next() {
        seen.push(byte);
        // What makes no key together may begin one by itself: Esc, and then q.
        let read = match meaning(&seen) {
            Meaning::Nothing if !is_sequence(&seen) => {
                seen = vec![byte];
                meaning(&seen)
            }
            read => read,
        };
        match read {
            Meaning::Key(key) => return key,
            Meaning::Begins => {}
            Meaning::Nothing => seen.clear(),
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
    let exact = KEYS.iter().find(|(sent, _)| *sent == bytes);
    let begins = KEYS.iter().any(|(sent, _)| sent.starts_with(bytes));
    match exact {
        Some((_, key)) => Meaning::Key(*key),
        None if begins || (is_sequence(bytes) && !is_whole(bytes)) => Meaning::Begins,
        None => Meaning::Nothing,
    }
}

/// What a key without a letter sends begins like this (ECMA-48, CSI).
fn is_sequence(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1b[")
}

/// A sequence ends with a letter or a sign that is no digit.
fn is_whole(sequence: &[u8]) -> bool {
    sequence.len() > 2 && sequence.last().is_some_and(|&last| ends_sequence(last))
}

/// Whether a byte is the last of a sequence (ECMA-48, final bytes).
pub(super) fn ends_sequence(byte: u8) -> bool {
    (0x40..=0x7e).contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        let cases: [(&[u8], Key); 23] = [
            (b"\n", Key::Next),
            (b" ", Key::Next),
            (b"xyz ", Key::Next),
            (b"n", Key::Next),
            (b"\x1b[6~", Key::Next),
            (b"\x1b[C", Key::Next),
            (b"\x1bOB", Key::Next),
            (b"\x1b[5~", Key::Back),
            (b"\x1b[A", Key::Back),
            (b"p", Key::Back),
            (b"\x1b\x1b[5~", Key::Back),
            (b"\x1b[15~\x1b[5~", Key::Back),
            (b"\x1b[1;5Cp", Key::Back),
            (b"\x1b[ap", Key::Back),
            (b"\x1bq", Key::Quit),
            (b"q", Key::Quit),
            (b"xa", Key::All),
            (b"s", Key::Sockets),
            (b".", Key::Dark),
            (b"b", Key::Dark),
            (b"?", Key::Help),
            (b"\x03", Key::Quit),
            (b"", Key::None),
        ];
        for (bytes, want) in cases {
            let mut bytes_left = bytes.iter().copied();
            assert_eq!(decode(|| bytes_left.next()), want, "{bytes:?}");
        }
    }
}
