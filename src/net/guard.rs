//! Raw packets stay on this machine.

use super::Socket;
use socket2::{Protocol, SockAddr, Type};
use std::io;
use std::net::IpAddr;

impl Socket {
    /// Refuses, before the kernel is asked, what a socket that carries packets would send to
    /// another machine: to an address that is no loopback address, or with such an address in the
    /// IP header that the data begins with.
    pub(super) fn stays_here(&self, data: &[u8], address: Option<&SockAddr>) -> io::Result<()> {
        match self.carries_packets() && leads_away(data, address) {
            true => Err(refused(
                "packets made by hand go to loopback addresses only: 127.0.0.0/8 and ::1",
            )),
            false => Ok(()),
        }
    }

    /// Refuses to pass on a socket that carries packets: nobody would know at the other end that it
    /// does.
    pub(super) fn may_be_passed(&self) -> io::Result<()> {
        match self.carries_packets() {
            true => Err(refused("a socket that carries packets made by hand is not passed on")),
            false => Ok(()),
        }
    }
}

/// Whether what such a socket sends and receives are packets with their headers, or messages of
/// ICMP.
pub(super) fn carries_packets(kind: Type, protocol: Option<Protocol>) -> bool {
    kind == Type::RAW || [Some(Protocol::ICMPV4), Some(Protocol::ICMPV6)].contains(&protocol)
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// An address that is no IP address cannot be told to be loopback.
fn leads_away(data: &[u8], address: Option<&SockAddr>) -> bool {
    let of_address = address.map(|address| address.as_socket().map(|address| address.ip()));
    let away = |ip: Option<IpAddr>| !ip.is_some_and(|ip| ip.is_loopback());
    of_address.is_some_and(away) || destination(data).is_some_and(|ip| !ip.is_loopback())
}

/// Where an IP header says that it goes. It may be no header; then a few harmless messages are
/// refused, too.
fn destination(data: &[u8]) -> Option<IpAddr> {
    match data.first()? >> 4 {
        4 => Some(<[u8; 4]>::try_from(data.get(16..20)?).ok()?.into()),
        6 => Some(<[u8; 16]>::try_from(data.get(24..40)?).ok()?.into()),
        _ => None,
    }
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
    fn a_header_of_ipv6_is_read_too() {
        let header = |to: &str| {
            [&[0x60; 24][..], &to.parse::<std::net::Ipv6Addr>().unwrap().octets()].concat()
        };
        assert!(!leads_away(&header("::1"), to("[::1]:0").as_ref()));
        assert!(leads_away(&header("2001:db8::1"), to("[::1]:0").as_ref()));
        assert!(leads_away(&header("2001:db8::1"), None));
        assert!(
            !leads_away(&header("2001:db8::1")[..39], None),
            "it is no header: it is too short"
        );
    }

    #[test]
    fn ping_sockets_carry_packets_too() {
        for protocol in [Protocol::ICMPV4, Protocol::ICMPV6] {
            assert!(carries_packets(Type::DGRAM, Some(protocol)));
        }
        assert!(carries_packets(Type::RAW, None));
        assert!(
            !carries_packets(Type::DGRAM, Some(Protocol::UDP))
                && !carries_packets(Type::STREAM, None)
        );
    }

    #[test]
    fn an_address_elsewhere_is_refused() {
        for address in
            [to("192.0.2.1:0"), to("0.0.0.0:0"), to("128.0.0.1:0"), to("[2001:db8::1]:0")]
        {
            assert!(leads_away(b"", address.as_ref()));
            assert!(leads_away(&header([127, 0, 0, 1]), address.as_ref()));
        }
    }
}
