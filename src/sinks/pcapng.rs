//! A capture file that Wireshark reads: pcapng (draft-ietf-opsawg-pcapng), written block by block.

use super::words::in_c;
use crate::harmless::harmless;
use crate::trace::{Capture, Event, Fact};
use std::io::{self, Write};

/// Writes packets, each with the call that it belongs to as its comment.
pub struct Pcapng<W> {
    out: W,
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const PACKET: u32 = 6;

/// `LINKTYPE_ETHERNET`: loopback frames begin with an Ethernet header, too.
const ETHERNET: u16 = 1;

/// The numbers of options.
const END: u16 = 0;
const COMMENT: u16 = 1;
const INTERFACE_NAME: u16 = 2;
const TIME_RESOLUTION: u16 = 9;

impl<W: Write> Pcapng<W> {
    /// Begins a file: one section, one interface, times in nanoseconds.
    ///
    /// # Errors
    /// It could not be written.
    pub fn new(out: W) -> io::Result<Pcapng<W>> {
        let mut file = Pcapng { out };
        let mut section = Vec::new();
        section.extend(0x1a2b_3c4d_u32.to_le_bytes());
        section.extend([1_u16.to_le_bytes(), 0_u16.to_le_bytes()].concat());
        // Nobody says how long the section is.
        section.extend((-1_i64).to_le_bytes());
        file.block(SECTION_HEADER, section)?;
        let mut interface = Vec::new();
        interface.extend([ETHERNET.to_le_bytes(), 0_u16.to_le_bytes()].concat());
        interface.extend(0_u32.to_le_bytes());
        option(&mut interface, INTERFACE_NAME, b"lo");
        option(&mut interface, TIME_RESOLUTION, &[9]);
        option(&mut interface, END, b"");
        file.block(INTERFACE, interface)?;
        file.out.flush()?;
        Ok(file)
    }

    /// A block: its type and its length, what is in it, and its length again for readers that go
    /// backwards.
    fn block(&mut self, kind: u32, body: Vec<u8>) -> io::Result<()> {
        let length = (body.len() as u32 + 12).to_le_bytes();
        self.out.write_all(&[&kind.to_le_bytes()[..], &length, &body, &length].concat())
    }
}

impl<W: Write + Send> Capture for Pcapng<W> {
    fn packet(&mut self, stamp: u64, frame: &[u8], length: usize, by: &Event) -> io::Result<()> {
        let mut packet = Vec::new();
        let parts = [0, (stamp >> 32) as u32, stamp as u32, frame.len() as u32, length as u32];
        packet.extend(parts.map(u32::to_le_bytes).concat());
        padded(&mut packet, frame);
        option(&mut packet, COMMENT, comment(by).as_bytes());
        option(&mut packet, END, b"");
        self.block(PACKET, packet)?;
        self.out.flush()
    }
}

/// `client: connect(4, 127.0.0.1:36041)`; outside of any call the lane alone.
fn comment(by: &Event) -> String {
    let actor = harmless(&by.actor);
    match &by.fact {
        Fact::Called(_) => harmless(&format!("{actor}: {}", in_c(&by.fact))).into(),
        _ => format!("{actor}: between two calls"),
    }
}

fn option(to: &mut Vec<u8>, number: u16, value: &[u8]) {
    let value = &value[..value.len().min(usize::from(u16::MAX))];
    to.extend([number.to_le_bytes(), (value.len() as u16).to_le_bytes()].concat());
    padded(to, value);
}

/// Everything begins at a multiple of four bytes.
fn padded(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(bytes);
    to.resize(to.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Address, Call, Value};

    fn words(file: &[u8]) -> Vec<u32> {
        file.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
    }

    #[test]
    fn a_file_begins_with_its_section_and_its_interface() {
        let file = Pcapng::new(Vec::new()).unwrap().out;
        let section = [SECTION_HEADER, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
        let interface = [
            INTERFACE,
            40,
            1,
            0,
            2 | 2 << 16,
            u32::from_le_bytes(*b"lo\0\0"),
            9 | 1 << 16,
            9,
            0,
            40,
        ];
        assert_eq!(words(&file), [&section[..], &interface].concat());
    }

    #[test]
    fn a_packet_is_a_block_with_the_call_as_its_comment() {
        let address = Address::Inet(([127, 0, 0, 1], 80).into());
        let fact = Fact::Called(Call::on(4, "connect").with(Value::Address(address)));
        let by = Event::new("me".into(), 0, fact);
        let mut file = Pcapng::new(Vec::new()).unwrap();
        let header = file.out.len();
        file.packet(7 << 32 | 5, b"abcde", 9, &by).unwrap();
        let block = &file.out[header..];
        let comment = b"me: connect(4, 127.0.0.1:80)";
        let length = 12 + 20 + 8 + 4 + comment.len() as u32 + 4;
        let tail = [COMMENT.into(), comment.len() as u32];
        assert_eq!(words(&block[..28]), [PACKET, length, 0, 7, 5, 5, 9]);
        assert_eq!(&block[28..36], b"abcde\0\0\0");
        assert_eq!(words(&block[36..40]), [tail[0] | tail[1] << 16]);
        assert_eq!(&block[40..68], comment);
        assert_eq!(words(&block[68..]), [0, length]);
    }
}
