//! The ladder: one column a lane, time downwards, arrows from cause to effect.

use super::columns::{Columns, fit};
use super::meanings;
use super::rows::{Act, Known, Line, Picture, Row, Sign};
use crate::catalogue::Sentence;
use crate::sinks::Theme;
use crate::sinks::steps::Excerpt;
use crate::sinks::theme::Meaning;
use crate::sinks::words::{origin, remarks};
use crate::trace::Trace;
use crate::wrap;
use std::fmt::Display;
use std::iter;

/// How wide the picture is in the book.
pub const WIDTH: usize = 80;

/// A run that is over as one text.
pub fn text(trace: &Trace) -> String {
    lines(trace, WIDTH, None).iter().map(|line| format!("{line}\n")).collect()
}

/// A run that is over, with what is to be said about it, in so many columns; or some of its steps.
pub fn lines(trace: &Trace, width: usize, excerpt: Option<&Excerpt>) -> Vec<String> {
    let picture = Picture::of(trace, excerpt);
    let remarks: Vec<Sentence> = remarks(trace).collect();
    let legend = iter::once(String::new()).chain(legend(&picture));
    let below = legend.chain(remarks.iter().map(Sentence::to_string));
    let below: Vec<String> = below.flat_map(|line| wrap::prose(&line, "", width)).collect();
    let above = so_far(trace, width, excerpt);
    let rows = above.head.into_iter().chain(above.rows);
    harmless_lines(above.origin.into_iter().chain(rows).chain(below))
}

/// The parts of a ladder, each a string a line.
pub struct Parts {
    /// Where it runs.
    pub origin: Vec<String>,
    /// The names of the lanes.
    pub head: Vec<String>,
    pub rows: Vec<String>,
}

/// A run that is not over yet.
pub fn so_far(trace: &Trace, width: usize, excerpt: Option<&Excerpt>) -> Parts {
    let said = |text: Sentence| wrap::prose(&text.to_string(), "", width);
    let origin = origin(&trace.playbill).into_iter().flat_map(said);
    let (head, rows) = draw(Picture::of(trace, excerpt), width);
    let [origin, head, rows] =
        [origin.collect(), head, rows].map(|part| harmless_lines(part.into_iter()));
    Parts { origin, head, rows }
}

fn harmless_lines(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.map(|line| Theme::Plain.mark(Meaning::Plain, &line).into_owned()).collect()
}

/// The picture as text, a string a line: the names of the lanes, and the rows.
fn draw(picture: Picture, width: usize) -> (Vec<String>, Vec<String>) {
    let columns = Columns::of(picture.lanes.len(), width);
    let picture = &picture.folded(columns);
    let rows = picture.rows.iter().map(|row| draw_row(row, columns));
    (heading(picture, columns), rows.collect())
}

/// What the signs and lines mean.
fn legend(picture: &Picture) -> Vec<String> {
    let said = |means: Option<Sentence>| means.map(|means| means.to_string()).unwrap_or_default();
    let lines = [('│', Line::Awake), ('┊', Line::Asleep)].map(|(c, line)| (c, line.meaning()));
    let signs = [('●', Sign::Done), ('✗', Sign::Refused), ('○', Sign::Sleeps)];
    let signs = signs.map(|(c, sign)| (c, sign.meaning()));
    let both = lines.into_iter().chain(signs).map(|(c, means)| whole(c, said(means)));
    let started = whole("──▶", Known::Started.meaning());
    let arrows = format!("{started}   ┄┄▷ {}", Known::Inferred.meaning());
    let mut legend = vec![both.collect::<Vec<_>>().join("  "), arrows];
    // Only where there are such texts and arrows.
    let seen = || format!("~ {}", meanings::of_what_was_seen());
    legend.extend(picture.has_what_was_seen().then(seen));
    for (known, arrow) in [(Known::Captured, "── SYN ──▶"), (Known::Lost, "┄┄ SYN ┄┄✕")]
    {
        legend.extend(picture.has(known).then(|| format!("{arrow} {}", known.meaning())));
    }
    legend
}

/// A sign and what it means, on one line.
fn whole(sign: impl Display, means: impl Display) -> String {
    wrap::whole(&format!("{sign} {means}"))
}

