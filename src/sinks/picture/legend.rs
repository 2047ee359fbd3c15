//! What the signs, lines and words of an SVG mean.

use super::canvas::{COLUMN, Canvas, EDGE, ROW, Style};
use super::meanings;
use super::rows::{Act, Known, Line, Picture, Row, Sign};
use super::strokes::{WIDTH, arrow, draw_sign, piece};
use crate::trace::EACH_ITS_OWN;

/// What the signs and lines mean, side by side as long as there is room.
pub fn legend(picture: &Picture, canvas: &mut Canvas) {
    let room = canvas.wide.max(EDGE + WIDTH / 2 * COLUMN);
    let mut x = EDGE;
    for (sample, means) in explained(picture) {
        let words = x + sample.columns() * COLUMN;
        if words + means.len() * COLUMN > room && x > EDGE {
            canvas.y += ROW;
            x = EDGE;
        }
        sample.draw(canvas, x);
        canvas.text(x + sample.columns() * COLUMN, Style::Plain, &means);
        x += (sample.columns() + means.len() + 2) * COLUMN;
    }
    canvas.y += ROW;
}

/// What has to be explained: what is in the picture.
fn explained(picture: &Picture) -> Vec<(Sample, String)> {
    let has_line = |line: &Line| picture.rows.iter().any(|row| row.lines.contains(line));
    let lines = [Line::Awake, Line::Asleep].into_iter().filter(has_line);
    let lines = lines.filter_map(|line| Some((Sample::Line(line), line.meaning()?)));
    let has_sign = |wanted: &Sign| {
        let is_it = |row: &Row| matches!(row.act, Act::Beside { sign, .. } if sign == *wanted);
        picture.rows.iter().any(is_it)
    };
    let signs = [Sign::Done, Sign::Refused, Sign::Sleeps].into_iter().filter(has_sign);
    let signs = signs.filter_map(|sign| Some((Sample::Sign(sign), sign.meaning()?)));
    let arrows = [Known::Started, Known::Captured, Known::Lost, Known::Inferred].into_iter();
    let arrows = arrows.filter(|known| picture.has(*known));
    let arrows = arrows.map(|known| (Sample::Arrow(known), known.meaning()));
    let texts = [
        ("~", meanings::of_what_was_seen(), picture.has_what_was_seen()),
        ("A", meanings::of_a_letter(), picture.says(":A")),
        (EACH_ITS_OWN, meanings::of_each_its_own(), picture.says(EACH_ITS_OWN)),
    ];
    let texts = texts.into_iter().filter(|(.., is_there)| *is_there);
    let texts = texts.map(|(text, means, _)| (Sample::Text(text), means));
    let all = lines.chain(signs).chain(texts).chain(arrows);
    all.map(|(sample, means)| (sample, means.to_string())).collect()
}

/// What an entry of the legend explains.
#[derive(Clone, Copy)]
enum Sample {
    Line(Line),
    Sign(Sign),
    Arrow(Known),
    Text(&'static str),
}

impl Sample {
    /// How wide it is, with the blank behind it.
    fn columns(self) -> usize {
        match self {
            Sample::Arrow(_) => 5,
            Sample::Text(text) => text.chars().count() + 1,
            Sample::Line(_) | Sample::Sign(_) => 2,
        }
    }

    fn draw(self, canvas: &mut Canvas, x: usize) {
        let middle = x + COLUMN / 2;
        match self {
            Sample::Line(line) => {
                piece(canvas, Some((canvas.middle() - 7, line)), middle, canvas.middle() + 7);
            }
            Sample::Sign(sign) => draw_sign(canvas, sign, middle),
            Sample::Arrow(known) => arrow(canvas, [x, x + 4 * COLUMN], true, known, 0),
            Sample::Text(text) => canvas.text(x, Style::Plain, text),
        }
    }
}
