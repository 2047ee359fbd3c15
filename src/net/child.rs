//! A child process that holds a socket.

use super::{Socket, linux};
use crate::stage::{ask_observer, witness};
use crate::trace::{Bytes, Call, Value};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::process::ExitStatusExt;
use std::panic::Location;
use std::process::ExitStatus;

/// A child process: another program, whose output is a socket of ours.
#[derive(Debug)]
pub struct Child {
    inner: std::process::Child,
}

impl Child {
    /// `posix_spawn(3)`: starts a program that writes to the socket. It has a descriptor of its own
    /// for it. Signals that we ignore, SIGPIPE among them, do to it what they do to any program.
    ///
    /// That is a dozen calls, so the observer makes them. None of the child's own are told.
    ///
    /// # Errors
    /// There is no such program, or the machine gives no process.
    #[track_caller]
    pub fn spawn(program: &[&str], output: &Socket) -> io::Result<Child> {
        let fd = output.fd();
        let words: Vec<String> = program.iter().copied().map(String::from).collect();
        let call = || {
            let text = Value::Bytes(Bytes::new(program.join(" ").as_bytes()));
            Call::new("posix_spawn").with(text).with(Value::Fd(fd))
        };
        let start = move || {
            // SAFETY: the lane that asks waits for the answer, and holds the socket open meanwhile.
            let socket = unsafe { BorrowedFd::borrow_raw(fd) };
            linux::spawn(&words, socket.try_clone_to_owned()?).map(|inner| Child { inner })
        };
        let answer = |child: &Child| vec![child.pid()];
        witness(Location::caller(), call, || ask_observer(start), answer)
    }

    /// `kill(2)` with SIGKILL, which no program can catch or ignore. When it returns, the child is
    /// dead: the observer waits for that.
    ///
    /// # Errors
    /// Those of the call.
    #[track_caller]
    pub fn kill(&mut self) -> io::Result<()> {
        let pid = self.pid();
        let call = || Call::new("kill").with(pid).with(Value::Constant("SIGKILL".into()));
        let kill = || {
            self.inner.kill()?;
            let id = Pid::from_child(&self.inner);
            let until_dead = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            ask_observer(move || waitid(WaitId::Pid(id), until_dead))?;
            Ok(())
        };
        witness(Location::caller(), call, kill, |()| Vec::new())
    }

    /// `wait4(2)`: waits until the child has ended, and gives how: the code with which it exited,
    /// or the signal that has killed it.
    ///
    /// # Errors
    /// Those of the call.
    #[track_caller]
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let pid = self.pid();
        let call = || Call::new("wait4").with(pid.clone());
        let answer = |status: &ExitStatus| vec![pid.clone(), ending(*status)];
        witness(Location::caller(), call, || self.inner.wait(), answer)
    }

    fn pid(&self) -> Value {
        Value::Number(self.inner.id().into()).of_this_run()
    }
}

/// How it ended.
fn ending(status: ExitStatus) -> Value {
    match status.signal() {
        Some(libc::SIGPIPE) => Value::Constant("SIGPIPE".into()),
        Some(libc::SIGKILL) => Value::Constant("SIGKILL".into()),
        Some(other) => Value::Number(other.into()),
        None => Value::Number(status.code().unwrap_or_default().into()),
    }
}
