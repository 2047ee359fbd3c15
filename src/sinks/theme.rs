//! Colours, by what they mean. Colour comes last: without it nothing is lost.
//!
//! Whatever a view writes goes through here, and what a terminal might obey is escaped here.

use crate::harmless::harmless;
use colored::{ColoredString, Colorize};
use std::borrow::Cow;

/// How what is written is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Not at all.
    Plain,
    /// With the colours of a terminal. Make it with [`Theme::coloured`].
    Coloured,
    /// With elements and classes of HTML, for a page of the book.
    Html,
}

/// What a piece of text is.
#[derive(Clone, Copy)]
enum Meaning {
    Plain,
    Actor,
    Prose,
    Code,
    Done,
    Refused,
    Aside,
    Title,
}

impl Theme {
    /// Whoever asks for colours has looked at the terminal: `colored` need not look again.
    pub fn coloured() -> Theme {
        colored::control::set_override(true);
        Theme::Coloured
    }

    /// Text without a mark.
    pub fn plain(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Plain, text)
    }

    /// The name of a lane.
    pub fn actor(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Actor, text)
    }

    /// What the lesson says.
    pub fn prose(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Prose, text)
    }

    /// What the lesson does.
    pub fn code(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Code, text)
    }

    /// A call that did as it was asked.
    pub fn done(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Done, text)
    }

    /// A call that was refused.
    pub fn refused(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Refused, text)
    }

    /// A call that sleeps, and everything else that is about the run itself.
    pub fn aside(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Aside, text)
    }

    /// An aside that a link may lead to, where there are links.
    pub fn aside_at<'a>(self, id: &str, text: &'a str) -> Cow<'a, str> {
        match self {
            Theme::Html => {
                let (id, text) = (escape_html(&harmless(id)), escape_html(&harmless(text)));
                format!("<span class=\"aside\" id=\"{id}\">{text}</span>").into()
            }
            Theme::Plain | Theme::Coloured => self.aside(text),
        }
    }

    /// A heading.
    pub fn title(self, text: &str) -> Cow<'_, str> {
        self.mark(Meaning::Title, text)
    }

    fn mark(self, meaning: Meaning, text: &str) -> Cow<'_, str> {
        let text = harmless(text);
        match (self, meaning) {
            (Theme::Plain, _) | (Theme::Coloured, Meaning::Plain) => text,
            (Theme::Coloured, _) => colour(meaning, &text).to_string().into(),
            (Theme::Html, Meaning::Plain) => escape_html(&text).into(),
            (Theme::Html, _) => {
                format!("<span class=\"{}\">{}</span>", class(meaning), escape_html(&text)).into()
            }
        }
    }
}

fn colour(meaning: Meaning, text: &str) -> ColoredString {
    match meaning {
        Meaning::Actor => text.bold().cyan(),
        Meaning::Plain | Meaning::Prose => text.normal(),
        Meaning::Code => text.yellow(),
        Meaning::Done => text.green(),
        Meaning::Refused => text.red(),
        Meaning::Aside => text.dimmed(),
        Meaning::Title => text.bold(),
    }
}

/// The class that `lessons/theme/book.css` knows.
fn class(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Plain => "",
        Meaning::Actor => "actor",
        Meaning::Prose => "prose",
        Meaning::Code => "code",
        Meaning::Done => "done",
        Meaning::Refused => "refused",
        Meaning::Aside => "aside",
        Meaning::Title => "title",
    }
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_marked_only_where_there_are_links() {
        assert_eq!(Theme::Plain.aside_at("place", "text"), "text");
    }

    #[test]
    fn html_is_escaped() {
        let marked = Theme::Html.code("<script>\"&\"</script>");
        assert_eq!(
            marked,
            "<span class=\"code\">&lt;script&gt;&quot;&amp;&quot;&lt;/script&gt;</span>"
        );
        let marked = Theme::Html.aside_at("\"<", "\"<");
        assert_eq!(marked, "<span class=\"aside\" id=\"&quot;&lt;\">&quot;&lt;</span>");
    }
}
