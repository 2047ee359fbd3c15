//! The socket that lessons use.

use super::{guard, names};
use crate::manual::flags::NONBLOCK;
use crate::stage::{port_known_before, witness, witness_names};
use crate::trace::{Bytes, Call, Value};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::io;
use std::mem::ManuallyDrop;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::panic::Location;

/// A [`socket2::Socket`] with a witness. It is closed when it is dropped.
///
/// The errors of each method are those of the call it makes, as its manual page lists them.
#[derive(Debug)]
pub struct Socket {
    inner: ManuallyDrop<socket2::Socket>,
    /// Whether what it sends and receives are packets with their headers.
    carries_packets: bool,
}

impl Socket {
    /// `socket(2)`: makes a socket. It has no address yet.
    #[track_caller]
    pub fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<Socket> {
        let call = || making("socket", domain, kind, protocol);
        let carries_packets = guard::carries_packets(kind, protocol);
        let make = || {
            let inner = ManuallyDrop::new(socket2::Socket::new(domain, kind, protocol)?);
            Ok(Socket { inner, carries_packets })
        };
        witness_names(Location::caller(), call, make, |made| vec![Value::Fd(made.fd())], Socket::fd)
    }

    /// `socketpair(2)`: makes two sockets that are connected to each other.
    #[track_caller]
    pub fn pair(
        domain: Domain,
        kind: Type,
        protocol: Option<Protocol>,
    ) -> io::Result<(Socket, Socket)> {
        let call = || making("socketpair", domain, kind, protocol);
        let make = || {
            socket2::Socket::pair(domain, kind, protocol)
                .map(|(a, b)| (Socket::from(a), Socket::from(b)))
        };
        let answer = |(a, b): &(Socket, Socket)| vec![Value::Fd(a.fd()), Value::Fd(b.fd())];
        witness(Location::caller(), call, make, answer)
    }

    /// `bind(2)`: gives the socket a local address.
    #[track_caller]
    pub fn bind(&self, address: &SockAddr) -> io::Result<()> {
        let address = &with_known_port(address);
        self.rename(|| self.call("bind").with(names::address(address)), || self.inner.bind(address))
    }

    /// `listen(2)`: makes it a listening socket. `backlog` limits how many connections may wait to
    /// be accepted.
    #[track_caller]
    pub fn listen(&self, backlog: i32) -> io::Result<()> {
        let call = || self.call("listen").with(Value::Number(backlog.into()));
        self.rename(call, || self.inner.listen(backlog))
    }

    /// `accept4(2)` with `SOCK_CLOEXEC`: takes the next connection, and sleeps until there is one.
    #[track_caller]
    pub fn accept(&self) -> io::Result<(Socket, SockAddr)> {
        let accept = || self.inner.accept().map(|(socket, peer)| (Socket::from(socket), peer));
        let answer =
            |(socket, peer): &(Socket, _)| vec![Value::Fd(socket.fd()), names::address(peer)];
        witness_names(
            Location::caller(),
            || self.call("accept"),
            accept,
            answer,
            |(socket, _)| socket.fd(),
        )
    }

    /// `connect(2)`: connects to `address`, and sleeps until the other end has agreed or refused.
    #[track_caller]
    pub fn connect(&self, address: &SockAddr) -> io::Result<()> {
        self.stays_here(&[], Some(address))?;
        self.rename(
            || self.call("connect").with(names::address(address)),
            || self.inner.connect(address),
        )
    }

    /// `getsockname(2)`: its own address.
    #[track_caller]
    pub fn local_addr(&self) -> io::Result<SockAddr> {
        let answer = |address: &SockAddr| vec![names::address(address)];
        witness(Location::caller(), || self.call("getsockname"), || self.inner.local_addr(), answer)
    }

    /// `getsockname(2)`: its own address, byte by byte as it lies in memory; one of `AF_UNIX` as
    /// the text that it is, for most of it is a path. socket2 has no such method.
    #[track_caller]
    pub fn local_addr_bytes(&self) -> io::Result<Vec<u8>> {
        let ask = || self.inner.local_addr().map(|address| names::bytes(&address));
        let answer = |bytes: &Vec<u8>| {
            let is_text = bytes.starts_with(&(libc::AF_UNIX as libc::sa_family_t).to_ne_bytes());
            let shown = if is_text { Value::Bytes } else { Value::Hex };
            vec![shown(Bytes::new(bytes)).of_this_run()]
        };
        witness(Location::caller(), || self.call("getsockname"), ask, answer)
    }

    /// `getpeername(2)`: the address of the other end.
    #[track_caller]
    pub fn peer_addr(&self) -> io::Result<SockAddr> {
        let answer = |address: &SockAddr| vec![names::address(address)];
        witness(Location::caller(), || self.call("getpeername"), || self.inner.peer_addr(), answer)
    }

