//! The house: all that the lanes of one run share.

use super::lane::Lane;
use super::tap::Tap;
use super::turns::Turns;
use super::witness;
use crate::error::Error;
use crate::kernel::look::Look;
use crate::kernel::observer::Observer;
use crate::kernel::thread::Thread;
use crate::sinks::Sink;
use crate::trace::{Event, Fact, Manner, Name, Table, Trace};
use std::io;
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// What the lanes of one run share.
pub struct House {
    pub observer: Observer,
    /// Looks at the kernel's own state after each call, if that is to be shown.
    pub look: Option<Arc<Mutex<Look>>>,
    pub changed: Condvar,
    lesson: String,
    file: String,
    manner: Manner,
    pub(super) began: Instant,
    hall: Mutex<Hall>,
}

/// What only one thread at a time may touch.
pub struct Hall {
    pub turns: Turns,
    pub trace: Trace,
    /// The run is over: no lane acts any more.
    pub over: bool,
    /// What the run has found out.
    pub table: Option<Table>,
    /// Why it was over before its lanes had ended.
    pub failure: Option<Error>,
    /// Tells the packets, if they were asked for.
    pub tap: Option<Tap>,
    sink: Box<dyn Sink>,
}

impl House {
    pub fn new(
        observer: Observer,
        look: Option<Look>,
        trace: Trace,
        tap: Option<Tap>,
        sink: Box<dyn Sink>,
    ) -> House {
        House {
            observer,
            look: look.map(|look| Arc::new(Mutex::new(look))),
            changed: Condvar::new(),
            lesson: trace.playbill.lesson.clone(),
            file: trace.playbill.script.file.clone(),
            manner: trace.playbill.manner.clone(),
            began: Instant::now(),
            hall: Mutex::new(Hall {
                turns: Turns::default(),
                trace,
                over: false,
                table: None,
                failure: None,
                tap,
                sink,
            }),
        }
    }

    /// The source file of the lesson, as `rustc` names it.
    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn manner(&self) -> &Manner {
        &self.manner
    }

    pub fn takes_turns(&self) -> bool {
        self.manner == Manner::Turns
    }

    /// Whether each event is shown when it happens.
    pub fn shows_at_once(&self) -> bool {
        !matches!(self.manner, Manner::Free(_))
    }

