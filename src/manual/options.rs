//! The options of sockets: their numbers, and who explains them.

/// An option of a socket, as `getsockopt(2)` and `setsockopt(2)` know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Opt {
    /// Whose option it is: `SOL_SOCKET`, or the protocol.
    pub level: &'static str,
    pub name: &'static str,
    /// Its number at that level, as most machines with Linux have it.
    pub number: i32,
    /// What it decides, in one sentence.
    pub meaning: &'static str,
    /// What its value counts.
    pub unit: &'static str,
    /// The manual page that has more.
    pub page: &'static str,
}

/// The numbers of the levels, by their names.
pub const LEVELS: [(i32, &str); 4] =
    [(0, "IPPROTO_IP"), (1, "SOL_SOCKET"), (6, "IPPROTO_TCP"), (41, "IPPROTO_IPV6")];

/// The option that has these numbers on Linux.
pub fn option(level: i32, number: i32) -> Option<&'static Opt> {
    let (_, level) = LEVELS.iter().find(|(known, _)| *known == level)?;
    OPTS.iter().find(|opt| opt.level == *level && opt.number == number)
}

macro_rules! opts {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $number:literal $level:ident $unit:literal $page:literal;
    )*) => {
        $(
            $(#[doc = $doc])+
            pub const $name: Opt = Opt {
                level: stringify!($level),
                name: stringify!($name),
                number: $number,
                meaning: concat!($($doc),+),
                unit: $unit,
                page: $page,
            };
        )*

        /// All of them.
        pub const OPTS: &[Opt] = &[$($name),*];

        /// The numbers that this machine's C library has, in the same order.
        #[cfg(all(test, target_os = "linux"))]
        mod of_libc {
            use libc::*;

            // These the crate libc does not have yet.
            const IP_LOCAL_PORT_RANGE: i32 = 51;
            const SO_MEMINFO: i32 = 55;

            pub const NUMBERS: &[i32] = &[$($name),*];
        }
    };
}

