//! The one door that every event passes.

use super::house::{Hall, House};
use super::lane::Lane;
use crate::kernel::look::Look;
use crate::kernel::state;
use crate::trace::{Answer, Awaited, Call, Condition, Fact, Value};
use std::cell::RefCell;
use std::io;
use std::panic::Location;
use std::sync::{Arc, PoisonError};

thread_local! {
    /// The lane of this thread, while it plays a part.
    static HERE: RefCell<Option<(Arc<House>, Arc<Lane>)>> = const { RefCell::new(None) };
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
    let Some((house, lane)) = HERE.with_borrow(Clone::clone) else { return perform() };
    // The line is the student's only if the call stands in the lesson's own file, and not in that
    // of a library.
    let line = (at.file() == house.file()).then(|| at.line());
    let call = call();
    at_the_door(&house, &lane, |hall| {
        house.tell(hall, lane.name.clone(), line, Fact::Called(call.clone()));
    });
    let done = perform();
    at_the_door(&house, &lane, |hall| {
        let names = done.as_ref().ok().and_then(renamed).and_then(|fd| house.observer.names(fd));
        let answer = match &done {
            Ok(done) => Answer::Ok(answer(done)),
            Err(error) => Answer::Error(error.into()),
        };
        house.tell(hall, lane.name.clone(), line, Fact::Returned { call, answer, names });
    });
    tell_changes(&house, &lane, line);
    done
}

/// Waits until every other lane is still, and tells what has changed in the kernel, now and when
/// every FIN is acknowledged. The observer looks.
fn tell_changes(house: &House, lane: &Lane, line: Option<u32>) {
    let Some(look) = &house.look else { return };
    lane.come_to_the_door();
    lane.set_wants_stillness(true);
    act_and_go_in(house, lane, |hall| {
        for how in [Look::again, Look::later] {
            let look = look.clone();
            let seen = house
                .observer
                .ask(move || how(&mut look.lock().unwrap_or_else(PoisonError::into_inner)));
            for change in seen.unwrap_or_default() {
                house.tell(hall, lane.name.clone(), line, Fact::Changed(change));
            }
        }
    });
}

/// Waits until the kernel says that it is so, and meanwhile gives up the turn. The lane makes no
/// call: the observer asks in its place. On a thread that is no lane nobody hears of it.
pub fn wait_until(at: &Location, fd: i32, until: Condition) {
    let awaited = Awaited { fd, until };
    let Some((house, lane)) = HERE.with_borrow(Clone::clone) else {
        return state::wait_until(awaited);
    };
    let line = (at.file() == house.file()).then(|| at.line());
    lane.come_to_the_door();
    let mut hall = house.wait_for_turn(&lane);
    house.tell(&mut hall, lane.name.clone(), line, Fact::Waits(awaited));
    lane.set_awaits(Some(awaited));
    drop(hall);
    act_and_go_in(&house, &lane, |hall| {
        house.tell(hall, lane.name.clone(), line, Fact::Waited(awaited));
    });
    tell_changes(&house, &lane, line);
}

/// Asks on the observer's thread what would be many calls on a lane's; without an observer, here.
pub fn ask_observer<T: Send + 'static>(question: impl Fn() -> T + Send + Clone + 'static) -> T {
    let house = HERE.with_borrow(|here| here.as_ref().map(|(house, _)| house.clone()));
    house.and_then(|house| house.observer.ask(question.clone())).unwrap_or_else(question)
}

/// Plays a part as `lane`: what this thread calls from now on is witnessed.
pub fn in_lane<T>(house: &Arc<House>, lane: &Arc<Lane>, part: impl FnOnce() -> T) -> T {
    HERE.set(Some((house.clone(), lane.clone())));
    let done = part();
    HERE.set(None);
    done
}

/// Brings the lane of this thread to the door, if it is one, and waits for its turn. Until it goes
/// in again, nobody else gets the turn.
pub fn come_to_the_door(house: &House) -> Option<Arc<Lane>> {
    let (_, lane) = HERE.with_borrow(Clone::clone)?;
    lane.come_to_the_door();
    drop(house.wait_for_turn(&lane));
    Some(lane)
}

/// Does something in the hall when it is the lane's turn. If the run is over then, the lane never
/// goes in again.
pub fn at_the_door(house: &House, lane: &Lane, act: impl FnOnce(&mut Hall)) {
    lane.come_to_the_door();
    act_and_go_in(house, lane, act);
}

/// From the door: does something when it is the lane's turn, and goes in when it is its turn again.
fn act_and_go_in(house: &House, lane: &Lane, act: impl FnOnce(&mut Hall)) {
    act(&mut house.wait_for_turn(lane));
    drop(house.wait_for_turn(lane));
    lane.go_in();
}
