//! SVG as it is written: texts and paths, all in the colour of the text around the picture.

use crate::harmless::harmless;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How wide a column is, in pixels: at least as wide as a letter of any monospace font of this
/// size.
pub const COLUMN: usize = 8;
/// How high a row is.
pub const ROW: usize = 18;
/// What stays free on every side.
pub const EDGE: usize = 6;

/// The rules are the same in every picture: two on one page do not fight. `:root` is a picture that
/// is opened by itself.
const STYLE: &str = "\
.rungs{max-width:100%;height:auto;font:13px monospace;fill:currentColor}\
:root.rungs{color-scheme:light dark}\
.rungs text{white-space:pre}\
.rungs .n{font-weight:bold}\
.rungs .m{font-style:italic}\
.rungs path{fill:none;stroke:currentColor;stroke-width:1.5}\
.rungs .s{stroke-dasharray:2 4}\
.rungs .i{stroke-dasharray:6 3}\
.rungs .d{stroke-width:9;stroke-linecap:round}\
.rungs .h{fill:currentColor}\
.rungs .f{stroke-width:1;stroke-opacity:.3}";

/// With what a line is drawn. All that is drawn with one ink is one path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Solid,
    /// A lane that sleeps.
    Asleep,
    /// An arrow that was inferred, or of a packet that no socket took.
    Inferred,
    /// A call that did as asked.
    Dot,
    /// The head of an arrow that was seen.
    Head,
    /// From a sign to a text that stands far away.
    Faint,
}

/// With its class in [`STYLE`].
const INKS: [(Ink, &str); 6] = [
    (Ink::Solid, ""),
    (Ink::Asleep, " class=\"s\""),
    (Ink::Inferred, " class=\"i\""),
    (Ink::Dot, " class=\"d\""),
    (Ink::Head, " class=\"h\""),
    (Ink::Faint, " class=\"f\""),
];

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    /// The name of a lane.
    Name,
    /// What is no call.
    Aside,
}

/// What is drawn so far.
pub struct Canvas {
    /// The top of the row that is drawn now.
    pub y: usize,
    /// How far to the right the texts reach.
    pub wide: usize,
    paths: Vec<(Ink, String)>,
    texts: String,
}

impl Default for Canvas {
    fn default() -> Canvas {
        Canvas { y: EDGE, wide: 0, paths: Vec::new(), texts: String::new() }
    }
}

impl Canvas {
    /// The middle of the row that is drawn now.
    pub fn middle(&self) -> usize {
        self.y + ROW / 2
    }

    /// A row that is a text and nothing else.
    pub fn line(&mut self, style: Style, text: &str) {
        self.text(EDGE, style, text);
        self.y += ROW;
    }

    /// A text in the row that is drawn now.
    pub fn text(&mut self, x: usize, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        let width = text.width() * COLUMN;
        self.wide = self.wide.max(x + width);
        let class = match style {
            Style::Plain => "",
            Style::Name => " class=\"n\"",
            Style::Aside => " class=\"m\"",
        };
        let length = match text.chars().all(is_of_known_width) {
            true => String::new(),
            false => format!(" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\""),
        };
        let (y, text) = (self.middle() + 4, escape(text));
        writeln!(self.texts, "<text x=\"{x}\" y=\"{y}\"{class}{length}>{text}</text>").ok();
    }

    /// A line, in the language of paths: it begins with a move to somewhere.
    pub fn path(&mut self, ink: Ink, way: String) {
        self.paths.push((ink, way));
    }

    /// The document, with everything that was drawn.
    pub fn document(self, name: &str, title: &str, description: &str) -> String {
        let (width, height) = (self.wide + EDGE, self.y + EDGE);
        let (title, description) = (escape(title), escape(description));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"rungs\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"rungs-{name} rungs-{name}-text\">\n\
             <title id=\"rungs-{name}\">{title}</title>\n\
             <desc id=\"rungs-{name}-text\">{description}</desc>\n<style>{STYLE}</style>\n"
        );
        for (ink, class) in INKS {
            let ways =
                self.paths.iter().filter(|(own, _)| *own == ink).map(|(_, way)| way.as_str());
            let ways: String = ways.collect();
            if !ways.is_empty() {
                writeln!(svg, "<path{class} d=\"{ways}\"/>").ok();
            }
        }
        svg + &self.texts + "</svg>\n"
    }
}

/// Whether a character is as wide as we think in every font. Where it may not be, the text is made
/// to fit.
fn is_of_known_width(character: char) -> bool {
    let is_square = matches!(character, '\u{2e80}'..='\u{ffe6}') && character.width() == Some(2);
    matches!(character, ' '..='~' | '\u{a1}'..='\u{ff}' | '…' | '→') || is_square
}

/// The text as XML has it, and harmless. Two characters it cannot have at all.
fn escape(text: &str) -> String {
    let text = harmless(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
