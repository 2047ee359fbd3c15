//! Raw packets stay on this machine.

use super::Socket;
use socket2::SockAddr;
use std::io;
use std::net::{IpAddr, Ipv4Addr};

impl Socket {
    /// Refuses, before the kernel is asked, what a socket that carries packets would send to another machine: to an address that
    /// is no loopback address, or with such an address in the IPv4 header that the data begins with.
    pub(super) fn stays_here(&self, data: &[u8], address: Option<&SockAddr>) -> io::Result<()> {
        match self.carries_packets() && leads_away(data, address) {
            true => Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "packets made by hand go to loopback addresses only: 127.0.0.0/8 and ::1",
            )),
            false => Ok(()),
        }
    }
}

/// An address that is no IP address cannot be told to be loopback.
fn leads_away(data: &[u8], address: Option<&SockAddr>) -> bool {
    let of_address = address.map(|address| address.as_socket().map(|address| address.ip()));
    let away = |ip: Option<IpAddr>| !ip.is_some_and(|ip| ip.is_loopback());
    of_address.is_some_and(away) || destination(data).is_some_and(|ip| !ip.is_loopback())
}

/// Where an IPv4 header says that it goes. It may be no header; then a few harmless messages are refused, too.
fn destination(data: &[u8]) -> Option<Ipv4Addr> {
    let is_version_4 = data.first()? >> 4 == 4;
    let address: [u8; 4] = data.get(16..20)?.try_into().ok()?;
    is_version_4.then(|| address.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn to(address: &str) -> Option<SockAddr> {
        Some(address.parse::<SocketAddr>().unwrap().into())
    }

    fn header(destination: [u8; 4]) -> Vec<u8> {
        [&[0x45; 16][..], &destination].concat()
    }

    #[test]
    fn a_packet_stays_on_loopback() {
        for address in [to("127.0.0.1:0"), to("127.255.0.7:4242"), to("[::1]:0"), None] {
            assert!(!leads_away(b"\x08\x00 an echo request, say", address.as_ref()));
            assert!(!leads_away(&header([127, 0, 0, 1]), address.as_ref()));
            assert!(leads_away(&header([192, 0, 2, 1]), address.as_ref()), "its header leads away");
        }
    }

    #[test]
    fn an_address_elsewhere_is_refused() {
        for address in [to("192.0.2.1:0"), to("0.0.0.0:0"), to("128.0.0.1:0"), to("[2001:db8::1]:0")] {
            assert!(leads_away(b"", address.as_ref()));
            assert!(leads_away(&header([127, 0, 0, 1]), address.as_ref()));
        }
    }
}
