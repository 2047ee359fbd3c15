//! The options of a socket, as one table.

use super::Socket;
use super::socket::done;
use crate::stage::witness;
use crate::trace::Value;
use std::io;
use std::panic::Location;
use std::time::Duration;

/// An option of a socket: what `getsockopt(2)` and `setsockopt(2)` call it, and who explains it.
#[derive(Debug)]
pub struct SocketOption {
    /// socket2's method that reads it.
    pub getter: &'static str,
    /// socket2's method that sets it, if it can be set.
    pub setter: Option<&'static str>,
    pub level: &'static str,
    pub name: &'static str,
    pub manual: &'static str,
}

macro_rules! options {
    ($($(#[$doc:meta])* $getter:ident $(/ $setter:ident)?: $type:ty = $level:ident, $name:ident, $manual:literal;)*) => {
        impl Socket {
            $(
                $(#[$doc])*
                #[doc = concat!("`", stringify!($name), "` of `", $manual, "`, read with `getsockopt(2)`.")]
                #[track_caller]
                pub fn $getter(&self) -> io::Result<$type> {
                    self.get(stringify!($level), stringify!($name), socket2::Socket::$getter)
                }
                $(
                    #[doc = concat!("Sets [`Socket::", stringify!($getter), "`] with `setsockopt(2)`.")]
                    #[track_caller]
                    pub fn $setter(&self, value: $type) -> io::Result<()> {
                        self.set(stringify!($level), stringify!($name), value, socket2::Socket::$setter)
                    }
                )?
            )*
        }

        /// Every option that a lesson can read or set.
        pub const OPTIONS: &[SocketOption] = &[
            $(SocketOption {
                getter: stringify!($getter),
                setter: [$(stringify!($setter),)?].as_slice().first().copied(),
                level: stringify!($level),
                name: stringify!($name),
                manual: $manual,
            },)*
        ];
    };
}

options! {
    /// Whether it listens: whether `listen(2)` was called on it.
    is_listener: bool = SOL_SOCKET, SO_ACCEPTCONN, "socket(7)";
    /// Whether the kernel asks a silent peer from time to time whether it is still there.
    keepalive / set_keepalive: bool = SOL_SOCKET, SO_KEEPALIVE, "socket(7)";
    /// How long a receiving call, or accept, may sleep. It fails with `EAGAIN` then.
    read_timeout / set_read_timeout: Option<Duration> = SOL_SOCKET, SO_RCVTIMEO, "socket(7)";
    /// How many bytes of memory may hold what has arrived and is not read. Linux doubles what is asked.
    recv_buffer_size / set_recv_buffer_size: usize = SOL_SOCKET, SO_RCVBUF, "socket(7)";
    /// Whether `bind(2)` may take an address over from connections that have ended and linger.
    reuse_address / set_reuse_address: bool = SOL_SOCKET, SO_REUSEADDR, "socket(7)";
    /// How many bytes of memory may hold what is sent and not acknowledged. Linux doubles what is asked.
    send_buffer_size / set_send_buffer_size: usize = SOL_SOCKET, SO_SNDBUF, "socket(7)";
    /// How long a sending call, or connect, may sleep. It fails with `EAGAIN` then, connect with `EINPROGRESS`.
    write_timeout / set_write_timeout: Option<Duration> = SOL_SOCKET, SO_SNDTIMEO, "socket(7)";
    /// Whether small segments are sent at once, without Nagle's algorithm.
    tcp_nodelay / set_tcp_nodelay: bool = IPPROTO_TCP, TCP_NODELAY, "tcp(7)";
}

impl Socket {
    #[track_caller]
    fn get<T: Setting>(
        &self,
        level: &'static str,
        name: &'static str,
        get: fn(&socket2::Socket) -> io::Result<T>,
    ) -> io::Result<T> {
        let call = || self.call("getsockopt").with(constant(level)).with(constant(name));
        witness(Location::caller(), call, || get(self.inner()), |value| vec![value.shown()])
    }

    #[track_caller]
    fn set<T: Setting>(
        &self,
        level: &'static str,
        name: &'static str,
        value: T,
        set: fn(&socket2::Socket, T) -> io::Result<()>,
    ) -> io::Result<()> {
        let call = || self.call("setsockopt").with(constant(level)).with(constant(name)).with(value.shown());
        witness(Location::caller(), call, || set(self.inner(), value), done)
    }
}

/// The value of an option, as the kernel holds it: a number.
trait Setting: Copy {
    fn shown(&self) -> Value;
}

impl Setting for bool {
    fn shown(&self) -> Value {
        Value::Number((*self).into())
    }
}

impl Setting for usize {
    fn shown(&self) -> Value {
        Value::Number(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Setting for Option<Duration> {
    fn shown(&self) -> Value {
        Value::Time(*self)
    }
}

fn constant(name: &'static str) -> Value {
    Value::Constant(name.into())
}
