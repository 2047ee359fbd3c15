//! What proves an answer, in words.

use crate::sentence;
use crate::trace::{Event, Script};

/// What was told of an event, with its place in the source: `playground show` has the numbers.
pub fn proof(script: &Script, event: &Event, line: &str) -> String {
    let actor = &event.actor;
    let Some(number) = event.line else {
        return sentence!("{actor}: {line}", actor, line).to_string();
    };
    let path = event.file.as_deref().unwrap_or(&script.file);
    let file = path.rsplit('/').next().unwrap_or(path);
    sentence!("{actor}, line {number} of {file}: {line}", actor, number, file, line).to_string()
}
