//! The ladder as SVG: the same rows, drawn with lines. It takes the colour of the text around it,
//! and is the same for every run: ports are letters in it.

use super::canvas::{About, COLUMN, Canvas, EDGE, Ink, ROW, Style};
use super::columns::{Columns, cut, fit};
use super::legend::legend;
use super::paper::{Paper, Shape};
use super::rows::{Act, Known, Line, Picture, Row, Sign};
use super::strokes::{HEAD, WIDTH, arrow, draw_sign, piece};
use crate::sentence;
use crate::sinks::ids;
use crate::sinks::steps::Excerpt;
use crate::sinks::words::{origin, remarks};
use crate::trace::Trace;
use crate::wrap;

/// How much of a lane's line a sign leaves free around its middle.
const GAP: usize = 5;

/// A run that is over, with what is to be said about it; or some of its steps, as a slide.
pub fn document(trace: &Trace, paper: Paper, excerpt: Option<&Excerpt>) -> String {
    let picture = Picture::of_any_run(trace, excerpt);
    let mut canvas = Canvas::default();
    let origin = origin(&trace.playbill);
    origin.iter().for_each(|line| lines(&mut canvas, &line.to_string()));
    if !origin.is_empty() {
        canvas.y += ROW / 2;
    }
    let columns = Columns::of(picture.lanes.len(), WIDTH);
    let picture = picture.folded(columns);
    draw(&picture, columns, &mut canvas);
    remarks(trace).for_each(|line| lines(&mut canvas, &line.to_string()));
    let title = format!("{}: {}", trace.playbill.lesson, trace.playbill.title);
    let (name, description) = (ids::name(&trace.playbill), description(trace, &picture));
    let shape = if excerpt.is_some() { Shape::Slide } else { Shape::Drawn };
    canvas.document(About { name, title, description }, paper, shape)
}

/// What the picture is, in one sentence, for those who do not see it.
fn description(trace: &Trace, picture: &Picture) -> String {
    let lesson = &trace.playbill.lesson;
    let calls = trace.events.iter().filter(|event| event.answer().is_some()).count();
    let lanes = match picture.lanes.len() {
        1 => sentence!("1 lane"),
        lanes => sentence!("{lanes} lanes", lanes),
    };
    if trace.playbill.shows_packets() {
        let packets = trace.events.iter().filter(|event| event.packet().is_some()).count();
        return sentence!(
            "A run of the lesson {lesson}, from top to bottom, in {lanes}, with {calls} calls and \
             {packets} packets; --wire --view ladder is the same picture as text, with the numbers \
             of one run.",
            lesson,
            lanes,
            calls,
            packets
        )
        .to_string();
    }
    sentence!(
        "A run of the lesson {lesson}, from top to bottom, in {lanes}, with {calls} calls; --view \
         ladder is the same picture as text, with the numbers of one run.",
        lesson,
        lanes,
        calls
    )
    .to_string()
}

/// Writes a text over the whole width, in as many lines as it needs.
fn lines(canvas: &mut Canvas, text: &str) {
    let lines = wrap::prose(text, "", WIDTH);
    lines.iter().for_each(|line| canvas.line(Style::Plain, &cut(line, WIDTH)));
}

fn draw(picture: &Picture, columns: Columns, canvas: &mut Canvas) {
    heading(picture, columns, canvas);
    let top = canvas.y;
    for row in &picture.rows {
        match &row.act {
            Act::Beside { lane, sign, text } => beside(canvas, columns, *lane, *sign, text),
            Act::Across { from, to, known, label } => {
                across(canvas, columns, [*from, *to], *known, label)
            }
        }
        canvas.y += ROW;
    }
    for lane in 0..picture.lanes.len() {
        lane_line(picture, lane, middle(columns, lane), top, canvas);
    }
    canvas.y += ROW / 2;
    legend(picture, canvas);
}

/// The names of the lanes; or their numbers, and what they stand for.
fn heading(picture: &Picture, columns: Columns, canvas: &mut Canvas) {
    let names = &picture.lanes;
    if columns.are_numbered() {
        for (name, i) in names.iter().zip(1..) {
            canvas.line(Style::Plain, &cut(&format!("{i} {name}"), WIDTH));
        }
        canvas.y += ROW / 2;
    }
    for (lane, name) in names.iter().enumerate() {
        let name = if columns.are_numbered() { (lane + 1).to_string() } else { name.to_string() };
        canvas.text(
            EDGE + columns.lane(lane) * COLUMN,
            Style::Name,
            fit(&name, columns.step).trim_end(),
        );
    }
    // The first line begins below the letters.
    canvas.y += ROW + 3;
}

