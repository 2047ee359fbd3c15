//! The ladder: one column a lane, time downwards, arrows from cause to effect.

use super::Sink;
use super::brief::brief;
use super::story::write_origin;
use super::wire::{label, near, troubles};
use crate::harmless::harmless;
use crate::trace::{Arrow, Cause, Ending, Event, Fact, Name, Packet, Playbill, Trace};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How wide the picture is, in columns of a terminal.
const WIDTH: usize = 80;
/// With more lanes than this their texts do not fit side by side: they are numbered, and the text stands to the right.
const MOST_BY_NAME: usize = 4;
/// How wide a numbered lane is.
const NARROW: usize = 4;
/// How much room the text beside numbered lanes has at least.
const LEAST_TEXT: usize = 32;

const LEGEND: &str = "│ awake  ┊ asleep in the kernel  ● did as asked  ✗ refused  ○ sleeps
──▶ started a thread: seen   ┄┄▷ caused: inferred from addresses and byte counts";
/// Where packets are drawn, too.
const LEGEND_OF_PACKETS: &str = "━ SYN ━━▶ a packet: seen on the wire   ~ one that no two lanes share";

/// Draws a run when it is over.
pub struct Ladder<W> {
    out: W,
    trace: Trace,
}

impl<W: Write> Ladder<W> {
    pub fn new(out: W) -> Ladder<W> {
        Ladder { out, trace: Trace::new(Playbill::default()) }
    }
}

impl<W: Write + Send> Sink for Ladder<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.trace.playbill = playbill.clone();
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.trace.events.push(event.clone());
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        write_origin(&mut self.out, &self.trace.playbill)?;
        for line in draw(&self.trace) {
            writeln!(self.out, "{line}")?;
        }
        troubles(ending).try_for_each(|line| writeln!(self.out, "{line}"))?;
        self.out.flush()
    }
}

/// The picture of a run, a string a line.
fn draw(trace: &Trace) -> Vec<String> {
    let mut sheet = Sheet::new(trace.cast().map(|(name, _)| name.clone()).collect());
    let packets = trace.packet_lanes();
    let arrows = trace.arrows();
    let mut lines = sheet.heading();
    for (place, event) in trace.events.iter().enumerate() {
        let cause = arrows.iter().find(|arrow| arrow.to == place && !trace.was_seen(arrow, &packets));
        lines.extend(cause.and_then(|arrow| sheet.caused(trace, arrow)));
        let next = trace.events[place + 1..].iter().find(|event| event.packet().is_none());
        lines.extend(match event.packet() {
            Some(packet) => sheet.crosses(event, packet, packets.get(&place)),
            None => sheet.happens(event, next),
        });
    }
    lines.push(String::new());
    lines.extend(LEGEND.lines().map(String::from));
    if trace.events.iter().any(|event| event.packet().is_some()) {
        lines.push(LEGEND_OF_PACKETS.into());
    }
    lines
}

/// How the line of a lane is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Nothing,
    Awake,
    Asleep,
}

impl Line {
    fn mark(self) -> char {
        match self {
            Line::Nothing => ' ',
            Line::Awake => '│',
            Line::Asleep => '┊',
        }
    }
}

/// The lanes, and how far they have come.
struct Sheet {
    names: Vec<Name>,
    lines: Vec<Line>,
    /// How wide a lane is.
    step: usize,
}

impl Sheet {
    fn new(names: Vec<Name>) -> Sheet {
        let by_name = names.len() <= MOST_BY_NAME;
        let step = if by_name { WIDTH / names.len().max(1) } else { NARROW };
        Sheet { lines: vec![Line::Nothing; names.len()], names, step }
    }

    fn is_numbered(&self) -> bool {
        self.names.len() > MOST_BY_NAME
    }

    /// The place of a lane. A damaged recording may name one that never entered.
    fn lane(&self, name: &Name) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// How wide the picture is: many lanes need more than a terminal has.
    fn width(&self) -> usize {
        WIDTH.max(self.names.len() * self.step + LEAST_TEXT)
    }

    /// The names of the lanes; or their numbers, and what they stand for.
    fn heading(&self) -> Vec<String> {
        if !self.is_numbered() {
            let names = self.names.iter().map(|name| fit(&harmless(name), self.step));
            return vec![names.collect::<String>().trim_end().into()];
        }
        let numbered = self.names.iter().zip(1..);
        let mut lines: Vec<String> =
            numbered.clone().map(|(name, i)| format!("{i} {}", harmless(name))).collect();
        lines.push(String::new());
        lines.push(
            numbered.map(|(_, i)| fit(&i.to_string(), self.step)).collect::<String>().trim_end().into(),
        );
        lines
    }

