//! What happened, as plain data. Nothing here opens a socket, prints or knows a colour.
//!
//! A [`Trace`] is the playbill (what was performed), the events, and the ending. Every text and
//! picture of the playground is a pure view of it, so a stored trace and a live run look the same.

mod address;
mod alike;
mod arrows;
mod bookmarks;
mod bytes;
mod call;
mod canon;
mod change;
mod condition;
mod event;
mod holders;
mod losses;
mod order;
mod packet;
mod ports;
mod question;
mod script;
mod sockets;
mod table;
mod wire;

pub use address::{Address, UnixName};
pub use alike::EACH_ITS_OWN;
pub use arrows::{Arrow, Cause};
pub use bookmarks::Bookmarks;
pub use bytes::{Bytes, escape};
pub use call::{Answer, Call, Value};
pub use change::{Aspect, Change, Subject};
pub use condition::{Condition, TcpState};
pub use event::{Awaited, Event, Fact, Name, Names};
pub use packet::{Flags, Kind, Packet, Segment};
pub use question::{Asked, Choice, Question, Verdict};
pub use script::{Script, Step};
pub use table::Table;
pub use wire::{Tally, Wire};

use serde::{Deserialize, Serialize};

/// A run, or what is known of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub playbill: Playbill,
    pub events: Vec<Event>,
    /// None while it runs, and in a recording that was cut off.
    pub ending: Option<Ending>,
}

/// What is performed, and how: all that is known before the first event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playbill {
    /// The version of the trace format. See `lessons/trace-format.md`.
    pub version: u32,
    /// The lesson's name on the command line.
    pub lesson: String,
    pub title: String,
    pub question: Option<Asked>,
    pub manner: Manner,
    /// The kernel it ran on: name, release and machine, as `uname(2)` gives them.
    pub system: String,
    /// The thread id of the director, which hands the turn from lane to lane.
    pub director: i32,
    /// The thread id of the observer, which asks the kernel what no lesson asked.
    pub observer: i32,
    /// Where it is performed, if not on the machine's own network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why the kernel's own state is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
    /// Why a recording is shown, and no run of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// Whether packets are events, too. None if nobody asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<Wire>,
    pub script: Script,
}

/// How the lanes share the stage, and when the run is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// One lane acts at a time. Each event is shown when it happens.
    #[default]
    Turns,
    /// All lanes act at once, for this reason. The run is shown when it is over, each cause before
    /// its effect.
    Free(String),
    /// All lanes act at once. Each event is shown when it happens, and not kept: the run may last
    /// for days.
    Live,
}

/// How the run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// What went wrong, if the run did not come to its end.
    pub failure: Option<String>,
    /// What the trace decided about the question.
    pub verdict: Option<Verdict>,
    /// What it found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// What became of the packets, if they were captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<Tally>,
}

impl Playbill {
    /// The version of the trace format that this program writes, and the only one it reads.
    pub const VERSION: u32 = 1;

    /// Whether the packets of the run were captured.
    pub fn shows_packets(&self) -> bool {
        self.wire == Some(Wire::Seen)
    }
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
}
