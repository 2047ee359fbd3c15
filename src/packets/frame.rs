//! What an Ethernet frame says.

use crate::trace::{Address, Bytes, Flags, Kind, Packet, Segment};
use etherparse::{LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Where the numbers of a direction count from: the number of its SYN, by both addresses.
type Origins = HashMap<(SocketAddr, SocketAddr), u32>;

/// Reads frames, one after the other: TCP's numbers are told from where their direction began.
#[derive(Default)]
pub struct Reader {
    origins: Origins,
}

impl Reader {
    /// Reads a frame that was `length` bytes long. What is no packet of IP, or is cut off, is
    /// something else.
    ///
    /// No checksum is looked at: over loopback none is filled in.
    pub fn read(&mut self, frame: &[u8], length: usize) -> Packet {
        let kind = self.kind(frame).unwrap_or(Kind::Other { protocol: None });
        Packet { kind, frame: Bytes::cut(&frame[..frame.len().min(Packet::KEPT)], length) }
    }

    fn kind(&mut self, frame: &[u8]) -> Option<Kind> {
        let layers = LaxSlicedPacket::from_ethernet(frame).ok()?;
        let (from, to, protocol) = addresses(layers.net.as_ref()?)?;
        let ends = |source: u16, destination: u16| {
            (SocketAddr::new(from, source), SocketAddr::new(to, destination))
        };
        Some(match &layers.transport {
            Some(TransportSlice::Tcp(tcp)) => {
                let (source, destination) = ends(tcp.source_port(), tcp.destination_port());
                Kind::Tcp(self.segment(source, destination, tcp))
            }
            Some(TransportSlice::Udp(udp)) => {
                let (source, destination) = ends(udp.source_port(), udp.destination_port());
                let (source, destination) = (Address::Inet(source), Address::Inet(destination));
                Kind::Udp { source, destination, length: udp.payload().len() }
            }
            Some(TransportSlice::Icmpv4(icmp)) => {
                Kind::Icmp { from, to, kind: icmp.type_u8(), code: icmp.code_u8() }
            }
            Some(TransportSlice::Icmpv6(icmp)) => {
                Kind::Icmp { from, to, kind: icmp.type_u8(), code: icmp.code_u8() }
            }
            Some(TransportSlice::Igmp(_)) | None => Kind::Other { protocol: Some(protocol) },
        })
    }

    fn segment(&mut self, source: SocketAddr, destination: SocketAddr, tcp: &TcpSlice) -> Segment {
        // The flags stand in the 14th byte of the header.
        let flags = Flags::from_bits(tcp.slice()[13]);
        let number = tcp.sequence_number();
        // A direction of which no SYN was seen counts as if one had stood before what was seen
        // first.
        let before = number.wrapping_sub(1);
        let origin = match flags.has(Flags::SYN) {
            true => *self.origins.entry((source, destination)).insert_entry(number).get(),
            false => *self.origins.entry((source, destination)).or_insert(before),
        };
        let acknowledged = tcp.acknowledgment_number();
        let acknowledgement = match flags.has(Flags::ACK) {
            true => {
                let other = self.origins.entry((destination, source));
                acknowledged.wrapping_sub(*other.or_insert(acknowledged.wrapping_sub(1)))
            }
            false => 0,
        };
        if flags.has(Flags::RST) {
            self.origins.remove(&(source, destination));
        }
        Segment {
            source: Address::Inet(source),
            destination: Address::Inet(destination),
            flags,
            sequence: number.wrapping_sub(origin),
            acknowledgement,
            length: tcp.payload().len(),
        }
    }
}

/// Both addresses of the IP header, and the number of the protocol in it.
fn addresses(net: &LaxNetSlice) -> Option<(IpAddr, IpAddr, u8)> {
    match net {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            Some((
                header.source_addr().into(),
                header.destination_addr().into(),
                ip.payload_ip_number().0,
            ))
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            Some((
                header.source_addr().into(),
                header.destination_addr().into(),
                ip.payload().ip_number.0,
            ))
        }
        LaxNetSlice::Arp(_) => None,
    }
}

