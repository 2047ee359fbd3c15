//! What the kernel tells in other ways than by a socket.

use crate::sentence;
use crate::stage::{ask_observer, witness};
use crate::trace::{Bytes, Call, Value};
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::panic::Location;

/// Reads one of the kernel's own files, as [`std::fs::read_to_string`] does: below `/proc` or
/// `/sys`.
#[track_caller]
pub fn read_to_string(path: &str) -> io::Result<String> {
    let call = || Call::new("open").with(Value::Bytes(Bytes::new(path.as_bytes())));
    let answer = |text: &String| vec![Value::Bytes(Bytes::new(text.as_bytes())).of_this_machine()];
    witness(Location::caller(), call, || std::fs::read_to_string(path), answer)
}

/// A network interface, and what it is called: by this machine, on its link, and on the internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// Its hardware address. Not every kind of link has them.
    pub mac: Option<[u8; 6]>,
    /// Its IP addresses. It may have several, or none.
    pub addresses: Vec<IpAddr>,
}

/// As one says it: `lo 00:00:00:00:00:00 127.0.0.1 ::1`.
impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mac = self.mac.map(|mac| mac.map(|byte| format!("{byte:02x}")).join(":"));
        let addresses = self.addresses.iter().map(IpAddr::to_string);
        let words: Vec<String> =
            [self.name.clone()].into_iter().chain(mac).chain(addresses).collect();
        write!(f, "{}", words.join(" "))
    }
}

/// The interfaces of this machine: `getifaddrs(3)`. That is a dozen calls, so the observer makes
/// them.
#[track_caller]
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let answer = |interfaces: &Vec<Interface>| {
        let all: Vec<String> = interfaces.iter().map(Interface::to_string).collect();
        vec![Value::Words(sentence!("{all}", all = all.join(", "))).of_this_machine()]
    };
    witness(Location::caller(), || Call::new("getifaddrs"), || ask_observer(list), answer)
}

/// The same, asked by nobody in a lesson.
///
/// # Errors
/// Those of `getifaddrs(3)`.
pub fn list() -> io::Result<Vec<Interface>> {
    let all = getifaddrs::getifaddrs()?.collect::<getifaddrs::Interfaces>();
    let interface = |found: getifaddrs::Interface<getifaddrs::Addresses>| Interface {
        mac: found.address.iter().flatten().find_map(|address| address.mac_addr()),
        addresses: found.address.iter().flatten().filter_map(|address| address.ip_addr()).collect(),
        name: found.name,
    };
    Ok(all.into_values().map(interface).collect())
}
