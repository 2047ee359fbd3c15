//! The question of a run: from when it is asked until the run has decided it.

use super::page::Page;
use super::prediction::{write_question, write_verdict};
use crate::sentence;
use crate::trace::{Asked, Event, Playbill, Prediction, Verdict};
use std::io::{self, Write};

/// The question, what was predicted, and what was told that may prove it.
#[derive(Debug, Default)]
pub struct Inquiry {
    /// None when it is decided, and of a run that has no question.
    question: Option<Asked>,
    /// None if nobody was asked.
    prediction: Option<Prediction>,
    /// The source that is performed.
    file: String,
    /// What was told of each event: any may turn out to be the proof.
    told: Vec<String>,
}

impl Inquiry {
    pub fn new(playbill: &Playbill) -> Inquiry {
        Inquiry {
            question: playbill.question.clone(),
            prediction: playbill.prediction.clone(),
            file: playbill.script.file.clone(),
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
            self.told.push(self.as_a_proof(event, line));
        }
    }

    /// What was told of an event, with its place in the source: `playground show` has the numbers.
    fn as_a_proof(&self, event: &Event, line: &str) -> String {
        let actor = &event.actor;
        let Some(number) = event.line else {
            return sentence!("{actor}: {line}", actor, line).to_string();
        };
        let path = event.file.as_deref().unwrap_or(&self.file);
        let file = path.rsplit('/').next().unwrap_or(path);
        sentence!("{actor}, line {number} of {file}: {line}", actor, number, file, line).to_string()
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
