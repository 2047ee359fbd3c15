//! The ladder as SVG: the same rows, drawn with lines. It takes the colour of the text around it,
//! and is the same for every run: ports are letters in it.

use super::columns::{Columns, cut, fit};
use super::ink::{COLUMN, EDGE, Ink, ROW, Sheet, Style, escape};
use super::legend::legend;
use super::picture::{Act, Known, Line, Picture, Row, Sign};
use super::story::write_origin;
use super::wire::remarks;
use crate::harmless::harmless;
use crate::trace::Trace;
use std::io;

/// How wide the picture is at most, in columns: as wide as a page of the book.
pub(super) const WIDTH: usize = 88;
/// How much of a lane's line a sign leaves free around its middle.
const GAP: usize = 5;
/// How long the head of an arrow is.
const HEAD: usize = 8;

/// A run that is over, with what is to be said about it.
pub fn document(trace: &Trace) -> io::Result<String> {
    let picture = Picture::of_any_run(trace);
    let mut origin = Vec::new();
    write_origin(&mut origin, &trace.playbill)?;
    let mut sheet = Sheet::default();
    lines(&mut sheet, String::from_utf8_lossy(&origin).lines());
    if !origin.is_empty() {
        sheet.y += ROW / 2;
    }
    draw(&picture, &mut sheet);
    let remarks: Vec<String> = remarks(trace).collect();
    lines(&mut sheet, remarks.iter().map(String::as_str));
    let lesson = &trace.playbill.lesson;
    let title = format!("{}: {}", harmless(lesson), harmless(&trace.playbill.title));
    let name = name(lesson) + if trace.playbill.shows_packets() { "--wire" } else { "" };
    Ok(sheet.document(&name, &escape(&title), &escape(&description(trace, &picture))))
}

/// What the picture is, in one sentence, for those who do not see it.
fn description(trace: &Trace, picture: &Picture) -> String {
    let calls = trace.events.iter().filter(|event| event.answer().is_some()).count();
    let (lesson, lanes) = (harmless(&trace.playbill.lesson), picture.lanes.len());
    let lanes = if lanes == 1 { "1 lane".into() } else { format!("{lanes} lanes") };
    let (packets, wire) = match trace.playbill.shows_packets() {
        true => {
            let packets = trace.events.iter().filter(|event| event.packet().is_some()).count();
            (format!(" and {packets} packets"), "--wire ")
        }
        false => (String::new(), ""),
    };
    format!(
        "A run of the lesson {lesson}, from top to bottom, in {lanes}, with {calls} calls{packets}; {wire}--view ladder is the same \
         picture as text, with the numbers of one run."
    )
}

/// A lesson's name as a name in HTML.
fn name(lesson: &str) -> String {
    lesson.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Writes lines over the whole width.
fn lines<'a>(sheet: &mut Sheet, lines: impl Iterator<Item = &'a str>) {
    lines.flat_map(broken).for_each(|line| sheet.line(Style::Plain, &line));
}

/// A long line, broken between words.
fn broken(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is one from the beginning");
        match last.is_empty() || last.chars().count() + 1 + word.chars().count() <= WIDTH {
            true if last.is_empty() => last.push_str(&cut(word, WIDTH)),
            true => *last = cut(&format!("{last} {word}"), WIDTH),
            false => lines.push(cut(word, WIDTH)),
        }
    }
    lines
}

fn draw(picture: &Picture, sheet: &mut Sheet) {
    let columns = Columns::of(picture.lanes.len(), WIDTH);
    heading(picture, columns, sheet);
    let top = sheet.y;
    for row in &picture.rows {
        match &row.act {
            Act::Beside { lane, sign, text } => beside(sheet, columns, *lane, *sign, text),
            Act::Across { from, to, known, label } => {
                across(sheet, columns, [*from, *to], *known, label)
            }
        }
        sheet.y += ROW;
    }
    for lane in 0..picture.lanes.len() {
        lane_line(picture, lane, middle(columns, lane), top, sheet);
    }
    sheet.y += ROW / 2;
    legend(picture, sheet);
}

