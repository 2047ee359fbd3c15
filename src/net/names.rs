//! What the constants and addresses of socket2 are called in the manual.

use super::families::FAMILIES;
use crate::trace::{Address, UnixName, Value, escape};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::net::Shutdown;
use std::os::unix::ffi::OsStrExt;

/// `AF_INET` … of `socket(2)`.
pub fn domain(domain: Domain) -> Value {
    let number = i32::from(domain);
    let known = FAMILIES.iter().find(|family| family.number == number);
    known.map_or(Value::Number(number.into()), |family| Value::Constant(family.name.into()))
}

/// `SOCK_STREAM` … of `socket(2)`, with `SOCK_CLOEXEC`, which socket2 adds, and `SOCK_NONBLOCK`.
pub fn kind(kind: Type) -> Value {
    let number = i32::from(kind);
    let flag = if number & libc::SOCK_NONBLOCK == 0 { "" } else { "|SOCK_NONBLOCK" };
    let bare = bare_kind(Type::from(number & !libc::SOCK_NONBLOCK));
    Value::Constant(format!("{bare}|SOCK_CLOEXEC{flag}").into())
}

/// `SOCK_STREAM` … of `socket(2)`.
pub fn bare_kind(kind: Type) -> String {
    match i32::from(kind) {
        libc::SOCK_STREAM => "SOCK_STREAM".into(),
        libc::SOCK_DGRAM => "SOCK_DGRAM".into(),
        libc::SOCK_RAW => "SOCK_RAW".into(),
        libc::SOCK_RDM => "SOCK_RDM".into(),
        libc::SOCK_SEQPACKET => "SOCK_SEQPACKET".into(),
        libc::SOCK_DCCP => "SOCK_DCCP".into(),
        other => other.to_string(),
    }
}

/// `IPPROTO_TCP` … of `socket(2)`. None is 0, which lets the kernel choose.
///
/// The names are those of the internet's families. To others the same numbers mean something else.
pub fn protocol(domain: Domain, protocol: Option<Protocol>) -> Value {
    let number = protocol.map_or(0, i32::from);
    let of_internet = domain == Domain::IPV4 || domain == Domain::IPV6;
    let known = PROTOCOLS.iter().find(|(known, _)| *known == number && number != 0 && of_internet);
    known.map_or(Value::Number(number.into()), |(_, name)| Value::Constant((*name).into()))
}

/// The protocols of `netinet/in.h` that the playground tries.
pub const PROTOCOLS: &[(i32, &str)] = &[
    (0, "0"),
    (libc::IPPROTO_ICMP, "IPPROTO_ICMP"),
    (libc::IPPROTO_TCP, "IPPROTO_TCP"),
    (libc::IPPROTO_UDP, "IPPROTO_UDP"),
    (libc::IPPROTO_ICMPV6, "IPPROTO_ICMPV6"),
    (libc::IPPROTO_SCTP, "IPPROTO_SCTP"),
    (libc::IPPROTO_UDPLITE, "IPPROTO_UDPLITE"),
    (libc::IPPROTO_RAW, "IPPROTO_RAW"),
    (libc::IPPROTO_MPTCP, "IPPROTO_MPTCP"),
];

/// `SHUT_RD` … of `shutdown(2)`.
pub fn shutdown(how: Shutdown) -> Value {
    Value::Constant(match how {
        Shutdown::Read => "SHUT_RD".into(),
        Shutdown::Write => "SHUT_WR".into(),
        Shutdown::Both => "SHUT_RDWR".into(),
    })
}

/// `O_RDWR|O_NONBLOCK` of `fcntl(2)`.
pub fn file_flags(flags: i32) -> Value {
    Value::Constant(if flags & libc::O_NONBLOCK == 0 { "O_RDWR".into() } else { "O_RDWR|O_NONBLOCK".into() })
}

/// `MSG_PEEK` … of `recv(2)`.
pub fn message_flags(flags: i32) -> Value {
    let known = [
        (libc::MSG_OOB, "MSG_OOB"),
        (libc::MSG_PEEK, "MSG_PEEK"),
        (libc::MSG_TRUNC, "MSG_TRUNC"),
        (libc::MSG_DONTWAIT, "MSG_DONTWAIT"),
        (libc::MSG_WAITALL, "MSG_WAITALL"),
    ];
    let names: Vec<&str> = known.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    Value::Constant(if names.is_empty() { "0".into() } else { names.join("|").into() })
}

/// The address that a call was given, or gave.
pub fn address(address: &SockAddr) -> Value {
    let inet = address.as_socket().map(Address::Inet);
    let name = inet.or_else(|| unix(address).map(Address::Unix));
    Value::Address(name.unwrap_or(Address::Family(address.family())))
}

fn unix(address: &SockAddr) -> Option<UnixName> {
    if !address.is_unix() {
        return None;
    }
    let path = address.as_pathname().map(|path| UnixName::Path(escape(path.as_os_str().as_bytes())));
    let abstract_name = || address.as_abstract_namespace().map(|name| UnixName::Abstract(escape(name)));
    Some(path.or_else(abstract_name).unwrap_or(UnixName::Unnamed))
}

/// A `sockaddr` as it lies in memory.
pub fn bytes(address: &SockAddr) -> Vec<u8> {
    // SAFETY: socket2 keeps `len()` initialized bytes behind `as_ptr()`, for as long as `address` lives.
    unsafe { std::slice::from_raw_parts(address.as_ptr().cast::<u8>(), address.len() as usize) }.to_vec()
}
