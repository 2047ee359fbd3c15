//! The question of a run: from when it is asked until the run has decided it.

use super::page::Page;
use super::prediction::{write_question, write_verdict};
use super::words::proof;
use crate::trace::{Asked, Event, Playbill, Prediction, Script, Verdict};
use std::io::{self, Write};

/// The question, what was predicted, and what was told that may prove it.
#[derive(Debug, Default)]
pub struct Inquiry {
    /// None when it is decided, and of a run that has no question.
    question: Option<Asked>,
    /// None if nobody was asked.
    prediction: Option<Prediction>,
    /// The source that is performed.
    script: Script,
    /// What was told of each event: any may turn out to be the proof.
    told: Vec<String>,
}

impl Inquiry {
    pub fn new(playbill: &Playbill) -> Inquiry {
        Inquiry {
            question: playbill.question.clone(),
            prediction: playbill.prediction.clone(),
            script: playbill.script.clone(),
            told: Vec::new(),
        }
    }

    /// Writes the question, unless it was asked before.
    pub fn open<W: Write>(&self, page: &mut Page<W>) -> io::Result<()> {
        match (&self.question, &self.prediction) {
            (Some(question), None) => write_question(page, question),
            _ => Ok(()),
        }
    }

    /// Takes notice of how an event was told.
    pub fn told(&mut self, event: &Event, line: &str) {
        if self.question.is_some() {
            self.told.push(proof(&self.script, event, line));
        }
    }

    /// The run has decided. Whoever has predicted something hears it at once; true if it was
    /// written.
    pub fn decided<W: Write>(&mut self, page: &mut Page<W>, verdict: Verdict) -> io::Result<bool> {
        let is_awaited = self.prediction.is_some() && self.question.is_some();
        if is_awaited {
            self.close(page, verdict)?;
        }
        Ok(is_awaited)
    }

    /// Writes the verdict, unless it was written before.
    pub fn close<W: Write>(&mut self, page: &mut Page<W>, verdict: Verdict) -> io::Result<()> {
        let Some(question) = self.question.take() else { return Ok(()) };
        let proof = self.told.get(verdict.proof).map(String::as_str);
        write_verdict(page, &question, self.prediction.as_ref(), verdict.choice, proof)
    }
}
