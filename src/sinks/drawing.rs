//! The views that are drawn when the run is over.

use super::picture::{ladder, svg};
use crate::trace::{Ending, Event, Playbill, Sink, Trace};
use std::io::{self, Write};

/// Keeps a run, and draws it at its end.
pub struct Drawing<W> {
    out: W,
    trace: Trace,
    draw: fn(&Trace) -> String,
}

impl<W: Write> Drawing<W> {
    /// As text, one column a lane.
    pub fn ladder(out: W) -> Drawing<W> {
        Drawing::new(out, ladder::text)
    }

    /// The same picture as SVG.
    pub fn svg(out: W) -> Drawing<W> {
        Drawing::new(out, svg::document)
    }

    fn new(out: W, draw: fn(&Trace) -> String) -> Drawing<W> {
        Drawing { out, trace: Trace::new(Playbill::default()), draw }
    }
}

impl<W: Write + Send> Sink for Drawing<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.trace.playbill = playbill.clone();
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.trace.events.push(event.clone());
        Ok(())
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.trace.ending = Some(ending.clone());
        self.out.write_all((self.draw)(&self.trace).as_bytes())?;
        self.out.flush()
    }
}
