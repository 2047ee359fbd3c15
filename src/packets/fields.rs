//! The fields of headers, and what they say.

use crate::trace::Flags;
use etherparse::{
    EtherType, Ethernet2HeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6HeaderSlice, TcpSlice, UdpSlice,
};

/// The fields of a header, in their order: how many bytes each has, and what it says.
pub type Fields = Vec<(usize, String)>;

pub fn ethernet(header: &Ethernet2HeaderSlice) -> Fields {
    let address = |address: [u8; 6]| match address {
        [0, 0, 0, 0, 0, 0] => "hardware address, none on loopback",
        _ => "this hardware address",
    };
    let inside = match header.ether_type() {
        EtherType::IPV4 => "what follows is IPv4".into(),
        EtherType::IPV6 => "what follows is IPv6".into(),
        other => format!("what follows has the number {}", other.0),
    };
    vec![
        (6, format!("to: {}", address(header.destination()))),
        (6, format!("from: {}", address(header.source()))),
        (2, inside),
    ]
}

pub fn ipv4(header: &Ipv4HeaderSlice) -> Fields {
    let cut = match (header.fragments_offset().value(), header.more_fragments()) {
        (0, false) if header.dont_fragment() => "it must not be cut into fragments".into(),
        (0, false) => "it may be cut into fragments".into(),
        (place, more) => {
            let more = if more { "more follow" } else { "the last one" };
            format!("a fragment, from byte {} on; {more}", u32::from(place) * 8)
        }
    };
    vec![
        (1, format!("version 4, header of {} bytes", header.slice().len())),
        (1, "class of service".into()),
        (2, format!("length with this header: {} bytes", u32::from(header.total_len()))),
        (2, "a number, the same in all its fragments".into()),
        (2, cut),
        (1, format!("time to live: {} hops", header.ttl())),
        (1, protocol(header.protocol())),
        (2, "checksum of this header".into()),
        (4, format!("from: {}", header.source_addr())),
        (4, format!("to: {}", header.destination_addr())),
    ]
}

pub fn ipv6(header: &Ipv6HeaderSlice) -> Fields {
    vec![
        (4, "version 6, class of service, label".into()),
        (2, format!("length of what follows: {} bytes", header.payload_length())),
        (1, protocol(header.next_header())),
        (1, format!("hop limit: {}", header.hop_limit())),
        (16, format!("from: {}", header.source_addr())),
        (16, format!("to: {}", header.destination_addr())),
    ]
}

pub fn udp(header: &UdpSlice, checksum: &str) -> Fields {
    vec![
        (2, format!("from: port {}", header.source_port())),
        (2, format!("to: port {}", header.destination_port())),
        (2, format!("length with this header: {} bytes", header.length())),
        (2, checksum.into()),
    ]
}

pub fn tcp(header: &TcpSlice, checksum: &str) -> Fields {
    // The flags stand in the 14th byte of the header.
    let flags = Flags::from_bits(header.slice()[13]);
    vec![
        (2, format!("from: port {}", header.source_port())),
        (2, format!("to: port {}", header.destination_port())),
        (4, "number of its first byte".into()),
        (4, "number of the byte it waits for".into()),
        (1, format!("header of {} bytes", header.header_slice().len())),
        (1, format!("flags: {flags}")),
        (2, format!("window: {}", header.window_size())),
        (2, checksum.into()),
        (2, "where urgent data ends".into()),
    ]
}

fn protocol(number: IpNumber) -> String {
    match number {
        IpNumber::UDP => "what follows is UDP".into(),
        IpNumber::TCP => "what follows is TCP".into(),
        other => format!("what follows has the number {}", other.0),
    }
}