/// Where the line of a lane runs: in the middle of its column.
fn middle(columns: Columns, lane: usize) -> usize {
    EDGE + columns.lane(lane) * COLUMN + COLUMN / 2
}

/// A sign in a lane, and the text beside it.
fn beside(canvas: &mut Canvas, columns: Columns, lane: usize, sign: Sign, text: &str) {
    let sign_at = middle(columns, lane);
    draw_sign(canvas, sign, sign_at);
    let style = if sign.is_line() { Style::Aside } else { Style::Plain };
    if columns.are_numbered() {
        let (begin, room) = columns.texts();
        // What is seen in the kernel is about a socket, whoever has it.
        if !text.is_empty() && !sign.is_line() && sign != Sign::Below {
            let way =
                format!("M{} {}H{}", sign_at + HEAD, canvas.middle(), EDGE + begin * COLUMN - 4);
            canvas.path(Ink::Faint, way);
        }
        canvas.text(EDGE + begin * COLUMN, style, fit(text, room).trim_end());
    } else {
        let begin = columns.lane(lane) + 2;
        canvas.text(EDGE + begin * COLUMN, style, fit(text, columns.step - 2).trim_end());
    }
}

/// An arrow, and the label on it if it fits. Beside numbered lanes there is room for the label of
/// what was captured.
fn across(
    canvas: &mut Canvas,
    columns: Columns,
    [from, to]: [usize; 2],
    known: Known,
    label: &str,
) {
    let (left, right) = (from.min(to), from.max(to));
    let ends = [middle(columns, left), middle(columns, right)];
    let on_it = columns.hold(label).then_some(label);
    if let Some(label) = on_it {
        canvas.text(EDGE + (columns.lane(left) + 4) * COLUMN, Style::Plain, label);
    } else if columns.are_numbered() && known != Known::Inferred {
        let (begin, room) = columns.texts();
        canvas.text(EDGE + begin * COLUMN, Style::Plain, fit(label, room).trim_end());
    }
    arrow(canvas, ends, to > from, known, on_it.map_or(0, |label| label.chars().count()));
}

/// The line of a lane from its entry to its end, in as few pieces as possible.
fn lane_line(picture: &Picture, lane: usize, x: usize, top: usize, canvas: &mut Canvas) {
    let mut running = begins_at_once(picture, lane).then_some((top, Line::Awake));
    let mut y = top + ROW / 2;
    for row in &picture.rows {
        let now = row.lines[lane];
        let gap = gap(row, lane);
        if running.is_some_and(|(_, line)| gap > 0 || line != now) {
            piece(canvas, running.take(), x, y - gap);
        }
        if running.is_none() && now != Line::Nothing {
            running = Some((y + gap, now));
        }
        y += ROW;
    }
    piece(canvas, running, x, y - ROW / 2);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Ending, Playbill, Tally};

    #[test]
    fn what_was_lost_is_said_in_the_picture_too() {
        let mut trace = Trace::new(Playbill::default());
        trace.ending =
            Some(Ending { wire: Some(Tally { lost: 7, ..Tally::default() }), ..Ending::default() });
        let svg = document(&trace, Paper::Page, None);
        assert!(svg.contains(">Of the packets 7 were lost before"), "{svg}");
    }

    /// What no call of a lane does: the kernel changes a state, and packets go from lane to lane.
    #[test]
    fn a_picture_has_room_for_the_kernel_and_for_packets() {
        let row = |act| Row { place: 0, lines: vec![Line::Awake, Line::Asleep], act };
        let across = |from, to, known, label: &str| {
            row(Act::Across { from, to, known, label: label.into() })
        };
        let rows = vec![
            row(Act::Beside { lane: 1, sign: Sign::Line, text: "3 LISTEN".into() }),
            across(0, 1, Known::Captured, "SYN"),
            across(1, 0, Known::Lost, "SYN-ACK"),
        ];
        let mut canvas = Canvas::default();
        let picture = Picture { lanes: vec!["a".into(), "b".into()], rows };
        draw(&picture, Columns::of(2, WIDTH), &mut canvas);
        let (name, title, description) = Default::default();
        let about = About { name, title, description };
        let svg = canvas.document(about, Paper::Page, Shape::Drawn);
        for text in [">3 LISTEN<", ">SYN<", ">SYN-ACK<", ">a packet: captured<", " no socket took<"]
        {
            assert!(svg.contains(text), "{text}\n{svg}");
        }
        assert!(svg.contains("<path fill=") && svg.contains("dasharray=\"6 3\""), "{svg}");
    }
}
