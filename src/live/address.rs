//! The addresses that a user means.

use crate::error::Error;
use crate::net::{self, Interface};
use crate::sentence;
use crate::terminal::say;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::channel;
use std::thread::Builder;
use std::time::Duration;

/// How long to wait for the addresses of a name, where nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Every address that `given` stands for, in the order in which the system names them:
/// `127.0.0.1:1234`, `[::1]:1234`, `localhost:1234`. A port alone, `1234` or `:1234`, is one of
/// 127.0.0.1.
///
/// # Errors
/// It is no address, no such name is known, or nobody says in time which addresses the name has.
pub fn addresses(given: &str, longest: Duration) -> Result<Vec<SocketAddr>, Error> {
    let failed = |why: String| Error::Address { given: given.into(), why };
    if let Ok(port) = given.strip_prefix(':').unwrap_or(given).parse() {
        return Ok(vec![(Ipv4Addr::LOCALHOST, port).into()]);
    }
    let found = look_up(given, longest)?.map_err(|error| failed(explain(given, &error)))?;
    let mut unique: Vec<SocketAddr> = Vec::new();
    for address in found {
        if !unique.contains(&address) {
            unique.push(address);
        }
    }
    match unique.is_empty() {
        true => Err(failed("that name has no address".into())),
        false => Ok(unique),
    }
}

/// Asks the system, on a thread of its own: a name server that is silent may take very long, and
/// `getaddrinfo(3)` takes no limit.
fn look_up(given: &str, longest: Duration) -> Result<io::Result<Vec<SocketAddr>>, Error> {
    if let Ok(address) = given.parse() {
        return Ok(Ok(vec![address]));
    }
    let (answer, answered) = channel();
    let name = given.to_string();
    let ask = move || answer.send(name.to_socket_addrs().map(Iterator::collect));
    Builder::new().name("names".into()).spawn(ask).map_err(|source| Error::Machine {
        what: sentence!("cannot start a thread to look up a name"),
        source,
    })?;
    answered.recv_timeout(longest).map_err(|_| Error::NoName { given: given.into(), time: longest })
}

fn explain(given: &str, error: &io::Error) -> String {
    match given.rsplit_once(':').map(|(_, port)| port.parse::<u16>()) {
        None => "it has no port".into(),
        Some(Err(_)) => {
            "what stands after the last colon is no port: a number from 0 to 65535".into()
        }
        Some(Ok(_)) => error.to_string(),
    }
}

/// Says in one line what is done with an address, if it lies beyond this machine's own loopback.
pub fn announce(address: &SocketAddr, what: &str) {
    if address.ip().to_canonical().is_loopback() {
        return;
    }
    say(sentence!("Beyond loopback: {address} is not only this machine. {what}", address, what));
}

/// Says where another machine finds a server that listens at every address of this one.
pub fn say_where(address: &SocketAddr) {
    if !address.ip().is_unspecified() {
        return;
    }
    let addresses = own_addresses(address);
    if addresses.is_empty() {
        say(sentence!("No other machine can reach this one: only loopback has an address."));
    }
    for (interface, address) in addresses {
        say(sentence!(
            "From another machine: playground connect {address} (by {interface})",
            address,
            interface
        ));
    }
}

/// The addresses that stand for `any` to another machine, and their interfaces. One of a link alone
/// is left out: it needs the name of the other machine's interface, too.
fn own_addresses(any: &SocketAddr) -> Vec<(String, SocketAddr)> {
    let fits = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => any.is_ipv6() && !ip.is_loopback() && !ip.is_unicast_link_local(),
    };
    let interfaces = net::list_interfaces().unwrap_or_default().into_iter();
    let own = interfaces.flat_map(|Interface { name, addresses, .. }| {
        addresses.into_iter().filter(fits).map(move |ip| (name.clone(), ip))
    });
    own.map(|(name, ip)| (name, SocketAddr::new(ip, any.port()))).collect()
}
