//! The question of a run: each choice opens what becomes of it.

use crate::sentence;
use crate::sinks::Dialect;
use crate::sinks::markup::escape;
use crate::sinks::prediction::letter;
use crate::sinks::words::{Speaker, proof};
use crate::trace::Trace;

/// The question, if the run has decided one.
pub fn question(trace: &Trace) -> Option<String> {
    let asked = trace.playbill.question.as_ref()?;
    let right = trace.ending.as_ref()?.verdict?.choice;
    let proof = proved(trace)?;
    let choices = asked.choices.iter().enumerate().map(|(place, choice)| {
        let reason = asked.reasons.get(place).map_or("", String::as_str);
        let (verdict, proof) = match place == right {
            true => (
                sentence!("✓ That is what the kernel does. {reason}", reason),
                format!("<pre>{}</pre>", escape(&proof)),
            ),
            false => (sentence!("✗ Not so. {reason}", reason), String::new()),
        };
        format!(
            "<details><summary>{}) {}</summary>\n<p>{}</p>{proof}\n</details>\n",
            letter(place),
            escape(choice),
            escape(verdict.to_string().trim())
        )
    });
    let (ask, choices) = (escape(&asked.ask.replace('\n', " ")), choices.collect::<String>());
    Some(format!("<div class=\"ask\">\n<p>{ask}</p>\n{choices}</div>\n"))
}

/// The line that has decided it.
fn proved(trace: &Trace) -> Option<String> {
    let place = trace.ending.as_ref()?.verdict?.proof;
    let mut speaker = Speaker::new(Dialect::C, trace.playbill.script.clone());
    let said = trace.events.iter().take(place + 1).map(|event| speaker.say(event)).last()?;
    let event = trace.events.get(place)?;
    let line = sentence!("The proof: {proof}", proof = proof(&trace.playbill.script, event, &said));
    Some(line.to_string())
}