/// The ports of the datagram or segment that an error of ICMP is about: it carries the beginning of
/// it.
pub fn ports_in_error(frame: &[u8]) -> Option<[u16; 2]> {
    let layers = LaxSlicedPacket::from_ethernet(frame).ok()?;
    let about = match &layers.transport {
        Some(TransportSlice::Icmpv4(icmp)) if [3, 11, 12].contains(&icmp.type_u8()) => {
            icmp.payload()
        }
        Some(TransportSlice::Icmpv6(icmp)) if icmp.type_u8() < 128 => icmp.payload(),
        _ => return None,
    };
    match LaxSlicedPacket::from_ip(about).ok()?.transport? {
        TransportSlice::Tcp(tcp) => Some([tcp.source_port(), tcp.destination_port()]),
        TransportSlice::Udp(udp) => Some([udp.source_port(), udp.destination_port()]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::{PacketBuilder, TcpHeader};

    const LOCALHOST: [u8; 4] = [127, 0, 0, 1];

    fn tcp(ports: [u16; 2], numbers: [u32; 2], flags: &str, data: &[u8]) -> Vec<u8> {
        let mut header = TcpHeader::new(ports[0], ports[1], numbers[0], 1000);
        header.acknowledgment_number = numbers[1];
        (header.syn, header.ack) = (flags.contains('S'), flags.contains('A'));
        (header.fin, header.rst) = (flags.contains('F'), flags.contains('R'));
        let builder = PacketBuilder::ethernet2([0; 6], [0; 6])
            .ipv4(LOCALHOST, LOCALHOST, 64)
            .tcp_header(header);
        let mut frame = Vec::new();
        builder.write(&mut frame, data).unwrap();
        frame
    }

    fn numbers(packet: &Packet) -> (u32, u32, usize) {
        let segment = packet.segment().unwrap();
        (segment.sequence, segment.acknowledgement, segment.length)
    }

    #[test]
    fn numbers_count_from_the_syn() {
        let mut reader = Reader::default();
        let mut read = |frame: Vec<u8>| numbers(&reader.read(&frame, frame.len()));
        assert_eq!(read(tcp([1, 2], [u32::MAX, 0], "S", b"")), (0, 0, 0));
        assert_eq!(read(tcp([2, 1], [700, 0], "SA", b"")), (0, 1, 0));
        assert_eq!(read(tcp([1, 2], [0, 701], "A", b"Rose")), (1, 1, 4));
        assert_eq!(read(tcp([1, 2], [4, 701], "FA", b"")), (5, 1, 0));
        assert_eq!(read(tcp([1, 2], [90, 0], "S", b"")), (0, 0, 0), "the same ports again");
    }

    #[test]
    fn who_refuses_has_sent_no_syn() {
        let mut reader = Reader::default();
        let syn = tcp([1, 2], [500, 0], "S", b"");
        reader.read(&syn, syn.len());
        let refusal = tcp([2, 1], [0, 501], "RA", b"");
        assert_eq!(numbers(&reader.read(&refusal, refusal.len())), (1, 1, 0));
    }

    #[test]
    fn an_error_names_the_datagram_that_it_is_about() {
        let udp = |ports: [u16; 2]| {
            let mut packet = Vec::new();
            PacketBuilder::ipv4(LOCALHOST, LOCALHOST, 64)
                .udp(ports[0], ports[1])
                .write(&mut packet, b"Rose")
                .unwrap();
            packet
        };
        let mut frame = Vec::new();
        let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4(LOCALHOST, LOCALHOST, 64);
        builder.icmpv4_raw(3, 3, [0; 4]).write(&mut frame, &udp([7, 9])).unwrap();
        assert_eq!(ports_in_error(&frame), Some([7, 9]));
        let ip = IpAddr::from(LOCALHOST);
        let packet = Reader::default().read(&frame, frame.len());
        assert_eq!(packet.kind, Kind::Icmp { from: ip, to: ip, kind: 3, code: 3 });
    }

    #[test]
    fn what_is_cut_off_is_something_else() {
        let frame = tcp([1, 2], [0, 0], "S", b"");
        for end in 0..frame.len() {
            Reader::default().read(&frame[..end], frame.len());
        }
        assert_eq!(Reader::default().read(&frame[..20], 60).kind, Kind::Other { protocol: None });
        assert_eq!(Reader::default().read(b"", 60).frame.length(), 60);
    }
}
