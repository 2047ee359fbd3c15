//! What the errors of the kernel mean, for people.

/// Everything that is known of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it means, in plain words: a sentence that follows "because", without a full stop.
    pub meaning: &'static str,
    /// Which calls give it, and when.
    pub when: &'static str,
    /// What to try.
    pub hint: &'static str,
}

macro_rules! explain {
    ($($name:ident: $meaning:literal, $when:literal, $hint:literal;)*) => {
        /// Every error that has an explanation here, by its name, in alphabetical order.
        pub const EXPLAINED: &[(&str, Explanation)] = &[
            $((stringify!($name), Explanation { meaning: $meaning, when: $when, hint: $hint }),)*
        ];
    };
}

explain! {
    EACCES:
        "this is not allowed for this user",
        "bind, to a port below net.ipv4.ip_unprivileged_port_start or in a directory that may not \
         be written to; sendto, to a broadcast address without SO_BROADCAST; socket, for a ping \
         socket outside of ping_group_range; connect, to a socket file without the right to write \
         to it",
        "another port, or one from 1024 on; for a broadcast, set_broadcast(true); for a socket \
         file, its permissions";
    EADDRINUSE:
        "that address is taken",
        "bind and listen, while another socket has the address or lingers there; bind, to the path \
         of a socket file that is still there",
        "port 0 for any free one; SO_REUSEADDR before bind; for a socket file, removing it";
    EADDRNOTAVAIL:
        "no interface of this machine has that address, or no port is free",
        "bind, to an address of another machine; connect, when every port for that destination is \
         taken",
        "an address that `ip addr` lists, or fewer connections to one destination";
    EAFNOSUPPORT:
        "this kernel does not know that address family, or the socket is of another family",
        "socket, for a family that is not built in; bind and connect, with an IPv6 address on an \
         IPv4 socket; other mixtures may give EINVAL",
        "a socket of the family that the address belongs to";
    EAGAIN:
        "it would have to wait, and was told not to",
        "any call that would sleep, on a socket that is non-blocking or whose time-out is over; \
         connect, to a full AF_UNIX queue",
        "waiting with poll, or a longer time-out";
    EALREADY:
        "an earlier connect is still under way",
        "connect, for the second time on a non-blocking socket",
        "waiting with poll until it is writable, then reading SO_ERROR";
    EBADF:
        "no open file has that descriptor",
        "any call, on a descriptor that was closed, by another thread perhaps, or on the -1 of a \
         call that failed and that nobody looked at",
        "looking for who closed it: the number may belong to another file by now";
    ECONNABORTED:
        "the connection ended before it was accepted",
        "accept, on some systems; Linux gives the dead connection instead",
        "calling accept again";
    ECONNREFUSED:
        "nobody listens at that address",
        "connect, to a port or a file where nobody listens; send and recv on a UDP socket that is \
         connected or has set IP_RECVERR, when the other end has said so",
        "starting the server first, and the address it listens at: `ss -tln` lists them";
    ECONNRESET:
        "the other end broke the connection off",
        "recv and send, when the other end closed with bytes unread, or with SO_LINGER set to no \
         time",
        "reading everything before closing, at the other end";
    EDESTADDRREQ:
        "no destination was given, and the socket is not connected",
        "send, on a UDP socket without a peer",
        "send_to, or connect first";
    EEXIST:
        "it is already there",
        "making a file or a directory that exists",
        "another name";
    EHOSTDOWN:
        "that host does not answer on its link",
        "connect and sendto, on macOS; Linux says EHOSTUNREACH",
        "whether the other machine is on, and in the same network";
    EHOSTUNREACH:
        "that host cannot be reached",
        "connect, when nobody on the link answers to that address; connect and sendto, when a \
         route or a router says so",
        "`ip route get ADDRESS`; `ip neigh`";
    EINPROGRESS:
        "it has begun, and goes on in the background",
        "connect, on a non-blocking socket, or when SO_SNDTIMEO is over",
        "waiting with poll until it is writable, then reading SO_ERROR";
    EINTR:
        "a signal came in between",
        "any call that sleeps",
        "calling again";
    EINVAL:
        "the arguments do not fit, or the socket is in the wrong state for it",
        "accept, without listen or after shutdown; bind, for the second time; bind and connect, \
         with an address too short for the family; accept, with a length that is no length; an \
         option that has to be set before bind",
        "the order of the calls";
    EIO:
        "the device failed",
        "reading and writing files",
        "the system's log";
    EISCONN:
        "the socket is already connected",
        "connect, for the second time",
        "a new socket";
    EISDIR:
        "it is a directory",
        "writing to a path",
        "the path of a file";
    EMFILE:
        "this process has as many open files as it may have",
        "socket and accept; the connection stays in the queue",
        "closing some, or `ulimit -n`";
    EMSGSIZE:
        "the message is too long to be sent in one piece",
        "sendto, with more than a datagram holds",
        "smaller datagrams, or a stream";
    ENETDOWN:
        "the interface is down",
        "connect and sendto, through an interface that is switched off; bind, of AF_PACKET",
        "`ip link`";
    ENETUNREACH:
        "no route leads to that network",
        "connect and sendto, where no interface has a way there",
        "`ip route`";
    ENFILE:
        "the whole system has as many open files as it may have",
        "socket and accept",
        "closing other programs; /proc/sys/fs/file-max";
    ENOBUFS:
        "the kernel has no memory left for it",
        "accept and send",
        "fewer connections";
    ENOENT:
        "there is no such file",
        "connect, to a socket file that is not there",
        "the path, and starting the server first";
    ENOMEM:
        "there is not enough memory",
        "any call",
        "closing other programs";
    ENOPROTOOPT:
        "the protocol does not know that option",
        "setsockopt, for an option of another protocol; getsockopt and setsockopt, for one that \
         does not exist",
        "playground options --family F --type T    (lists which sockets have which)";
    ENOSPC:
        "the device is full",
        "writing a file; unshare, when no more namespaces are allowed",
        "making room";
    ENOSYS:
        "this system does not have that call, or does not allow it",
        "any call that a sandbox refuses, or that the kernel does not have",
        "running outside of the sandbox";
    ENOTCONN:
        "the socket is not connected",
        "recv and getpeername, on a listener or before connect; shutdown, after the connection has \
         ended; send, on an AF_UNIX socket without a peer",
        "connect first; or the socket that accept gave";
    ENOTDIR:
        "a part of the path is not a directory",
        "opening a file, bind to a path",
        "the path";
    ENOTSOCK:
        "that descriptor is not a socket",
        "any socket call, on a file; on Windows, on a socket that was closed",
        "the descriptor that socket gave";
    EOPNOTSUPP:
        "sockets of that type cannot do it",
        "listen and accept, on a datagram socket; getsockopt, for an option of another protocol",
        "a stream, for connections; playground options, for what a socket has";
    EPERM:
        "this needs a privilege that the program does not have",
        "socket, of type SOCK_RAW or family AF_PACKET without CAP_NET_RAW; setsockopt, for SO_MARK \
         and others",
        "playground doctor    (says what this machine allows)";
    EPIPE:
        "the other end, or this program, has closed this direction",
        "send, after the other end has closed, or before a TCP socket was ever connected",
        "ending the conversation: nobody reads any more";
    EPROTONOSUPPORT:
        "that family and type do not go with that protocol",
        "socket, for TCP datagrams, a UDP stream, or SOCK_RAW without a protocol",
        "0 for the protocol: the kernel knows which one goes with the type (a raw socket needs \
         one)";
    EPROTOTYPE:
        "the socket at that address is of another type",
        "connect, to a socket file of another type",
        "the type that the other end has";
    EROFS:
        "the file system is read-only",
        "bind, to a path on it",
        "another directory";
    ESHUTDOWN:
        "this direction was shut down before",
        "send, after shutdown, on Windows; Linux and macOS say EPIPE",
        "not sending after shutdown";
    ESOCKTNOSUPPORT:
        "that family has no such type",
        "socket, for SOCK_SEQPACKET of AF_INET where SCTP is not loaded",
        "playground types    (lists what goes together)";
    ETIMEDOUT:
        "no answer came in time",
        "connect, when nobody answers at all; recv, when keepalive or TCP_USER_TIMEOUT gave the \
         other end up",
        "looking at the way there: a firewall that drops packets answers nothing";
}