/// The names of the lanes; or their numbers, and what they stand for.
fn heading(picture: &Picture, columns: Columns) -> Vec<String> {
    let side_by_side = |words: &mut dyn Iterator<Item = String>| {
        words.map(|word| fit(&word, columns.step)).collect::<String>().trim_end().to_string()
    };
    let names = || picture.lanes.iter().map(|name| name.to_string());
    if !columns.are_numbered() {
        return vec![side_by_side(&mut names())];
    }
    let mut lines: Vec<String> = names().zip(1..).map(|(name, i)| format!("{i} {name}")).collect();
    lines.push(String::new());
    lines.push(side_by_side(&mut (1..=picture.lanes.len()).map(|i| i.to_string())));
    lines
}

fn draw_row(row: &Row, columns: Columns) -> String {
    match &row.act {
        Act::Beside { lane, sign, text } => beside(&row.lines, columns, *lane, *sign, text),
        Act::Across { from, to, known, label } => {
            across(&row.lines, columns, [*from, *to], *known, label)
        }
    }
    .trim_end()
    .into()
}

/// A row with a sign and a text in one lane.
fn beside(lines: &[Line], columns: Columns, lane: usize, sign: Sign, text: &str) -> String {
    let mut row = String::new();
    for (i, &line) in lines.iter().enumerate() {
        let own = if i == lane { mark(sign, line) } else { stroke(line) };
        let words =
            if i == lane && !columns.are_numbered() { format!("{own} {text}") } else { own.into() };
        row.push_str(&fit(&words, columns.step));
    }
    if columns.are_numbered() {
        row.push_str(&fit(text, columns.texts().1));
    }
    row
}

/// A row with an arrow between two lanes, and a label on it if it fits. Beside numbered lanes there
/// is room for the label of what was captured.
fn across(
    lines: &[Line],
    columns: Columns,
    [from, to]: [usize; 2],
    known: Known,
    label: &str,
) -> String {
    let lane = |&line| [stroke(line)].into_iter().chain(vec![' '; columns.step - 1]);
    let mut row: Vec<char> = lines.iter().flat_map(lane).collect();
    let (left, right) = (columns.lane(from.min(to)), columns.lane(from.max(to)));
    let (dash, heads) = match known {
        Known::Started | Known::Captured => ('─', ['▶', '◀']),
        Known::Inferred => ('┄', ['▷', '◁']),
        Known::Lost => ('┄', ['✕', '✕']),
    };
    for cell in &mut row[left + 1..right] {
        *cell = if *cell == ' ' { dash } else { '┼' };
    }
    match to > from {
        true => row[right - 1] = heads[0],
        false => row[left + 1] = heads[1],
    }
    if columns.hold(label) {
        let label = format!(" {label} ");
        row.splice(left + 3..left + 3 + label.chars().count(), label.chars());
    }
    let mut row: String = row.into_iter().collect();
    if columns.are_numbered() && known != Known::Inferred {
        row.push_str(&fit(label, columns.texts().1));
    }
    row
}

fn mark(sign: Sign, line: Line) -> char {
    match sign {
        Sign::Done => '●',
        Sign::Refused => '✗',
        Sign::Sleeps => '○',
        Sign::Leaves => '┴',
        Sign::Line | Sign::Lost | Sign::Below => stroke(line),
    }
}

fn stroke(line: Line) -> char {
    match line {
        Line::Nothing => ' ',
        Line::Awake => '│',
        Line::Asleep => '┊',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no call of a lane does: the kernel changes a state, and packets go from lane to lane.
    #[test]
    fn a_picture_has_room_for_the_kernel_and_for_packets() {
        let row = |act| Row { place: 0, lines: vec![Line::Awake, Line::Asleep], act };
        let across = |from, to, known, label: &str| {
            row(Act::Across { from, to, known, label: label.into() })
        };
        let picture = Picture {
            lanes: vec!["a".into(), "b".into()],
            rows: vec![
                row(Act::Beside { lane: 1, sign: Sign::Line, text: "3 LISTEN".into() }),
                across(0, 1, Known::Captured, "SYN"),
                across(1, 0, Known::Lost, "SYN-ACK"),
            ],
        };
        let legend = legend(&picture);
        let (_, drawn) = draw(picture, WIDTH);
        assert_eq!(drawn[0], "│                                       ┊ 3 LISTEN");
        assert_eq!(drawn[1], "│── SYN ───────────────────────────────▶┊");
        assert_eq!(drawn[2], "│✕┄ SYN-ACK ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┊");
        let packets = ["── SYN ──▶ a packet: captured", "┄┄ SYN ┄┄✕ a packet that no socket took"];
        assert_eq!(legend[legend.len() - 2..], packets);
    }
}
