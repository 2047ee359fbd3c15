//! The options of a socket, as one table.

use super::Socket;
use super::linux;
use super::setting::{Setting, constant};
use super::socket::done;
use crate::stage::witness;
use crate::trace::{Call, Value};
use rustix::net::sockopt;
use std::io;
use std::net::Ipv4Addr;
use std::panic::Location;
use std::time::Duration;

/// An option of a socket: what `getsockopt(2)` and `setsockopt(2)` call it, and who explains it.
pub struct SocketOption {
    /// socket2's method that reads it.
    pub getter: &'static str,
    /// socket2's method that sets it, if it can be set.
    pub setter: Option<&'static str>,
    pub level: &'static str,
    pub name: &'static str,
    /// What it decides, in one line.
    pub meaning: &'static str,
    /// What its value counts.
    pub unit: &'static str,
    /// The manual page that has more.
    pub manual: &'static str,
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

/// socket2's method, or what stands in for it where that takes another type, or asks for another option.
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
        #[doc = $doc:literal]
        $getter:ident $(by $get:expr)?, $type:ty = $level:ident, $name:ident, $unit:literal, $manual:literal $(, $setter:ident($try:expr) $(by $by:expr)?)?;
    )*) => {
        impl Socket {
            $(
                #[doc = $doc]
                #[doc = concat!("`", stringify!($name), "` of `", $manual, "`, read with `getsockopt(2)`.")]
                #[track_caller]
                pub fn $getter(&self) -> io::Result<$type> {
                    self.get(Location::caller(), stringify!($level), stringify!($name), method!($getter $(, $get)?))
                }
                $(
                    #[doc = concat!("Sets [`Socket::", stringify!($getter), "`] with `setsockopt(2)`.")]
                    #[track_caller]
                    pub fn $setter(&self, value: $type) -> io::Result<()> {
                        let at = Location::caller();
                        let (level, name) = (stringify!($level), stringify!($name));
                        self.set(at, level, name, value, method!($setter $(, $by)?))
                    }
                )?
            )*
        }

        /// Every option that socket2 reads, and most that it sets.
        pub const OPTIONS: &[SocketOption] = &[
            $(SocketOption {
                getter: stringify!($getter),
                setter: [$(stringify!($setter),)?].as_slice().first().copied(),
                level: stringify!($level),
                name: stringify!($name),
                meaning: $doc,
                unit: $unit,
                manual: $manual,
                get: |socket, at| {
                    let (level, name) = (stringify!($level), stringify!($name));
                    socket.get(at, level, name, method!($getter $(, $get)?)).map(|value| value.shown(name))
                },
                set: [$({
                    let set: Set = |socket, at| {
                        let (level, name, value): (_, _, $type) = (stringify!($level), stringify!($name), $try);
                        let shown = value.shown(name);
                        (shown, socket.set(at, level, name, value, method!($setter $(, $by)?)))
                    };
                    set
                },)?].as_slice().first().copied(),
            },)*
        ];
    };
}

