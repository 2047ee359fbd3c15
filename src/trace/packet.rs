//! A packet that crossed the wire: here, the loopback interface.

use super::{Address, Bytes};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// One packet, as it was captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    #[serde(flatten)]
    pub kind: Kind,
    /// The first bytes of the frame, at most [`Packet::KEPT`], and how long it was. No two runs
    /// share them.
    pub frame: Bytes,
}

/// What a packet is, and what its headers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A segment of a connection (RFC 9293).
    Tcp(Segment),
    /// A datagram (RFC 768). `length` is the payload's, in bytes.
    Udp { source: Address, destination: Address, length: usize },
    /// What one kernel tells the other (RFC 792, RFC 4443): numbers of a type and of a code in it.
    Icmp {
        from: IpAddr,
        to: IpAddr,
        #[serde(rename = "type")]
        kind: u8,
        code: u8,
    },
    /// Something else. `protocol` is its number in the IP header, if it has one.
    Other { protocol: Option<u8> },
}

/// The header of a TCP packet. Its numbers count from the SYN of their direction, which is 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub source: Address,
    pub destination: Address,
    pub flags: Flags,
    /// The number of its first byte.
    pub sequence: u32,
    /// The number of the byte that its sender waits for. 0 without [`Flags::ACK`].
    pub acknowledgement: u32,
    /// How many bytes of data it carries.
    pub length: usize,
}

/// A set of the flags in a TCP header, with the bits that they have there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Flags(u8);

impl Flags {
    /// No more data will come.
    pub const FIN: Flags = Flags(1);
    /// A connection is wanted.
    pub const SYN: Flags = Flags(2);
    /// There is no connection, or it is broken off.
    pub const RST: Flags = Flags(4);
    /// The receiver's program should have the data now.
    pub const PSH: Flags = Flags(8);
    /// The acknowledgement number counts.
    pub const ACK: Flags = Flags(16);

    const NAMES: [(Flags, &str); 5] = [
        (Flags::SYN, "SYN"),
        (Flags::FIN, "FIN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::ACK, "ACK"),
    ];

    /// The flags of this set, out of the lowest byte of a header's flags. Others are dropped.
    pub fn from_bits(bits: u8) -> Flags {
        Flags(bits & 31)
    }

    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether all of `flags` are set.
    pub fn has(self, flags: Flags) -> bool {
        self.0 & flags.0 == flags.0
    }
}

/// `SYN|ACK`, `FIN|ACK`
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let set = Flags::NAMES.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| *name);
        f.write_str(&set.collect::<Vec<_>>().join("|"))
    }
}

impl From<Flags> for String {
    fn from(flags: Flags) -> String {
        flags.to_string()
    }
}

impl TryFrom<String> for Flags {
    type Error = String;

    fn try_from(text: String) -> Result<Flags, String> {
        let mut flags = Flags::default();
        for word in text.split('|').filter(|word| !word.is_empty()) {
            let known = Flags::NAMES.iter().find(|(_, name)| *name == word);
            flags.0 |= known.ok_or_else(|| format!("no flag of TCP: {word:?}"))?.0.0;
        }
        Ok(flags)
    }
}

impl Packet {
    /// How many bytes of a frame a trace keeps.
    pub const KEPT: usize = 128;

    /// Where it comes from and where it goes, if it says so with ports.
    pub fn ends(&self) -> Option<(&Address, &Address)> {
        match &self.kind {
            Kind::Tcp(Segment { source, destination, .. })
            | Kind::Udp { source, destination, .. } => Some((source, destination)),
            Kind::Icmp { .. } | Kind::Other { .. } => None,
        }
    }

    pub(crate) fn ends_mut(&mut self) -> Option<[&mut Address; 2]> {
        match &mut self.kind {
            Kind::Tcp(Segment { source, destination, .. })
            | Kind::Udp { source, destination, .. } => Some([source, destination]),
            Kind::Icmp { .. } | Kind::Other { .. } => None,
        }
    }

    /// The segment, if it is one of TCP.
    pub fn segment(&self) -> Option<&Segment> {
        match &self.kind {
            Kind::Tcp(segment) => Some(segment),
            _ => None,
        }
    }

    /// How many bytes of a program's data it carries.
    pub fn data(&self) -> usize {
        match self.kind {
            Kind::Tcp(Segment { length, .. }) | Kind::Udp { length, .. } => length,
            Kind::Icmp { .. } | Kind::Other { .. } => 0,
        }
    }
}

impl Segment {
    /// How many numbers it uses up: one for each byte, and one each for SYN and FIN.
    pub fn numbers(&self) -> u32 {
        let counted =
            [Flags::SYN, Flags::FIN].into_iter().filter(|&flag| self.flags.has(flag)).count();
        (self.length as u32).wrapping_add(counted as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Event, Fact};

    fn event(kind: Kind) -> Event {
        let packet = Packet { kind, frame: Bytes::new(b"\xff\x00") };
        Event { line: Some(7), ..Event::new("client".into(), 9, Fact::Packet(packet)) }
    }

    #[test]
    fn every_kind_survives_a_file() {
        let address = |port| Address::Inet(([127, 0, 0, 1], port).into());
        let ip = "::1".parse().unwrap();
        let segment = Segment {
            source: address(1),
            destination: address(2),
            flags: Flags::from_bits(0xff),
            sequence: 0,
            acknowledgement: 1,
            length: 8,
        };
        let kinds = [
            Kind::Tcp(segment),
            Kind::Udp { source: address(3), destination: address(4), length: 0 },
            Kind::Icmp { from: ip, to: ip, kind: 3, code: 3 },
            Kind::Other { protocol: None },
        ];
        for kind in kinds {
            let event = event(kind);
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event, "{json}");
        }
    }

    #[test]
    fn flags_are_written_as_words() {
        let flags = Flags::from_bits(0x12);
        assert!(flags.has(Flags::SYN) && flags.has(Flags::ACK) && !flags.has(Flags::FIN));
        assert_eq!(flags.to_string(), "SYN|ACK");
        assert_eq!(Flags::try_from("ACK|FIN".to_string()), Ok(Flags::from_bits(0x11)));
        assert!(Flags::try_from("ACK|NO".to_string()).is_err());
        assert_eq!(Flags::try_from(String::new()), Ok(Flags::default()));
    }
}
