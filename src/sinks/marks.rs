//! The signs of a story: what stands before each line, and what it means.

use super::page::Page;
use super::theme::Meaning;
use crate::catalogue::Sentence;
use crate::sentence;
use crate::wrap;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A call did as it was asked.
    Done,
    /// A call was refused.
    Refused,
    /// A call sleeps in the kernel, as far as that is known.
    Sleeps,
    /// A call has begun, of lanes that all act at once.
    Called,
    /// Something has changed in the kernel.
    Changed,
    /// A packet was sent.
    Crossed,
    /// A lane begins.
    Enters,
    /// A lane ends.
    Leaves,
}

impl Mark {
    /// What stands before the line.
    pub fn lead(self) -> &'static str {
        match self {
            Mark::Done => "    ✓ ",
            Mark::Refused => "    ✗ ",
            Mark::Sleeps | Mark::Called => "    … ",
            Mark::Changed => "      ~ ",
            Mark::Crossed => "    ~ ",
            Mark::Enters => "    + ",
            Mark::Leaves => "    - ",
        }
    }

    /// Whether the line tells of a call.
    pub fn is_call(self) -> bool {
        matches!(self, Mark::Done | Mark::Refused | Mark::Sleeps | Mark::Called)
    }

    pub fn meaning(self) -> Meaning {
        match self {
            Mark::Done => Meaning::Done,
            Mark::Refused => Meaning::Refused,
            _ => Meaning::Aside,
        }
    }

    /// Writes a line that tells of it.
    pub fn write<W: Write>(self, page: &mut Page<W>, line: &str) -> io::Result<()> {
        match self.is_call() {
            true => page.code(self.meaning(), self.lead(), line),
            false => page.prose(self.meaning(), self.lead(), line),
        }
    }

    fn explained(self) -> Sentence {
        match self {
            Mark::Done => sentence!("✓ did as asked"),
            Mark::Refused => sentence!("✗ refused"),
            Mark::Sleeps => sentence!("… sleeps in the kernel"),
            Mark::Called => sentence!("… is called"),
            Mark::Changed => sentence!("~ changed in the kernel"),
            Mark::Crossed => sentence!("~ a packet"),
            Mark::Enters => sentence!("+ a thread enters"),
            Mark::Leaves => sentence!("- a thread leaves"),
        }
    }
}

/// The signs that a story has used.
#[derive(Clone, Debug, Default)]
pub struct Marks(BTreeSet<Mark>);

impl Marks {
    pub fn learn(&mut self, mark: Mark) {
        self.0.insert(mark);
    }

    /// Writes what they mean, at the end of the story.
    pub fn explain<W: Write>(&self, page: &mut Page<W>) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let whole = |mark: &Mark| wrap::whole(&mark.explained().to_string());
        let all: Vec<String> = self.0.iter().map(whole).collect();
        page.blank()?;
        page.prose(Meaning::Aside, "", &all.join("   "))
    }
}
