//! `playground replay`: shows a stored run.

use super::look::{Look, View};
use crate::error::{Doing, Error};
use crate::sentence;
use crate::sinks::Guess;
use crate::terminal::say;
use crate::trace::{self, Ending, Trace, show};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Shows the run that is stored in a file.
///
/// # Errors
/// It is none, or the run had failed.
pub fn run(path: &Path, look: Look) -> Result<(), Error> {
    let trace = read(path)?;
    let mut sink = look.sink(look.page.open()?, Guess::NotAsked, || Ok(trace.clone()))?;
    show(&trace, &mut *sink).map_err(|source| Error::Output { source })?;
    if trace.ending.is_none() {
        if look.view != View::Json {
            sink.closes(&Ending::default()).map_err(|source| Error::Output { source })?;
        }
        say(sentence!("The recording stops here: the run was cut off."));
    }
    match trace.ending.and_then(|ending| ending.failure) {
        Some(failure) => Err(Error::StoredFailure { path: path.display().to_string(), failure }),
        None => Ok(()),
    }
}

/// Reads a stored run. No run of a lesson is nearly as large as what is refused here unread.
fn read(path: &Path) -> Result<Trace, Error> {
    let name = path.display().to_string();
    let failed = |source| Error::File { doing: Doing::Read, path: name.clone(), source };
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_RUN + 1).read_to_end(&mut text))
        .map_err(failed)?;
    let text = match String::from_utf8(text) {
        Ok(text) if text.len() as u64 > LARGEST_RUN => {
            Err("it is larger than any run of a lesson".to_string())
        }
        Ok(text) => Ok(text),
        Err(_) => Err("it is not text".into()),
    };
    text.and_then(|text| trace::read(&text)).map_err(|why| Error::NotATrace { path: name, why })
}

/// In bytes.
const LARGEST_RUN: u64 = 16 << 20;
