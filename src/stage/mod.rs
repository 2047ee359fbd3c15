//! Where a lesson runs: its actors, and the one door that every event passes.
//!
//! - [`Stage`] is what a lesson sees of it: a way to start actors.
//! - [`perform`] runs a lesson to its end and gives its trace.
//! - `witness` is the door: each call to the kernel goes through it and comes out with its answer.
//! - `turns` decides whose turn it is. One lane acts at a time, until it ends or falls asleep in
//!   the kernel.

mod house;
mod lane;
mod live;
mod perform;
mod tap;
mod turns;
mod witness;

pub use live::Live;
pub use perform::{Play, perform};
pub use tap::Tapping;
pub use witness::{ask_observer, wait_until, witness, witness_names};

use crate::trace::Table;
use house::House;
use std::io;
use std::panic::Location;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// Where a lesson runs.
#[derive(Clone)]
pub struct Stage {
    /// None on a stage that nobody watches.
    house: Option<Arc<House>>,
}

impl Stage {
    /// A stage that nobody watches: its actors are plain threads, and no call is reported.
    pub fn unwatched() -> Stage {
        Stage { house: None }
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
        let Some(house) = &self.house else { return thread::spawn(part) };
        self.try_actor(name, part).unwrap_or_else(|source| house.give_up(source))
    }

    /// What the run has found out, to be shown at its end.
    pub fn concludes(&self, table: Table) {
        if let Some(house) = &self.house {
            house.enter().table = Some(table);
        }
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
        match &self.house {
            Some(house) => house.start(name.into(), Some(Location::caller().line()), part),
            None => thread::Builder::new().spawn(part),
        }
    }
}
