//! The margin of a player: the lines of the lanes beside the text, a sign where something happened,
//! and arrows from lane to lane.

use crate::sentence;
use crate::sinks::markup::escape;
use crate::sinks::picture::{Act, Known, Line, Picture, Row, Sign};
use crate::trace::{Manner, Name, Trace};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// How many lanes a margin has room for. More are at work only in a live command.
const WIDEST: usize = 16;

/// How many colours there are.
const COLOURS: usize = 5;

/// All margins of a run.
pub struct Margins {
    lanes: Vec<Name>,
    /// The colour of each lane, a number. Of many lanes, some have the same.
    colours: Vec<usize>,
    /// In which column each lane stands, from the left. None if nothing of it is drawn now.
    columns: Vec<Option<usize>>,
    /// What is drawn at an event.
    rows: HashMap<usize, Vec<Row>>,
    /// How the lanes stand after the row that was drawn last.
    lines: Vec<Line>,
}

/// An arrow that leads to an event.
struct Arrow<'a> {
    from: usize,
    to: usize,
    known: Known,
    label: &'a str,
}

impl Margins {
    pub fn of(trace: &Trace) -> Margins {
        let picture = Picture::of(trace, None);
        let colours = match trace.playbill.manner {
            Manner::Live => shared_columns(&picture),
            _ => (0..picture.lanes.len()).collect(),
        };
        let lines = vec![Line::Nothing; picture.lanes.len()];
        let columns = vec![None; picture.lanes.len()];
        let mut rows: HashMap<usize, Vec<Row>> = HashMap::new();
        for row in picture.rows {
            rows.entry(row.place).or_default().push(row);
        }
        Margins { lanes: picture.lanes, colours, columns, rows, lines }
    }

    /// From here on these events are drawn, and there is a column for each lane that is at work
    /// meanwhile. Lanes that share a colour share a column.
    pub fn begin(&mut self, events: &Range<usize>) {
        let drawn = self.rows.iter().filter(|(place, _)| events.contains(place));
        let lines = drawn.flat_map(|(_, rows)| rows).map(|row| &row.lines).chain([&self.lines]);
        let mut colours = BTreeSet::new();
        for lines in lines {
            let at_work =
                lines.iter().zip(&self.colours).filter(|(line, _)| **line != Line::Nothing);
            colours.extend(at_work.map(|(_, colour)| *colour));
        }
        let column = |colour: &usize| {
            let column = colours.iter().position(|own| own == colour)?;
            Some(column).filter(|column| *column < WIDEST)
        };
        self.columns = self.colours.iter().map(column).collect();
    }

    /// The lanes that have a column, and the colour of each.
    pub fn drawn(&self) -> impl Iterator<Item = (&Name, usize)> {
        let columns = self.lanes.iter().zip(&self.colours).zip(&self.columns);
        columns.filter(|(_, column)| column.is_some()).map(|((lane, colour), _)| (lane, *colour))
    }

    /// How many columns there are, and the colour of each, for the style of whatever is around.
    pub fn style(&self) -> String {
        let columns = self.columns.iter().zip(&self.colours);
        let used: BTreeSet<(usize, usize)> =
            columns.filter_map(|(column, colour)| Some(((*column)?, colour % COLOURS))).collect();
        let colours = used.iter().map(|(column, colour)| format!(";--c{column}:var(--l{colour})"));
        format!("--w:{}{}", self.width(), colours.collect::<String>())
    }

    fn width(&self) -> usize {
        self.columns.iter().flatten().map(|column| column + 1).max().unwrap_or(1)
    }

    /// The name of a lane, in its colour.
    pub fn name(&self, lane: &str) -> String {
        let place = self.lanes.iter().position(|own| **own == *lane);
        let colour = place.map_or(0, |place| self.colours[place] % COLOURS);
        format!("<b class=\"n l{colour}\">{}</b>", escape(lane))
    }

    /// Beside what is told before an event.
    pub fn before(&self) -> String {
        self.beside(None, None)
    }

    /// Beside what is told of an event, from here on.
    pub fn at(&mut self, place: usize) -> (String, Option<String>) {
        let rows = self.rows.remove(&place).unwrap_or_default();
        let (mut sign, mut arrow) = (None, None);
        for row in &rows {
            match &row.act {
                Act::Beside { lane, sign: own, .. } => sign = Some((*lane, *own)),
                Act::Across { from, to, known, label } => {
                    arrow = Some(Arrow { from: *from, to: *to, known: *known, label });
                }
            }
            self.lines.clone_from(&row.lines);
        }
        let cause = arrow.as_ref().filter(|arrow| arrow.known == Known::Inferred).map(|arrow| {
            let (cause, lane) = (arrow.label, &self.lanes[arrow.from]);
            sentence!("{cause}, from {lane}", cause, lane).to_string()
        });
        (self.beside(sign, arrow), cause)
    }

    fn beside(&self, sign: Option<(usize, Sign)>, arrow: Option<Arrow>) -> String {
        let mut classes = vec![String::new(); self.width()];
        for (lane, line) in self.lines.iter().enumerate() {
            let Some(own) = self.columns[lane].map(|column| &mut classes[column]) else { continue };
            match line {
                Line::Nothing => {}
                Line::Awake => own.push('a'),
                Line::Asleep => own.push('z'),
            }
            if let Some(sign) = sign.filter(|(at, _)| *at == lane).and_then(|(_, sign)| class(sign))
            {
                *own += sign;
            }
        }
        let lanes = classes.iter().map(|class| match class.is_empty() {
            true => "<i></i>".into(),
            false => format!("<i class=\"{}\"></i>", class.trim()),
        });
        let arrow = arrow.and_then(|arrow| self.arrow(&arrow)).unwrap_or_default();
        format!("<b class=\"m\">{}{arrow}</b>", lanes.collect::<String>())
    }

    fn arrow(&self, arrow: &Arrow) -> Option<String> {
        let (from, to) = self.columns[arrow.from].zip(self.columns[arrow.to])?;
        let known = match arrow.known {
            Known::Started | Known::Captured => "x",
            Known::Inferred => "x y",
            Known::Lost => "x y l",
        };
        let left = if to < from { " w" } else { "" };
        let (begin, span) = (from.min(to), from.abs_diff(to));
        (from != to)
            .then(|| format!("<u class=\"{known}{left}\" style=\"--f:{begin};--n:{span}\"></u>"))
    }
}

/// The class of a sign, behind that of its line.
fn class(sign: Sign) -> Option<&'static str> {
    match sign {
        Sign::Done => Some(" d"),
        Sign::Refused => Some(" r"),
        Sign::Sleeps => Some(" s"),
        Sign::Leaves => Some(" e"),
        Sign::Line | Sign::Lost | Sign::Below => None,
    }
}

/// Columns for lanes of which many come and go: one that has left makes room for the next.
fn shared_columns(picture: &Picture) -> Vec<usize> {
    let mut columns = vec![0; picture.lanes.len()];
    let mut at_work = vec![false; picture.lanes.len()];
    let mut taken: Vec<bool> = Vec::new();
    for row in &picture.rows {
        for (lane, line) in row.lines.iter().enumerate() {
            let works = *line != Line::Nothing;
            if works == std::mem::replace(&mut at_work[lane], works) {
                continue;
            }
            if works {
                columns[lane] = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
                taken.resize(taken.len().max(columns[lane] + 1), false);
            }
            taken[columns[lane]] = works;
        }
    }
    columns
}
