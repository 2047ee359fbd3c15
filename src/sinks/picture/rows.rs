//! What a picture of a run shows, row by row, and not how it is drawn: `ladder` draws it as text,
//! `svg` as lines.
//!
//! A new kind of event becomes a row in `Painter::happens`: one beside a lane, or an arrow between
//! two lanes. Both drawings can draw it then.

use crate::harmless::harmless;
use crate::sentence;
use crate::sinks::steps::Excerpt;
use crate::sinks::words::{brief, brief_change, label, near};
use crate::trace::{
    Arrow, Aspect, Awaited, Cause, Change, Event, Fact, Name, Packet, Trace, Waiting,
};
use std::collections::HashMap;

/// A run as rows, from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The names of the lanes, in the order in which they entered.
    pub lanes: Vec<Name>,
    pub rows: Vec<Row>,
}

/// One thing that happened, and how every lane stands after it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The place of the event that it is about.
    pub place: usize,
    /// The line of each lane below this row. The lane in which something happened is a sign in this
    /// row itself.
    pub lines: Vec<Line>,
    pub act: Act,
}

/// How the line of a lane is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It has not entered, or has left.
    Nothing,
    Awake,
    Asleep,
}

/// What a row shows.
#[derive(Clone, Debug)]
pub enum Act {
    /// Something in one lane, with a text beside it.
    Beside { lane: usize, sign: Sign, text: String },
    /// Something that goes from one lane to another one.
    Across { from: usize, to: usize, known: Known, label: String },
}

/// What stands in the lane, beside a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A call did as it was asked.
    Done,
    /// A call was refused.
    Refused,
    /// A call sleeps.
    Sleeps,
    /// The lane ends.
    Leaves,
    /// None: the line goes on. For what happened to the lane without a call of its own, such as a
    /// change of state.
    Line,
    /// None, either: a packet of this lane alone, which no socket took.
    Lost,
    /// None, either: the text of the row above goes on.
    Below,
}

/// How we know of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A lane started another one, and we saw it: drawn solid.
    Started,
    /// A packet, which was captured: drawn solid, with a label.
    Captured,
    /// It was concluded from something else: drawn dashed.
    Inferred,
    /// It was sent, and no socket took it: drawn dashed, and ends in ✕.
    Lost,
}

impl Sign {
    /// Whether the line of the lane goes on where the sign would stand.
    pub fn is_line(self) -> bool {
        matches!(self, Sign::Line | Sign::Lost)
    }
}

impl Picture {
    /// The picture of a run, with its own numbers; of some steps, if these are chosen.
    pub fn of(trace: &Trace, excerpt: Option<&Excerpt>) -> Picture {
        Picture::drawn(trace, &trace.events, excerpt)
    }

    /// The picture that any run of the lesson gives.
    pub fn of_any_run(trace: &Trace, excerpt: Option<&Excerpt>) -> Picture {
        Picture::drawn(trace, &trace.alike(), excerpt)
    }

    /// Draws what happened, in the words of `events`. How the lanes stand when an excerpt begins is
    /// known from what came before.
    fn drawn(trace: &Trace, events: &[Event], excerpt: Option<&Excerpt>) -> Picture {
        let shown = excerpt.map(|excerpt| excerpt.of(trace));
        let mut painter = Painter::new(trace.cast().map(|(name, _)| name.clone()).collect());
        let arrows: HashMap<usize, Arrow> =
            trace.arrows().into_iter().map(|arrow| (arrow.to, arrow)).collect();
        let (packets, losses) = (trace.packet_lanes(), trace.losses());
        for (place, event) in events.iter().enumerate() {
            painter.place = place;
            let rows = painter.picture.rows.len();
            let cause = arrows.get(&place).filter(|arrow| !trace.was_seen(arrow, &packets));
            painter.caused(trace, cause);
            match event.packet() {
                Some(packet) => {
                    painter.crosses(event, packet, packets.get(&place), losses.contains(&place));
                }
                None => painter.happens(event, &events[place + 1..]),
            }
            if shown.as_ref().is_some_and(|shown| !shown[place]) {
                painter.picture.rows.truncate(rows);
            }
        }
        painter.picture
    }

    /// Whether it shows what no lane did.
    pub fn has_what_was_seen(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.act, Act::Beside { sign, .. } if sign.is_line()))
    }

    /// Whether a text in it has these words.
    pub fn says(&self, words: &str) -> bool {
        self.rows.iter().any(|row| match &row.act {
            Act::Beside { text, .. } => text.contains(words),
            Act::Across { label, .. } => label.contains(words),
        })
    }

    /// Whether it shows an arrow of that kind.
    pub fn has(&self, wanted: Known) -> bool {
        self.rows.iter().any(|row| match row.act {
            Act::Across { known, .. } => known == wanted,
            Act::Beside { sign, .. } => sign == Sign::Lost && wanted == Known::Lost,
        })
    }
}

/// The picture so far, and how the lanes stand now.
struct Painter {
    /// The names of the lanes, as the events have them.
    names: Vec<Name>,
    picture: Picture,
    lines: Vec<Line>,
    /// The place of the event that is drawn.
    place: usize,
}