    /// `fcntl(2)` with `F_DUPFD_CLOEXEC`: a second descriptor for the same socket.
    #[track_caller]
    pub fn try_clone(&self) -> io::Result<Socket> {
        let call = || {
            self.call("fcntl")
                .with(Value::Constant("F_DUPFD_CLOEXEC".into()))
                .with(Value::Number(0))
        };
        let clone = || {
            let inner = ManuallyDrop::new(self.inner.try_clone()?);
            Ok(Socket { inner, carries_packets: self.carries_packets })
        };
        witness_names(
            Location::caller(),
            call,
            clone,
            |made| vec![Value::Fd(made.fd())],
            Socket::fd,
        )
    }

    /// `fcntl(2)`, `F_GETFL` and then `F_SETFL`: whether a call that would have to sleep fails with
    /// `EAGAIN` instead. If the socket is so already, the second call is left out.
    #[track_caller]
    pub fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        let at = Location::caller();
        let before = self.flags(at)?;
        let after = if nonblocking { before | NONBLOCK } else { before & !NONBLOCK };
        if after == before {
            return Ok(());
        }
        let call = || {
            let flags = names::file_flags(after);
            self.call("fcntl").with(Value::Constant("F_SETFL".into())).with(flags)
        };
        let set = || Ok(fcntl_setfl(self.inner(), OFlags::from_bits_retain(after as u32))?);
        witness(at, call, set, done)
    }

    fn flags(&self, at: &Location) -> io::Result<i32> {
        let call = || self.call("fcntl").with(Value::Constant("F_GETFL".into()));
        let get = || Ok(fcntl_getfl(self.inner())?.bits() as i32);
        witness(at, call, get, |&flags| vec![names::file_flags(flags)])
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

    /// Whether what it sends and receives are packets with their headers.
    pub(super) fn carries_packets(&self) -> bool {
        self.carries_packets
    }

    pub(super) fn fd(&self) -> i32 {
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

impl AsRawFd for Socket {
    fn as_raw_fd(&self) -> i32 {
        self.fd()
    }
}

impl From<socket2::Socket> for Socket {
    fn from(socket: socket2::Socket) -> Socket {
        Socket { inner: ManuallyDrop::new(socket), carries_packets: false }
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

/// The address, or the same with the port that the reader of the run wanted, if it asks for any.
fn with_known_port(address: &SockAddr) -> SockAddr {
    let any = address.as_socket().filter(|inet| inet.port() == 0);
    let known = any.and_then(|inet| Some((inet, port_known_before()?)));
    known.map_or_else(|| address.clone(), |(inet, port)| SocketAddr::new(inet.ip(), port).into())
}

/// A call that makes sockets.
fn making(name: &'static str, domain: Domain, kind: Type, protocol: Option<Protocol>) -> Call {
    let call = Call::new(name).with(names::domain(domain)).with(names::kind(kind));
    call.with(names::protocol(domain, protocol))
}

/// The answer of a call that gives nothing: "ok".
pub(super) fn done(_: &()) -> Vec<Value> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    /// The mark would be lost at the other end.
    #[test]
    fn a_socket_that_carries_packets_is_not_passed_on() {
        let (near, far) = Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
        let error = near.send_with_socket(b"x", &as_if_raw()).unwrap_err();
        assert_eq!((error.kind(), error.raw_os_error()), (io::ErrorKind::PermissionDenied, None));
        let plain = Socket::from(socket2::Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap());
        assert_eq!(near.send_with_socket(b"x", &plain).unwrap(), 1);
        assert!(far.recv_with_socket(&mut [0; 8]).unwrap().1.is_some());
    }

    /// It is a UDP socket, for raw ones need a privilege.
    fn as_if_raw() -> Socket {
        let inner = socket2::Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        Socket { inner: ManuallyDrop::new(inner), carries_packets: true }
    }

    #[test]
    fn raw_packets_for_other_machines_are_refused_before_the_kernel_is_asked() {
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 9)).into();
        let here = SocketAddr::from(([127, 0, 0, 1], 9)).into();
        let header = [&[0x45; 16][..], &[192, 0, 2, 1]].concat();
        for socket in [as_if_raw(), as_if_raw().try_clone().unwrap()] {
            let refused = [
                socket.send_to(b"x", &elsewhere).map(|_| ()),
                socket.send_to(&header, &here).map(|_| ()),
                socket.connect(&elsewhere),
                socket.connect(&here).and_then(|()| socket.send(&header).map(|_| ())),
            ];
            for done in refused {
                let error = done.unwrap_err();
                assert_eq!(
                    (error.kind(), error.raw_os_error()),
                    (io::ErrorKind::PermissionDenied, None)
                );
            }
            assert_eq!(socket.send(b"x").unwrap(), 1);
            let file = socket.try_clone().unwrap();
            let error = socket.send_with_socket(&header, &file).unwrap_err();
            assert_eq!(error.raw_os_error(), None);
        }
    }
}
