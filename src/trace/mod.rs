//! What happened, as plain data. Nothing here opens a socket, prints or knows a colour.
//!
//! A [`Trace`] is the playbill (what was performed), the events, and the ending. Every text and
//! picture of the playground is a pure view of it, so a stored trace and a live run look the same.

mod acts;
mod address;
mod bookmarks;
mod bytes;
mod call;
mod calls;
mod change;
mod conclusions;
mod condition;
mod event;
mod moment;
mod notation;
mod packet;
mod playbill;
mod process;
mod question;
mod script;
mod sentences;
mod sink;
mod stored;
mod table;

pub use acts::Act;
pub use address::{Address, UnixName};
pub use bookmarks::Bookmarks;
pub use bytes::{Bytes, escape};
pub use call::{Answer, Call, Value};
pub use calls::Does;
pub use change::{Aspect, Change, Subject};
pub use conclusions::{Arrow, Cause, EACH_ITS_OWN};
pub use condition::{Condition, TcpState};
pub use event::{Awaited, Event, Fact, Name, Names};
pub use moment::{Held, Moment, Open, Pending, Socket};
pub use notation::{excerpt, hex};
pub use packet::{Flags, Kind, Packet, Segment};
pub use playbill::{Ending, Manner, Playbill, Tally, Wire};
pub use process::{Descriptor, Processes};
pub use question::{Asked, Choice, Prediction, Question, Verdict};
pub use script::{Script, Step};
pub use sentences::Waiting;
pub use sink::{Capture, Sink, show};
pub use stored::{Part, read};
pub use table::Table;

/// A run, or what is known of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub playbill: Playbill,
    pub events: Vec<Event>,
    /// None while it runs, and in a recording that was cut off.
    pub ending: Option<Ending>,
}

impl Trace {
    /// A run that has not begun.
    pub fn new(playbill: Playbill) -> Trace {
        Trace { playbill, events: Vec::new(), ending: None }
    }

    /// The actors, in the order in which they entered.
    pub fn cast(&self) -> impl Iterator<Item = (&Name, i32)> {
        self.events.iter().filter_map(|event| match event.fact {
            Fact::Entered { tid, .. } => Some((&event.actor, tid)),
            _ => None,
        })
    }

    /// The answers that one actor's calls of one name received, in order.
    pub fn answers(&self, actor: &str, call: &str) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| &*event.actor == actor && event.answers(call))
    }

    /// Which of these events, each of this trace, happened first.
    pub fn first_of<'a>(
        &'a self,
        events: impl IntoIterator<Item = Option<&'a Event>>,
    ) -> Option<&'a Event> {
        events.into_iter().flatten().min_by_key(|event| self.place(event))
    }

    /// The place of one of its own events.
    pub(crate) fn place(&self, event: &Event) -> usize {
        self.events.iter().position(|own| std::ptr::eq(own, event)).expect("an event of this trace")
    }

    /// Keeps the events for which `keep` says so; it may change them. The proof of the question
    /// stays the event that it is.
    fn keep(&mut self, mut keep: impl FnMut(&mut Event) -> bool) {
        let verdict = self.ending.as_mut().and_then(|ending| ending.verdict.as_mut());
        let proof = verdict.as_ref().map_or(0, |verdict| verdict.proof);
        let (mut place, mut before_proof) = (0, 0);
        self.events.retain_mut(|event| {
            let kept = keep(event);
            before_proof += usize::from(kept && place < proof);
            place += 1;
            kept
        });
        verdict.into_iter().for_each(|verdict| verdict.proof = before_proof);
    }
}
