//! The views that are drawn: when the run is over, or bit by bit.

use super::picture::{Paper, ladder, svg};
use crate::trace::{Ending, Event, Fact, Playbill, Sink, Trace};
use std::io::{self, Write};

/// Keeps a run, and draws it.
pub struct Drawing<W> {
    out: W,
    trace: Trace,
    form: Form,
    /// What an SVG is drawn on.
    paper: Paper,
    /// Of a picture that grows, the lines that were written and still hold.
    drawn: Vec<String>,
}

/// As what it is drawn.
enum Form {
    /// As text, one column a lane, in so many columns.
    Ladder { width: usize, grows: bool },
    /// The same picture as SVG.
    Svg,
}

impl<W: Write> Drawing<W> {
    /// As text, one column a lane, in so many columns. One that grows is written as far as it is
    /// known before each call, and not only at the end.
    pub fn ladder(out: W, width: usize, grows: bool) -> Drawing<W> {
        Drawing::new(out, Form::Ladder { width, grows })
    }

    /// The same picture as SVG.
    pub fn svg(out: W, paper: Paper) -> Drawing<W> {
        Drawing { paper, ..Drawing::new(out, Form::Svg) }
    }

    fn new(out: W, form: Form) -> Drawing<W> {
        let (trace, paper) = (Trace::new(Playbill::default()), Paper::Page);
        Drawing { out, trace, form, paper, drawn: Vec::new() }
    }

    /// Writes what is new in the ladder. Where what was written does not hold any more, it is drawn
    /// again from there: all of it, if another lane has entered.
    fn grow(&mut self, now: Vec<String>) -> io::Result<()> {
        let same = now.iter().zip(&self.drawn).take_while(|(new, old)| new == old).count();
        for line in &now[same..] {
            writeln!(self.out, "{line}")?;
        }
        self.drawn = now;
        self.out.flush()
    }
}

impl<W: Write + Send> Sink for Drawing<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.trace.playbill = playbill.clone();
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        // What a call does is known when it has returned.
        if let (Fact::Called(_) | Fact::Waits(_), Form::Ladder { width, grows: true }) =
            (&event.fact, &self.form)
        {
            self.grow(ladder::so_far(&self.trace, *width))?;
        }
        self.trace.events.push(event.clone());
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.trace.ending = Some(ending.clone());
        match self.form {
            Form::Ladder { width, .. } => self.grow(ladder::lines(&self.trace, width)),
            Form::Svg => {
                self.out.write_all(svg::document(&self.trace, self.paper).as_bytes())?;
                self.out.flush()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace;

    fn drawn(run: &Trace, grows: bool) -> String {
        let mut page = Vec::new();
        trace::show(run, &mut Drawing::ladder(&mut page, 80, grows)).unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn a_ladder_that_grows_ends_as_the_one_that_is_drawn_at_the_end() {
        let run = trace::read(include_str!("../../lessons/traces/tcp-server.jsonl")).unwrap();
        let (grown, whole) = (drawn(&run, true), drawn(&run, false));
        assert!(grown.ends_with(&whole[whole.len() / 2..]), "{grown}");
        let headings = grown.lines().filter(|line| line.starts_with("server")).count();
        assert_eq!(headings, 3, "it is drawn anew when a lane enters:\n{grown}");
    }
}
