//! A system whose kernel we do not know how to ask: each question says so.
//!
//! It has every name that the face of `kernel` has. A system that can answer gets a folder of its
//! own beside this one. `tests/elsewhere.rs` compiles this very file on Linux, too.

use crate::error::Error;
use crate::sentence;
use crate::trace::{Awaited, Change, Names};
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;
use std::time::Instant;

/// What every question is answered with.
fn unsupported() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "this system is not asked yet: only Linux is")
}

/// What the observer does for whoever asks.
type Question = Box<dyn FnOnce() + Send>;

/// The observer: a thread that asks. Here it has few answers.
#[derive(Clone)]
pub struct Observer(Sender<Question>);

impl Observer {
    /// Starts the observer's thread.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start() -> Result<Observer, Error> {
        let (questions, asked) = channel::<Question>();
        let work = move || asked.into_iter().for_each(|question| question());
        let started = Builder::new().name("observer".into()).spawn(work);
        let what = sentence!("cannot start the observer's thread");
        started.map_err(|source| Error::Machine { what, source })?;
        Ok(Observer(questions))
    }

    /// Threads have no numbers here.
    pub fn tid(&self) -> i32 {
        0
    }

    /// The names of a socket: not told here.
    pub fn names(&self, _fd: i32) -> Option<Names> {
        None
    }

    /// Whether what is waited for is so now.
    ///
    /// # Errors
    /// It is not told here.
    pub fn holds(&self, _awaited: Awaited) -> io::Result<bool> {
        Err(unsupported())
    }

    /// Asks on the observer's own thread, and waits for the answer. None if the observer is gone.
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = channel();
        self.0.send(Box::new(move || _ = answer.send(question()))).ok()?;
        answered.recv().ok()
    }
}

/// Asks until it is so.
///
/// # Panics
/// It is not told here.
pub fn wait_until(_awaited: Awaited) {
    panic!("{}", unsupported());
}

/// A look at the sockets of a run.
pub struct Look;

impl Look {
    /// # Errors
    /// It is not told here.
    pub fn begin() -> io::Result<Look> {
        Err(unsupported())
    }

    pub fn again(&mut self) -> Vec<Change> {
        Vec::new()
    }

    pub fn later(&mut self) -> Vec<Change> {
        Vec::new()
    }
}

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Sleeping,
    Running,
    Gone,
}

/// A thread of this program.
#[derive(Debug)]
pub struct Thread;

impl Thread {
    pub fn current() -> Thread {
        Thread
    }

    /// # Errors
    /// It is not told here.
    pub fn watched() -> io::Result<Thread> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here: lanes run freely.
    pub fn can_be_watched() -> io::Result<()> {
        Err(unsupported())
    }

    /// Threads have no numbers here.
    pub fn tid(&self) -> i32 {
        0
    }

    /// A thread that is not watched seems to run.
    pub fn doing(&self) -> Doing {
        Doing::Running
    }
}

/// A packet as it was captured.
pub struct Captured {
    /// When it was sent.
    pub at: Instant,
    /// The same by the machine's clock: nanoseconds since 1970.
    pub stamp: u64,
    pub frame: Vec<u8>,
    /// How long the frame was.
    pub length: usize,
}

/// The packets on loopback.
pub struct Wire;

impl Wire {
    /// # Errors
    /// They are not captured here.
    pub fn open() -> io::Result<Wire> {
        Err(unsupported())
    }

    pub fn drain(&mut self) -> Vec<Captured> {
        Vec::new()
    }

    pub fn troubles(&mut self) -> (u64, bool) {
        (0, false)
    }
}

/// Our own open files.
pub mod files {
    use super::{File, io, unsupported};

    /// It stays where it is.
    pub fn out_of_the_way(file: File) -> File {
        file
    }

    /// # Errors
    /// The limit is not known here.
    pub fn raise_limit() -> io::Result<u64> {
        Err(unsupported())
    }

    /// None that we know of.
    pub fn how_many_are_open() -> u64 {
        0
    }
}

/// A network of our own.
pub mod network {
    use super::{io, unsupported};

    /// # Errors
    /// There is none here.
    pub fn enter() -> io::Result<()> {
        Err(unsupported())
    }

    /// # Errors
    /// There is none here.
    pub fn can_be_entered() -> io::Result<()> {
        Err(unsupported())
    }

    /// # Errors
    /// There is none here.
    pub fn bring_up() -> io::Result<()> {
        Err(unsupported())
    }

    /// # Errors
    /// There is none here.
    pub fn resemble_ethernet() -> io::Result<()> {
        Err(unsupported())
    }

    /// Why there is none, in words.
    pub fn why(error: &io::Error) -> String {
        error.to_string()
    }
}

/// Who listens on a port.
pub mod owner {
    use super::SocketAddr;

    /// Nobody that we know of.
    pub fn of(_address: SocketAddr) -> Option<String> {
        None
    }
}

/// What the kernel tells of one socket.
pub mod socket {
    use super::{io, unsupported};
    use crate::kernel::{AcceptQueue, TcpInfo};

    /// # Errors
    /// It is not told here.
    pub fn tcp_info(_fd: i32) -> io::Result<TcpInfo> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn accept_queue(_fd: i32) -> io::Result<AcceptQueue> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn unread(_fd: i32) -> io::Result<u32> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn unacknowledged(_fd: i32) -> io::Result<u32> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn unsent(_fd: i32) -> io::Result<u32> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn drops(_fd: i32) -> io::Result<u32> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not told here.
    pub fn number(_fd: i32, _level: i32, _name: i32) -> io::Result<i32> {
        Err(unsupported())
    }

    /// # Errors
    /// It is not set here.
    pub fn set_number(_fd: i32, _level: i32, _name: i32, _value: i32) -> io::Result<()> {
        Err(unsupported())
    }
}
