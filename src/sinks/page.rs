//! A page to write lines on.

use super::Theme;
use super::theme::Meaning;
use crate::harmless::harmless;
use crate::wrap;
use std::io::{self, Write};

/// The widest that prose is set, in columns: longer lines are hard to read, however wide the screen
/// is.
const WIDEST_PROSE: usize = 90;

/// A width that no line has.
const ENDLESS: usize = usize::MAX;

/// Lines of text that are marked up, and go on below where they do not fit.
pub struct Page<W> {
    pub out: W,
    pub theme: Theme,
    /// In columns, if there is an end to it.
    width: Option<usize>,
}

/// Every method fails if what is below the page cannot be written to.
#[allow(clippy::missing_errors_doc, reason = "said once, for all")]
impl<W: Write> Page<W> {
    /// So many columns wide, or without an end.
    pub fn new(out: W, theme: Theme, width: Option<usize>) -> Page<W> {
        Page { out, theme, width }
    }

    /// An empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Words, behind `lead`.
    pub fn prose(&mut self, meaning: Meaning, lead: &str, text: &str) -> io::Result<()> {
        let lines = self.cut(lead, text);
        lines.iter().try_for_each(|line| writeln!(self.out, "{}", self.theme.mark(meaning, line)))
    }

    /// A line of code, or a call with its answer, behind `lead`.
    pub fn code(&mut self, meaning: Meaning, lead: &str, text: &str) -> io::Result<()> {
        let lines = wrap::code(&harmless(text), lead, self.width.unwrap_or(ENDLESS));
        lines.iter().try_for_each(|line| writeln!(self.out, "{}", self.theme.mark(meaning, line)))
    }

    fn cut(&self, lead: &str, text: &str) -> Vec<String> {
        let width = self.width.map_or(ENDLESS, |width| width.min(WIDEST_PROSE));
        wrap::prose(&harmless(text), lead, width)
    }

    /// What was written is to be seen.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
