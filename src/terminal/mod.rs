//! What the terminal can do, and what is typed on it.

mod ending;
mod keys;
mod line;
mod raw;
mod window;

pub use ending::tidy_before;
pub use keys::{Key, Quit, dark, key};
pub use line::{Typed, line};
pub use window::{Happened, Window, interrupt};

use crate::wrap;
use std::env;
use std::fmt;
use std::io::{self, IsTerminal, Write};

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

/// How many columns and lines standard output has, if it is a terminal that says so.
pub fn size() -> Option<(usize, usize)> {
    let (columns, lines) = terminal_size::terminal_size_of(io::stdout())?;
    (columns.0 > 0 && lines.0 > 0).then(|| (columns.0.into(), lines.0.into()))
}

/// How many lines the screen has, if it is one that can be drawn on in place.
pub fn screen_height() -> Option<usize> {
    size().map(|(_, lines)| lines).filter(|_| io::stdout().is_terminal() && !is_dumb())
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
    // In one piece: what others write at the same time stands before it or behind it.
    let whole: String = lines.map(|line| line + "\n").collect();
    talk().write_all(whole.as_bytes()).ok();
}

/// Back to the first column, and nothing in the line (ECMA-48, CR and EL).
const ERASE_LINE: &str = "\r\x1b[K";

fn can_erase() -> bool {
    talk().is_terminal() && !is_dumb()
}

fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}
