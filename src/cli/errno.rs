//! What `playground errno` says.

use super::entry::{self, item};
use crate::error::{Doing, Error, Thing};
use crate::manual::errno::{self, Errno, Known, Meant, System, unmet_on_linux};
use crate::sentence;
use crate::syllabus;
use std::ffi::OsString;
use std::io::{self, Read};

/// Every error that has an explanation, a line each.
pub fn all() -> String {
    let line = |error: Known| {
        let number = error.number(System::HERE).map(|number| number.to_string());
        let (number, meaning) = (number.unwrap_or_default(), error.explanation.meaning);
        item(&format!("{number:>4}  {:<18} ", error.name), meaning)
    };
    errno::all().map(line).collect()
}

/// All that is known of the errors that these words mean; `-` is what stands on standard input.
///
/// # Errors
/// No error that is explained here is among them, or standard input cannot be read.
pub fn meant(words: &[OsString]) -> Result<String, Error> {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let given = if words == ["-"] { input()? } else { words.join(" ") };
    let found = errno::meant(&given);
    if found.is_empty() {
        let (given, nearest) = (excerpt(&given), nearest(&given));
        return Err(Error::Unknown { thing: Thing::Errno, given, nearest });
    }
    let entries: Vec<String> = found.iter().map(entry).collect();
    Ok(entries.join("\n") + &unmet(&found))
}

/// One error: what it means, who calls it what, and which lessons show it.
fn entry(Meant { error, number }: &Meant) -> String {
    let explanation = error.explanation;
    let rows = [
        ("who and when:", explanation.when.to_string()),
        ("its words:", error.words.into()),
        ("called:", names(error)),
        ("shown by:", lessons_with(error)),
        ("try:", explanation.hint.into()),
    ];
    let title = format!("{}: {}", title(error), explanation.meaning);
    whose(number.as_ref()) + &entry::entry(&title, &rows)
}

/// Its name, with the number that it has here.
fn title(error: &Known) -> String {
    let number = error.number(System::HERE).map(|number| format!(" ({number})"));
    error.name.to_string() + &number.unwrap_or_default()
}

/// Whose number it is, unless this machine would mean the same by it.
fn whose(number: Option<&(i32, Vec<System>)>) -> String {
    match number {
        Some((number, systems)) if *systems != [System::HERE] => {
            let systems: Vec<String> = systems.iter().map(System::to_string).collect();
            sentence!("{number} on {systems}:\n", number, systems = systems.join(" and "))
                .to_string()
        }
        _ => String::new(),
    }
}

/// What Python, macOS and Windows call it.
fn names(error: &Known) -> String {
    let python = sentence!("{class} in Python", class = error.python);
    let linux = error.number(System::Linux);
    let linux = linux.map(|number| sentence!("{number} on Linux", number));
    let macos = error.number(System::MacOs);
    let macos = macos.map(|number| sentence!("{number} on macOS", number));
    let windows = error.on_windows().map(|name| sentence!("{name} on Windows", name));
    let names = [Some(python), linux, macos, windows].into_iter().flatten();
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// The lessons in whose stored run a call fails with it, or the one about it.
fn lessons_with(error: &Known) -> String {
    let code = error.number(System::HERE).filter(|_| !error.is_of_getaddrinfo());
    let code = code.filter(|code| Errno::new(*code).name() == error.name);
    match (error.lesson, code) {
        (Some(lesson), _) => lesson.into(),
        (None, Some(code)) => syllabus::lessons_with(error.name, |event| event.failed_with(code)),
        (None, None) => syllabus::lessons_with(error.name, |_| false),
    }
}

/// That Linux means something else by a number, if only others mean what is explained.
fn unmet(found: &[Meant]) -> String {
    let is_of = |meant: &Meant, on| meant.number.as_ref().is_some_and(|(_, of)| of.contains(&on));
    let Some((number, _)) = found.first().and_then(|meant| meant.number.as_ref()) else {
        return String::new();
    };
    let on_linux = found.iter().any(|meant| is_of(meant, System::Linux));
    let on_macos = found.iter().any(|meant| is_of(meant, System::MacOs));
    match unmet_on_linux(*number) {
        Some(name) if on_macos && !on_linux => {
            let said = sentence!(
                "\n{number} on Linux is {name}, which is not explained here.\n",
                number,
                name
            );
            said.to_string()
        }
        _ => String::new(),
    }
}

/// The end of what comes on standard input: there a log tells what went wrong at last.
fn input() -> Result<String, Error> {
    let fails = |source| Error::File { doing: Doing::Read, path: "standard input".into(), source };
    let (mut text, mut part) = (Vec::new(), vec![0; MUCH]);
    loop {
        match io::stdin().lock().read(&mut part).map_err(fails)? {
            0 => return Ok(String::from_utf8_lossy(&text).into()),
            length => text.extend(&part[..length]),
        }
        text.drain(..text.len().saturating_sub(MUCH));
    }
}

/// More than any traceback has, in bytes.
const MUCH: usize = 1 << 20;

/// As much as fits into a message about it.
fn excerpt(given: &str) -> String {
    let line = given.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    if short == line { short } else { short + "…" }
}

/// The name that reads most like one that was mistyped.
fn nearest(given: &str) -> Option<&'static str> {
    let names = errno::all().flat_map(|error| [error.name, error.python]);
    syllabus::nearest(given.trim(), names)
}