opts! {
    /// Whether it listens: whether `listen(2)` was called on it.
    SO_ACCEPTCONN 30 SOL_SOCKET "0 or 1" "socket(7)";
    /// Whether it may send to a broadcast address.
    SO_BROADCAST 6 SOL_SOCKET "0 or 1" "socket(7)";
    /// A number that no other socket of this machine has, and that does not change.
    SO_COOKIE 57 SOL_SOCKET "number" "socket(7)";
    /// A filter: a program that looks at what arrives for it, and says what to throw away.
    SO_ATTACH_FILTER 26 SOL_SOCKET "program" "socket(7)";
    /// Takes the filter away.
    SO_DETACH_FILTER 27 SOL_SOCKET "none" "socket(7)";
    /// Which interface it is tied to.
    SO_BINDTODEVICE 25 SOL_SOCKET "interface" "socket(7)";
    /// Which error came in the background. Reading it takes it away.
    SO_ERROR 4 SOL_SOCKET "error" "socket(7)";
    /// Which processor handles what arrives for it.
    SO_INCOMING_CPU 49 SOL_SOCKET "processor" "socket(7)";
    /// How long a receiver asks the device before it sleeps, in microseconds.
    SO_BUSY_POLL 46 SOL_SOCKET "microseconds" "socket(7)";
    /// Whether the kernel asks a silent peer from time to time whether it is still there.
    SO_KEEPALIVE 9 SOL_SOCKET "0 or 1" "socket(7)";
    /// How long `close(2)` waits for data that is not acknowledged. No time at all throws the data
    /// away.
    SO_LINGER 13 SOL_SOCKET "time" "socket(7)";
    /// A mark on its packets, for routing and firewalls.
    SO_MARK 36 SOL_SOCKET "number" "socket(7)";
    /// Whether urgent data stands in the stream with the rest.
    SO_OOBINLINE 10 SOL_SOCKET "0 or 1" "socket(7)";
    /// Whether messages of `AF_UNIX` come with the sender's credentials.
    SO_PASSCRED 16 SOL_SOCKET "0 or 1" "unix(7)";
    /// How urgent its packets are to this machine's own queues.
    SO_PRIORITY 12 SOL_SOCKET "0 to 6" "socket(7)";
    /// How long a receiving call, or accept, may sleep. It fails with `EAGAIN` then.
    SO_RCVTIMEO 20 SOL_SOCKET "time" "socket(7)";
    /// How many bytes of memory may hold what has arrived and is not read. Linux doubles what is
    /// asked.
    SO_RCVBUF 8 SOL_SOCKET "bytes" "socket(7)";
    /// Whether `bind(2)` may take an address over from connections that have ended and linger.
    SO_REUSEADDR 2 SOL_SOCKET "0 or 1" "socket(7)";
    /// Whether several sockets of one user may have the same address and share what arrives.
    SO_REUSEPORT 15 SOL_SOCKET "0 or 1" "socket(7)";
    /// How many bytes of memory may hold what is sent and not acknowledged. Linux doubles what is
    /// asked.
    SO_SNDBUF 7 SOL_SOCKET "bytes" "socket(7)";
    /// How long a sending call, or connect, may sleep. It fails with `EAGAIN` then, connect with
    /// `EINPROGRESS`.
    SO_SNDTIMEO 21 SOL_SOCKET "time" "socket(7)";
    /// Which type the socket has.
    SO_TYPE 3 SOL_SOCKET "type" "socket(7)";
    /// Who was at the other end when the two were connected.
    SO_PEERCRED 17 SOL_SOCKET "process, user, group" "unix(7)";
    /// How much memory it uses, and how many datagrams were dropped for want of room.
    SO_MEMINFO 55 SOL_SOCKET "numbers" "linux/sock_diag.h";

    /// Whether it may be bound to an address that this machine does not have.
    IP_FREEBIND 15 IPPROTO_IP "0 or 1" "ip(7)";
    /// Whether the program writes the IP header of what it sends. Raw sockets only.
    IP_HDRINCL 3 IPPROTO_IP "0 or 1" "ip(7)";
    /// Whether it may act for addresses of other machines, as a proxy does.
    IP_TRANSPARENT 19 IPPROTO_IP "0 or 1" "ip(7)";
    /// Whether it gets what arrives for groups that only other sockets have joined.
    IP_MULTICAST_ALL 49 IPPROTO_IP "0 or 1" "ip(7)";
    /// The address of the interface that sends to groups.
    IP_MULTICAST_IF 32 IPPROTO_IP "address" "ip(7)";
    /// Whether this machine hears what it sends to a group that it has joined.
    IP_MULTICAST_LOOP 34 IPPROTO_IP "0 or 1" "ip(7)";
    /// How many routers what is sent to a group may pass.
    IP_MULTICAST_TTL 33 IPPROTO_IP "hops" "ip(7)";
    /// Whether datagrams come with their type of service.
    IP_RECVTOS 13 IPPROTO_IP "0 or 1" "ip(7)";
    /// The type of service in the header of its packets.
    IP_TOS 1 IPPROTO_IP "bits" "ip(7)";
    /// How many routers its packets may pass.
    IP_TTL 2 IPPROTO_IP "hops" "ip(7)";
    /// The longest packet for the way to the peer.
    IP_MTU 14 IPPROTO_IP "bytes" "ip(7)";
    /// Which ports the kernel may choose from.
    IP_LOCAL_PORT_RANGE 51 IPPROTO_IP "ports" "ip(7)";
    /// Whether errors that packets report reach a socket that is not connected, too.
    IP_RECVERR 11 IPPROTO_IP "0 or 1" "ip(7)";

    /// Whether it may be bound to an IPv6 address that this machine does not have.
    IPV6_FREEBIND 78 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether the program writes the IPv6 header of what it sends. Raw sockets only.
    IPV6_HDRINCL 36 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether it may act for IPv6 addresses of other machines, as a proxy does.
    IPV6_TRANSPARENT 75 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether it gets what arrives for IPv6 groups that only other sockets have joined.
    IPV6_MULTICAST_ALL 29 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// How many routers what is sent to an IPv6 group may pass.
    IPV6_MULTICAST_HOPS 18 IPPROTO_IPV6 "hops" "ipv6(7)";
    /// The number of the interface that sends to IPv6 groups.
    IPV6_MULTICAST_IF 17 IPPROTO_IPV6 "interface" "ipv6(7)";
    /// Whether this machine hears what it sends to an IPv6 group that it has joined.
    IPV6_MULTICAST_LOOP 19 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether it serves IPv6 only, and leaves the port of IPv4 to others.
    IPV6_V6ONLY 26 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether datagrams come with their hop limit.
    IPV6_RECVHOPLIMIT 51 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// Whether datagrams come with their traffic class.
    IPV6_RECVTCLASS 66 IPPROTO_IPV6 "0 or 1" "ipv6(7)";
    /// The traffic class in the header of its packets.
    IPV6_TCLASS 67 IPPROTO_IPV6 "bits" "ipv6(7)";
    /// How many routers its IPv6 packets may pass.
    IPV6_UNICAST_HOPS 16 IPPROTO_IPV6 "hops" "ipv6(7)";

    /// The name of the algorithm that decides how much may be under way.
    TCP_CONGESTION 13 IPPROTO_TCP "name" "tcp(7)";
    /// Whether segments that are not full wait until it is unset, or for 200 milliseconds.
    TCP_CORK 3 IPPROTO_TCP "0 or 1" "tcp(7)";
    /// How many probes remain unanswered before the connection ends.
    TCP_KEEPCNT 6 IPPROTO_TCP "probes" "tcp(7)";
    /// How long a connection is silent before the first probe.
    TCP_KEEPIDLE 4 IPPROTO_TCP "time" "tcp(7)";
    /// How long it is between two probes.
    TCP_KEEPINTVL 5 IPPROTO_TCP "time" "tcp(7)";
    /// How many bytes a segment may hold.
    TCP_MAXSEG 2 IPPROTO_TCP "bytes" "tcp(7)";
    /// Whether small segments are sent at once, without Nagle's algorithm.
    TCP_NODELAY 1 IPPROTO_TCP "0 or 1" "tcp(7)";
    /// How many bytes may wait unsent before the socket stops being writable.
    TCP_NOTSENT_LOWAT 25 IPPROTO_TCP "bytes" "tcp(7)";
    /// Whether acknowledgements are sent at once, for now.
    TCP_QUICKACK 12 IPPROTO_TCP "0 or 1" "tcp(7)";
    /// Whether a connection with little data repeats segments without waiting longer each time.
    TCP_THIN_LINEAR_TIMEOUTS 16 IPPROTO_TCP "0 or 1" "tcp(7)";
    /// How long sent data may remain unacknowledged before the connection ends.
    TCP_USER_TIMEOUT 18 IPPROTO_TCP "time" "tcp(7)";
    /// What the kernel counts about a connection, or about the queue of a listener.
    TCP_INFO 11 IPPROTO_TCP "numbers" "tcp(7)";
    /// How long a listener keeps a connection from accept on which nothing has arrived.
    TCP_DEFER_ACCEPT 9 IPPROTO_TCP "seconds" "tcp(7)";
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_linux() {
        assert!(OPTS.iter().map(|opt| opt.number).eq(of_libc::NUMBERS.iter().copied()));
        for opt in OPTS {
            let (level, _) = LEVELS.iter().find(|(_, name)| *name == opt.level).unwrap();
            assert_eq!(option(*level, opt.number), Some(opt));
        }
    }
}
