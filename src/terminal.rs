//! What the terminal can do.

use std::env;
use std::io::{self, IsTerminal};

/// Whether standard output is a terminal that shows colours, and whose user wants them.
///
/// `NO_COLOR` (no-color.org), `TERM=dumb`, no `TERM` at all, and a terminal that says it is 0 columns wide all mean plain text.
pub fn wants_colours() -> bool {
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let is_wide = terminal_size::terminal_size_of(io::stdout()).is_some_and(|(width, _)| width.0 > 0);
    io::stdout().is_terminal() && is_wide && !no_color && !dumb
}

/// Whether somebody sits there who can be asked.
pub fn can_be_asked() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal()
}
