//! The observer: the one thread that asks the kernel about a lesson's sockets.

use super::{Thread, files, waiting};
use crate::error::Error;
use crate::sentence;
use crate::trace::{Address, Awaited, Names};
use std::io;
use std::mem::ManuallyDrop;
use std::net::TcpStream;
use std::os::fd::FromRawFd;
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;

/// What the observer does for whoever asks.
type Question = Box<dyn FnOnce() + Send>;

/// A way to ask the observer. It ends when the last of them is gone.
#[derive(Clone)]
pub struct Observer {
    questions: Sender<Question>,
    tid: i32,
}

impl Observer {
    /// Starts the observer's thread.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start() -> Result<Observer, Error> {
        files::make_room();
        let (questions, asked) = channel::<Question>();
        let (ready, is_ready) = channel();
        let work = move || {
            ready.send(Thread::current().tid()).ok();
            asked.into_iter().for_each(|question| question());
        };
        let started = Builder::new().name("observer".into()).spawn(work);
        started.map_err(|source| Error::Machine {
            what: sentence!("cannot start the observer's thread"),
            source,
        })?;
        let tid = is_ready.recv().expect("the observer sends its id first of all");
        Ok(Observer { questions, tid })
    }

    /// Its thread id.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// The names of a socket: `getsockname(2)` and `getpeername(2)`, asked on the observer's own
    /// thread.
    pub fn names(&self, fd: i32) -> Option<Names> {
        self.ask(move || names(fd))
    }

    /// Whether what is waited for is so now.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn holds(&self, awaited: Awaited) -> io::Result<bool> {
        self.ask(move || waiting::holds(awaited)).unwrap_or(Ok(false))
    }

    /// Asks on the observer's own thread, and waits for the answer. None if the observer is gone.
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = channel();
        self.questions.send(Box::new(move || _ = answer.send(question()))).ok()?;
        answered.recv().ok()
    }
}

/// Reads both names of a socket. What is no internet address, or is not there, is left out.
pub fn names(fd: i32) -> Names {
    // SAFETY: the lane that asks waits for the answer and holds its socket open until then; it is
    // never dropped here. `TcpStream` serves any socket: only getsockname and getpeername are
    // called.
    let socket = ManuallyDrop::new(unsafe { TcpStream::from_raw_fd(fd) });
    let local = socket.local_addr().ok().map(Address::Inet);
    let peer = socket.peer_addr().ok().map(Address::Inet);
    Names { of: fd, local, peer }
}
