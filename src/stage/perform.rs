//! Runs a lesson, and directs it.

use super::Stage;
use super::house::{Hall, House};
use super::tap::{Tapping, tap};
use super::turns::Found;
use crate::errno::Errno;
use crate::error::Error;
use crate::kernel::observer::Observer;
use crate::kernel::thread;
use crate::platform;
use crate::sinks::{self, Sink};
use crate::trace::{Ending, Fact, Manner, Playbill, Question, Trace};
use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

/// How often the director looks round while lanes act or sleep. A shorter time costs processor time, a longer one makes
/// each change of turn slower; the order of a run does not depend on it.
const LOOK: Duration = Duration::from_micros(50);

/// After how many looks in a row at nothing but sleeping lanes the run has failed: no less than ten seconds.
const LOOKS_AT_SLEEP: u32 = 200_000;

/// What is to be performed.
pub struct Play {
    pub playbill: Playbill,
    /// The name of the first actor.
    pub lead: &'static str,
    pub question: Option<&'static Question>,
    /// What is to be made of the wire, if it is to be seen.
    pub tapping: Option<Tapping>,
}

/// Runs a play to its end, and shows it to a sink. `run` is the part of its first actor. The thread that calls this is the director.
///
/// With turns the sink is shown each event as it happens. Lanes that run freely are shown when they have ended, each
/// cause before its effect.
///
/// # Errors
/// The trace up to there comes with what went wrong. Lanes may still sleep then; they never act again.
pub fn perform(
    play: Play,
    run: impl FnOnce(&Stage) -> io::Result<()> + Send + 'static,
    sink: Box<dyn Sink>,
) -> (Trace, Result<(), Error>) {
    let Play { mut playbill, lead, question, tapping } = play;
    if let (Manner::Turns, Err(error)) = (&playbill.manner, thread::can_be_watched()) {
        let why = format!("/proc does not tell what a thread is doing: {}", Errno::from(&error));
        playbill.manner = Manner::Free(why);
    }
    let observer = match Observer::start() {
        Ok(observer) => observer,
        Err(error) => return (Trace::new(playbill), Err(error)),
    };
    playbill.version = Playbill::VERSION;
    playbill.system = platform::system();
    (playbill.director, playbill.observer) = (thread::tid(), observer.tid());
    let tap = tap(tapping, &observer, &mut playbill);
    let house = Arc::new(House::new(observer, Trace::new(playbill), tap, sink));
    house.opens();
    let stage = Stage { house: Some(house.clone()) };
    if let Err(source) = house.start(lead.into(), None, move || run(&stage)) {
        house.enter().end(Error::Machine { doing: "start a thread", source });
    }
    direct(&house);
    close(&house, question)
}

/// Hands the turn from lane to lane until nobody is left, or the run has failed.
fn direct(house: &House) {
    let mut looks_at_sleep = 0;
    let mut hall = house.enter();
    while !hall.over {
        let found = look_round(house, &mut hall);
        looks_at_sleep = if found == Found::AllAsleep { looks_at_sleep + 1 } else { 0 };
        match found {
            Found::Nobody => break,
            Found::NewTurn => house.changed.notify_all(),
            Found::AllAsleep if looks_at_sleep > LOOKS_AT_SLEEP => {
                let (lesson, sleeping) = (hall.trace.playbill.lesson.clone(), sleeping(&hall));
                hall.end(Error::Deadlock { lesson, sleeping });
            }
            Found::Action | Found::AllAsleep => {}
        }
        hall = wait(house, hall);
    }
}

/// Until it is time for the next look; on a stage that may last for days, until something has changed.
fn wait<'a>(house: &'a House, hall: MutexGuard<'a, Hall>) -> MutexGuard<'a, Hall> {
    match house.manner() {
        Manner::Live => house.changed.wait(hall).unwrap_or_else(PoisonError::into_inner),
        _ => house.changed.wait_timeout(hall, LOOK).unwrap_or_else(PoisonError::into_inner).0,
    }
}

fn look_round(house: &House, hall: &mut Hall) -> Found {
    match house.manner() {
        Manner::Turns => hall.turns.look_round(|awaited| house.observer.holds(awaited)),
        Manner::Free(_) if hall.turns.lanes().iter().all(|lane| lane.has_left()) => Found::Nobody,
        Manner::Free(_) => hall.turns.look_on(|awaited| house.observer.holds(awaited)),
        Manner::Live if hall.turns.lanes().is_empty() => Found::Nobody,
        Manner::Live => Found::Action,
    }
}

/// Which lane sleeps in which call: `server in accept`.
fn sleeping(hall: &Hall) -> String {
    let last = |name| hall.trace.events.iter().rfind(|event| event.actor == name && event.packet().is_none());
    let lanes = hall.turns.lanes().iter().filter(|lane| !lane.has_left());
    let places = lanes.map(|lane| match last(lane.name.clone()).map(|event| &event.fact) {
        Some(Fact::Called(call)) => format!("{} in {}", lane.name, call.name),
        Some(Fact::Waits(awaited)) => format!("{} until {} {}", lane.name, awaited.fd, awaited.until),
        _ => format!("{} outside of any call", lane.name),
    });
    places.collect::<Vec<_>>().join(", ")
}

/// Lets the trace decide the question, shows the ending, and takes the trace out of the house.
fn close(house: &House, question: Option<&Question>) -> (Trace, Result<(), Error>) {
    let mut hall = house.enter();
    let lesson = hall.trace.playbill.lesson.clone();
    let wire = house.close_tap(&mut hall);
    let mut ending = Ending { table: hall.table.take(), wire, ..Ending::default() };
    if let Manner::Free(_) = house.manner() {
        hall.trace = hall.trace.clone().in_causal_order();
    }
    if let (None, Some(question)) = (&hall.failure, question) {
        match question.decide(&hall.trace) {
            Ok(verdict) => ending.verdict = Some(verdict),
            Err(why) => hall.end(Error::Question { lesson, why }),
        }
    }
    ending.failure = hall.failure.as_ref().map(Error::to_string);
    hall.trace.ending = Some(ending.clone());
    let trace = hall.trace.clone();
    match house.shows_at_once() {
        true => hall.show(|sink| sink.closes(&ending)),
        false => hall.show(|sink| sinks::show(&trace, sink)),
    }
    hall.over = true;
    let failure = hall.failure.take();
    (trace, failure.map_or(Ok(()), Err))
}
