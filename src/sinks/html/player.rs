//! A player: an act, or a whole run, as a list of steps that one goes through.

use super::margin::Margins;
use super::moments::Moments;
use super::teller::{Line, Row, Teller};
use crate::sentence;
use crate::sinks::ids;
use crate::sinks::marks::Mark;
use crate::sinks::markup::{attribute, escape};
use crate::sinks::steps::Steps;
use crate::trace::{Act, Fact, Moment, Trace};
use std::ops::Range;

/// Draws the players of a run, one act after the other.
pub struct Players<'a> {
    trace: &'a Trace,
    teller: Teller,
    margins: Margins,
    /// What there is after the event that was told last.
    moment: Moment,
    /// All steps of the run.
    steps: Vec<Range<usize>>,
    /// How many of them are drawn.
    drawn: usize,
    /// What there is behind the events that are missing, if some are.
    after_gap: Option<(usize, Moment)>,
}

/// An act of a run, counted from 1, for a page that shows several; None if there are fewer.
pub fn act(trace: &Trace, number: usize) -> Option<String> {
    let acts = trace.acts();
    let mut players = Players::new(trace, None);
    acts.get(number.checked_sub(1)?)?;
    acts.iter().take(number).map(|act| players.draw(act)).last()
}

impl<'a> Players<'a> {
    pub fn new(trace: &'a Trace, after_gap: Option<(usize, Moment)>) -> Players<'a> {
        Players {
            trace,
            teller: Teller::new(&trace.playbill),
            margins: Margins::of(trace),
            moment: Moment::default(),
            steps: Steps::ranges(trace),
            drawn: 0,
            after_gap,
        }
    }

    /// The next act.
    pub fn draw(&mut self, act: &Act) -> String {
        let first = self.drawn;
        let is_in = |step: &&Range<usize>| step.start < act.events.end;
        let steps: Vec<Range<usize>> =
            self.steps.iter().skip(first).take_while(is_in).cloned().collect();
        self.teller.begin();
        let last = steps.last().map_or(act.events.end, |step| step.end);
        self.margins.begin(&(act.events.start..last));
        let (mut items, mut moments) = (String::new(), Moments::default());
        for step in &steps {
            items += &self.step(step);
            moments.add(&self.moment);
        }
        self.frame(first + 1, &act.heading, &items, &moments)
    }

    /// What stands around the steps.
    fn frame(&self, first: usize, heading: &str, items: &str, moments: &Moments) -> String {
        let name = ids::name(&self.trace.playbill);
        let label = sentence!(
            "{heading}, step by step. Arrow keys go back and on, Escape shows all.",
            heading
        );
        let label = attribute(&label.to_string());
        let lanes = self.margins.drawn().map(|(lane, _)| self.margins.name(lane));
        let lanes: String = lanes.collect();
        format!(
            "<section class=\"player\" id=\"{name}-run-{first}\" tabindex=\"0\" \
             data-all=\"{all}\" style=\"{style}\" aria-label=\"{label}\">\n{bar}\
             <div class=\"both\">\n<div>\n<p class=\"lanes\" aria-hidden=\"true\">{lanes}</p>\n\
             <ol class=\"steps\" start=\"{first}\">\n{items}</ol>\n</div>\n{moments}</div>\n\
             </section>\n",
            style = self.margins.style(),
            bar = bar(),
            moments = moments.html(first),
            all = self.steps.len(),
        )
    }

    fn step(&mut self, events: &Range<usize>) -> String {
        self.drawn += 1;
        let mut rows = String::new();
        for place in events.clone() {
            let event = &self.trace.events[place];
            let mut told = self.teller.tell(event, &self.trace.events[place + 1..]);
            let after = self.after_gap.take_if(|(gap, _)| *gap == place);
            if let (Some((_, after)), Fact::Missed { events }) = (after, &event.fact) {
                self.moment = after;
                let words = sentence!(
                    "{events} events are left out here: they are in the middle of a long run.",
                    events
                );
                told = vec![Row::Gap(words.to_string())];
            }
            self.moment.follow(event);
            let before = self.margins.before();
            let (at_it, cause) = self.margins.at(place);
            // What the event is stands in its last row. A head only leads to it.
            let (last, lead) = match told.split_last() {
                Some((last @ Row::Line(_), lead)) => (Some(last), lead),
                _ => (None, &told[..]),
            };
            rows.extend(lead.iter().map(|row| self.row(row, &before, None)));
            rows.extend(last.map(|row| self.row(row, &at_it, cause.as_deref())));
        }
        let (name, number) = (ids::name(&self.trace.playbill), self.drawn);
        format!("<li id=\"{name}-step-{number}\">\n{rows}</li>\n")
    }

    fn row(&self, row: &Row, margin: &str, cause: Option<&str>) -> String {
        match row {
            Row::Head { lane, prose, code } => {
                let lane = lane.as_ref().map_or(String::new(), |lane| self.margins.name(lane));
                let prose = match prose.is_empty() {
                    true => String::new(),
                    false => format!("<p>{}</p>", escape(prose)),
                };
                let code: Vec<String> = code.iter().map(|line| escape(line)).collect();
                let code = match code.is_empty() {
                    true => String::new(),
                    false => format!("<pre>{}</pre>", code.join("\n")),
                };
                format!("<div>{margin}{lane}{prose}{code}</div>\n")
            }
            Row::Line(line) => told(line, margin, cause),
            Row::Gap(words) => format!("<div class=\"g\">{margin}{}</div>\n", escape(words)),
        }
    }
}

/// A line with its sign. Only what Python writes otherwise is written twice.
fn told(line: &Line, margin: &str, cause: Option<&str>) -> String {
    let Line { mark, c, python, id } = line;
    let id = id.as_ref().map_or(String::new(), |id| format!(" id=\"{}\"", attribute(id)));
    let (class, sign) = (class(*mark), mark.lead().trim());
    let calls = match c == python {
        true => format!("<samp>{}</samp>", escape(c)),
        false => format!(
            "<samp class=\"c\">{}</samp><samp class=\"py\">{}</samp>",
            escape(c),
            escape(python)
        ),
    };
    let cause = cause.map_or(String::new(), |cause| format!(" <small>{}</small>", escape(cause)));
    format!("<div class=\"{class}\"{id}>{margin}{sign} {calls}{cause}</div>\n")
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "ok",
        Mark::Refused => "no",
        Mark::Sleeps | Mark::Called => "zz",
        Mark::Changed => "kn",
        Mark::Crossed => "pk",
        Mark::Enters | Mark::Leaves => "th",
    }
}

/// What one steps with. Without script it is not there.
fn bar() -> String {
    let [back, on, all, step, idle] = [
        sentence!("one step back"),
        sentence!("one step on"),
        sentence!("show all"),
        sentence!("step"),
        sentence!("Step through it: ▶ or the arrow keys"),
    ]
    .map(|words| attribute(&words.to_string()));
    format!(
        "<div class=\"bar\" hidden=\"\"><button data-by=\"-1\" aria-label=\"{back}\">◀</button>\
         <input type=\"range\" min=\"0\" value=\"0\" aria-label=\"{step}\">\
         <button data-by=\"1\" aria-label=\"{on}\">▶</button>\
         <button data-by=\"0\" aria-label=\"{all}\">✕</button>\
         <button data-calls=\"c\">C</button><button data-calls=\"py\">Python</button>\
         <output data-idle=\"{idle}\">{idle}</output></div>\n"
    )
}
