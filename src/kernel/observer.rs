//! The observer: the one thread that asks the kernel about a lesson's sockets.

use super::thread;
use crate::error::Error;
use crate::trace::{Address, Names};
use std::mem::ManuallyDrop;
use std::net::TcpStream;
use std::os::fd::FromRawFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

/// A way to ask the observer. It ends when the last of them is gone.
#[derive(Clone, Debug)]
pub struct Observer {
    questions: Sender<(i32, Sender<Names>)>,
    tid: i32,
}

impl Observer {
    /// Starts the observer's thread.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start() -> Result<Observer, Error> {
        let (questions, asked) = channel();
        let (ready, is_ready) = channel();
        let work = move || {
            ready.send(thread::tid()).ok();
            observe(asked);
        };
        let started = Builder::new().name("observer".into()).spawn(work);
        started.map_err(|source| Error::Machine { doing: "start the observer's thread", source })?;
        let tid = is_ready.recv().expect("the observer sends its id first of all");
        Ok(Observer { questions, tid })
    }

    /// Its thread id.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// The names of a socket: `getsockname(2)` and `getpeername(2)`, asked on the observer's own thread.
    pub fn names(&self, fd: i32) -> Option<Names> {
        let (answer, answered) = channel();
        self.questions.send((fd, answer)).ok()?;
        answered.recv().ok()
    }
}

fn observe(asked: Receiver<(i32, Sender<Names>)>) {
    for (fd, answer) in asked {
        answer.send(names(fd)).ok();
    }
}

/// Reads both names of a socket. What is no internet address, or is not there, is left out.
fn names(fd: i32) -> Names {
    // SAFETY: the lane that asks waits for the answer and holds its socket open until then; it is never dropped here.
    // `TcpStream` serves any socket: only getsockname and getpeername are called.
    let socket = ManuallyDrop::new(unsafe { TcpStream::from_raw_fd(fd) });
    let local = socket.local_addr().ok().map(Address::Inet);
    let peer = socket.peer_addr().ok().map(Address::Inet);
    Names { of: fd, local, peer }
}