/// The names of the lanes; or their numbers, and what they stand for.
fn heading(picture: &Picture, columns: Columns, sheet: &mut Sheet) {
    let names: Vec<_> = picture.lanes.iter().map(|name| harmless(name)).collect();
    if columns.are_numbered() {
        for (name, i) in names.iter().zip(1..) {
            sheet.line(Style::Plain, &cut(&format!("{i} {name}"), WIDTH));
        }
        sheet.y += ROW / 2;
    }
    for (lane, name) in names.iter().enumerate() {
        let name = if columns.are_numbered() { (lane + 1).to_string() } else { name.to_string() };
        sheet.text(
            EDGE + columns.lane(lane) * COLUMN,
            Style::Name,
            fit(&name, columns.step).trim_end(),
        );
    }
    // The first line begins below the letters.
    sheet.y += ROW + 3;
}

/// Where the line of a lane runs: in the middle of its column.
fn middle(columns: Columns, lane: usize) -> usize {
    EDGE + columns.lane(lane) * COLUMN + COLUMN / 2
}

/// A sign in a lane, and the text beside it.
fn beside(sheet: &mut Sheet, columns: Columns, lane: usize, sign: Sign, text: &str) {
    let sign_at = middle(columns, lane);
    draw_sign(sheet, sign, sign_at);
    let style = if sign.is_line() { Style::Aside } else { Style::Plain };
    if columns.are_numbered() {
        let (begin, room) = columns.texts();
        // What is seen in the kernel is about a socket, whoever has it.
        if !text.is_empty() && !sign.is_line() {
            let way =
                format!("M{} {}H{}", sign_at + HEAD, sheet.middle(), EDGE + begin * COLUMN - 4);
            sheet.path(Ink::Faint, way);
        }
        sheet.text(EDGE + begin * COLUMN, style, fit(text, room).trim_end());
    } else {
        let begin = columns.lane(lane) + 2;
        sheet.text(EDGE + begin * COLUMN, style, fit(text, columns.step - 2).trim_end());
    }
}

pub(super) fn draw_sign(sheet: &mut Sheet, sign: Sign, x: usize) {
    let y = sheet.middle();
    match sign {
        Sign::Done => sheet.path(Ink::Dot, format!("M{x} {y}h0")),
        Sign::Refused => sheet.path(Ink::Solid, format!("M{} {}l8 8m0-8l-8 8", x - 4, y - 4)),
        Sign::Sleeps => {
            sheet.path(Ink::Solid, format!("M{} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0", x - 4))
        }
        Sign::Leaves => sheet.path(Ink::Solid, format!("M{} {y}h10", x - 5)),
        Sign::Line | Sign::Lost => {}
    }
}

/// An arrow, and the label on it if it fits. Beside numbered lanes there is room for the label of
/// what was captured.
fn across(sheet: &mut Sheet, columns: Columns, [from, to]: [usize; 2], known: Known, label: &str) {
    let (left, right) = (from.min(to), from.max(to));
    let ends = [middle(columns, left), middle(columns, right)];
    let on_it = columns.hold(label).then_some(label);
    if let Some(label) = on_it {
        sheet.text(EDGE + (columns.lane(left) + 4) * COLUMN, Style::Plain, label);
    } else if columns.are_numbered() && known != Known::Inferred {
        let (begin, room) = columns.texts();
        sheet.text(EDGE + begin * COLUMN, Style::Plain, fit(label, room).trim_end());
    }
    arrow(sheet, ends, to > from, known, on_it.map_or(0, |label| label.chars().count()));
}

