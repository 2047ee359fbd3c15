//! What `playground errno` says.

use crate::error::Error;
use crate::lessons::LESSONS;
use crate::manual::errno::{self, Errno};
use crate::trace;

/// Every error that has an explanation, a line each.
pub fn all() -> String {
    let line = |error: Errno| {
        format!(
            "{:>4}  {:<16} {}\n",
            error.code(),
            error.name(),
            error.meaning().unwrap_or_default()
        )
    };
    errno::known_errors().map(line).collect()
}

/// All that is known of one error, and the lessons that show it.
///
/// # Errors
/// No error of that name or number is explained here.
pub fn one(given: &str) -> Result<String, Error> {
    let unknown = || Error::NoSuchErrno { given: given.into() };
    let error = Errno::named(given).ok_or_else(unknown)?;
    let explanation = error.explanation().ok_or_else(unknown)?;
    let lessons = lessons_with(error.code());
    let shown = if lessons.is_empty() { "no lesson yet".into() } else { lessons.join(", ") };
    Ok(format!(
        "{} ({}): {}\n  who and when:  {}\n  shown by:      {shown}\n  try:           {}\n",
        error.name(),
        error.code(),
        explanation.meaning,
        explanation.when,
        explanation.hint
    ))
}

/// The lessons in whose stored run a call fails with that error.
fn lessons_with(code: i32) -> Vec<&'static str> {
    let shows = |recorded: &str| {
        let run = trace::read(recorded);
        run.is_ok_and(|run| run.events.iter().any(|event| event.failed_with(code)))
    };
    LESSONS.iter().filter(|lesson| shows(lesson.recorded)).map(|lesson| lesson.name).collect()
}