options! {
    /// Whether it listens: whether `listen(2)` was called on it.
    is_listener, bool = SOL_SOCKET, SO_ACCEPTCONN, "0 or 1", "socket(7)";
    /// Whether it may send to a broadcast address.
    broadcast, bool = SOL_SOCKET, SO_BROADCAST, "0 or 1", "socket(7)", set_broadcast(true);
    /// A number that no other socket of this machine has, and that does not change.
    cookie, u64 = SOL_SOCKET, SO_COOKIE, "number", "socket(7)";
    /// Which interface it is tied to.
    device, Option<Vec<u8>> = SOL_SOCKET, SO_BINDTODEVICE, "interface", "socket(7)", set_device(Some(b"lo".to_vec()))
        by |socket: &socket2::Socket, name| socket.bind_device(name.as_deref());
    /// Which error came in the background. Reading it takes it away.
    take_error, Option<io::Error> = SOL_SOCKET, SO_ERROR, "error", "socket(7)";
    /// Which processor handles what arrives for it.
    cpu_affinity, usize = SOL_SOCKET, SO_INCOMING_CPU, "processor", "socket(7)", set_cpu_affinity(0);
    /// How long a receiver asks the device before it sleeps, in microseconds.
    busy_poll, u32 = SOL_SOCKET, SO_BUSY_POLL, "microseconds", "socket(7)", set_busy_poll(50);
    /// Whether the kernel asks a silent peer from time to time whether it is still there.
    keepalive, bool = SOL_SOCKET, SO_KEEPALIVE, "0 or 1", "socket(7)", set_keepalive(true);
    /// How long `close(2)` waits for data that is not acknowledged. No time at all throws the data away.
    linger, Option<Duration> = SOL_SOCKET, SO_LINGER, "time", "socket(7)", set_linger(Some(Duration::from_secs(1)));
    /// A mark on its packets, for routing and firewalls.
    mark, u32 = SOL_SOCKET, SO_MARK, "number", "socket(7)", set_mark(1);
    /// Whether urgent data stands in the stream with the rest.
    out_of_band_inline, bool = SOL_SOCKET, SO_OOBINLINE, "0 or 1", "socket(7)", set_out_of_band_inline(true);
    /// Whether messages of `AF_UNIX` come with the sender's credentials.
    passcred, bool = SOL_SOCKET, SO_PASSCRED, "0 or 1", "unix(7)", set_passcred(true);
    /// How urgent its packets are to this machine's own queues.
    priority, u32 = SOL_SOCKET, SO_PRIORITY, "0 to 6", "socket(7)", set_priority(1);
    /// How long a receiving call, or accept, may sleep. It fails with `EAGAIN` then.
    read_timeout, Option<Duration> = SOL_SOCKET, SO_RCVTIMEO, "time", "socket(7)", set_read_timeout(Some(Duration::from_millis(1500)));
    /// How many bytes of memory may hold what has arrived and is not read. Linux doubles what is asked.
    recv_buffer_size, usize = SOL_SOCKET, SO_RCVBUF, "bytes", "socket(7)", set_recv_buffer_size(10_000);
    /// Whether `bind(2)` may take an address over from connections that have ended and linger.
    reuse_address, bool = SOL_SOCKET, SO_REUSEADDR, "0 or 1", "socket(7)", set_reuse_address(true);
    /// Whether several sockets of one user may have the same address and share what arrives.
    reuse_port, bool = SOL_SOCKET, SO_REUSEPORT, "0 or 1", "socket(7)", set_reuse_port(true);
    /// How many bytes of memory may hold what is sent and not acknowledged. Linux doubles what is asked.
    send_buffer_size, usize = SOL_SOCKET, SO_SNDBUF, "bytes", "socket(7)", set_send_buffer_size(10_000);
    /// How long a sending call, or connect, may sleep. It fails with `EAGAIN` then, connect with `EINPROGRESS`.
    write_timeout, Option<Duration> = SOL_SOCKET, SO_SNDTIMEO, "time", "socket(7)", set_write_timeout(Some(Duration::from_millis(1500)));

    /// Whether it may be bound to an address that this machine does not have.
    freebind_v4, bool = IPPROTO_IP, IP_FREEBIND, "0 or 1", "ip(7)", set_freebind_v4(true);
    /// Whether the program writes the IP header of what it sends. Raw sockets only.
    header_included_v4, bool = IPPROTO_IP, IP_HDRINCL, "0 or 1", "ip(7)", set_header_included_v4(true);
    /// Whether it may act for addresses of other machines, as a proxy does.
    ip_transparent_v4, bool = IPPROTO_IP, IP_TRANSPARENT, "0 or 1", "ip(7)", set_ip_transparent_v4(true);
    /// Whether it gets what arrives for groups that only other sockets have joined.
    multicast_all_v4, bool = IPPROTO_IP, IP_MULTICAST_ALL, "0 or 1", "ip(7)", set_multicast_all_v4(false);
    /// The address of the interface that sends to groups.
    multicast_if_v4, Ipv4Addr = IPPROTO_IP, IP_MULTICAST_IF, "address", "ip(7)", set_multicast_if_v4(Ipv4Addr::LOCALHOST)
        by |socket: &socket2::Socket, address| socket.set_multicast_if_v4(&address);
    /// Whether this machine hears what it sends to a group that it has joined.
    multicast_loop_v4, bool = IPPROTO_IP, IP_MULTICAST_LOOP, "0 or 1", "ip(7)", set_multicast_loop_v4(false);
    /// How many routers what is sent to a group may pass.
    multicast_ttl_v4, u32 = IPPROTO_IP, IP_MULTICAST_TTL, "hops", "ip(7)", set_multicast_ttl_v4(4);
    /// Whether datagrams come with their type of service.
    recv_tos_v4, bool = IPPROTO_IP, IP_RECVTOS, "0 or 1", "ip(7)", set_recv_tos_v4(true);
    /// The type of service in the header of its packets.
    tos_v4, u32 = IPPROTO_IP, IP_TOS, "bits", "ip(7)", set_tos_v4(0x10);
    /// How many routers its packets may pass.
    ttl_v4, u32 = IPPROTO_IP, IP_TTL, "hops", "ip(7)", set_ttl_v4(42);

    /// Whether it may be bound to an IPv6 address that this machine does not have.
    freebind_v6, bool = IPPROTO_IPV6, IPV6_FREEBIND, "0 or 1", "ipv6(7)", set_freebind_v6(true);
    /// Whether the program writes the IPv6 header of what it sends. Raw sockets only.
    header_included_v6 by linux::header_included_v6, bool = IPPROTO_IPV6, IPV6_HDRINCL, "0 or 1", "ipv6(7)", set_header_included_v6(true);
    /// Whether it may act for IPv6 addresses of other machines, as a proxy does.
    ip_transparent_v6, bool = IPPROTO_IPV6, IPV6_TRANSPARENT, "0 or 1", "ipv6(7)", set_ip_transparent_v6(true);
    /// Whether it gets what arrives for IPv6 groups that only other sockets have joined.
    multicast_all_v6, bool = IPPROTO_IPV6, IPV6_MULTICAST_ALL, "0 or 1", "ipv6(7)", set_multicast_all_v6(false);
    /// How many routers what is sent to an IPv6 group may pass.
    multicast_hops_v6, u32 = IPPROTO_IPV6, IPV6_MULTICAST_HOPS, "hops", "ipv6(7)", set_multicast_hops_v6(4);
    /// The number of the interface that sends to IPv6 groups.
    multicast_if_v6, u32 = IPPROTO_IPV6, IPV6_MULTICAST_IF, "interface", "ipv6(7)", set_multicast_if_v6(1);
    /// Whether this machine hears what it sends to an IPv6 group that it has joined.
    multicast_loop_v6, bool = IPPROTO_IPV6, IPV6_MULTICAST_LOOP, "0 or 1", "ipv6(7)", set_multicast_loop_v6(false);
    /// Whether it serves IPv6 only, and leaves the port of IPv4 to others.
    only_v6, bool = IPPROTO_IPV6, IPV6_V6ONLY, "0 or 1", "ipv6(7)", set_only_v6(true);
    /// Whether datagrams come with their hop limit.
    recv_hoplimit_v6, bool = IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "0 or 1", "ipv6(7)", set_recv_hoplimit_v6(true);
    /// Whether datagrams come with their traffic class.
    recv_tclass_v6, bool = IPPROTO_IPV6, IPV6_RECVTCLASS, "0 or 1", "ipv6(7)", set_recv_tclass_v6(true);
    /// The traffic class in the header of its packets.
    tclass_v6, u32 = IPPROTO_IPV6, IPV6_TCLASS, "bits", "ipv6(7)", set_tclass_v6(0x10);
    /// How many routers its IPv6 packets may pass.
    unicast_hops_v6, u32 = IPPROTO_IPV6, IPV6_UNICAST_HOPS, "hops", "ipv6(7)", set_unicast_hops_v6(42);

    /// The name of the algorithm that decides how much may be under way.
    tcp_congestion, Vec<u8> = IPPROTO_TCP, TCP_CONGESTION, "name", "tcp(7)", set_tcp_congestion(b"reno".to_vec())
        by |socket: &socket2::Socket, name| socket.set_tcp_congestion(&name);
    /// Whether segments that are not full wait until it is unset, or for 200 milliseconds.
    tcp_cork, bool = IPPROTO_TCP, TCP_CORK, "0 or 1", "tcp(7)", set_tcp_cork(true);
    /// How many probes remain unanswered before the connection ends.
    tcp_keepalive_retries, u32 = IPPROTO_TCP, TCP_KEEPCNT, "probes", "tcp(7)", set_tcp_keepalive_retries(2)
        by |socket: &socket2::Socket, probes| Ok(sockopt::set_tcp_keepcnt(socket, probes)?);
    /// How long a connection is silent before the first probe.
    tcp_keepalive_time, Duration = IPPROTO_TCP, TCP_KEEPIDLE, "time", "tcp(7)", set_tcp_keepalive_time(Duration::from_secs(60))
        by |socket: &socket2::Socket, time| Ok(sockopt::set_tcp_keepidle(socket, time)?);
    /// How long it is between two probes.
    tcp_keepalive_interval, Duration = IPPROTO_TCP, TCP_KEEPINTVL, "time", "tcp(7)", set_tcp_keepalive_interval(Duration::from_secs(10))
        by |socket: &socket2::Socket, time| Ok(sockopt::set_tcp_keepintvl(socket, time)?);
    /// How many bytes a segment may hold.
    tcp_mss, u32 = IPPROTO_TCP, TCP_MAXSEG, "bytes", "tcp(7)", set_tcp_mss(1000);
    /// Whether small segments are sent at once, without Nagle's algorithm.
    tcp_nodelay, bool = IPPROTO_TCP, TCP_NODELAY, "0 or 1", "tcp(7)", set_tcp_nodelay(true);
    /// How many bytes may wait unsent before the socket stops being writable.
    tcp_notsent_lowat, u32 = IPPROTO_TCP, TCP_NOTSENT_LOWAT, "bytes", "tcp(7)", set_tcp_notsent_lowat(10_000);
    /// Whether acknowledgements are sent at once, for now.
    tcp_quickack, bool = IPPROTO_TCP, TCP_QUICKACK, "0 or 1", "tcp(7)", set_tcp_quickack(false);
    /// Whether a connection with little data repeats segments without waiting longer each time.
    tcp_thin_linear_timeouts, bool = IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, "0 or 1", "tcp(7)", set_tcp_thin_linear_timeouts(true);
    /// How long sent data may remain unacknowledged before the connection ends.
    tcp_user_timeout, Option<Duration> = IPPROTO_TCP, TCP_USER_TIMEOUT, "time", "tcp(7)", set_tcp_user_timeout(Some(Duration::from_millis(1500)));
}

impl Socket {
    fn get<T: Setting>(
        &self,
        at: &Location,
        level: &'static str,
        name: &'static str,
        get: fn(&socket2::Socket) -> io::Result<T>,
    ) -> io::Result<T> {
        let call = || self.setting("getsockopt", level, name);
        witness(at, call, || get(self.inner()), |value| vec![value.shown(name)])
    }

    fn set<T: Setting>(
        &self,
        at: &Location,
        level: &'static str,
        name: &'static str,
        value: T,
        set: fn(&socket2::Socket, T) -> io::Result<()>,
    ) -> io::Result<()> {
        // Whoever decides what becomes of it: what is asked is decided by the lesson.
        let shown = value.shown(name).bare().clone();
        let call = || self.setting("setsockopt", level, name).with(shown);
        witness(at, call, || set(self.inner(), value), done)
    }

    /// A call about an option.
    pub(super) fn setting(&self, call: &'static str, level: &'static str, name: &'static str) -> Call {
        self.call(call).with(constant(level)).with(constant(name))
    }
}
