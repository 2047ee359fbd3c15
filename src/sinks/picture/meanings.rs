//! What the lines, signs and arrows of a picture mean.

use super::rows::{Known, Line, Sign};
use crate::catalogue::Sentence;
use crate::sentence;

impl Line {
    /// What the line of a lane means. One that is not there means nothing.
    pub fn meaning(self) -> Option<Sentence> {
        match self {
            Line::Nothing => None,
            Line::Awake => Some(sentence!("awake")),
            Line::Asleep => Some(sentence!("asleep in the kernel")),
        }
    }
}

impl Sign {
    /// What a sign means that stands for a call.
    pub fn meaning(self) -> Option<Sentence> {
        match self {
            Sign::Done => Some(sentence!("did as asked")),
            Sign::Refused => Some(sentence!("refused")),
            Sign::Sleeps => Some(sentence!("sleeps")),
            Sign::Leaves | Sign::Line | Sign::Lost | Sign::Below => None,
        }
    }
}

impl Known {
    /// What an arrow means.
    pub fn meaning(self) -> Sentence {
        match self {
            Known::Started => sentence!("started a thread: seen"),
            Known::Captured => sentence!("a packet: captured"),
            Known::Lost => sentence!("a packet that no socket took"),
            Known::Inferred => sentence!("caused: inferred from addresses and byte counts"),
        }
    }
}

/// What a text with `~` tells.
pub fn of_what_was_seen() -> Sentence {
    sentence!("seen in the kernel, or on the wire")
}

/// What a letter in place of a port is.
pub fn of_a_letter() -> Sentence {
    sentence!("a port that the kernel chose")
}

/// What stands for a value of one run.
pub fn of_each_its_own() -> Sentence {
    sentence!("other in each run")
}
