//! Some steps of a run: all of it happens, and only they are written.

use super::Story;
use super::steps::{Excerpt, Steps};
use crate::trace::{Ending, Event, Playbill, Sink};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shows all of a run to a story, and lets it write while the chosen steps last. What it has
/// learned before, it knows then.
pub struct Chosen {
    steps: Steps,
    step: usize,
    excerpt: Excerpt,
    gate: Gate,
    story: Story<Box<dyn Write + Send>>,
}

/// Whether what is written goes through.
#[derive(Clone, Default)]
pub struct Gate(Arc<AtomicBool>);

impl Gate {
    /// What is written there goes on to `out` while the gate is open.
    pub fn before(&self, out: Box<dyn Write + Send>) -> Box<dyn Write + Send> {
        Box::new(Gated { gate: self.clone(), out })
    }
}

struct Gated {
    gate: Gate,
    out: Box<dyn Write + Send>,
}

impl Write for Gated {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self.gate.0.load(Ordering::Relaxed) {
            true => self.out.write(data),
            false => Ok(data.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Chosen {
    /// `story` writes through the gate.
    pub fn new(excerpt: Excerpt, gate: Gate, story: Story<Box<dyn Write + Send>>) -> Chosen {
        Chosen { steps: Steps::default(), step: 0, excerpt, gate, story }
    }

    /// Whether an event belongs to a chosen step. The first that does begins a page.
    fn opens_for(&mut self, event: &Event) {
        self.step += usize::from(self.steps.begins_with(event));
        let is_chosen = self.excerpt.has(self.step);
        if is_chosen && !self.gate.0.swap(is_chosen, Ordering::Relaxed) {
            self.story.begin_page();
        }
        self.gate.0.store(is_chosen, Ordering::Relaxed);
    }
}

impl Sink for Chosen {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.steps = Steps::new(playbill);
        self.gate.0.store(true, Ordering::Relaxed);
        self.story.opens(&Playbill { question: None, ..playbill.clone() })?;
        self.gate.0.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.opens_for(event);
        self.story.event(event)
    }

    /// What went wrong is told in any case.
    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.gate.0.store(true, Ordering::Relaxed);
        let failure = ending.failure.clone();
        self.story.closes(&Ending { failure, ..Ending::default() })
    }
}