/// An arrow between two places, with a hole for a label of so many columns.
pub(super) fn arrow(
    sheet: &mut Sheet,
    [left, right]: [usize; 2],
    rightwards: bool,
    known: Known,
    label: usize,
) {
    let y = sheet.middle();
    let ink = match known {
        Known::Started | Known::Captured => Ink::Solid,
        Known::Inferred | Known::Lost => Ink::Inferred,
    };
    let (begin, end) = if rightwards { (left, right - HEAD) } else { (left + HEAD, right) };
    match label {
        0 => sheet.path(ink, format!("M{begin} {y}H{end}")),
        _ => {
            // The label begins four columns from the lane's own, whose middle is half of one.
            let hole = left + 3 * COLUMN;
            sheet.path(
                ink,
                format!("M{begin} {y}H{hole}M{} {y}H{end}", hole + (label + 1) * COLUMN),
            );
        }
    }
    let (tip, back) = if rightwards { (right, "-8") } else { (left, "8") };
    match known {
        Known::Started | Known::Captured => {
            sheet.path(Ink::Head, format!("M{tip} {y}l{back}-4v8z"))
        }
        Known::Inferred => sheet.path(Ink::Solid, format!("M{tip} {y}l{back}-4v8z")),
        Known::Lost => sheet.path(
            Ink::Solid,
            format!("M{} {}l8 8m0-8l-8 8", if rightwards { tip - 12 } else { tip + 4 }, y - 4),
        ),
    }
}

/// The line of a lane from its entry to its end, in as few pieces as possible.
fn lane_line(picture: &Picture, lane: usize, x: usize, top: usize, sheet: &mut Sheet) {
    let mut running = begins_at_once(picture, lane).then_some((top, Line::Awake));
    let mut y = top + ROW / 2;
    for row in &picture.rows {
        let now = row.lines[lane];
        let gap = gap(row, lane);
        if running.is_some_and(|(_, line)| gap > 0 || line != now) {
            piece(sheet, running.take(), x, y - gap);
        }
        if running.is_none() && now != Line::Nothing {
            running = Some((y + gap, now));
        }
        y += ROW;
    }
    piece(sheet, running, x, y - ROW / 2);
}

/// Whether a lane is there from the beginning: no arrow leads to its entry.
fn begins_at_once(picture: &Picture, lane: usize) -> bool {
    picture.rows.first().is_some_and(|row| {
        row.lines[lane] != Line::Nothing && !matches!(row.act, Act::Across { to, .. } if to == lane)
    })
}

/// How much room the sign in a lane needs: a dot covers the line, and the end of a lane is its end.
fn gap(row: &Row, lane: usize) -> usize {
    match row.act {
        Act::Beside { lane: own, sign: Sign::Refused | Sign::Sleeps, .. } if own == lane => GAP,
        _ => 0,
    }
}

pub(super) fn piece(sheet: &mut Sheet, running: Option<(usize, Line)>, x: usize, end: usize) {
    let Some((begin, line)) = running else { return };
    let ink = if line == Line::Asleep { Ink::Asleep } else { Ink::Solid };
    sheet.path(ink, format!("M{x} {begin}V{end}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Ending, Playbill, Tally};

    #[test]
    fn what_was_lost_is_said_in_the_picture_too() {
        let mut trace = Trace::new(Playbill::default());
        trace.ending =
            Some(Ending { wire: Some(Tally { lost: 7, ..Tally::default() }), ..Ending::default() });
        let svg = document(&trace).unwrap();
        assert!(svg.contains(">Of the packets 7 were lost before"), "{svg}");
    }

    /// What no call of a lane does: the kernel changes a state, and packets go from lane to lane.
    #[test]
    fn a_picture_has_room_for_the_kernel_and_for_packets() {
        let row = |act| Row { lines: vec![Line::Awake, Line::Asleep], act };
        let across = |from, to, known, label: &str| {
            row(Act::Across { from, to, known, label: label.into() })
        };
        let rows = vec![
            row(Act::Beside { lane: 1, sign: Sign::Line, text: "3 LISTEN".into() }),
            across(0, 1, Known::Captured, "SYN"),
            across(1, 0, Known::Lost, "SYN-ACK"),
        ];
        let mut sheet = Sheet::default();
        draw(&Picture { lanes: vec!["a".into(), "b".into()], rows }, &mut sheet);
        let svg = sheet.document("", "", "");
        for text in [
            " class=\"m\">3 LISTEN<",
            ">SYN<",
            ">SYN-ACK<",
            ">a packet: captured<",
            " no socket took<",
        ] {
            assert!(svg.contains(text), "{text}\n{svg}");
        }
        assert!(svg.contains("<path class=\"h\"") && svg.contains("<path class=\"i\""), "{svg}");
    }
}
