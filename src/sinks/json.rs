//! A run as JSON, one object a line. `lessons/trace-format.md` describes it.

use crate::harmless::is_harmful;
use crate::trace::{Ending, Event, Part, Playbill, Sink};
use std::io::{self, Write};

/// Writes each part of a run as a line of JSON, as it happens.
pub struct Json<W> {
    out: W,
    /// Whether only the ending is written, with what the run found out.
    ending_only: bool,
}

impl<W: Write> Json<W> {
    pub fn new(out: W) -> Json<W> {
        Json { out, ending_only: false }
    }

    /// Writes one line: the ending.
    pub fn of_the_ending(out: W) -> Json<W> {
        Json { out, ending_only: true }
    }

    fn line(&mut self, part: Part) -> io::Result<()> {
        if self.ending_only && !matches!(part, Part::Closes(_)) {
            return Ok(());
        }
        let mut line = harmless_json(&part.line()?);
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }
}

/// JSON may hold characters that a terminal obeys, and only in strings: there they can be escaped.
fn harmless_json(line: &str) -> String {
    let mut safe = String::with_capacity(line.len() + 1);
    for character in line.chars() {
        match is_harmful(character) {
            true => safe.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => safe.push(character),
        }
    }
    safe
}

impl<W: Write + Send> Sink for Json<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.line(Part::Opens(playbill))
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.line(Part::Event(event))
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.line(Part::Closes(ending))
    }
}
