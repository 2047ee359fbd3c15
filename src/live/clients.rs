//! The clients that a server has at the moment.

use crate::net::Socket;
use std::collections::HashMap;
use std::io;
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The number of a client: they are counted as they come.
pub type Number = u64;

/// A client's connection and thread, until it leaves.
type Seat = (Arc<Socket>, JoinHandle<io::Result<()>>);

/// All clients, and what threads have to tell each other about them.
pub struct Clients {
    room: Mutex<Room>,
    changed: Condvar,
    most: usize,
}

#[derive(Default)]
struct Room {
    seats: HashMap<Number, Seat>,
    /// Threads that have nothing more to do, and are to be joined.
    ended: Vec<JoinHandle<io::Result<()>>>,
    came: u64,
    closed: u64,
    most_at_once: usize,
    stops: bool,
}

/// What a server has to tell when it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub clients: u64,
    pub most_at_once: usize,
}

impl Clients {
    /// Room for at most so many clients at once.
    pub fn new(most: usize) -> Arc<Clients> {
        Arc::new(Clients { room: Mutex::default(), changed: Condvar::new(), most })
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether every seat is taken.
    pub fn is_full(&self) -> bool {
        self.room().seats.len() >= self.most
    }

    /// Waits until there is room for one more, or everything stops.
    pub fn wait_for_room(&self) {
        let no_room = |room: &mut Room| room.seats.len() >= self.most && !room.stops;
        drop(self.changed.wait_while(self.room(), no_room));
    }

    /// Gives a client its seat and its thread, which `start` makes.
    ///
    /// # Errors
    /// The machine gives no thread. The client has no seat then.
    pub fn seat(
        &self,
        connection: Socket,
        start: impl FnOnce(Number, Arc<Socket>) -> io::Result<JoinHandle<io::Result<()>>>,
    ) -> io::Result<()> {
        let connection = Arc::new(connection);
        // The thread cannot leave before it has its seat: it waits for this lock.
        let mut room = self.room();
        let number = room.came + 1;
        let thread = start(number, connection.clone())?;
        if room.stops {
            // It came in while everything stopped.
            connection.shutdown(Shutdown::Both).ok();
        }
        room.seats.insert(number, (connection, thread));
        room.came = number;
        room.most_at_once = room.most_at_once.max(room.seats.len());
        Ok(())
    }

    /// A client leaves: called by its own thread, as the last thing but closing the connection. It
    /// joins the threads that have ended before; to wait for those that are about to would let them
    /// queue up behind each other.
    pub fn leave(&self, number: Number) {
        let mut room = self.room();
        let ended = room.ended.extract_if(.., |thread| thread.is_finished()).collect();
        if let Some((_, thread)) = room.seats.remove(&number) {
            room.ended.push(thread);
        }
        drop(room);
        self.changed.notify_all();
        join(ended);
    }

    /// A client that has left has closed its connection: its descriptor is free.
    pub fn has_closed(&self) {
        self.room().closed += 1;
        self.changed.notify_all();
    }

    /// Lets nobody in any more, and shows every connection to `end`.
    pub fn stop(&self, mut end: impl FnMut(&Socket)) {
        let mut room = self.room();
        room.stops = true;
        room.seats.values().for_each(|(connection, _)| end(connection));
        drop(room);
        self.changed.notify_all();
    }

    pub fn stops(&self) -> bool {
        self.room().stops
    }

    /// Waits for a while, or until everything stops.
    pub fn pause(&self, time: Duration) {
        let waited = self.changed.wait_timeout_while(self.room(), time, |room| !room.stops);
        drop(waited);
    }

    /// Waits until a client has closed, everything stops, or a second has passed: something else
    /// may have freed what was missing.
    pub fn wait_for_change(&self) {
        let room = self.room();
        let before = room.closed;
        let same = |room: &mut Room| room.closed == before && !room.stops;
        drop(self.changed.wait_timeout_while(room, Duration::from_secs(1), same));
    }

    /// Waits until every client has left, and joins every thread.
    pub fn wait_for_all(&self) -> Summary {
        let waited = self.changed.wait_while(self.room(), |room| !room.seats.is_empty());
        let mut room = waited.unwrap_or_else(PoisonError::into_inner);
        let ended = std::mem::take(&mut room.ended);
        let summary = Summary { clients: room.came, most_at_once: room.most_at_once };
        drop(room);
        join(ended);
        summary
    }
}

/// A session's own errors are told where they happen: here only its end counts.
fn join(threads: Vec<JoinHandle<io::Result<()>>>) {
    for thread in threads {
        thread.join().ok();
    }
}
