//! Runs a lesson, and directs it.

use super::actor::{self, Stage};
use super::run::{Run, State};
use super::turns::Found;
use crate::account::{Account, Tapping, tap};
use crate::error::{Error, Subject};
use crate::kernel::{Look, Observer, Thread};
use crate::manual::errno::Errno;
use crate::platform;
use crate::sentence;
use crate::trace::{Fact, Manner, Playbill, Question, Sink, Trace, Waiting};
use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the director looks round while lanes act or sleep. A shorter time costs processor
/// time, a longer one makes each change of turn slower; the order of a run does not depend on it.
const LOOK: Duration = Duration::from_micros(50);

/// How often it does so after that many looks at nothing but sleep: they may sleep for long.
const DOZE: Duration = Duration::from_millis(1);
const LOOKS_BEFORE_DOZE: u32 = 200;

/// How soon a live command notices that its page can be written no more, when nothing happens.
const LISTENING: Duration = Duration::from_millis(100);

/// When all lanes have slept for so long, the run has failed.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// And only if they were seen so often meanwhile: the whole program may have been stopped for a
/// while.
const LOOKS_AT_SLEEP: u32 = 1000;

/// What is to be performed.
pub struct Play {
    pub playbill: Playbill,
    /// What the run is called if it fails.
    pub subject: Subject,
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

impl Play {
    /// A play of which only the calls are shown.
    pub fn new(playbill: Playbill, subject: Subject, lead: &'static str) -> Play {
        let (kernel, question, tapping, dissects) = (false, None, None, false);
        Play { playbill, subject, kernel, lead, question, tapping, dissects }
    }
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
    let Play { mut playbill, subject, kernel, lead, question, tapping, dissects } = play;
    if let (Manner::Turns, Err(error)) = (&playbill.manner, Thread::can_be_watched()) {
        let why = format!("/proc does not tell what a thread is doing: {}", Errno::from(&error));
        playbill.manner = Manner::Free(why);
    }
    let observer = match Observer::start() {
        Ok(observer) => observer,
        Err(error) => return (Trace::new(playbill), Err(error)),
    };
    playbill.version = Playbill::VERSION;
    playbill.system = platform::system();
    (playbill.began, playbill.command) = (platform::now(), Some(platform::command()));
    (playbill.director, playbill.observer) = (Thread::current().tid(), observer.tid());
    let tap = tap(tapping, &observer, &mut playbill);
    // What is open now is none of the run's.
    let look = begin_to_look(kernel, &observer, &mut playbill);
    let account = Account::open(playbill, question, tap, sink);
    let shared = Arc::new(Run::new(observer, look, subject, account));
    let stage = Stage::of(shared.clone());
    if let Err(source) = actor::start(&shared, lead.into(), None, move || run(&stage)) {
        let what = sentence!("cannot start a thread");
        shared.lock().account.end(Error::Machine { what, source });
    }
    direct(&shared);
    shared.lock().account.close(dissects)
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
fn direct(run: &Run) {
    let (mut looks_at_sleep, mut awake) = (0, Instant::now());
    let mut state = run.lock();
    while !state.account.is_over() {
        let found = look_round(run, &mut state);
        match found {
            Found::AllAsleep => looks_at_sleep += 1,
            _ => (looks_at_sleep, awake) = (0, Instant::now()),
        }
        match found {
            Found::Nobody => break,
            Found::NewTurn => run.wake(),
            Found::AllAsleep
                if looks_at_sleep > LOOKS_AT_SLEEP && awake.elapsed() > LONGEST_SLEEP =>
            {
                let lesson = state.account.trace().playbill.lesson.clone();
                let sleeping = sleeping(&state);
                state.account.end(Error::Deadlock { lesson, sleeping });
            }
            Found::Action | Found::AllAsleep => {}
        }
        let until_next = if looks_at_sleep > LOOKS_BEFORE_DOZE { DOZE } else { LOOK };
        // On a stage that may last for days nothing has to be found out, but whether anybody
        // listens.
        let is_live = run.manner == Manner::Live;
        state = run.wait(state, if is_live { LISTENING } else { until_next });
        if is_live {
            state.account.look_after_sink();
        }
    }
}

fn look_round(run: &Run, state: &mut State) -> Found {
    let untold = RefCell::new(None);
    let holds = |awaited| {
        let told = run.observer.holds(awaited);
        told.map_err(|error| untold.replace(Some((awaited, error)))).unwrap_or(false)
    };
    let turns = &mut state.turns;
    let found = match run.manner {
        Manner::Turns => turns.look_round(holds),
        Manner::Free(_) if turns.lanes().iter().all(|lane| lane.has_left()) => Found::Nobody,
        Manner::Free(_) => turns.look_on(holds),
        Manner::Live if turns.lanes().is_empty() => Found::Nobody,
        Manner::Live => Found::Action,
    };
    if let Some((awaited, error)) = untold.into_inner() {
        let what = awaited.sentence(Waiting::Whether, &awaited.fd.to_string());
        let why = format!("the kernel does not tell {what}: {}", Errno::from(&error));
        state.account.end(Error::NotHere { subject: run.subject.clone(), why });
    }
    found
}

/// Which lane sleeps in which call: `server in accept`.
fn sleeping(state: &State) -> String {
    let events = &state.account.trace().events;
    let last = |name| events.iter().rfind(|event| event.actor == name && event.packet().is_none());
    let lanes = state.turns.lanes().iter().filter(|lane| !lane.has_left());
    let places = lanes.map(|lane| match last(lane.name.clone()).map(|event| &event.fact) {
        Some(Fact::Called(call)) => format!("{} in {}", lane.name, call.name),
        Some(Fact::Waits(awaited)) => {
            format!("{} {}", lane.name, awaited.sentence(Waiting::Until, &awaited.fd.to_string()))
        }
        _ => format!("{} outside of any call", lane.name),
    });
    places.collect::<Vec<_>>().join(", ")
}
