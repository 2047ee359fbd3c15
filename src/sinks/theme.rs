//! Colours, by what they mean. Colour comes last: without it nothing is lost.

use colored::{ColoredString, Colorize};

/// Whether what is written has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colours: bool,
}

impl Theme {
    pub const PLAIN: Theme = Theme { colours: false };

    /// Whoever asks for colours has looked at the terminal: `colored` need not look again.
    pub fn coloured() -> Theme {
        colored::control::set_override(true);
        Theme { colours: true }
    }

    /// The name of a lane.
    pub fn actor(self, text: &str) -> String {
        self.paint(text, |text| text.bold().cyan())
    }

    /// What the lesson says.
    pub fn prose(self, text: &str) -> String {
        self.paint(text, |text| text.normal())
    }

    /// What the lesson does.
    pub fn code(self, text: &str) -> String {
        self.paint(text, |text| text.yellow())
    }

    /// A call that did as it was asked.
    pub fn done(self, text: &str) -> String {
        self.paint(text, |text| text.green())
    }

    /// A call that was refused.
    pub fn refused(self, text: &str) -> String {
        self.paint(text, |text| text.red())
    }

    /// A call that sleeps, and everything else that is about the run itself.
    pub fn aside(self, text: &str) -> String {
        self.paint(text, |text| text.dimmed())
    }

    /// A heading.
    pub fn title(self, text: &str) -> String {
        self.paint(text, |text| text.bold())
    }

    fn paint(self, text: &str, with: impl Fn(&str) -> ColoredString) -> String {
        if self.colours { with(text).to_string() } else { text.into() }
    }
}
