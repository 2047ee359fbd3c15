//! Waiting for several sockets at once.

use super::Socket;
use super::linux;
use crate::manual::flags;
use crate::stage::witness;
use crate::trace::{Call, Value};
use libc::{POLLERR, POLLHUP, POLLIN, POLLOUT};
use socket2::SockAddr;
use std::io;
use std::panic::Location;
use std::time::Duration;

/// `poll(2)`: sleeps until one of the sockets is ready for what is asked of it, constants of its
/// manual page such as [`POLLIN`], or the time is over; without a time, for as long as it takes.
/// Gives what each of them is ready for, in the same order. socket2 has no such function.
///
/// # Errors
/// Those of the call.
#[track_caller]
pub fn poll(asked: &[(&Socket, i16)], longest: Option<Duration>) -> io::Result<Vec<i16>> {
    let call = || {
        let each = |(socket, events): &(&Socket, i16)| about(socket, *events);
        let sockets = asked.iter().flat_map(each);
        let call = sockets.fold(Call::new("poll"), Call::with);
        call.with(Value::Time(longest))
    };
    let bare: Vec<_> = asked.iter().map(|(socket, events)| (socket.inner(), *events)).collect();
    let answer = |found: &Vec<i16>| {
        let ready: Vec<_> = found.iter().zip(asked).filter(|(events, _)| **events != 0).collect();
        let each = ready.iter().flat_map(|(events, (socket, _))| about(socket, **events));
        [Value::Number(ready.len() as i64)].into_iter().chain(each).collect()
    };
    witness(Location::caller(), call, || linux::poll(&bare, longest), answer)
}

/// A socket, and what it is asked for or ready for.
fn about(socket: &Socket, events: i16) -> [Value; 2] {
    [Value::Fd(socket.fd()), Value::Constant(flags::events(events).into())]
}

impl Socket {
    /// Connects as [`Socket::connect`] does, and waits no longer than that: a non-blocking
    /// `connect(2)`, and `poll(2)`. The socket is in blocking mode afterwards. What is not
    /// connected by then may be so later: there is nothing left to do but to close it.
    ///
    /// # Errors
    /// Those of the calls, and [`io::ErrorKind::TimedOut`].
    #[track_caller]
    pub fn connect_timeout(&self, address: &SockAddr, longest: Duration) -> io::Result<()> {
        self.set_nonblocking(true)?;
        let connected = self.connect(address);
        self.set_nonblocking(false)?;
        match connected {
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            done => return done,
        }
        let ready = poll(&[(self, POLLIN | POLLOUT)], Some(longest))?[0];
        match ready {
            0 => Err(io::ErrorKind::TimedOut.into()),
            ready if ready & (POLLERR | POLLHUP) != 0 => {
                Err(self.take_error()?.unwrap_or_else(|| io::ErrorKind::Other.into()))
            }
            _ => Ok(()),
        }
    }
}
