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
type Connected = (Arc<Socket>, JoinHandle<io::Result<()>>);

/// All clients, and what threads have to tell each other about them.
pub struct Clients {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
}

#[derive(Default)]
struct State {
    connected: HashMap<Number, Connected>,
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
        Arc::new(Clients { state: Mutex::default(), changed: Condvar::new(), most })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is no room for one more.
    pub fn is_full(&self) -> bool {
        self.lock().connected.len() >= self.most
    }

    /// Waits until there is room for one more, or everything stops.
    pub fn wait_for_room(&self) {
        let no_room = |state: &mut State| state.connected.len() >= self.most && !state.stops;
        drop(self.changed.wait_while(self.lock(), no_room));
    }

    /// Takes a client in and gives it its thread, which `start` makes.
    ///
    /// # Errors
    /// The machine gives no thread. The client is not taken in then.
    pub fn take_in(
        &self,
        connection: Socket,
        start: impl FnOnce(Number, Arc<Socket>) -> io::Result<JoinHandle<io::Result<()>>>,
    ) -> io::Result<()> {
        let connection = Arc::new(connection);
        // The thread cannot leave before it is taken in: it waits for this lock.
        let mut state = self.lock();
        let number = state.came + 1;
        let thread = start(number, connection.clone())?;
        if state.stops {
            // It came in while everything stopped.
            connection.shutdown(Shutdown::Both).ok();
        }
        state.connected.insert(number, (connection, thread));
        state.came = number;
        state.most_at_once = state.most_at_once.max(state.connected.len());
        Ok(())
    }

    /// A client leaves: called by its own thread, as the last thing but closing the connection. It
    /// joins the threads that have ended before; to wait for those that are about to would let them
    /// queue up behind each other.
    pub fn leave(&self, number: Number) {
        let mut state = self.lock();
        let ended = state.ended.extract_if(.., |thread| thread.is_finished()).collect();
        if let Some((_, thread)) = state.connected.remove(&number) {
            state.ended.push(thread);
        }
        drop(state);
        self.changed.notify_all();
        join(ended);
    }

    /// A client that has left has closed its connection: its descriptor is free.
    pub fn has_closed(&self) {
        self.lock().closed += 1;
        self.changed.notify_all();
    }

    /// Lets nobody in any more, and shows every connection to `end`.
    pub fn stop(&self, mut end: impl FnMut(&Socket)) {
        let mut state = self.lock();
        state.stops = true;
        state.connected.values().for_each(|(connection, _)| end(connection));
        drop(state);
        self.changed.notify_all();
    }

    pub fn stops(&self) -> bool {
        self.lock().stops
    }

    /// Waits for a while, or until everything stops.
    pub fn pause(&self, time: Duration) {
        let waited = self.changed.wait_timeout_while(self.lock(), time, |state| !state.stops);
        drop(waited);
    }

    /// Waits until a client has closed, everything stops, or a second has passed: something else
    /// may have freed what was missing.
    pub fn wait_for_change(&self) {
        let state = self.lock();
        let before = state.closed;
        let same = |state: &mut State| state.closed == before && !state.stops;
        drop(self.changed.wait_timeout_while(state, Duration::from_secs(1), same));
    }

    /// Waits until every client has left, and joins every thread.
    pub fn wait_for_all(&self) -> Summary {
        let waited = self.changed.wait_while(self.lock(), |state| !state.connected.is_empty());
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let ended = std::mem::take(&mut state.ended);
        let summary = Summary { clients: state.came, most_at_once: state.most_at_once };
        drop(state);
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
