//! Packets in words.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Address, Flags, Kind, Packet, Segment};
use std::net::{IpAddr, Ipv4Addr};

/// `packet :50002 → :36041 data 8 bytes, seq 1`
pub fn packet(packet: &Packet) -> String {
    let what = what(packet);
    match (&packet.kind, packet.ends()) {
        (_, Some((from, to))) => {
            sentence!("packet {from} → {to} {what}", from = near(from), to = near(to), what)
        }
        (Kind::Icmp { from, to, .. }, _) => {
            sentence!("packet {from} → {to} {what}", from, to, what)
        }
        _ => sentence!("packet {what}", what),
    }
    .to_string()
}

/// What a packet is, and what it says.
fn what(packet: &Packet) -> Sentence {
    match &packet.kind {
        Kind::Tcp(segment) => segment_in_words(segment),
        Kind::Udp { length, .. } => sentence!("datagram of {length} bytes", length),
        Kind::Icmp { kind, code, from, .. } => match icmp(*kind, *code, from) {
            Some(words) => sentence!("ICMP {words} (type {kind}, code {code})", words, kind, code),
            None => sentence!("ICMP type {kind}, code {code}", kind, code),
        },
        Kind::Other { protocol: Some(number) } => {
            let (protocol, bytes) = (protocol(*number), packet.frame.length());
            sentence!("of protocol {protocol}, {bytes} bytes", protocol, bytes)
        }
        Kind::Other { protocol: None } => {
            sentence!("of {bytes} bytes", bytes = packet.frame.length())
        }
    }
}

fn segment_in_words(segment: &Segment) -> Sentence {
    let Segment { flags: set, sequence: seq, acknowledgement: ack, length, .. } = segment;
    let more = Flags::from_bits(set.bits() & (Flags::FIN.bits() | Flags::RST.bits()));
    let flags = flags(segment);
    match () {
        () if set.has(Flags::SYN) => sentence!("{flags}", flags),
        () if *length > 0 && more == Flags::default() => {
            sentence!("data {length} bytes, seq {seq}", length, seq)
        }
        () if *length > 0 => {
            sentence!("data {length} bytes, seq {seq}, {more}", length, seq, more)
        }
        () if set.has(Flags::RST) => sentence!("{flags}", flags),
        () if set.has(Flags::FIN) => sentence!("{flags}, seq {seq}", flags, seq),
        () => sentence!("{flags}, ack {ack}", flags, ack),
    }
}

/// The same in a word or two, for an arrow: `SYN-ACK`, `data 8`, `FIN`.
pub fn label(packet: &Packet) -> String {
    match &packet.kind {
        Kind::Tcp(Segment { flags, length, .. }) if *length > 0 && flags.has(Flags::FIN) => {
            sentence!("data {length}, FIN", length)
        }
        Kind::Tcp(Segment { length, .. }) if *length > 0 => sentence!("data {length}", length),
        Kind::Tcp(segment) => sentence!("{flags}", flags = flags(segment)),
        Kind::Udp { length, .. } => sentence!("datagram {length}", length),
        Kind::Icmp { kind, code, from, .. } => match icmp(*kind, *code, from) {
            Some(words) => sentence!("ICMP {words}", words),
            None => sentence!("ICMP {kind}/{code}", kind, code),
        },
        Kind::Other { .. } => sentence!("packet"),
    }
    .to_string()
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

/// `:36041`; of any address but 127.0.0.1 all of it: other addresses of this machine are other
/// places.
pub fn near(address: &Address) -> String {
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    match address {
        Address::Inet(address) if address.ip() == HERE => format!(":{}", address.port()),
        Address::Called(ip, letter) if *ip == HERE => format!(":{letter}"),
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
}
