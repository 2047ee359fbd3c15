//! Addresses as the kernel reports them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The address of a socket: a `sockaddr` of `bind(2)`, `connect(2)` or `getsockname(2)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// `AF_INET` or `AF_INET6`: an IP address and a port (`ip(7)`, `ipv6(7)`).
    Inet(SocketAddr),
    /// `AF_UNIX`: a name in the file system, or another kind of name, or none (`unix(7)`).
    Unix(UnixName),
    /// A family that the playground does not decode yet: the `AF_…` number.
    Family(u16),
    /// An IP address, and what its port is called in a picture that stands for every run. No
    /// recording has it.
    #[serde(skip)]
    Called(IpAddr, String),
}

/// What a socket of `AF_UNIX` is called. Bytes that are no text are escaped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnixName {
    /// None: nobody called bind.
    Unnamed,
    /// A file.
    Path(String),
    /// A name that is no file. It is gone when its socket is closed.
    Abstract(String),
}

impl UnixName {
    /// The same without the directories that it begins with.
    pub(super) fn last(&self) -> UnixName {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().into();
        match self {
            UnixName::Unnamed => UnixName::Unnamed,
            UnixName::Path(path) => UnixName::Path(last(path)),
            UnixName::Abstract(name) => UnixName::Abstract(last(name)),
        }
    }
}

impl Address {
    /// The IP address, where the family has those.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Address::Inet(address) => Some(address.ip()),
            Address::Called(ip, _) => Some(*ip),
            Address::Unix(_) | Address::Family(_) => None,
        }
    }

    /// The port, where the family has ports. 0 means that none is chosen yet.
    pub fn port(&self) -> Option<u16> {
        match self {
            Address::Inet(address) => Some(address.port()),
            Address::Unix(_) | Address::Family(_) | Address::Called(..) => None,
        }
    }

    /// The same place, as its own family writes it: to a socket of IPv6 a peer of IPv4 is
    /// `::ffff:127.0.0.1`.
    pub fn canonical(mut self) -> Address {
        if let Address::Inet(address) = &mut self
            && let IpAddr::V4(ip) = address.ip().to_canonical()
        {
            *address = (ip, address.port()).into();
        }
        self
    }

    /// The same address with another port.
    pub(crate) fn with_port(mut self, port: u16) -> Address {
        if let Address::Inet(address) = &mut self {
            address.set_port(port);
        }
        self
    }

    /// Whether a packet sent to `self` reaches a socket bound to `bound`: the same port, and the
    /// same IP address or a wildcard. `0.0.0.0` is every address of IPv4, and `::` may be every
    /// address of both.
    pub fn reaches(&self, bound: &Address) -> bool {
        match (self, bound) {
            (Address::Inet(to), Address::Inet(at)) => {
                let (target, own) = (to.ip().to_canonical(), at.ip().to_canonical());
                let is_wide = own.is_unspecified() && (own.is_ipv6() || target.is_ipv4());
                to.port() == at.port() && (target == own || is_wide)
            }
            (Address::Unix(to), Address::Unix(at)) => to == at,
            _ => false,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Address::Inet(address) => write!(f, "{address}"),
            Address::Called(IpAddr::V4(ip), port) => write!(f, "{ip}:{port}"),
            Address::Called(IpAddr::V6(ip), port) => write!(f, "[{ip}]:{port}"),
            Address::Unix(UnixName::Unnamed) => write!(f, "no name"),
            Address::Unix(UnixName::Path(path)) => write!(f, "{path}"),
            Address::Unix(UnixName::Abstract(name)) => write!(f, "@{name}"),
            Address::Family(family) => write!(f, "an address of family {family}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Address {
        Address::Inet(address.parse().unwrap())
    }

    #[test]
    fn who_reaches_whom() {
        let cases = [
            ("127.0.0.1:7", "127.0.0.1:7", true),
            ("127.0.0.1:7", "127.0.0.1:8", false),
            ("127.0.0.1:7", "[::1]:7", false),
            ("127.0.0.1:7", "0.0.0.0:7", true),
            ("127.0.0.1:7", "[::]:7", true),
            ("[::1]:7", "0.0.0.0:7", false),
            ("[::1]:7", "[::]:7", true),
            ("[::ffff:127.0.0.1]:7", "127.0.0.1:7", true),
            ("[::ffff:127.0.0.1]:7", "0.0.0.0:7", true),
        ];
        for (to, bound, want) in cases {
            assert_eq!(at(to).reaches(&at(bound)), want, "{to} to {bound}");
        }
    }

    #[test]
    fn an_address_of_ipv4_is_one_in_both_families() {
        assert_eq!(at("[::ffff:127.0.0.1]:7").canonical(), at("127.0.0.1:7"));
        for other in ["127.0.0.1:7", "[::1]:7", "[::]:7"] {
            assert_eq!(at(other).canonical(), at(other));
        }
    }
}
