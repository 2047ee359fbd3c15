//! What the constants and addresses of socket2 are called in the manual.

use crate::trace::{Address, Value};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::net::Shutdown;

/// `AF_INET` … of `socket(2)`.
pub fn domain(domain: Domain) -> Value {
    match domain {
        Domain::IPV4 => Value::Constant("AF_INET".into()),
        Domain::IPV6 => Value::Constant("AF_INET6".into()),
        Domain::UNIX => Value::Constant("AF_UNIX".into()),
        other => Value::Number(i32::from(other).into()),
    }
}

/// `SOCK_STREAM` … of `socket(2)`, with `SOCK_CLOEXEC`, which socket2 adds.
pub fn kind(kind: Type) -> Value {
    let name = match kind {
        Type::STREAM => "SOCK_STREAM".into(),
        Type::DGRAM => "SOCK_DGRAM".into(),
        Type::SEQPACKET => "SOCK_SEQPACKET".into(),
        Type::RAW => "SOCK_RAW".into(),
        other => i32::from(other).to_string(),
    };
    Value::Constant(format!("{name}|SOCK_CLOEXEC").into())
}

/// `IPPROTO_TCP` … of `socket(2)`. None is 0, which lets the kernel choose.
pub fn protocol(protocol: Option<Protocol>) -> Value {
    match protocol {
        None => Value::Number(0),
        Some(Protocol::TCP) => Value::Constant("IPPROTO_TCP".into()),
        Some(Protocol::UDP) => Value::Constant("IPPROTO_UDP".into()),
        Some(other) => Value::Number(i32::from(other).into()),
    }
}

/// `SHUT_RD` … of `shutdown(2)`.
pub fn shutdown(how: Shutdown) -> Value {
    Value::Constant(match how {
        Shutdown::Read => "SHUT_RD".into(),
        Shutdown::Write => "SHUT_WR".into(),
        Shutdown::Both => "SHUT_RDWR".into(),
    })
}

/// The address that a call was given, or gave.
pub fn address(address: &SockAddr) -> Value {
    Value::Address(match address.as_socket() {
        Some(address) => Address::Inet(address),
        None => Address::Family(address.family()),
    })
}
