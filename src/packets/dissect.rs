//! A frame taken apart: which layer wrote which of its bytes, and what they say.

use super::fields::{Fields, ethernet, ipv4, ipv6, tcp, udp};
use crate::sentence;
use crate::trace::{Bytes, Event, Table, Trace, escape};
use etherparse::{
    Ethernet2HeaderSlice, IpNumber, LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice,
    UdpSlice,
};

/// How many bytes stand in one row at most.
const IN_A_ROW: usize = 16;

/// Takes a frame of Ethernet apart. Each of its bytes stands in one row; what cannot be told says
/// so.
pub fn dissect(frame: &Bytes) -> Table {
    let mut rows = Rows {
        bytes: frame.kept(),
        at: 0,
        table: Table::new(["Bytes", "Hex", "Layer", "Meaning"]),
    };
    if let (Ok(link), Ok(layers)) =
        (Ethernet2HeaderSlice::from_slice(rows.bytes), LaxSlicedPacket::from_ethernet(rows.bytes))
    {
        rows.header("link", ethernet(&link));
        rows.layers(&layers);
    }
    rows.rest("", |_| "not told here".into());
    let cut = frame.length() - frame.kept().len();
    if cut > 0 {
        rows.note(&format!("{cut} more bytes of it are not kept."));
    }
    rows.table
}

/// The first datagram of a run that carries something, taken apart.
pub fn first_datagram(trace: &Trace) -> Option<Table> {
    let mut packets = trace.events.iter().filter_map(Event::packet);
    let first = packets.find(|packet| packet.segment().is_none() && packet.data() > 0)?;
    let mut table = dissect(&first.frame);
    let note = sentence!(
        "This is the first datagram, as it crossed: {all} bytes for {own} of the program's.",
        all = first.frame.length(),
        own = first.data()
    );
    table.notes.insert(0, note.to_string());
    Some(table)
}

/// A table that is written from the first byte to the last.
struct Rows<'a> {
    bytes: &'a [u8],
    /// How many bytes are written.
    at: usize,
    table: Table,
}

impl Rows<'_> {
    fn header(&mut self, layer: &str, fields: Fields) {
        for (length, meaning) in fields {
            self.field(layer, length, &meaning);
        }
    }

    /// Writes the next so many bytes, if there are any.
    fn field(&mut self, layer: &str, length: usize, meaning: &str) {
        let (first, end) = (self.at, self.bytes.len().min(self.at + length));
        let hex: Vec<String> =
            self.bytes[first..end].iter().map(|byte| format!("{byte:02x}")).collect();
        let places = match end - first {
            0 => return,
            1 => first.to_string(),
            _ => format!("{first}–{}", end - 1),
        };
        self.table.row([&places, &hex.join(" "), layer, meaning]);
        self.at = end;
    }

    /// Writes the next so many bytes, in several rows if they are many.
    fn run(&mut self, layer: &str, length: usize, meaning: impl Fn(&[u8]) -> String) {
        let bytes = self.bytes;
        for row in bytes[self.at..bytes.len().min(self.at + length)].chunks(IN_A_ROW) {
            self.field(layer, row.len(), &meaning(row));
        }
    }

    fn rest(&mut self, layer: &str, meaning: impl Fn(&[u8]) -> String) {
        self.run(layer, self.bytes.len(), meaning);
    }

    fn note(&mut self, note: &str) {
        self.table.notes.push(note.into());
    }

    /// Writes what stands behind the header of the link.
    fn layers(&mut self, layers: &LaxSlicedPacket) {
        let ends = match &layers.net {
            Some(LaxNetSlice::Ipv4(ip)) => {
                self.header("IP", ipv4(&ip.header()));
                self.run("IP", ip.header().options().len(), |_| "options".into());
                let further = ip.extensions().auth.map_or(0, |auth| auth.slice().len());
                self.further(further);
                let headers = ip.header().slice().len() + further;
                let length = usize::from(ip.header().total_len()).saturating_sub(headers);
                Ends::new(&ip.header().source(), &ip.header().destination(), length)
            }
            Some(LaxNetSlice::Ipv6(ip)) => {
                self.header("IP", ipv6(&ip.header()));
                let further = ip.extensions().slice().len();
                self.further(further);
                let length = usize::from(ip.header().payload_length()).saturating_sub(further);
                Ends::new(&ip.header().source(), &ip.header().destination(), length)
            }
            Some(LaxNetSlice::Arp(_)) | None => return,
        };
        match &layers.transport {
            Some(TransportSlice::Udp(udp)) => self.udp(udp, &ends),
            Some(TransportSlice::Tcp(tcp)) => self.tcp(tcp, &ends),
            _ => {}
        }
    }

    fn further(&mut self, length: usize) {
        self.run("IP", length, |_| "further headers of IP".into());
    }

    fn udp(&mut self, header: &UdpSlice, ends: &Ends) {
        let checksum = self.checksum(header.checksum(), ends.begun(IpNumber::UDP));
        self.header("UDP", udp(header, checksum));
        self.run("application", header.payload().len(), escape);
    }

    fn tcp(&mut self, header: &TcpSlice, ends: &Ends) {
        let checksum = self.checksum(header.checksum(), ends.begun(IpNumber::TCP));
        self.header("TCP", tcp(header, checksum));
        self.run("TCP", header.options().len(), |_| "options".into());
        self.run("application", header.payload().len(), escape);
    }

    /// What is to be said of a checksum that covers the data, too.
    fn checksum(&mut self, checksum: u16, begun: u16) -> &'static str {
        match checksum {
            0 => "checksum: none",
            _ if checksum == begun => {
                self.note(
                    "The last checksum is only begun: the kernel leaves the rest of it to \
                the hardware, and loopback",
                );
                self.note("has none, as these bytes never leave the memory. That is no error.");
                "checksum, left to the hardware"
            }
            _ => "checksum of header and data",
        }
    }
}

