//! The socket that lessons use.

use super::names;
use crate::stage::{witness, witness_names};
use crate::trace::{Bytes, Call, Value};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::io::{self, Read};
use std::mem::ManuallyDrop;
use std::net::Shutdown;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::panic::Location;

/// A [`socket2::Socket`] with a witness. It is closed when it is dropped.
///
/// The errors of each method are those of the call it makes, as its manual page lists them.
#[derive(Debug)]
pub struct Socket {
    inner: ManuallyDrop<socket2::Socket>,
}

impl Socket {
    /// `socket(2)`: makes a socket. It has no address yet.
    #[track_caller]
    pub fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<Socket> {
        let call = || {
            Call::new("socket")
                .with(names::domain(domain))
                .with(names::kind(kind))
                .with(names::protocol(protocol))
        };
        let make = || socket2::Socket::new(domain, kind, protocol).map(Socket::from);
        witness_names(Location::caller(), call, make, |made| vec![Value::Fd(made.fd())], Socket::fd)
    }

    /// `bind(2)`: gives the socket a local address.
    #[track_caller]
    pub fn bind(&self, address: &SockAddr) -> io::Result<()> {
        self.rename(|| self.call("bind").with(names::address(address)), || self.inner.bind(address))
    }

    /// `listen(2)`: makes it a listening socket. `backlog` limits how many connections may wait to be accepted.
    #[track_caller]
    pub fn listen(&self, backlog: i32) -> io::Result<()> {
        let call = || self.call("listen").with(Value::Number(backlog.into()));
        self.rename(call, || self.inner.listen(backlog))
    }

    /// `accept4(2)` with `SOCK_CLOEXEC`: takes the next connection, and sleeps until there is one.
    #[track_caller]
    pub fn accept(&self) -> io::Result<(Socket, SockAddr)> {
        let accept = || self.inner.accept().map(|(socket, peer)| (Socket::from(socket), peer));
        let answer = |(socket, peer): &(Socket, _)| vec![Value::Fd(socket.fd()), names::address(peer)];
        witness_names(Location::caller(), || self.call("accept"), accept, answer, |(socket, _)| socket.fd())
    }

    /// `connect(2)`: connects to `address`, and sleeps until the other end has agreed or refused.
    #[track_caller]
    pub fn connect(&self, address: &SockAddr) -> io::Result<()> {
        self.rename(|| self.call("connect").with(names::address(address)), || self.inner.connect(address))
    }

    /// `getsockname(2)`: its own address.
    #[track_caller]
    pub fn local_addr(&self) -> io::Result<SockAddr> {
        let answer = |address: &SockAddr| vec![names::address(address)];
        witness(Location::caller(), || self.call("getsockname"), || self.inner.local_addr(), answer)
    }

    /// `getpeername(2)`: the address of the other end.
    #[track_caller]
    pub fn peer_addr(&self) -> io::Result<SockAddr> {
        let answer = |address: &SockAddr| vec![names::address(address)];
        witness(Location::caller(), || self.call("getpeername"), || self.inner.peer_addr(), answer)
    }

    /// `send(2)`, a `sendto` without an address: hands bytes to the kernel, and says how many it took.
    #[track_caller]
    pub fn send(&self, data: &[u8]) -> io::Result<usize> {
        let call = || self.call("send").with(Value::Bytes(Bytes::new(data)));
        let answer = |taken: &usize| vec![Value::Number(*taken as i64)];
        witness(Location::caller(), call, || self.inner.send(data), answer)
    }

    /// `recv(2)`, a `recvfrom` without an address: takes the bytes that are there, and sleeps until there are some.
    /// 0 is the end of the stream.
    ///
    /// socket2's own takes memory that need not be initialized; this one takes bytes, as [`Read::read`] does.
    #[track_caller]
    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len() as i64;
        let call = || self.call("recv").with(Value::Number(room));
        let receive = || {
            let data = buffer;
            let length = (&*self.inner).read(data)?;
            Ok(&data[..length])
        };
        let answer = |data: &&[u8]| vec![Value::Number(data.len() as i64), Value::Bytes(Bytes::new(data))];
        witness(Location::caller(), call, receive, answer).map(<[u8]>::len)
    }

    /// `recv(2)`, again and again until the buffer is full, as [`Read::read_exact`] does.
    ///
    /// # Errors
    /// Those of `recv`, and [`io::ErrorKind::UnexpectedEof`] if the stream ends before.
    #[track_caller]
    pub fn read_exact(&self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.recv(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => buffer = &mut buffer[length..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// `send(2)`, again and again until the kernel has taken all, as [`io::Write::write_all`] does.
    ///
    /// # Errors
    /// Those of `send`, and [`io::ErrorKind::WriteZero`] if it takes nothing.
    #[track_caller]
    pub fn write_all(&self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match self.send(data) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => data = &data[taken..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// `fcntl(2)` with `F_DUPFD_CLOEXEC`: a second descriptor for the same socket.
    #[track_caller]
    pub fn try_clone(&self) -> io::Result<Socket> {
        let call =
            || self.call("fcntl").with(Value::Constant("F_DUPFD_CLOEXEC".into())).with(Value::Number(0));
        let clone = || self.inner.try_clone().map(Socket::from);
        witness_names(Location::caller(), call, clone, |made| vec![Value::Fd(made.fd())], Socket::fd)
    }

    /// `shutdown(2)`: ends one direction of the connection, or both, at once.
    #[track_caller]
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        let call = || self.call("shutdown").with(names::shutdown(how));
        witness(Location::caller(), call, || self.inner.shutdown(how), done)
    }

    /// A call about this socket.
    pub(super) fn call(&self, name: &'static str) -> Call {
        Call::on(self.fd(), name)
    }

    pub(super) fn inner(&self) -> &socket2::Socket {
        &self.inner
    }

    fn fd(&self) -> i32 {
        self.inner.as_raw_fd()
    }

    /// A call that may change the names of this socket, and answers "done".
    #[track_caller]
    fn rename(
        &self,
        call: impl FnOnce() -> Call,
        perform: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        witness_names(Location::caller(), call, perform, done, |()| self.fd())
    }

    /// `close(2)`, in libc's own words: a drop of the standard library would hide the answer.
    fn close(&mut self, at: &Location) {
        // SAFETY: a socket is closed once, by its `Drop`, and nothing uses `inner` afterwards.
        let fd = unsafe { ManuallyDrop::take(&mut self.inner) }.into_raw_fd();
        let call = || Call::on(fd, "close");
        // SAFETY: `into_raw_fd` made this the only owner of the descriptor.
        let close = || match unsafe { libc::close(fd) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        };
        // Whatever close answers, the descriptor is gone (close(2), "Dealing with error returns").
        witness(at, call, close, done).ok();
    }
}

impl From<socket2::Socket> for Socket {
    fn from(socket: socket2::Socket) -> Socket {
        Socket { inner: ManuallyDrop::new(socket) }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.close(Location::caller());
    }
}

/// Closes a socket, as the standard `drop` does, and knows the line that says so.
#[track_caller]
pub fn drop(socket: Socket) {
    ManuallyDrop::new(socket).close(Location::caller());
}

/// The answer of a call that gives nothing: "ok".
pub(super) fn done(_: &()) -> Vec<Value> {
    Vec::new()
}
