//! What the constants and addresses of socket2 are called in the manual.

use crate::manual::{families, flags, types};
use crate::trace::{Address, UnixName, Value, escape};
use socket2::{Domain, Protocol, SockAddr, Type};
use std::net::Shutdown;
use std::os::unix::ffi::OsStrExt;

/// `AF_INET` … of `socket(2)`.
pub fn domain(domain: Domain) -> Value {
    let number = i32::from(domain);
    let known = families::FAMILIES.iter().find(|family| family.number == number);
    known.map_or(Value::Number(number.into()), |family| Value::Constant(family.name.into()))
}

/// `SOCK_STREAM` … of `socket(2)`, with `SOCK_CLOEXEC`, which socket2 adds, and `SOCK_NONBLOCK`.
pub fn kind(kind: Type) -> Value {
    let number = i32::from(kind);
    let flag = if number & flags::NONBLOCK == 0 { "" } else { "|SOCK_NONBLOCK" };
    let bare = types::type_name(number & !flags::NONBLOCK);
    Value::Constant(format!("{bare}|SOCK_CLOEXEC{flag}").into())
}

/// `IPPROTO_TCP` … of `socket(2)`. None is 0, which lets the kernel choose.
///
/// The names are those of the internet's families. To others the same numbers mean something else.
pub fn protocol(domain: Domain, protocol: Option<Protocol>) -> Value {
    let number = protocol.map_or(0, i32::from);
    let of_internet = domain == Domain::IPV4 || domain == Domain::IPV6;
    let known = types::protocol_name(number).filter(|_| of_internet);
    known.map_or(Value::Number(number.into()), |name| Value::Constant(name.into()))
}

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
    Value::Constant(flags::file_flags(flags).into())
}

/// `MSG_PEEK` … of `recv(2)`.
pub fn message_flags(flags: i32) -> Value {
    Value::Constant(flags::message_flags(flags).into())
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
    let path =
        address.as_pathname().map(|path| UnixName::Path(escape(path.as_os_str().as_bytes())));
    let abstract_name =
        || address.as_abstract_namespace().map(|name| UnixName::Abstract(escape(name)));
    Some(path.or_else(abstract_name).unwrap_or(UnixName::Unnamed))
}

/// A `sockaddr` as it lies in memory.
pub fn bytes(address: &SockAddr) -> Vec<u8> {
    // SAFETY: socket2 keeps `len()` initialized bytes behind `as_ptr()`, for as long as `address`
    // lives.
    unsafe { std::slice::from_raw_parts(address.as_ptr().cast::<u8>(), address.len() as usize) }
        .to_vec()
}
