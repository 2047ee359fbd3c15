//! The one door that every event passes.

use super::lane::{Lane, Whereabouts};
use super::run::{Run, State};
use crate::kernel::{self, Look};
use crate::manual::errno::Errno;
use crate::trace::{Answer, Awaited, Call, Change, Condition, Does, Fact, Manner, Names, Value};
use std::cell::RefCell;
use std::io;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

thread_local! {
    /// The lane of this thread, while it plays a part.
    static HERE: RefCell<Option<(Arc<Run>, Arc<Lane>)>> = const { RefCell::new(None) };
}

/// Makes a call to the kernel, and reports it: what is asked before, what was answered after.
///
/// On a thread that is no lane the call is made, and nobody hears of it: not even `call` is asked
/// to describe it.
///
/// # Errors
/// Those of the call itself.
pub fn witness<T>(
    at: &Location,
    call: impl FnOnce() -> Call,
    perform: impl FnOnce() -> io::Result<T>,
    answer: impl FnOnce(&T) -> Vec<Value>,
) -> io::Result<T> {
    report(at, call, perform, answer, |_| None)
}

/// As [`witness`], for a call that may change the names of a socket: the observer reads them
/// afterwards.
///
/// # Errors
/// Those of the call itself.
pub fn witness_names<T>(
    at: &Location,
    call: impl FnOnce() -> Call,
    perform: impl FnOnce() -> io::Result<T>,
    answer: impl FnOnce(&T) -> Vec<Value>,
    of: impl FnOnce(&T) -> i32,
) -> io::Result<T> {
    report(at, call, perform, answer, |done| Some(of(done)))
}

fn report<T>(
    at: &Location,
    call: impl FnOnce() -> Call,
    perform: impl FnOnce() -> io::Result<T>,
    answer: impl FnOnce(&T) -> Vec<Value>,
    renamed: impl FnOnce(&T) -> Option<i32>,
) -> io::Result<T> {
    let Some((run, lane)) = HERE.with_borrow(Clone::clone) else { return perform() };
    // The line is the student's only if the call stands in the lesson's own file, and not in that
    // of a library.
    let line = (at.file() == run.file).then(|| at.line());
    let call = call();
    run.at_the_door(&lane, |state| {
        state.account.tell(lane.name.clone(), line, Fact::Called(call.clone()));
        let_read(&run, state, &lane, line);
    });
    let done = perform();
    run.at_the_door(&lane, |state| {
        let names = match &done {
            Ok(done) => renamed(done).and_then(|fd| run.observer.names(fd)),
            Err(error) => names_meanwhile(&run, &call, error),
        };
        let answer = match &done {
            Ok(done) => Answer::Ok(answer(done)),
            Err(error) => Answer::Error(error.into()),
        };
        state.account.tell(lane.name.clone(), line, Fact::Returned { call, answer, names });
    });
    tell_changes(&run, &lane, line);
    done
}

/// A connect that goes on in the background has given the socket its own address. Whether it has a
/// peer yet depends on how fast the other end is, so that is not said.
fn names_meanwhile(run: &Run, call: &Call, error: &io::Error) -> Option<Names> {
    let is_under_way =
        call.does() == Some(Does::Connect) && Errno::from(error).name() == "EINPROGRESS";
    let names = call.fd.filter(|_| is_under_way).and_then(|fd| run.observer.names(fd))?;
    Some(Names { peer: None, ..names })
}

/// Waits until every other lane is still, and tells what has changed in the kernel, now and when
/// every FIN is acknowledged. The observer looks.
fn tell_changes(run: &Run, lane: &Lane, line: Option<u32>) {
    let Some(look) = &run.look else { return };
    lane.come_to_the_door();
    lane.set_wants_stillness(true);
    run.act_and_go_in(lane, |state| {
        for how in [Look::again, Look::later] {
            for change in seen(run, look, how) {
                state.account.tell(lane.name.clone(), line, Fact::Changed(change));
            }
        }
    });
}

