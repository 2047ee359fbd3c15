//! `playground replay`: shows a stored run.

use super::look::{Look, View};
use crate::error::{Doing, Error};
use crate::sentence;
use crate::sinks;
use crate::terminal::say;
use crate::trace::{self, Ending, Trace, show};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Shows the run that is stored in a file.
///
/// # Errors
/// It is none, or the run had failed.
pub fn run(path: &Path, look: &Look) -> Result<(), Error> {
    let mut trace = read(path)?;
    if let Some(question) = trace.playbill.question.as_ref().filter(|_| look.steps()) {
        trace.playbill.prediction = look.predict(question)?;
    }
    let mut sink = look.sink(&look.page.target()?, || Ok(trace.clone()))?;
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

/// Reads a stored run, from standard input if its name is `-`.
fn read(path: &Path) -> Result<Trace, Error> {
    let name = path.display().to_string();
    let failed = |source| Error::File { doing: Doing::Read, path: name.clone(), source };
    let text = match name.as_str() {
        "-" => take(io::stdin().lock()),
        _ => File::open(path).and_then(take),
    };
    let text = text.map_err(failed)?;
    if text.starts_with(GZIP) {
        return Err(Error::Packed { path: name });
    }
    let run = |text| sinks::run_of(text).map_or_else(|| trace::read(text), trace::read);
    text_of(&text).and_then(run).map_err(|why| Error::NotATrace { path: name.clone(), why })
}

/// No run of a lesson is nearly as large as what is left here unread.
fn take(file: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.take(LARGEST_RUN + 1).read_to_end(&mut text).map(|_| text)
}

/// The text of a stored run. One that was cut off may end within a character: that is left out.
fn text_of(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() as u64 > LARGEST_RUN {
        return Err("it is larger than any run of a lesson".into());
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_none() => text_of(&bytes[..error.valid_up_to()]),
        Err(_) => Err("it is not text".into()),
    }
}

/// In bytes.
const LARGEST_RUN: u64 = 16 << 20;

/// The first bytes of a file that gzip has packed.
const GZIP: &[u8] = b"\x1f\x8b";
