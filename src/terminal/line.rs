//! A line that is typed: a short answer to a question.

use super::keys::{Quit, ends_sequence};
use super::raw::Raw;
use super::talk;
use std::fmt;
use std::io::{self, BufRead, Write};

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Line(String),
    /// Nothing more will come.
    End,
}

/// Asks for a line. What a remote's keys send is no part of it, and does nothing. Without a
/// terminal a line of input is the line.
///
/// # Errors
/// It is [`Quit`] if q was pressed before anything else, or Ctrl-C at any time.
pub fn line(prompt: impl fmt::Display) -> io::Result<Typed> {
    let stdin = io::stdin();
    let raw = Raw::enter(&stdin);
    write!(talk(), "{prompt} ")?;
    let Some(raw) = raw else { return piped_line() };
    let mut editor = Editor::default();
    loop {
        let again = || _ = write!(talk(), "{prompt} {}", editor.text());
        let Some(byte) = raw.byte(again) else { return Ok(Typed::End) };
        match editor.take(byte) {
            Done::Nothing => {}
            Done::Echo(shown) => write!(talk(), "{shown}")?,
            Done::Line | Done::Quit => {
                writeln!(talk())?;
                return editor.ends_with(byte);
            }
        }
    }
}

fn piped_line() -> io::Result<Typed> {
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line)?;
    let text = String::from_utf8_lossy(&line).trim().to_string();
    Ok(if length == 0 { Typed::End } else { Typed::Line(text) })
}

/// The line as far as it is typed.
#[derive(Default)]
struct Editor {
    typed: Vec<u8>,
    /// Esc was pressed, or a key that sends a sequence: so much of it has come.
    sequence: Option<Vec<u8>>,
}

/// What a byte has done to the line.
#[derive(Debug, PartialEq, Eq)]
enum Done {
    Nothing,
    /// This has to be shown.
    Echo(String),
    /// It is whole.
    Line,
    /// The reader wants to leave.
    Quit,
}

/// What Backspace sends, on one terminal and another.
const BACKSPACE: [u8; 2] = [0x7f, 0x08];

impl Editor {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.typed).into_owned()
    }

    fn take(&mut self, byte: u8) -> Done {
        if let Some(sequence) = &mut self.sequence {
            sequence.push(byte);
            match sequence[..] {
                [b'[' | b'O'] => return Done::Nothing,
                [b'[' | b'O', .., last] => {
                    self.sequence.take_if(|_| ends_sequence(last));
                    return Done::Nothing;
                }
                // Esc was a key of its own.
                _ => self.sequence = None,
            }
        }
        match byte {
            0x1b => {
                self.sequence = Some(Vec::new());
                Done::Nothing
            }
            3 => Done::Quit,
            b'q' | b'Q' | 4 if self.typed.is_empty() => Done::Quit,
            b'\r' | b'\n' => Done::Line,
            byte if BACKSPACE.contains(&byte) => self.erase(),
            byte if byte < 0x20 => Done::Nothing,
            byte => self.add(byte),
        }
    }

    /// A character of several bytes is shown when its last byte has come.
    fn add(&mut self, byte: u8) -> Done {
        let begun = self.whole();
        self.typed.push(byte);
        match str::from_utf8(&self.typed[begun..]) {
            Ok(shown) => Done::Echo(shown.into()),
            Err(_) => Done::Nothing,
        }
    }

    /// How many of the bytes make whole characters.
    fn whole(&self) -> usize {
        str::from_utf8(&self.typed).map_or_else(|error| error.valid_up_to(), str::len)
    }

    fn erase(&mut self) -> Done {
        let text = self.text();
        let Some(last) = text.chars().next_back() else { return Done::Nothing };
        self.typed.truncate(self.typed.len().saturating_sub(last.len_utf8()));
        let columns = unicode_width::UnicodeWidthChar::width(last).unwrap_or(0);
        Done::Echo("\x08 \x08".repeat(columns))
    }

    /// The answer, now that a byte has ended the line.
    fn ends_with(&self, byte: u8) -> io::Result<Typed> {
        match byte {
            b'\r' | b'\n' => Ok(Typed::Line(self.text().trim().into())),
            _ => Err(io::Error::other(Quit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> (String, Option<Done>) {
        let mut editor = Editor::default();
        let done = bytes.iter().map(|&byte| editor.take(byte)).last();
        (editor.text(), done)
    }

    #[test]
    fn a_line_is_what_is_typed_without_the_keys_of_a_remote() {
        assert_eq!(typed(b"a\r"), ("a".into(), Some(Done::Line)));
        assert_eq!(typed(b"\x1b[6~\x1b[5~\x1b[15~\x1bOCb\n"), ("b".into(), Some(Done::Line)));
        assert_eq!(typed(b"\x1bc\n"), ("c".into(), Some(Done::Line)));
        assert_eq!(typed("ａ １".as_bytes()).0, "ａ １");
        assert_eq!(typed(b"ab\x7f"), ("a".into(), Some(Done::Echo("\x08 \x08".into()))));
        assert_eq!(typed("aｂ\x7f".as_bytes()).0, "a");
        assert_eq!(typed(b"q").1, Some(Done::Quit));
        assert_eq!(typed(b"a 1 q").1, Some(Done::Echo("q".into())));
        assert_eq!(typed(b"a\x03").1, Some(Done::Quit));
    }
}
