//! `playground lesson`: runs a lesson, shows its stored run where it cannot, or lists them all.

use super::command::Run;
use super::look::{Look, View};
use super::network;
use super::packets::Packets;
use super::page::Target;
use crate::error::Error;
use crate::lessons::{LESSONS, Lesson};
use crate::platform::Need;
use crate::sentence;
use crate::sinks::{Theme, listing};
use crate::syllabus::{self, How};
use crate::terminal::{self, say, tidy_before};
use crate::trace::show;
use std::fs;
use tempfile::{Builder, TempDir};

/// Runs the lesson of that name.
///
/// # Errors
/// There is none, it has failed, or it cannot run on this machine.
pub fn run(name: &str, run: &Run, packets: &Packets, look: &mut Look) -> Result<(), Error> {
    let lesson = syllabus::named(name)?;
    look.step_on_a_terminal();
    let (free, kernel) = (run.free, !run.no_kernel);
    // Opened before anything else: in a network of our own we may be another user, who may not
    // write there.
    let (target, capture) = (look.page.target()?, packets.file()?);
    let directory = own_directory(lesson);
    let place = network::own(lesson, packets.are_wanted())
        .and_then(|place| lesson.can_run().map(|()| place));
    let place = match place {
        Ok(place) => place,
        Err(error) => return play_recording(lesson, error, &target, look),
    };
    // From here on threads may run: a network of our own wanted none.
    if let Some(path) = directory.as_ref().map(|made| made.path().to_owned()) {
        tidy_before(move || _ = fs::remove_dir_all(path));
    }
    let tapping = packets.tapping(capture, place.is_some());
    if look.steps() {
        say(network::way_in(lesson, place.is_some()));
    }
    let prediction = look.predict(&lesson.question.asked())?;
    let free = free.then(|| "--free lets them act at the same time".into());
    let how = How { place, port: run.port, prediction, kernel, free, tapping };
    let sink = look.sink(&target, || lesson.recording(""))?;
    match lesson.perform(how, sink).1 {
        Err(error @ Error::NotHere { .. }) if look.view == View::Json && !target.can_be_wiped() => {
            say(&error);
            say(sentence!("Its stored run is not shown: there is one run already."));
            Err(Error::Told(Box::new(error)))
        }
        Err(error @ Error::NotHere { .. }) => play_recording(lesson, error, &target, look),
        done => done,
    }
}

/// A directory for all that the lesson makes, which is gone when the lesson has ended: also if a
/// lane sleeps for ever and never tidies up, and if a signal ends it.
fn own_directory(lesson: &Lesson) -> Option<TempDir> {
    let wanted = lesson.needs.contains(&Need::TemporaryDirectory);
    let made = wanted.then(|| Builder::new().prefix("playground-").tempdir())?.ok()?;
    tempfile::env::override_temp_dir(made.path()).ok()?;
    Some(made)
}

/// Says why the lesson cannot run here, then shows its stored run. Gives the error back, as told.
fn play_recording(
    lesson: &Lesson,
    error: Error,
    target: &Target,
    look: &Look,
) -> Result<(), Error> {
    say(&error);
    say(sentence!("What follows was recorded on another machine."));
    let Error::NotHere { why, .. } = &error else { return Err(error) };
    let trace = lesson.recording(why)?;
    let mut sink = look.sink(target, || Ok(trace.clone()))?;
    show(&trace, &mut *sink).map_err(|source| Error::Output { source })?;
    Err(Error::Told(Box::new(error)))
}

/// The lessons, a line each, with their numbers.
pub fn syllabus() -> String {
    let width = LESSONS.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let line = |(number, lesson): (usize, &Lesson)| {
        format!("{number:4}  {:width$}   {}\n", lesson.name, lesson.title)
    };
    let lines: String = (1..).zip(LESSONS).map(line).collect();
    format!("Lessons, in the order to take them:\n{lines}")
}

/// The source of the lesson of that name, with the number of each line if that is wanted.
///
/// # Errors
/// There is none.
pub fn source(name: &str, numbers: bool) -> Result<String, Error> {
    let theme = if terminal::wants_colours() { Theme::coloured() } else { Theme::Plain };
    syllabus::named(name).map(|lesson| listing(lesson.source, numbers, theme))
}
