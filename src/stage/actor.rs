//! Actors: how one is started, plays its part and leaves.

use super::lane::Lane;
use super::run::Run;
use super::witness;
use crate::error::{Error, Subject};
use crate::kernel::Thread;
use crate::sentence;
use crate::trace::{Fact, Manner, Name, Table};
use std::io;
use std::panic::Location;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};

/// Where a lesson runs.
#[derive(Clone)]
pub struct Stage {
    /// None on a stage that nobody watches.
    run: Option<Arc<Run>>,
}

impl Stage {
    /// A stage that nobody watches: its actors are plain threads, and no call is reported.
    pub fn unwatched() -> Stage {
        Stage { run: None }
    }

    pub(super) fn of(run: Arc<Run>) -> Stage {
        Stage { run: Some(run) }
    }

    /// Starts an actor: a thread with a name. It is [`std::thread::spawn`], and the name is a lane
    /// in every picture.
    ///
    /// If the actor ends in an error, the run ends with it.
    #[track_caller]
    pub fn actor<T, F>(&self, name: &str, part: F) -> JoinHandle<io::Result<T>>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        let Some(run) = &self.run else { return thread::spawn(part) };
        self.try_actor(name, part).unwrap_or_else(|source| give_up(run, source))
    }

    /// As [`Stage::actor`], for a server that goes on when there is no thread for one more client.
    ///
    /// # Errors
    /// The machine gives no thread.
    #[track_caller]
    pub fn try_actor<T, F>(&self, name: &str, part: F) -> io::Result<JoinHandle<io::Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        match &self.run {
            Some(run) => start(run, name.into(), Some(Location::caller().line()), part),
            None => thread::Builder::new().spawn(part),
        }
    }

    /// What the run has found out, to be shown at its end.
    pub fn concludes(&self, table: Table) {
        if let Some(run) = &self.run {
            run.lock().account.conclude(table);
        }
    }
}

/// Starts an actor's thread, and waits until it stands at the door.
///
/// # Errors
/// The machine gives no thread.
pub fn start<T, F>(
    run: &Arc<Run>,
    name: Name,
    line: Option<u32>,
    part: F,
) -> io::Result<JoinHandle<io::Result<T>>>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    let by = witness::come_to_the_door(run);
    let starter = by.as_ref().map(|by| by.name.clone());
    let (arrive, arrived) = channel();
    let (own, actor) = (run.clone(), name.clone());
    let work = move || {
        let lane = take_in(&own, actor, starter, line);
        arrive.send(()).ok();
        play(&own, &lane, part)
    };
    let handle = thread::Builder::new().name(name.to_string()).spawn(work);
    arrived.recv().ok();
    by.inspect(|by| by.go_in());
    handle
}

/// Gives the thread of a new actor its lane. It stands at the door then, and its starter may go on.
fn take_in(run: &Run, name: Name, by: Option<Name>, line: Option<u32>) -> Arc<Lane> {
    let thread = watch(&run.manner);
    let mut state = run.lock();
    let thread = thread.unwrap_or_else(|source| {
        state.account.end(Error::Machine { what: sentence!("cannot watch a thread"), source });
        Thread::current()
    });
    let lane = Arc::new(Lane::new(name.clone(), state.turns.lanes().len(), thread));
    state.account.tell(name, line, Fact::Entered { tid: lane.tid(), by, process: None });
    if state.account.is_over() {
        run.wake();
    }
    state.turns.join(lane.clone());
    lane
}

/// The thread that calls this, watched if the director has to know what it is doing.
fn watch(manner: &Manner) -> io::Result<Thread> {
    match manner {
        Manner::Turns => Thread::watched(),
        Manner::Free(_) => Ok(Thread::watched().unwrap_or_else(|_| Thread::current())),
        Manner::Live => Ok(Thread::current()),
    }
}

/// Plays the part of an actor from its first turn to its end.
fn play<T>(
    run: &Arc<Run>,
    lane: &Arc<Lane>,
    part: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    drop(run.wait_for_turn(lane));
    lane.go_in();
    let _leave = Leave { run, lane };
    witness::in_lane(run, lane, part).map_err(|error| {
        let kind = error.kind();
        let in_lane = matches!(run.subject, Subject::Lesson(_)).then_some(&*lane.name);
        fails(run, lane, run.subject.failed(error, in_lane));
        kind.into()
    })
}

/// Ends the run because the machine gives no thread. The lane that asked for one goes no further.
fn give_up(run: &Run, source: io::Error) -> ! {
    run.lock().account.end(Error::Machine { what: sentence!("cannot start a thread"), source });
    run.wake();
    loop {
        thread::park();
    }
}

/// Ends the run because a lane failed. Nobody gets its turn meanwhile.
fn fails(run: &Run, lane: &Lane, error: Error) {
    lane.come_to_the_door();
    run.lock().account.end(error);
    run.wake();
    lane.go_in();
}

/// Takes a lane off the stage when its part is over, also when it panicked.
struct Leave<'a> {
    run: &'a Run,
    lane: &'a Arc<Lane>,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let Leave { run, lane } = self;
        if thread::panicking() {
            let (subject, in_lane) = (run.subject.clone(), Some(lane.name.to_string()));
            let why = "it panicked; the message stands above".into();
            fails(run, lane, Error::Failed { subject, lane: in_lane, why });
        }
        run.at_the_door(lane, |state| {
            state.account.tell(lane.name.clone(), None, Fact::Left);
            lane.leave();
            if run.manner == Manner::Live {
                state.turns.forget(lane);
            }
        });
        run.wake();
    }
}
