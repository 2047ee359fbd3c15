//! What the learner predicts, and how the trace decides it.

use super::{Event, Trace};
use serde::{Deserialize, Serialize};

/// A question about a lesson. The run itself decides which choice is right.
pub struct Question {
    pub ask: &'static str,
    /// Finds the event that decides: an answer of the kernel.
    pub decided_by: fn(&Trace) -> Option<&Event>,
    /// Exactly one of them holds of that event.
    pub choices: &'static [Choice],
}

/// One possible prediction, the test whether the deciding answer makes it right, and the reason why
/// it is right or wrong: the fact that somebody lacks who predicts it and is wrong.
pub struct Choice(pub &'static str, pub fn(&Event) -> bool, pub &'static str);

/// A question as it is printed and stored: its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub ask: String,
    pub choices: Vec<String>,
    /// Why each choice is right or wrong, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What a reader has predicted before a run, or a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prediction {
    /// They would rather wait and see.
    Wait,
    /// This choice: its place in [`Asked::choices`].
    Choice(usize),
    /// How many have voted for each choice, in the same order.
    Votes(Vec<u32>),
}

/// What the trace decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The choice that is right: its place in [`Asked::choices`].
    pub choice: usize,
    /// The event that proves it: its place in [`Trace::events`].
    pub proof: usize,
}

impl Question {
    /// The words of the question.
    pub fn asked(&self) -> Asked {
        let (choices, reasons) = self
            .choices
            .iter()
            .map(|Choice(says, _, why)| (says.to_string(), why.to_string()))
            .unzip();
        Asked { ask: self.ask.trim_end().into(), choices, reasons }
    }

    /// Lets the trace decide.
    ///
    /// # Errors
    /// The deciding event is missing, or none or several of the choices hold: an error of the
    /// lesson.
    pub fn decide(&self, trace: &Trace) -> Result<Verdict, String> {
        let event = (self.decided_by)(trace).ok_or("the event that decides it did not happen")?;
        event.answer().ok_or("the event that decides it is not an answer")?;
        let right: Vec<usize> =
            (0..self.choices.len()).filter(|&i| self.choices[i].1(event)).collect();
        match right[..] {
            [choice] => Ok(Verdict { choice, proof: trace.place(event) }),
            _ => Err(format!("{} of its choices hold, and one should", right.len())),
        }
    }
}
