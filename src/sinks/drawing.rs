//! The views that are drawn: when the run is over, or bit by bit.

use super::picture::{Paper, ladder, svg};
use super::steps::Excerpt;
use crate::trace::{Ending, Event, Fact, Playbill, Sink, Trace};
use std::io::{self, Write};

/// Keeps a run, and draws it.
pub struct Drawing<W> {
    out: W,
    trace: Trace,
    form: Form,
    /// Which steps are drawn, if not all.
    excerpt: Option<Excerpt>,
    /// Of a picture that grows, the lines that were written and still hold.
    drawn: Vec<String>,
}

/// As what it is drawn.
enum Form {
    /// As text, one column a lane, in so many columns.
    Ladder { width: usize, growth: Growth },
    /// The same picture as SVG, on that paper.
    Svg(Paper),
}

/// How a picture grows, that is read while the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It does not: it is drawn when the run is over.
    Not,
    /// Before each call, what is new is written below.
    Below,
    /// Before each call, what is new is drawn on a screen that is so many lines high, under the
    /// names of the lanes.
    OnScreen(usize),
}

/// To the first place of the screen, and nothing on it (ECMA-48, CUP and ED).
const CLEAR: &str = "\x1b[H\x1b[2J";

/// How many lines of a screen are left for the prompt and what it answers.
const LEFT: usize = 2;

impl<W: Write> Drawing<W> {
    /// As text, one column a lane, in so many columns.
    pub fn ladder(out: W, width: usize, growth: Growth) -> Drawing<W> {
        Drawing::new(out, Form::Ladder { width, growth })
    }

    /// The same picture as SVG.
    pub fn svg(out: W, paper: Paper) -> Drawing<W> {
        Drawing::new(out, Form::Svg(paper))
    }

    /// The same, of some steps alone.
    pub fn of(self, excerpt: Option<Excerpt>) -> Drawing<W> {
        Drawing { excerpt, ..self }
    }

    fn new(out: W, form: Form) -> Drawing<W> {
        let trace = Trace::new(Playbill::default());
        Drawing { out, trace, form, excerpt: None, drawn: Vec::new() }
    }

    /// Draws the ladder as far as it is known.
    fn grow(&mut self, width: usize, growth: Growth) -> io::Result<()> {
        let parts = ladder::so_far(&self.trace, width, None);
        let Growth::OnScreen(height) = growth else {
            return self.write_new([parts.origin, parts.head, parts.rows].concat());
        };
        let room = height.saturating_sub(parts.head.len() + LEFT).max(1);
        let rows = &parts.rows[parts.rows.len().saturating_sub(room)..];
        let lines = parts.head.iter().chain(rows).map(|line| format!("{line}\n"));
        write!(self.out, "{CLEAR}{}", lines.collect::<String>())?;
        self.out.flush()
    }

    /// Writes what is new in the ladder. Where what was written does not hold any more, it is drawn
    /// again from there: all of it, if another lane has entered.
    fn write_new(&mut self, now: Vec<String>) -> io::Result<()> {
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
        if let (Fact::Called(_) | Fact::Waits(_), &Form::Ladder { width, growth }) =
            (&event.fact, &self.form)
            && growth != Growth::Not
        {
            self.grow(width, growth)?;
        }
        self.trace.events.push(event.clone());
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.trace.ending = Some(ending.clone());
        let excerpt = self.excerpt.as_ref();
        match self.form {
            Form::Ladder { width, .. } => {
                let lines = ladder::lines(&self.trace, width, excerpt);
                self.write_new(lines)
            }
            Form::Svg(paper) => {
                let svg = svg::document(&self.trace, paper, excerpt);
                self.out.write_all(svg.as_bytes())?;
                self.out.flush()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace;

    fn drawn(run: &Trace, growth: Growth) -> String {
        let mut page = Vec::new();
        trace::show(run, &mut Drawing::ladder(&mut page, 80, growth)).unwrap();
        String::from_utf8(page).unwrap()
    }

    fn stored() -> Trace {
        trace::read(include_str!("../../lessons/traces/tcp-server.jsonl")).unwrap()
    }

    #[test]
    fn a_ladder_that_grows_ends_as_the_one_that_is_drawn_at_the_end() {
        let run = stored();
        let (grown, whole) = (drawn(&run, Growth::Below), drawn(&run, Growth::Not));
        assert!(grown.ends_with(&whole[whole.len() / 2..]), "{grown}");
        let headings = grown.lines().filter(|line| line.starts_with("server")).count();
        assert_eq!(headings, 3, "it is drawn anew when a lane enters:\n{grown}");
    }

    #[test]
    fn on_a_screen_the_head_stays_above_the_last_rows() {
        let grown = drawn(&stored(), Growth::OnScreen(12));
        let screens: Vec<&str> = grown.split(CLEAR).skip(1).collect();
        for screen in &screens[..screens.len() - 1] {
            assert!(screen.starts_with("server") && screen.lines().count() <= 10, "{screen}");
        }
        assert!(screens[screens.len() - 2].contains("recv"), "the last rows are there");
    }
}
