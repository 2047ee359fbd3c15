//! Colours, by what they mean. Colour comes last: without it nothing is lost.
//!
//! Whatever a view writes goes through here, and what a terminal might obey is escaped here.

use crate::harmless::harmless;
use colored::{Color, ColoredString, Colorize};
use std::borrow::Cow;

/// How what is written is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Not at all.
    Plain,
    /// With the colours of a terminal. Make it with [`Theme::coloured`].
    Coloured,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing in particular.
    Plain,
    /// The name of a lane.
    Actor,
    /// What the lesson says.
    Prose,
    /// What the lesson does.
    Code,
    /// A call that did as it was asked.
    Done,
    /// A call that was refused.
    Refused,
    /// A call that sleeps, and everything else that is about the run itself.
    Aside,
    /// A heading.
    Title,
}

impl Theme {
    /// Whoever asks for colours has looked at the terminal: `colored` need not look again.
    pub fn coloured() -> Theme {
        colored::control::set_override(true);
        Theme::Coloured
    }

    /// The text, escaped, and marked up as what it is.
    pub fn mark(self, meaning: Meaning, text: &str) -> Cow<'_, str> {
        match (self, meaning) {
            (Theme::Plain, _) | (Theme::Coloured, Meaning::Plain) => harmless(text),
            (Theme::Coloured, _) => colour(meaning, &harmless(text)).to_string().into(),
        }
    }
}

/// Colours that can be read on white and on black: each stands out from both by 4.5 to 1, which
/// WCAG 2 (1.4.3, level AA) asks for. The sixteen that have names are other colours in each
/// terminal; these are numbers of the 256, and the same in all.
const BLUE: Color = Color::AnsiColor(63);
const PURPLE: Color = Color::AnsiColor(98);
const GREEN: Color = Color::AnsiColor(29);
const RED: Color = Color::AnsiColor(131);
const GREY: Color = Color::AnsiColor(243);

fn colour(meaning: Meaning, text: &str) -> ColoredString {
    match meaning {
        Meaning::Actor => text.bold().color(BLUE),
        Meaning::Plain | Meaning::Prose => text.normal(),
        Meaning::Code => text.color(PURPLE),
        Meaning::Done => text.color(GREEN),
        Meaning::Refused => text.bold().color(RED),
        Meaning::Aside => text.color(GREY),
        Meaning::Title => text.bold(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of one of the 256 colours, from its number (WCAG 2; xterm's
    /// 256colres.h): a cube of six steps a side, then greys.
    fn luminance(colour: Color) -> f64 {
        let Color::AnsiColor(number @ 16..) = colour else { panic!("{colour:?} has no value") };
        let step = |place: u8| if place == 0 { 0 } else { 55 + 40 * place };
        let parts = match number {
            232.. => [8 + 10 * (number - 232); 3],
            _ => [(number - 16) / 36, (number - 16) / 6 % 6, (number - 16) % 6].map(step),
        };
        let [red, green, blue] = parts.map(|part| match f64::from(part) / 255.0 {
            dark @ ..0.04045 => dark / 12.92,
            bright => ((bright + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn colours_can_be_read_on_white_and_on_black() {
        for colour in [BLUE, PURPLE, GREEN, RED, GREY] {
            let own = luminance(colour) + 0.05;
            let (on_white, on_black) = (1.05 / own, own / 0.05);
            assert!(on_white >= 4.5 && on_black >= 4.5, "{colour:?}: {on_white:.2}, {on_black:.2}");
        }
    }
}
