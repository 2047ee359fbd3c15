//! What is known before the first event, and what is known after the last.

use super::{Asked, Prediction, Script, Table, Verdict};
use serde::{Deserialize, Serialize};

/// What is performed, and how: all that is known before the first event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playbill {
    /// The version of the trace format. See `lessons/trace-format.md`.
    pub version: u32,
    /// The lesson's name on the command line.
    pub lesson: String,
    pub title: String,
    pub question: Option<Asked>,
    /// What was predicted. None if nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction: Option<Prediction>,
    pub manner: Manner,
    /// The kernel it ran on: name, release and machine, as `uname(2)` gives them.
    pub system: String,
    /// When it began, in seconds since 1970 (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<u64>,
    /// The command that was given to perform it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The thread id of the director, which hands the turn from lane to lane.
    pub director: i32,
    /// The thread id of the observer, which asks the kernel what no lesson asked.
    pub observer: i32,
    /// Where it is performed, if not on the machine's own network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The port that the first socket is bound to that asks for any, so that it is known before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
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

impl Playbill {
    /// The version of the trace format that this program writes, and the only one it reads.
    pub const VERSION: u32 = 1;

    /// Whether the packets of the run were captured.
    pub fn shows_packets(&self) -> bool {
        self.wire == Some(Wire::Seen)
    }
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

/// Whether the packets of a run were captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// They were: they are events.
    Seen,
    /// They could not be, for this reason.
    Hidden(String),
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

/// What became of the packets of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many of them are events.
    pub shown: u64,
    /// How many the kernel had no room for: they crossed, and are missing here.
    pub lost: u64,
    /// The machine's clock was set meanwhile: packets may stand at the wrong place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_set: bool,
}
