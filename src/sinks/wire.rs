//! Packets in words.

use crate::trace::{Address, Ending, Event, Fact, Flags, Kind, Packet, Segment, Tally, Trace};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `packet :50002 → :36041 data 8 bytes, seq 1`
pub fn packet(packet: &Packet) -> String {
    let what = match &packet.kind {
        Kind::Tcp(segment) if segment.flags.has(Flags::SYN) => flags(segment),
        Kind::Tcp(segment) if segment.length > 0 => {
            let more =
                Flags::from_bits(segment.flags.bits() & (Flags::FIN.bits() | Flags::RST.bits()));
            let more = if more == Flags::default() { String::new() } else { format!(", {more}") };
            format!("data {} bytes, seq {}{more}", segment.length, segment.sequence)
        }
        Kind::Tcp(segment) if segment.flags.has(Flags::RST) => flags(segment),
        Kind::Tcp(segment) if segment.flags.has(Flags::FIN) => {
            format!("{}, seq {}", flags(segment), segment.sequence)
        }
        Kind::Tcp(segment) => format!("{}, ack {}", flags(segment), segment.acknowledgement),
        Kind::Udp { length, .. } => format!("datagram of {length} bytes"),
        Kind::Icmp { kind, code, from, .. } => match icmp(*kind, *code, from) {
            Some(words) => format!("ICMP {words} (type {kind}, code {code})"),
            None => format!("ICMP type {kind}, code {code}"),
        },
        Kind::Other { protocol: Some(number) } => {
            format!("of protocol {}, {} bytes", protocol(*number), packet.frame.length())
        }
        Kind::Other { protocol: None } => format!("of {} bytes", packet.frame.length()),
    };
    match (&packet.kind, packet.ends()) {
        (_, Some((from, to))) => format!("packet {} → {} {what}", near(from), near(to)),
        (Kind::Icmp { from, to, .. }, _) => format!("packet {from} → {to} {what}"),
        _ => format!("packet {what}"),
    }
}

/// The same in a word or two, for an arrow: `SYN-ACK`, `data 8`, `FIN`.
pub fn label(packet: &Packet) -> String {
    match &packet.kind {
        Kind::Tcp(segment) if segment.length > 0 && segment.flags.has(Flags::FIN) => {
            format!("data {}, FIN", segment.length)
        }
        Kind::Tcp(segment) if segment.length > 0 => format!("data {}", segment.length),
        Kind::Tcp(segment) => flags(segment),
        Kind::Udp { length, .. } => format!("datagram {length}"),
        Kind::Icmp { kind, code, from, .. } => match icmp(*kind, *code, from) {
            Some(words) => format!("ICMP {words}"),
            None => format!("ICMP {kind}/{code}"),
        },
        Kind::Other { .. } => "packet".into(),
    }
}

/// What a message of ICMP says, if it is one that lessons meet: RFC 792, and RFC 4443 for IPv6.
fn icmp(kind: u8, code: u8, from: &IpAddr) -> Option<&'static str> {
    match (from.is_ipv4(), kind, code) {
        (true, 0, 0) | (false, 129, 0) => Some("echo reply"),
        (true, 8, 0) | (false, 128, 0) => Some("echo request"),
        (true, 3, 3) | (false, 1, 4) => Some("port unreachable"),
        _ => None,
    }
}

/// `17 (UDP)`. What is not shown as such is a part of a packet, as a rule.
fn protocol(number: u8) -> String {
    match number {
        6 => "6 (TCP)".into(),
        17 => "17 (UDP)".into(),
        other => other.to_string(),
    }
}

/// `:36041`; of any address but 127.0.0.1 and ::1 all of it: other addresses of this machine are
/// other places.
pub fn near(address: &Address) -> String {
    const HERE: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    match address {
        Address::Inet(address) if HERE.contains(&address.ip()) => format!(":{}", address.port()),
        Address::Called(ip, letter) if HERE.contains(ip) => format!(":{letter}"),
        other => other.to_string(),
    }
}