impl Painter {
    fn new(names: Vec<Name>) -> Painter {
        let lanes = names.iter().map(|name| harmless(name).into()).collect();
        let lines = vec![Line::Nothing; names.len()];
        Painter { names, picture: Picture { lanes, rows: Vec::new() }, lines, place: 0 }
    }

    /// The place of a lane. A damaged recording may name one that never entered.
    fn lane(&self, name: &Name) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// The row of an event; a call that returns at once has only the row of its answer.
    fn happens(&mut self, event: &Event, later: &[Event]) {
        let Some(lane) = self.lane(&event.actor) else { return };
        let sleeps = event.is_overtaken(later);
        match &event.fact {
            Fact::Entered { by, .. } => {
                self.lines[lane] = Line::Awake;
                let starter = by.as_ref().and_then(|by| self.lane(by));
                self.across(starter, Some(lane), Known::Started, "");
            }
            Fact::Left => self.beside(lane, Line::Nothing, Sign::Leaves, ""),
            Fact::Called(call) if sleeps => {
                self.beside(lane, Line::Asleep, Sign::Sleeps, &format!("{} …", call.name));
            }
            Fact::Waits(awaited) if sleeps => {
                self.beside(lane, Line::Asleep, Sign::Sleeps, &condition(Waiting::Until, awaited));
            }
            Fact::Called(_) | Fact::Waits(_) | Fact::Packet(_) => {}
            Fact::Missed { events } => {
                let text = sentence!("{events} events are missing", events).to_string();
                self.beside(lane, self.lines[lane], Sign::Line, &text);
            }
            Fact::Waited(awaited) => {
                self.beside(lane, Line::Awake, Sign::Done, &condition(Waiting::Now, awaited))
            }
            // How many bytes wait where would fill the page.
            Fact::Changed(Change {
                what: Aspect::Unread { .. } | Aspect::NextDatagram { .. },
                ..
            }) => {}
            Fact::Changed(Change { what: Aspect::Unacknowledged { .. }, .. }) => {}
            Fact::Changed(Change { what: Aspect::State { before, after, .. }, .. })
                if before == after => {}
            Fact::Changed(change) => {
                let said = brief_change(change);
                let text = match change.meanwhile {
                    true => sentence!("~ {said}, by a timer", said).to_string(),
                    false => format!("~ {said}"),
                };
                self.beside(lane, self.lines[lane], Sign::Line, &text);
            }
            Fact::Returned { call, answer, .. } => {
                let sign = if answer.succeeded() { Sign::Done } else { Sign::Refused };
                self.beside(lane, Line::Awake, sign, &brief(call, answer));
            }
        }
    }

    /// The row of a packet: an arrow between its lanes, or a text where it belongs to one lane
    /// alone.
    fn crosses(
        &mut self,
        event: &Event,
        packet: &Packet,
        lanes: Option<&[Option<Name>; 2]>,
        lost: bool,
    ) {
        let place = |name: &Option<Name>| name.as_ref().and_then(|name| self.lane(name));
        let [from, to] = lanes.map_or([None, None], |lanes| [place(&lanes[0]), place(&lanes[1])]);
        let name = label(packet);
        match (from, to, self.lane(&event.actor)) {
            (Some(from), Some(to), _) if from != to => {
                let known = if lost { Known::Lost } else { Known::Captured };
                self.across(Some(from), Some(to), known, &name);
            }
            (.., Some(lane)) => {
                let (sign, arrow) =
                    if lost { (Sign::Lost, "┄┄✕") } else { (Sign::Line, "→") };
                let to =
                    packet.ends().map_or(String::new(), |(_, to)| format!(" {arrow} {}", near(to)));
                self.beside(lane, self.lines[lane], sign, &format!("~ packet {name}{to}"));
            }
            _ => {}
        }
    }

    /// The row of an arrow that was inferred.
    fn caused(&mut self, trace: &Trace, arrow: Option<&Arrow>) {
        let Some(arrow) = arrow else { return };
        let [from, to] = [arrow.from, arrow.to].map(|event| self.lane(&trace.events[event].actor));
        let label = match arrow.cause {
            // Nothing goes from a listener to its clients: a handshake begins with the client.
            Cause::Listening => return,
            Cause::Handshake => sentence!("handshake"),
            Cause::Data => sentence!("data"),
            Cause::End => sentence!("end"),
        };
        self.across(from, to, Known::Inferred, &label.to_string());
    }

    /// A row in one lane, whose line goes on like that.
    fn beside(&mut self, lane: usize, then: Line, sign: Sign, text: &str) {
        self.lines[lane] = then;
        self.row(Act::Beside { lane, sign, text: harmless(text).into() });
    }

    /// A row with an arrow, if both of its ends are there.
    fn across(&mut self, from: Option<usize>, to: Option<usize>, known: Known, label: &str) {
        let (Some(from), Some(to)) = (from, to) else { return };
        if from != to {
            self.row(Act::Across { from, to, known, label: harmless(label).into() });
        }
    }

    fn row(&mut self, act: Act) {
        self.picture.rows.push(Row { place: self.place, lines: self.lines.clone(), act });
    }
}

/// `until 3 is LISTEN`
fn condition(how: Waiting, awaited: &Awaited) -> String {
    awaited.sentence(how, &awaited.fd.to_string()).to_string()
}