    /// The row of an event; a call that returns at once has only the row of its answer.
    fn happens(&mut self, event: &Event, next: Option<&Event>) -> Option<String> {
        let lane = self.lane(&event.actor)?;
        match &event.fact {
            Fact::Entered { by, .. } => {
                self.lines[lane] = Line::Awake;
                self.arrow(self.lane(by.as_ref()?)?, lane, '─', ['▶', '◀'], "")
            }
            Fact::Left => {
                let row = self.row(lane, '┴', "");
                self.lines[lane] = Line::Nothing;
                Some(row)
            }
            Fact::Called(_) | Fact::Waits(_) if next.is_some_and(|next| next.actor == event.actor) => None,
            Fact::Called(call) => {
                self.lines[lane] = Line::Asleep;
                Some(self.row(lane, '○', &harmless(&format!("{} …", call.name))))
            }
            Fact::Waits(awaited) => {
                self.lines[lane] = Line::Asleep;
                Some(self.row(lane, '○', &format!("until {} {}", awaited.fd, awaited.until)))
            }
            Fact::Waited(awaited) => {
                self.lines[lane] = Line::Awake;
                Some(self.row(lane, '●', &format!("now {} {}", awaited.fd, awaited.until)))
            }
            Fact::Returned { call, answer, .. } => {
                self.lines[lane] = Line::Awake;
                let mark = if answer.succeeded() { '●' } else { '✗' };
                Some(self.row(lane, mark, &harmless(&brief(call, answer))))
            }
            Fact::Packet(_) => None,
        }
    }

    /// The row of a packet: an arrow between its lanes, or a text where it belongs to one lane alone.
    fn crosses(&self, event: &Event, packet: &Packet, lanes: Option<&[Option<Name>; 2]>) -> Option<String> {
        let between =
            lanes.and_then(|[from, to]| Some((self.lane(from.as_ref()?)?, self.lane(to.as_ref()?)?)));
        let label = label(packet);
        let arrow = between.and_then(|(from, to)| self.arrow(from, to, '━', ['▶', '◀'], &label));
        let to = packet.ends().map_or(String::new(), |(_, to)| format!(" → {}", near(to)));
        let beside = |row: String| match self.is_numbered() {
            true => fit(&row, self.names.len() * self.step) + &label,
            false => row,
        };
        arrow.map(beside).or_else(|| Some(self.row(self.lane(&event.actor)?, '~', &format!("{label}{to}"))))
    }

    /// The row of an arrow that was inferred.
    fn caused(&self, trace: &Trace, arrow: &Arrow) -> Option<String> {
        let place = |event: usize| self.lane(&trace.events[event].actor);
        let label = match arrow.cause {
            Cause::Handshake => "handshake",
            Cause::Data => "data",
            Cause::End => "end",
        };
        self.arrow(place(arrow.from)?, place(arrow.to)?, '┄', ['▷', '◁'], label)
    }

    /// A row with a mark and a text in one lane.
    fn row(&self, lane: usize, mark: char, text: &str) -> String {
        let mut row = String::new();
        for (i, line) in self.lines.iter().enumerate() {
            let own = if i == lane { mark } else { line.mark() };
            let words = if i == lane && !self.is_numbered() { format!("{own} {text}") } else { own.into() };
            row.push_str(&fit(&words, self.step));
        }
        if self.is_numbered() {
            row.push_str(&fit(text, self.width() - row.width()));
        }
        row.trim_end().into()
    }

    /// A row with an arrow between two lanes, and a label on it if it fits.
    fn arrow(&self, from: usize, to: usize, dash: char, heads: [char; 2], label: &str) -> Option<String> {
        if from == to {
            return None;
        }
        let mut row: Vec<char> = self
            .lines
            .iter()
            .flat_map(|line| [line.mark()].into_iter().chain(vec![' '; self.step - 1]))
            .collect();
        let (left, right) = (from.min(to) * self.step, from.max(to) * self.step);
        for cell in &mut row[left + 1..right] {
            *cell = if *cell == ' ' { dash } else { '┼' };
        }
        match to > from {
            true => row[right - 1] = heads[0],
            false => row[left + 1] = heads[1],
        }
        if !label.is_empty() && label.len() + 6 <= self.step {
            let label = format!(" {label} ");
            row.splice(left + 3..left + 3 + label.len(), label.chars());
        }
        Some(row.into_iter().collect::<String>().trim_end().into())
    }
}

/// The text in exactly so many columns: cut with `…`, or filled with blanks. One column at the end stays blank.
fn fit(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub(1);
    let mut fitted = String::new();
    let mut used = 0;
    let is_cut = text.width() > room;
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if used + wide > room.saturating_sub(usize::from(is_cut)) {
            break;
        }
        used += wide;
        fitted.push(character);
    }
    if is_cut {
        fitted.push('…');
        used += 1;
    }
    fitted + &" ".repeat(columns.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(fit("Rose", 6), "Rose  ");
        assert_eq!(fit("Babala", 6), "Baba… ");
        assert_eq!(fit("你好你", 6), "你好… ");
        assert_eq!(fit("你好", 6), "你好  ");
    }
}
