//! A lane: the thread of an actor, and whether it may act.

use crate::kernel::{Doing, Thread};
use crate::trace::{Awaited, Name};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// The thread of an actor, as the director sees it.
#[derive(Debug)]
pub struct Lane {
    pub name: Name,
    pub place: usize,
    /// What the standard library calls its thread.
    pub id: ThreadId,
    thread: Thread,
    /// Counts how often the lane came to the door and went in again: odd while it stands there.
    /// It stands there before its call, and again before anyone sees the answer.
    door: AtomicU64,
    /// What it waits for, before it may act again.
    awaits: Mutex<Option<Awaited>>,
    /// It keeps its turn, and waits until every other lane is still.
    wants_stillness: AtomicBool,
    /// Its part is over; its thread may not be gone yet.
    leaving: AtomicBool,
}

/// Where the director finds a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// At the door: it is awake and waits for its turn.
    AtTheDoor,
    /// At the door: it waits for something that the kernel will say.
    Waiting,
    /// Inside, and running.
    Acting,
    /// Inside, asleep in the kernel.
    Asleep,
    /// Its thread has ended.
    Gone,
}

impl Lane {
    /// The lane of `thread`, which calls this. It is born at the door.
    pub fn new(name: Name, place: usize, thread: Thread) -> Lane {
        Lane {
            name,
            place,
            id: thread::current().id(),
            thread,
            door: AtomicU64::new(1),
            awaits: Mutex::new(None),
            wants_stillness: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
        }
    }

    pub fn tid(&self) -> i32 {
        self.thread.tid()
    }

    pub fn come_to_the_door(&self) {
        self.door.fetch_add(1, Ordering::SeqCst);
    }

    pub fn go_in(&self) {
        self.door.fetch_add(1, Ordering::SeqCst);
    }

    /// What it waits for.
    pub fn awaits(&self) -> Option<Awaited> {
        *self.awaits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It waits for this from now on, or for nothing any more.
    pub fn set_awaits(&self, awaited: Option<Awaited>) {
        *self.awaits.lock().unwrap_or_else(PoisonError::into_inner) = awaited;
    }

    pub fn wants_stillness(&self) -> bool {
        self.wants_stillness.load(Ordering::SeqCst)
    }

    pub fn set_wants_stillness(&self, wants: bool) {
        self.wants_stillness.store(wants, Ordering::SeqCst);
    }

    pub fn leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
    }

    pub fn has_left(&self) -> bool {
        self.leaving.load(Ordering::SeqCst)
    }

    /// Looks at the door, then at the thread, then at the door again: what is seen in between holds
    /// only if the lane did not move.
    pub fn whereabouts(&self) -> Whereabouts {
        let before = self.door.load(Ordering::SeqCst);
        if before % 2 == 1 {
            return if self.awaits().is_some() {
                Whereabouts::Waiting
            } else {
                Whereabouts::AtTheDoor
            };
        }
        let doing = self.thread.doing();
        if self.door.load(Ordering::SeqCst) != before {
            return Whereabouts::Acting;
        }
        match doing {
            Doing::Gone => Whereabouts::Gone,
            // A thread that takes its leave still wakes those who wait to join it: it acts until it
            // is gone.
            Doing::Sleeping if !self.has_left() => Whereabouts::Asleep,
            _ => Whereabouts::Acting,
        }
    }
}
