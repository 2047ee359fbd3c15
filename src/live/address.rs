//! The addresses that a user means.

use crate::error::Error;
use crate::sentence;
use crate::terminal::say;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// Every address that `given` stands for, in the order in which the system names them:
/// `127.0.0.1:1234`, `[::1]:1234`, `localhost:1234`.
///
/// # Errors
/// It is no address, or no such name is known.
pub fn addresses(given: &str) -> Result<Vec<SocketAddr>, Error> {
    let failed = |why: String| Error::Address { given: given.into(), why };
    let found = given.to_socket_addrs().map_err(|error| failed(explain(given, &error)))?;
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
    if !address.ip().to_canonical().is_loopback() {
        say(sentence!(
            "Beyond loopback: {address} is not only this machine. {what}",
            address,
            what
        ));
    }
}