/// What IP knows of the parcel it carries, and UDP and TCP put into their checksums.
struct Ends {
    /// Both addresses, as words of 16 bits, added up.
    addresses: u32,
    length: usize,
}

impl Ends {
    fn new(source: &[u8], destination: &[u8], length: usize) -> Ends {
        let words = source.chunks(2).chain(destination.chunks(2));
        let words = words.map(|word| word.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
        Ends { addresses: words.sum(), length }
    }

    /// What the kernel leaves in place of a checksum: the sum of the addresses, the protocol and
    /// the length.
    fn begun(&self, protocol: IpNumber) -> u16 {
        let sum = self.addresses + u32::from(protocol.0) + self.length as u32;
        let folded = (sum & 0xffff) + (sum >> 16);
        (folded + (folded >> 16)) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    fn datagram() -> Vec<u8> {
        let mut frame = Vec::new();
        let builder =
            PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4([127, 0, 0, 1], [127, 0, 0, 1], 64);
        builder.udp(40307, 56023).write(&mut frame, b"hello").unwrap();
        frame
    }

    fn segment() -> Vec<u8> {
        let mut frame = Vec::new();
        let builder =
            PacketBuilder::ethernet2([1, 2, 3, 4, 5, 6], [0; 6]).ipv6([1; 16], [2; 16], 9);
        let builder = builder.tcp(5, 6, 7, 8).syn().options_raw(&[2, 4, 5, 180]).unwrap();
        builder.write(&mut frame, b"seventeen letters").unwrap();
        frame
    }

    /// The rows of a table without their bytes in hexadecimal.
    fn told(table: &Table) -> Vec<String> {
        let told = |row: &Vec<String>| format!("{} {}: {}", row[0], row[2], row[3]);
        table.rows.iter().map(told).collect()
    }

    #[test]
    fn a_datagram_is_told_from_the_first_byte_to_the_last() {
        let table = dissect(&Bytes::new(&datagram()));
        let expected = [
            "0–5 link: to: hardware address, none on loopback",
            "6–11 link: from: hardware address, none on loopback",
            "12–13 link: what follows is IPv4",
            "14 IP: version 4, header of 20 bytes",
            "15 IP: class of service",
            "16–17 IP: length with this header: 33 bytes",
            "18–19 IP: a number, the same in all its fragments",
            "20–21 IP: it must not be cut into fragments",
            "22 IP: time to live: 64 hops",
            "23 IP: what follows is UDP",
            "24–25 IP: checksum of this header",
            "26–29 IP: from: 127.0.0.1",
            "30–33 IP: to: 127.0.0.1",
            "34–35 UDP: from: port 40307",
            "36–37 UDP: to: port 56023",
            "38–39 UDP: length with this header: 13 bytes",
            "40–41 UDP: checksum of header and data",
            "42–46 application: hello",
        ];
        assert_eq!(told(&table), expected);
        assert_eq!((&*table.rows[17][1], table.notes.len()), ("68 65 6c 6c 6f", 0));
    }

    #[test]
    fn a_segment_over_ipv6_has_options_and_a_row_for_sixteen_bytes() {
        let told = told(&dissect(&Bytes::new(&segment())));
        assert_eq!(told[1], "6–11 link: from: this hardware address");
        assert_eq!(
            told[3..6].join(", "),
            "14–17 IP: version 6, class of service, label, 18–19 IP: length of what follows: 41 \
             bytes, 20 IP: what follows is TCP"
        );
        assert_eq!(told[7], "22–37 IP: from: 101:101:101:101:101:101:101:101");
        assert_eq!(told[13..15], ["66 TCP: header of 24 bytes", "67 TCP: flags: SYN"]);
        let end =
            ["74–77 TCP: options", "78–93 application: seventeen letter", "94 application: s"];
        assert_eq!(told[18..], end);
    }

    /// 127.0.0.1 twice, 17 for UDP, and 13 bytes: what the kernel leaves there.
    #[test]
    fn a_checksum_that_is_left_to_the_hardware_is_not_called_wrong() {
        let mut frame = datagram();
        frame[40..42].copy_from_slice(&[0xfe, 0x20]);
        let table = dissect(&Bytes::new(&frame));
        assert_eq!(told(&table)[16], "40–41 UDP: checksum, left to the hardware");
        assert!(table.notes[1].ends_with("That is no error."), "{:?}", table.notes);
        frame[40..42].fill(0);
        assert_eq!(told(&dissect(&Bytes::new(&frame)))[16], "40–41 UDP: checksum: none");
    }

    #[test]
    fn whatever_comes_each_byte_is_told_once() {
        for frame in [datagram(), segment()] {
            for end in 0..=frame.len() {
                let table = dissect(&Bytes::cut(&frame[..end], frame.len()));
                let hex: Vec<&str> = table.rows.iter().flat_map(|row| row[1].split(' ')).collect();
                let told: Vec<u8> =
                    hex.iter().map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect();
                assert_eq!(told, frame[..end]);
                assert_eq!(
                    table.notes.iter().any(|note| note.ends_with("not kept.")),
                    end < frame.len()
                );
            }
        }
    }
}