/// What the observer sees.
fn seen(run: &Run, look: &Arc<Mutex<Look>>, how: fn(&mut Look) -> Vec<Change>) -> Vec<Change> {
    let look = look.clone();
    let seen =
        run.observer.ask(move || how(&mut look.lock().unwrap_or_else(PoisonError::into_inner)));
    seen.unwrap_or_default()
}

/// Rests, if whoever reads the run wants time to. All lanes are held still meanwhile, but the
/// kernel's timers are not: what they have done is told before anything else happens.
fn let_read(run: &Run, state: &mut State, lane: &Lane, line: Option<u32>) {
    while state.account.rests() {
        for change in run.look.iter().flat_map(|look| seen(run, look, Look::again)) {
            let change = Change { meanwhile: true, ..change };
            state.account.tell(lane.name.clone(), line, Fact::Changed(change));
        }
    }
}

/// Waits until the kernel says that it is so, and meanwhile gives up the turn. The lane makes no
/// call: the observer asks in its place. On a thread that is no lane nobody hears of it.
pub fn wait_until(at: &Location, fd: i32, until: Condition) {
    let awaited = Awaited { fd, until };
    let Some((run, lane)) = HERE.with_borrow(Clone::clone) else {
        return kernel::wait_until(awaited);
    };
    let line = (at.file() == run.file).then(|| at.line());
    lane.come_to_the_door();
    let mut state = run.wait_for_turn(&lane);
    state.account.tell(lane.name.clone(), line, Fact::Waits(awaited));
    let_read(&run, &mut state, &lane, line);
    lane.set_awaits(Some(awaited));
    drop(state);
    run.act_and_go_in(&lane, |state| {
        state.account.tell(lane.name.clone(), line, Fact::Waited(awaited));
    });
    tell_changes(&run, &lane, line);
}

/// Waits until the lane of that thread sleeps in the kernel. With turns it does whenever another
/// lane acts, unless it stands at the door. Without /proc it seems to run: after ten seconds it is
/// waited for no longer.
pub fn until_asleep(id: ThreadId) {
    let Some((run, _)) = HERE.with_borrow(Clone::clone) else { return };
    let deadline = Instant::now() + Duration::from_secs(10);
    while run.manner != Manner::Turns && Instant::now() < deadline {
        let lanes = run.lock().turns.lanes().to_vec();
        let sleeps = |lane: &Arc<Lane>| {
            lane.id == id && matches!(lane.whereabouts(), Whereabouts::Asleep | Whereabouts::Gone)
        };
        if lanes.iter().any(sleeps) {
            break;
        }
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// The port that a socket of this lane is to be bound to, if it asks for any: the reader wanted to
/// know it before.
pub fn port_known_before() -> Option<u16> {
    HERE.with_borrow(|here| here.as_ref().and_then(|(run, _)| run.take_port()))
}

/// Asks on the observer's thread what would be many calls on a lane's; without an observer, here.
pub fn ask_observer<T: Send + 'static>(question: impl Fn() -> T + Send + Clone + 'static) -> T {
    let run = HERE.with_borrow(|here| here.as_ref().map(|(run, _)| run.clone()));
    run.and_then(|run| run.observer.ask(question.clone())).unwrap_or_else(question)
}

/// Plays a part as `lane`: what this thread calls from now on is witnessed.
pub fn in_lane<T>(run: &Arc<Run>, lane: &Arc<Lane>, part: impl FnOnce() -> T) -> T {
    HERE.set(Some((run.clone(), lane.clone())));
    let done = part();
    HERE.set(None);
    done
}

/// Brings the lane of this thread to the door, if it is one, and waits for its turn. Until it goes
/// in again, nobody else gets the turn.
pub fn come_to_the_door(run: &Run) -> Option<Arc<Lane>> {
    let (_, lane) = HERE.with_borrow(Clone::clone)?;
    lane.come_to_the_door();
    drop(run.wait_for_turn(&lane));
    Some(lane)
}
