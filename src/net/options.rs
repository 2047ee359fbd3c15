//! The options of a socket, as one table.

use super::Socket;
use super::linux;
use super::setting::{Setting, constant};
use super::socket::done;
use crate::manual::options::{self as manual, Opt};
use crate::stage::witness;
use crate::trace::{Call, Value};
use std::io;
use std::net::Ipv4Addr;
use std::panic::Location;
use std::time::Duration;

/// An option of a socket, and the methods of socket2 that read and set it.
pub struct SocketOption {
    /// What the manual says of it.
    pub opt: &'static Opt,
    /// socket2's method that reads it.
    pub getter: &'static str,
    /// socket2's method that sets it, if it can be set.
    pub setter: Option<&'static str>,
    get: fn(&Socket, &Location) -> io::Result<Value>,
    /// Sets it to a value worth trying, and gives that.
    set: Option<Set>,
}

/// The value that an option was asked to have, and how that went.
pub type Tried = (Value, io::Result<()>);

type Set = fn(&Socket, &Location) -> Tried;

impl SocketOption {
    /// Reads it.
    #[track_caller]
    pub fn get(&self, socket: &Socket) -> io::Result<Value> {
        (self.get)(socket, Location::caller())
    }

    /// Sets it to a value worth trying, if it can be set: that value, and how it went.
    #[track_caller]
    pub fn set(&self, socket: &Socket) -> Option<Tried> {
        let set = self.set?;
        Some(set(socket, Location::caller()))
    }
}

/// socket2's method, or what stands in for it where that takes another type, or asks for another
/// option.
macro_rules! method {
    ($name:ident) => {
        socket2::Socket::$name
    };
    ($name:ident, $by:expr) => {
        $by
    };
}

macro_rules! options {
    ($(
        $getter:ident $(by $get:expr)?, $type:ty = $name:ident
            $(, $setter:ident($try:expr) $(by $by:expr)?)?;
    )*) => {
        impl Socket {
            $(
                #[doc = concat!("`", stringify!($name), "`, read with `getsockopt(2)`:")]
                #[doc = concat!("see [`manual::", stringify!($name), "`].")]
                #[track_caller]
                pub fn $getter(&self) -> io::Result<$type> {
                    self.get(Location::caller(), &manual::$name, method!($getter $(, $get)?))
                }
                $(
                    #[doc = concat!("Sets [`Socket::", stringify!($getter), "`]")]
                    #[doc = "with `setsockopt(2)`."]
                    #[track_caller]
                    pub fn $setter(&self, value: $type) -> io::Result<()> {
                        let at = Location::caller();
                        self.set(at, &manual::$name, value, method!($setter $(, $by)?))
                    }
                )?
            )*
        }

        /// Every option that socket2 reads, and most that it sets.
        pub const OPTIONS: &[SocketOption] = &[
            $(SocketOption {
                opt: &manual::$name,
                getter: stringify!($getter),
                setter: [$(stringify!($setter),)?].as_slice().first().copied(),
                get: |socket, at| {
                    let opt = &manual::$name;
                    socket.get(at, opt, method!($getter $(, $get)?)).map(|value| value.shown(opt))
                },
                set: [$({
                    let set: Set = |socket, at| {
                        let (opt, value): (_, $type) = (&manual::$name, $try);
                        let shown = value.shown(opt);
                        (shown, socket.set(at, opt, value, method!($setter $(, $by)?)))
                    };
                    set
                },)?].as_slice().first().copied(),
            },)*
        ];
    };
}

