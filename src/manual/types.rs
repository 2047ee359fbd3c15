//! The types of sockets, and the protocols of the internet.

/// The types of `socket(2)`: `SOCK_…` of `bits/socket_type.h`.
pub const TYPES: &[(i32, &str)] = &[
    (1, "SOCK_STREAM"),
    (2, "SOCK_DGRAM"),
    (3, "SOCK_RAW"),
    (4, "SOCK_RDM"),
    (5, "SOCK_SEQPACKET"),
    (6, "SOCK_DCCP"),
];

/// `SOCK_STREAM` …, or the number.
pub fn type_name(number: i32) -> String {
    let known = TYPES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).into())
}

/// The protocols of `netinet/in.h` that the playground tries. 0 lets the kernel choose.
pub const PROTOCOLS: &[(i32, &str)] = &[
    (0, "0"),
    (1, "IPPROTO_ICMP"),
    (6, "IPPROTO_TCP"),
    (17, "IPPROTO_UDP"),
    (58, "IPPROTO_ICMPV6"),
    (132, "IPPROTO_SCTP"),
    (136, "IPPROTO_UDPLITE"),
    (255, "IPPROTO_RAW"),
    (262, "IPPROTO_MPTCP"),
];

/// `IPPROTO_TCP` …, if it is one of those above.
pub fn protocol_name(number: i32) -> Option<&'static str> {
    let known = PROTOCOLS.iter().find(|(known, _)| *known == number && number != 0);
    known.map(|(_, name)| *name)
}
