//! Runs a lesson, and directs it.

use super::Stage;
use super::house::{Hall, House};
use super::tap::{Tapping, first_datagram, tap};
use super::turns::Found;
use crate::error::Error;
use crate::kernel::look::Look;
use crate::kernel::observer::Observer;
use crate::kernel::thread;
use crate::manual::errno::Errno;
use crate::platform;
use crate::sinks::{self, Sink};
use crate::trace::{Awaited, Ending, Fact, Manner, Playbill, Question, Trace};
use std::cell::RefCell;
use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the director looks round while lanes act or sleep. A shorter time costs processor
/// time, a longer one makes each change of turn slower; the order of a run does not depend on it.
const LOOK: Duration = Duration::from_micros(50);

/// When all lanes have slept for so long, the run has failed.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// And only if they were seen so often meanwhile: the whole program may have been stopped for a
/// while.
const LOOKS_AT_SLEEP: u32 = 1000;

/// What is to be performed.
#[derive(Default)]
pub struct Play {
    pub playbill: Playbill,
    /// Whether the kernel's own state is shown, too.
    pub kernel: bool,
    /// The name of the first actor.
    pub lead: &'static str,
    pub question: Option<&'static Question>,
    /// What is to be made of the wire, if it is to be seen.
    pub tapping: Option<Tapping>,
    /// Whether the run ends with its first datagram, taken apart, if the wire was seen.
    pub dissects: bool,
}

/// Runs a play to its end, and shows it to a sink. `run` is the part of its first actor. The thread
/// that calls this is the director.
///
/// With turns the sink is shown each event as it happens. Lanes that run freely are shown when they
/// have ended, each cause before its effect.
///
/// # Errors
/// The trace up to there comes with what went wrong. Lanes may still sleep then; they never act
/// again.
pub fn perform(
    play: Play,
    run: impl FnOnce(&Stage) -> io::Result<()> + Send + 'static,
    sink: Box<dyn Sink>,
) -> (Trace, Result<(), Error>) {
    let Play { mut playbill, kernel, lead, question, tapping, dissects } = play;
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
    // What is open now is none of the run's.
    let look = begin_to_look(kernel, &observer, &mut playbill);
    let house = Arc::new(House::new(observer, look, Trace::new(playbill), tap, sink));
    house.opens();
    let stage = Stage { house: Some(house.clone()) };
    if let Err(source) = house.start(lead.into(), None, move || run(&stage)) {
        house.enter().end(Error::Machine { doing: "start a thread", source });
    }
    direct(&house);
    close(&house, question, dissects)
}

/// Only where lanes take turns is there a moment at which nothing moves.
fn begin_to_look(wanted: bool, observer: &Observer, playbill: &mut Playbill) -> Option<Look> {
    if !wanted || playbill.manner != Manner::Turns {
        return None;
    }
    let began = observer.ask(Look::begin)?;
    let unseen = |error: &io::Error| playbill.unseen = Some(Errno::from(error).to_string());
    began.inspect_err(unseen).ok()
}

/// Hands the turn from lane to lane until nobody is left, or the run has failed.
fn direct(house: &House) {
    let (mut looks_at_sleep, mut awake) = (0, Instant::now());
    let mut hall = house.enter();
    while !hall.over {
        let found = look_round(house, &mut hall);
        match found {
            Found::AllAsleep => looks_at_sleep += 1,
            _ => (looks_at_sleep, awake) = (0, Instant::now()),
        }
        match found {
            Found::Nobody => break,
            Found::NewTurn => house.changed.notify_all(),
            Found::AllAsleep
                if looks_at_sleep > LOOKS_AT_SLEEP && awake.elapsed() > LONGEST_SLEEP =>
            {
                let (lesson, sleeping) = (hall.trace.playbill.lesson.clone(), sleeping(&hall));
                hall.end(Error::Deadlock { lesson, sleeping });
            }
            Found::Action | Found::AllAsleep => {}
        }
        hall = wait(house, hall);
    }
}

/// Until it is time for the next look; on a stage that may last for days, until something has
/// changed.
fn wait<'a>(house: &'a House, hall: MutexGuard<'a, Hall>) -> MutexGuard<'a, Hall> {
    match house.manner() {
        Manner::Live => house.changed.wait(hall).unwrap_or_else(PoisonError::into_inner),
        _ => house.changed.wait_timeout(hall, LOOK).unwrap_or_else(PoisonError::into_inner).0,
    }
}

fn look_round(house: &House, hall: &mut Hall) -> Found {
    let untold = RefCell::new(None);
    let holds = |awaited| {
        let told = house.observer.holds(awaited);
        told.map_err(|error| untold.replace(Some((awaited, error)))).unwrap_or(false)
    };
    let found = match house.manner() {
        Manner::Turns => hall.turns.look_round(holds),
        Manner::Free(_) if hall.turns.lanes().iter().all(|lane| lane.has_left()) => Found::Nobody,
        Manner::Free(_) => hall.turns.look_on(holds),
        Manner::Live if hall.turns.lanes().is_empty() => Found::Nobody,
        Manner::Live => Found::Action,
    };
    if let Some((Awaited { fd, until }, error)) = untold.into_inner() {
        let why = format!("the kernel does not tell whether {fd} {until}: {}", Errno::from(&error));
        hall.end(Error::NotHere { lesson: hall.trace.playbill.lesson.clone(), why });
    }
    found
}

/// Which lane sleeps in which call: `server in accept`.
fn sleeping(hall: &Hall) -> String {
    let last = |name| {
        hall.trace.events.iter().rfind(|event| event.actor == name && event.packet().is_none())
    };
    let lanes = hall.turns.lanes().iter().filter(|lane| !lane.has_left());
    let places = lanes.map(|lane| match last(lane.name.clone()).map(|event| &event.fact) {
        Some(Fact::Called(call)) => format!("{} in {}", lane.name, call.name),
        Some(Fact::Waits(awaited)) => {
            format!("{} until {} {}", lane.name, awaited.fd, awaited.until)
        }
        _ => format!("{} outside of any call", lane.name),
    });
    places.collect::<Vec<_>>().join(", ")
}

/// Lets the trace decide the question, shows the ending, and takes the trace out of the house.
fn close(house: &House, question: Option<&Question>, dissects: bool) -> (Trace, Result<(), Error>) {
    let mut hall = house.enter();
    let lesson = hall.trace.playbill.lesson.clone();
    let wire = house.close_tap(&mut hall);
    let taken_apart = wire.filter(|_| dissects).and_then(|_| first_datagram(&hall.trace));
    let mut ending = Ending { table: taken_apart.or(hall.table.take()), wire, ..Ending::default() };
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