    /// The hall, for as long as the guard lives. A lane that panicked left nothing half done in it.
    pub fn enter(&self) -> MutexGuard<'_, Hall> {
        self.hall.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits in front of the hall until `lane` may act; for ever, if the run has to end.
    pub fn wait_for_turn(&self, lane: &Lane) -> MutexGuard<'_, Hall> {
        let not_its_turn = |hall: &Hall| self.takes_turns() && !hall.turns.is_turn_of(lane);
        let must_wait = |hall: &mut Hall| {
            hall.over || lane.awaits().is_some() || lane.wants_stillness() || not_its_turn(hall)
        };
        let waited = self.changed.wait_while(self.enter(), must_wait);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts an actor's thread, and waits until it stands at the door.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start<T, F>(
        self: &Arc<Self>,
        name: Name,
        line: Option<u32>,
        part: F,
    ) -> io::Result<JoinHandle<io::Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        let by = witness::come_to_the_door(self);
        let starter = by.as_ref().map(|by| by.name.clone());
        let (arrive, arrived) = channel();
        let (house, actor) = (self.clone(), name.clone());
        let work = move || {
            let lane = house.take_in(actor, starter, line);
            arrive.send(()).ok();
            house.play(&lane, part)
        };
        let handle = thread::Builder::new().name(name.to_string()).spawn(work);
        arrived.recv().ok();
        by.inspect(|by| by.go_in());
        handle
    }

    /// Gives the thread of a new actor its lane. It stands at the door then, and its starter may go
    /// on.
    fn take_in(&self, name: Name, by: Option<Name>, line: Option<u32>) -> Arc<Lane> {
        let thread = self.watch();
        let mut hall = self.enter();
        let thread = thread.unwrap_or_else(|source| {
            hall.end(Error::Machine { doing: "watch a thread", source });
            Thread::current()
        });
        let lane = Arc::new(Lane::new(name.clone(), hall.turns.lanes().len(), thread));
        self.tell(&mut hall, name, line, Fact::Entered { tid: lane.tid(), by });
        hall.turns.join(lane.clone());
        lane
    }

    /// The thread that calls this, watched if the director has to know what it is doing.
    fn watch(&self) -> io::Result<Thread> {
        match self.manner {
            Manner::Turns => Thread::watched(),
            Manner::Free(_) => Ok(Thread::watched().unwrap_or_else(|_| Thread::current())),
            Manner::Live => Ok(Thread::current()),
        }
    }

    /// Plays the part of an actor from its first turn to its end.
    fn play<T>(
        self: &Arc<Self>,
        lane: &Arc<Lane>,
        part: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        drop(self.wait_for_turn(lane));
        lane.go_in();
        let _leave = Leave { house: self, lane };
        witness::in_lane(self, lane, part).map_err(|error| {
            let kind = error.kind();
            let error = match self.manner {
                Manner::Live => Error::of_command(error, &self.lesson),
                _ => Error::of(error, &self.lesson, &lane.name),
            };
            self.fails(lane, error);
            kind.into()
        })
    }

    /// Ends the run because the machine gives no thread. The lane that asked for one goes no
    /// further.
    pub fn give_up(&self, source: io::Error) -> ! {
        self.enter().end(Error::Machine { doing: "start a thread", source });
        self.changed.notify_all();
        loop {
            thread::park();
        }
    }

    /// Ends the run because a lane failed. Nobody gets its turn meanwhile.
    fn fails(&self, lane: &Lane, error: Error) {
        lane.come_to_the_door();
        self.enter().end(error);
        self.changed.notify_all();
        lane.go_in();
    }

    /// Shows what is going to be performed. A free run is shown when it is over.
    pub fn opens(&self) {
        let mut hall = self.enter();
        let playbill = hall.trace.playbill.clone();
        if self.shows_at_once() {
            hall.show(|sink| sink.opens(&playbill));
        }
    }

    /// Shows an event that happens now, after the packets that have crossed before it, and keeps
    /// it.
    pub fn tell(&self, hall: &mut Hall, actor: Name, line: Option<u32>, fact: Fact) {
        let now = self.tell_packets(hall);
        let at = self.moment(now);
        self.keep(hall, Event { actor, line, at, fact });
    }

    /// Shows an event, and keeps it.
    pub(super) fn keep(&self, hall: &mut Hall, event: Event) {
        if self.shows_at_once() {
            hall.show(|sink| sink.event(&event));
        }
        if self.manner != Manner::Live {
            hall.trace.events.push(event);
        }
        if hall.over {
            self.changed.notify_all();
        }
    }
}

impl Hall {
    /// Ends the run. What went wrong first is what went wrong.
    pub fn end(&mut self, failure: Error) {
        self.over = true;
        self.failure.get_or_insert(failure);
    }

    /// Lets the sink speak, unless it has failed before: its first error ends the run.
    pub fn show(&mut self, what: impl FnOnce(&mut dyn Sink) -> io::Result<()>) {
        if matches!(self.failure, Some(Error::Output { .. })) {
            return;
        }
        if let Err(source) = what(&mut *self.sink) {
            self.end(Error::Output { source });
        }
    }
}

/// Takes a lane off the stage when its part is over, also when it panicked.
struct Leave<'a> {
    house: &'a Arc<House>,
    lane: &'a Arc<Lane>,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let (lesson, lane) = (self.house.lesson.clone(), self.lane.name.to_string());
            self.house.fails(
                self.lane,
                Error::Lesson { lesson, lane, why: "it panicked; the message stands above".into() },
            );
        }
        witness::at_the_door(self.house, self.lane, |hall| {
            self.house.tell(hall, self.lane.name.clone(), None, Fact::Left);
            self.lane.leave();
            if *self.house.manner() == Manner::Live {
                hall.turns.forget(self.lane);
            }
        });
        self.house.changed.notify_all();
    }
}
