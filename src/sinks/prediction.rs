//! The prediction: what the reader expects, before it runs.

use super::Theme;
use super::story::{Guess, letter, write_question};
use crate::sentence;
use crate::trace::Asked;
use std::io::{self, BufRead, Write};

/// Asks the question, and reads the prediction: a letter, or nothing for a reader who would rather
/// wait.
///
/// # Errors
/// The terminal could not be written to or read.
pub fn ask(question: &Asked, talk: &mut dyn Write, keys: &mut dyn BufRead) -> io::Result<Guess> {
    write_question(talk, Theme::Plain, question)?;
    writeln!(talk)?;
    loop {
        write!(talk, "{} ", sentence!("Your prediction (a letter, or Enter to wait and see):"))?;
        talk.flush()?;
        let mut line = Vec::new();
        let end = !matches!(keys.read_until(b'\n', &mut line), Ok(1..));
        let line = String::from_utf8_lossy(&line);
        let typed = line.trim().trim_end_matches(')');
        let guess = (0..question.choices.len()).find(|&i| typed.eq_ignore_ascii_case(&letter(i)));
        if end || guess.is_some() || typed.is_empty() {
            return Ok(guess.map_or(Guess::None, Guess::Choice));
        }
        writeln!(talk, "{}", sentence!("That is none of the letters above."))?;
    }
}
