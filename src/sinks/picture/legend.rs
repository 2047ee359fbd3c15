//! What the signs, lines and words of an SVG mean.

use super::canvas::{COLUMN, Canvas, EDGE, ROW, Style};
use super::rows::{Act, Known, Line, Picture, SEEN, Sign};
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
        canvas.text(x + sample.columns() * COLUMN, Style::Plain, means);
        x += (sample.columns() + means.len() + 2) * COLUMN;
    }
    canvas.y += ROW;
}

/// What has to be explained: what is in the picture.
fn explained(picture: &Picture) -> Vec<(Sample, &'static str)> {
    let rows = &picture.rows;
    let lines = [(Line::Awake, "awake"), (Line::Asleep, "asleep in the kernel")]
        .into_iter()
        .filter(|(line, _)| rows.iter().any(|row| row.lines.contains(line)))
        .map(|(line, means)| (Sample::Line(line), means));
    let signs =
        [(Sign::Done, "did as asked"), (Sign::Refused, "refused"), (Sign::Sleeps, "sleeps")]
            .into_iter()
            .filter(|(wanted, _)| {
                rows.iter()
                    .any(|row| matches!(row.act, Act::Beside { sign, .. } if sign == *wanted))
            })
            .map(|(sign, means)| (Sample::Sign(sign), means));
    let arrows = [
        (Known::Started, "started a thread: seen"),
        (Known::Captured, "a packet: captured"),
        (Known::Lost, "a packet that no socket took"),
        (Known::Inferred, "caused: inferred from addresses and byte counts"),
    ]
    .into_iter()
    .filter(|(known, _)| picture.has(*known))
    .map(|(known, means)| (Sample::Arrow(known), means));
    let texts = [
        ("~", SEEN, picture.has_what_was_seen()),
        ("A", "a port that the kernel chose", picture.says(":A")),
        (EACH_ITS_OWN, "other in each run", picture.says(EACH_ITS_OWN)),
    ];
    let texts = texts.into_iter().filter(|(.., is_there)| *is_there);
    let texts = texts.map(|(text, means, _)| (Sample::Text(text), means));
    lines.chain(signs).chain(texts).chain(arrows).collect()
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
