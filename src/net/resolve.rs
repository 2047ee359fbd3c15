//! What a name stands for.

use crate::sentence;
use crate::stage::{ask_observer, witness};
use crate::trace::{Bytes, Call, Value};
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::panic::Location;

/// The one name that is looked up.
const NAME: &str = "localhost";

/// The addresses of a name, in the order in which the machine gives them: `getaddrinfo(3)`. That
/// reads some files and may ask other programs, so the observer does it.
///
/// # Errors
/// Those of `getaddrinfo`. Every name but `localhost` is refused before anybody is asked: a name
/// server would have to be, and lessons send to this machine only. Whether `localhost` is known
/// without one, [`crate::platform::Need::Localhost`] says.
#[track_caller]
pub fn addresses_of(name: &str) -> io::Result<Vec<IpAddr>> {
    if name != NAME {
        let why = "no name but localhost is looked up: a name server would be asked";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let call = || Call::new("getaddrinfo").with(Value::Bytes(Bytes::new(name.as_bytes())));
    let answer = |addresses: &Vec<IpAddr>| {
        let all: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
        vec![Value::Words(sentence!("{all}", all = all.join(", "))).of_this_machine()]
    };
    witness(Location::caller(), call, || ask_observer(look_up), answer)
}

fn look_up() -> io::Result<Vec<IpAddr>> {
    Ok((NAME, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_localhost_is_looked_up() {
        for name in ["example.org", "localhost.", "127.0.0.1", ""] {
            let error = addresses_of(name).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{name}");
        }
    }
}