/// What a packet is for: its flags, without those that nearly every packet has.
fn flags(segment: &Segment) -> String {
    let has = |flag| segment.flags.has(flag);
    let words = [
        (has(Flags::SYN), "SYN"),
        (has(Flags::FIN), "FIN"),
        (has(Flags::RST), "RST"),
        (has(Flags::ACK) && !has(Flags::FIN) && !has(Flags::RST), "ACK"),
    ];
    let words: Vec<&str> =
        words.into_iter().filter(|(said, _)| *said).map(|(_, word)| word).collect();
    if words.is_empty() { "no flags".into() } else { words.join("-") }
}

/// What is to be said at the end, if the wire did not show all.
pub fn troubles(ending: &Ending) -> impl Iterator<Item = String> {
    let Tally { lost, clock_set, .. } = ending.wire.unwrap_or_default();
    let lost = (lost > 0).then(|| {
        format!(
            "Of the packets {lost} were lost before they could be shown: some are missing above."
        )
    });
    let set = clock_set.then(|| {
        "The machine's clock was set meanwhile: packets may stand at the wrong place.".into()
    });
    lost.into_iter().chain(set)
}

/// What is to be said below a picture: what went wrong, and what it cannot tell.
pub fn remarks(trace: &Trace) -> impl Iterator<Item = String> {
    trace.ending.iter().flat_map(troubles).chain(blind_spot(trace))
}

/// What becomes of datagrams is not known if the kernel's state was not looked at.
fn blind_spot(trace: &Trace) -> Option<String> {
    let is_datagram = |packet: &Packet| matches!(packet.kind, Kind::Udp { .. });
    let has_datagrams = trace.events.iter().filter_map(Event::packet).any(is_datagram);
    let was_looked_at = trace.events.iter().any(|event| matches!(event.fact, Fact::Changed(_)));
    (has_datagrams && !was_looked_at).then(|| {
        "The kernel's state was not looked at: a datagram that it threw away is drawn as if a socket took it.".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Bytes;

    fn tcp(flags: &str, length: usize) -> Packet {
        let address = |port| Address::Inet(([127, 0, 0, 1], port).into());
        let flags = Flags::try_from(flags.to_string()).unwrap();
        let (source, destination) = (address(5), address(6));
        let kind = Kind::Tcp(Segment {
            source,
            destination,
            flags,
            sequence: 1,
            acknowledgement: 9,
            length,
        });
        Packet { kind, frame: Bytes::new(b"") }
    }

    #[test]
    fn a_packet_is_told_by_what_it_is_for() {
        let cases = [
            ("SYN", 0, "SYN", "SYN"),
            ("SYN|ACK", 0, "SYN-ACK", "SYN-ACK"),
            ("ACK", 0, "ACK, ack 9", "ACK"),
            ("PSH|ACK", 8, "data 8 bytes, seq 1", "data 8"),
            ("FIN|PSH|ACK", 8, "data 8 bytes, seq 1, FIN", "data 8, FIN"),
            ("FIN|ACK", 0, "FIN, seq 1", "FIN"),
            ("RST|ACK", 0, "RST", "RST"),
            ("", 0, "no flags, ack 9", "no flags"),
        ];
        for (flags, length, told, brief) in cases {
            let tcp = tcp(flags, length);
            assert_eq!(
                (packet(&tcp), label(&tcp)),
                (format!("packet :5 → :6 {told}"), brief.into())
            );
        }
    }

    #[test]
    fn what_was_lost_is_said() {
        let ending = |lost| Ending {
            wire: Some(Tally { shown: 9, lost, clock_set: lost > 1 }),
            ..Ending::default()
        };
        assert_eq!([0, 1, 2].map(|lost| troubles(&ending(lost)).count()), [0, 1, 2]);
    }
}