options! {
    is_listener, bool = SO_ACCEPTCONN;
    broadcast, bool = SO_BROADCAST, set_broadcast(true);
    cookie, u64 = SO_COOKIE;
    device, Option<Vec<u8>> = SO_BINDTODEVICE, set_device(Some(b"lo".to_vec()))
        by |socket: &socket2::Socket, name| socket.bind_device(name.as_deref());
    take_error, Option<io::Error> = SO_ERROR;
    cpu_affinity, usize = SO_INCOMING_CPU, set_cpu_affinity(0);
    busy_poll, u32 = SO_BUSY_POLL, set_busy_poll(50);
    keepalive, bool = SO_KEEPALIVE, set_keepalive(true);
    linger, Option<Duration> = SO_LINGER, set_linger(Some(Duration::from_secs(1)));
    mark, u32 = SO_MARK, set_mark(1);
    out_of_band_inline, bool = SO_OOBINLINE, set_out_of_band_inline(true);
    passcred, bool = SO_PASSCRED, set_passcred(true);
    priority, u32 = SO_PRIORITY, set_priority(1);
    read_timeout, Option<Duration> = SO_RCVTIMEO,
        set_read_timeout(Some(Duration::from_millis(1500)));
    recv_buffer_size, usize = SO_RCVBUF, set_recv_buffer_size(10_000);
    reuse_address, bool = SO_REUSEADDR, set_reuse_address(true);
    reuse_port, bool = SO_REUSEPORT, set_reuse_port(true);
    send_buffer_size, usize = SO_SNDBUF, set_send_buffer_size(10_000);
    write_timeout, Option<Duration> = SO_SNDTIMEO,
        set_write_timeout(Some(Duration::from_millis(1500)));

    freebind_v4, bool = IP_FREEBIND, set_freebind_v4(true);
    header_included_v4, bool = IP_HDRINCL, set_header_included_v4(true);
    ip_transparent_v4, bool = IP_TRANSPARENT, set_ip_transparent_v4(true);
    multicast_all_v4, bool = IP_MULTICAST_ALL, set_multicast_all_v4(false);
    multicast_if_v4, Ipv4Addr = IP_MULTICAST_IF, set_multicast_if_v4(Ipv4Addr::LOCALHOST)
        by |socket: &socket2::Socket, address| socket.set_multicast_if_v4(&address);
    multicast_loop_v4, bool = IP_MULTICAST_LOOP, set_multicast_loop_v4(false);
    multicast_ttl_v4, u32 = IP_MULTICAST_TTL, set_multicast_ttl_v4(4);
    recv_tos_v4, bool = IP_RECVTOS, set_recv_tos_v4(true);
    tos_v4, u32 = IP_TOS, set_tos_v4(0x10);
    ttl_v4, u32 = IP_TTL, set_ttl_v4(42);

    freebind_v6, bool = IPV6_FREEBIND, set_freebind_v6(true);
    header_included_v6 by linux::header_included_v6, bool = IPV6_HDRINCL,
        set_header_included_v6(true);
    ip_transparent_v6, bool = IPV6_TRANSPARENT, set_ip_transparent_v6(true);
    multicast_all_v6, bool = IPV6_MULTICAST_ALL, set_multicast_all_v6(false);
    multicast_hops_v6, u32 = IPV6_MULTICAST_HOPS, set_multicast_hops_v6(4);
    multicast_if_v6, u32 = IPV6_MULTICAST_IF, set_multicast_if_v6(1);
    multicast_loop_v6, bool = IPV6_MULTICAST_LOOP, set_multicast_loop_v6(false);
    only_v6, bool = IPV6_V6ONLY, set_only_v6(true);
    recv_hoplimit_v6, bool = IPV6_RECVHOPLIMIT, set_recv_hoplimit_v6(true);
    recv_tclass_v6, bool = IPV6_RECVTCLASS, set_recv_tclass_v6(true);
    tclass_v6, u32 = IPV6_TCLASS, set_tclass_v6(0x10);
    unicast_hops_v6, u32 = IPV6_UNICAST_HOPS, set_unicast_hops_v6(42);

    tcp_congestion, Vec<u8> = TCP_CONGESTION, set_tcp_congestion(b"reno".to_vec())
        by |socket: &socket2::Socket, name| socket.set_tcp_congestion(&name);
    tcp_cork, bool = TCP_CORK, set_tcp_cork(true);
    tcp_keepalive_retries, u32 = TCP_KEEPCNT, set_tcp_keepalive_retries(2)
        by linux::set_keepalive_retries;
    tcp_keepalive_time, Duration = TCP_KEEPIDLE, set_tcp_keepalive_time(Duration::from_secs(60))
        by linux::set_keepalive_time;
    tcp_keepalive_interval, Duration = TCP_KEEPINTVL,
        set_tcp_keepalive_interval(Duration::from_secs(10))
        by linux::set_keepalive_interval;
    tcp_mss, u32 = TCP_MAXSEG, set_tcp_mss(1000);
    tcp_nodelay, bool = TCP_NODELAY, set_tcp_nodelay(true);
    tcp_notsent_lowat, u32 = TCP_NOTSENT_LOWAT, set_tcp_notsent_lowat(10_000);
    tcp_quickack, bool = TCP_QUICKACK, set_tcp_quickack(false);
    tcp_thin_linear_timeouts, bool = TCP_THIN_LINEAR_TIMEOUTS, set_tcp_thin_linear_timeouts(true);
    tcp_user_timeout, Option<Duration> = TCP_USER_TIMEOUT,
        set_tcp_user_timeout(Some(Duration::from_millis(1500)));
}

impl Socket {
    fn get<T: Setting>(
        &self,
        at: &Location,
        opt: &'static Opt,
        get: fn(&socket2::Socket) -> io::Result<T>,
    ) -> io::Result<T> {
        let call = || self.setting("getsockopt", opt);
        witness(at, call, || get(self.inner()), |value| vec![value.shown(opt)])
    }

    fn set<T: Setting>(
        &self,
        at: &Location,
        opt: &'static Opt,
        value: T,
        set: fn(&socket2::Socket, T) -> io::Result<()>,
    ) -> io::Result<()> {
        // Whoever decides what becomes of it: what is asked is decided by the lesson.
        let shown = value.shown(opt).bare().clone();
        let call = || self.setting("setsockopt", opt).with(shown);
        witness(at, call, || set(self.inner(), value), done)
    }

    /// A call about an option.
    pub(super) fn setting(&self, call: &'static str, opt: &'static Opt) -> Call {
        self.call(call).with(constant(opt.level)).with(constant(opt.name))
    }
}
