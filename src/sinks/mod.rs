//! Ways of seeing a run. A sink never touches the network.

mod brief;
mod c;
mod columns;
mod dialect;
mod drawing;
mod ink;
mod json;
mod ladder;
mod legend;
mod pace;
mod pcapng;
mod picture;
mod python;
mod story;
mod svg;
mod table;
mod theme;
mod wire;

pub use c::value as written;
pub use dialect::Dialect;
pub use drawing::Drawing;
pub use json::{Json, read};
pub use pace::{Pace, Rest, Scroll};
pub use pcapng::Pcapng;
pub use picture::{Act, Known, Line, Picture, Row, Sign};
pub use story::{Guess, Story, ask};
pub use table::Conclusion;
pub use theme::Theme;

use crate::trace::{Ending, Event, Playbill, Trace};
use std::io;

/// Something that is shown a run as it happens: first the playbill, then each event, at last the
/// ending.
///
/// Every method fails if the sink cannot write. The first error ends the run.
#[allow(clippy::missing_errors_doc, reason = "said once, for all three")]
pub trait Sink: Send {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()>;
    fn event(&mut self, event: &Event) -> io::Result<()>;
    fn closes(&mut self, ending: &Ending) -> io::Result<()>;
}

/// Shows a run that is over.
///
/// # Errors
/// The sink could not write.
pub fn show(trace: &Trace, sink: &mut dyn Sink) -> io::Result<()> {
    sink.opens(&trace.playbill)?;
    trace.events.iter().try_for_each(|event| sink.event(event))?;
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
}
