//! SVG as it is written: texts and paths, all in one colour.
//!
//! What it looks like stands in attributes, not in rules: many programs that draw SVG know little
//! of CSS. What is different has another shape: some draw no dashes.

use super::paper::{Paper, Shape};
use crate::sinks::markup::escape;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How wide a column is, in pixels: at least as wide as a letter of any monospace font of this
/// size.
pub const COLUMN: usize = 8;
/// How high a row is.
pub const ROW: usize = 18;
/// What stays free on every side.
pub const EDGE: usize = 6;

/// For a picture in a page, or one that is opened by itself (`:root`). The rules are the same in
/// every picture: two on one page do not fight.
const STYLE: &str = "\
<style>.rungs{max-width:100%;height:auto}:root.rungs{color-scheme:light dark}</style>\n";

/// Narrower than [`COLUMN`] at 13 pixels, each of them.
const FONTS: &str = "Consolas,Menlo,DejaVu Sans Mono,monospace";

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

/// With what sets it apart from the others.
const INKS: [(Ink, &str); 6] = [
    (Ink::Solid, ""),
    (Ink::Asleep, " stroke-width=\".75\" stroke-dasharray=\"2 4\""),
    (Ink::Inferred, " stroke-width=\".75\" stroke-dasharray=\"6 3\""),
    (Ink::Dot, " stroke-width=\"8\" stroke-linecap=\"round\""),
    (Ink::Head, " fill=\"INK\""),
    (Ink::Faint, " stroke-width=\".75\" stroke-opacity=\".3\""),
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
    texts: Vec<(Style, String)>,
}

impl Default for Canvas {
    fn default() -> Canvas {
        Canvas { y: EDGE, wide: 0, paths: Vec::new(), texts: Vec::new() }
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
        let length = match text.chars().all(is_of_known_width) {
            true => String::new(),
            false => format!(" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\""),
        };
        let (y, text) = (self.middle() + 4, escape(text));
        let text = format!("<text x=\"{x}\" y=\"{y}\"{length}>{text}</text>\n");
        self.texts.push((style, text));
    }

    /// A line, in the language of paths: it begins with a move to somewhere.
    pub fn path(&mut self, ink: Ink, way: String) {
        self.paths.push((ink, way));
    }

    /// The document, with everything that was drawn.
    pub fn document(self, about: About, paper: Paper, shape: Shape) -> String {
        let [left, top, width, height] = shape.view(self.wide + EDGE, self.y + EDGE);
        let (title, description) = (escape(&about.title), escape(&about.description));
        let (ink, name) = (paper.ink(), about.name);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"rungs\" \
             viewBox=\"{left} {top} {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"{FONTS}\" font-size=\"13\" fill=\"{ink}\" xml:space=\"preserve\" \
             role=\"img\" aria-labelledby=\"rungs-{name} rungs-{name}-text\">\n\
             <title id=\"rungs-{name}\">{title}</title>\n\
             <desc id=\"rungs-{name}-text\">{description}</desc>\n"
        );
        match paper.ground() {
            None => svg.push_str(STYLE),
            Some(ground) => svg.push_str(&format!(
                "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
                 fill=\"{ground}\"/>\n"
            )),
        }
        writeln!(svg, "<g fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\">").ok();
        for (own, attributes) in INKS {
            let ways = self.paths.iter().filter(|(ink, _)| *ink == own).map(|(_, way)| &**way);
            let ways: String = ways.collect();
            if !ways.is_empty() {
                let attributes = attributes.replace("INK", ink);
                writeln!(svg, "<path{attributes} d=\"{ways}\"/>").ok();
            }
        }
        svg + "</g>\n" + &texts(&self.texts) + "</svg>\n"
    }
}

/// The texts, those of one style that stand together in one group.
fn texts(all: &[(Style, String)]) -> String {
    let group = |texts: &[(Style, String)]| {
        let inner: String = texts.iter().map(|(_, text)| &**text).collect();
        match texts[0].0 {
            Style::Plain => inner,
            Style::Name => format!("<g font-weight=\"bold\">\n{inner}</g>\n"),
            Style::Aside => format!("<g font-style=\"italic\">\n{inner}</g>\n"),
        }
    };
    all.chunk_by(|(one, _), (other, _)| one == other).map(group).collect()
}

/// What a picture is called, and what is said of it to those who do not see it.
pub struct About {
    /// Its name in a book: other pictures have others.
    pub name: String,
    pub title: String,
    pub description: String,
}

/// Whether a character is as wide as we think in every font. Where it may not be, the text is made
/// to fit.
fn is_of_known_width(character: char) -> bool {
    let is_square = matches!(character, '\u{2e80}'..='\u{ffe6}') && character.width() == Some(2);
    matches!(character, ' '..='~' | '\u{a1}'..='\u{ff}' | '…' | '→') || is_square
}
