//! What a run is shown to.

use super::{Ending, Event, Playbill, Trace, Verdict};
use std::io;

/// Something that is shown a run as it happens: first the playbill, then each event, at last the
/// ending. The methods with a body are for those who care.
///
/// Every method fails if the sink cannot write. The first error ends the run.
#[allow(clippy::missing_errors_doc, reason = "said once, for all three")]
pub trait Sink: Send {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()>;
    fn event(&mut self, event: &Event) -> io::Result<()>;
    fn closes(&mut self, ending: &Ending) -> io::Result<()>;

    /// The event that was shown last decides the question.
    fn decided(&mut self, verdict: Verdict) -> io::Result<()> {
        _ = verdict;
        Ok(())
    }

    /// Fails if something that it took could not be written: for one that writes later.
    fn still_writes(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Lets the reader read before the run goes on, if it is time to. True if time has passed: what
    /// has happened meanwhile is shown then, and it is asked again.
    fn rests(&mut self) -> io::Result<bool> {
        Ok(false)
    }
}

/// Something that keeps the packets of a run, byte by byte.
pub trait Capture: Send {
    /// Takes a packet that was sent `stamp` nanoseconds after 1970 began, and was `length` bytes
    /// long. It belongs to the call of an event.
    ///
    /// # Errors
    /// It could not be written.
    fn packet(&mut self, stamp: u64, frame: &[u8], length: usize, by: &Event) -> io::Result<()>;
}

/// Shows a run that is over.
///
/// # Errors
/// The sink could not write.
pub fn show(trace: &Trace, sink: &mut dyn Sink) -> io::Result<()> {
    let verdict = trace.ending.as_ref().and_then(|ending| ending.verdict);
    sink.opens(&trace.playbill)?;
    for (place, event) in trace.events.iter().enumerate() {
        sink.event(event)?;
        verdict.filter(|it| it.proof == place).map_or(Ok(()), |it| sink.decided(it))?;
        while sink.rests()? {}
    }
    trace.ending.as_ref().map_or(Ok(()), |ending| sink.closes(ending))
}

/// Several sinks, each shown everything in turn.
impl Sink for Vec<Box<dyn Sink>> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.opens(playbill))
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.event(event))
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.closes(ending))
    }
    fn decided(&mut self, verdict: Verdict) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.decided(verdict))
    }

    fn still_writes(&mut self) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.still_writes())
    }

    fn rests(&mut self) -> io::Result<bool> {
        for sink in self {
            if sink.rests()? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
