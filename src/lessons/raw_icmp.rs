//! A ping by hand: the message, its checksum, and what a raw socket hears.
//!
//! The target is 127.0.0.7 and not 127.0.0.1, so that the source address tells the request from the
//! reply. It is tied to `lo`, so that on bare socket2, too, it hears nobody from outside. That no
//! reply comes is seen without waiting: the next request's packets come next. A ping socket
//! (`DGRAM` with `ICMPV4`) stands in the chapter only: whether it can be made depends on
//! `ping_group_range`.

use super::{Lesson, Packets};
use crate::net::{Domain, MSG_DONTWAIT, Protocol, Socket, Type, at, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

const ECHO_REQUEST: u8 = 8;
const ECHO_REPLY: u8 = 0;

fn run(_stage: &Stage) -> io::Result<()> {
    // # Ping by hand
    // A raw socket goes past UDP and TCP. This one carries ICMP, in which the network reports
    // on itself, and which ping uses. It needs a privilege. Here it is tied to loopback.
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;
    socket.bind_device(Some(b"lo"))?;

    // ICMP has no ports. In the place of the port stands the number of the protocol.
    socket.local_addr()?;

    // We build the 8 bytes of an ICMP header by hand, and hello behind it. The kernel puts the
    // IP header before it.
    let target = at("127.0.0.7", 0);
    socket.send_to(&echo_request(1, b"hello"), &target)?;

    // A raw socket gets a copy of each ICMP packet that arrives here, and the request does:
    // both ends are this machine. 45 begins the IP header of 20 bytes. Then comes our message.
    let mut packet = [0; 1024];
    socket.recv_from(&mut packet)?;
    let kind = packet[20];
    assert_eq!(kind, ECHO_REQUEST);

    // The second packet is the reply. No program sent it: the kernel answers pings. It repeats
    // our data. If the checksum of a message with its checksum in it is 0, all is in order.
    let (length, _) = socket.recv_from(&mut packet)?;
    let message = &packet[20..length];
    assert_eq!(message[0], ECHO_REPLY);
    assert_eq!(&message[8..], b"hello");
    assert_eq!(checksum(message), 0);

    wrong_checksum(&socket)?;

    // This socket has heard enough.
    drop(socket);

    copies_of_everything()
}

fn echo_request(sequence: u8, data: &[u8]) -> Vec<u8> {
    // Type, code, two bytes for the checksum, two for an identifier and two for a number.
    let header = [ECHO_REQUEST, 0, 0, 0, 0x12, 0x34, 0, sequence];
    let mut message = [&header[..], data].concat();

    // The checksum is calculated while its own place is zero.
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    message
}

/// RFC 1071.
fn checksum(data: &[u8]) -> u16 {
    // Take two bytes at a time for a number, the first one for the greater part. If one byte
    // is left over, a zero stands behind it.
    let number = |pair: &[u8]| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    let mut sum: u32 = data.chunks(2).map(number).sum();

    // What does not fit into two bytes is added at the lower end. Then every bit is turned.
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !(sum as u16)
}

fn wrong_checksum(socket: &Socket) -> io::Result<()> {
    // # A wrong checksum
    // One bit of this checksum is wrong. The kernel sends the message as it is: what is in it
    // is the business of whoever has a raw socket.
    let mut request = echo_request(2, b"broken");
    request[3] ^= 1;
    socket.send_to(&request, &at("127.0.0.7", 0))?;

    // It arrives, and we get our copy, for a raw socket gets it before anybody checks the
    // message.
    let mut packet = [0; 1024];
    let (length, _) = socket.recv_from(&mut packet)?;
    assert_ne!(checksum(&packet[20..length]), 0);

    // Does a reply come? We need not wait to find out. We ping another address; if there were
    // a reply from 127.0.0.7, it would be the next to come.
    socket.send_to(&echo_request(3, b"hello"), &at("127.0.0.8", 0))?;

    // What comes next is the new request, and then its reply. The broken one was thrown away
    // without a word.
    socket.recv_from(&mut packet)?;
    assert_eq!(packet[20], ECHO_REQUEST);
    socket.recv_from(&mut packet)?;
    assert_eq!(packet[20], ECHO_REPLY);

    // That was all: nothing else waits to be received.
    socket.recv_with_flags(&mut packet, MSG_DONTWAIT).unwrap_err();

    Ok(())
}

fn copies_of_everything() -> io::Result<()> {
    // # Copies of what others say
    // With another protocol the same kind of socket gets a copy of each UDP packet that arrives
    // at this machine by loopback, whoever it is for.
    let eavesdropper = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP))?;
    eavesdropper.bind_device(Some(b"lo"))?;

    // Two ordinary sockets speak to each other. They could belong to another user's program.
    let receiver = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    receiver.bind(&at("127.0.0.1", 0))?;
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    sender.send_to(b"my password", &receiver.local_addr()?)?;

    // The receiver gets what is meant for it, and notices nothing.
    let mut packet = [0; 1024];
    receiver.recv_from(&mut packet)?;

    // The copy has the IP header, the 8 bytes of the UDP header, and the same words.
    let (length, _) = eavesdropper.recv_from(&mut packet)?;
    assert_eq!(&packet[28..length], b"my password");

    // That is why raw sockets need a privilege.
    drop(eavesdropper);
    drop(sender);
    drop(receiver);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "raw-icmp",
    title: "ping by hand",
    lead: "pinger",
    question: Question {
        ask: "From 127.0.0.1 a raw socket sends one echo request, a ping, to 127.0.0.7: an \
              address of\n\
              this machine, too. Then it receives. Where does the first packet come from?",
        decided_by: |trace| trace.answers("pinger", "recvfrom").next(),
        choices: &[
            Choice(
                "From 127.0.0.7: it is the reply of the kernel.",
                |answer| answer.ip() == Some([127, 0, 0, 7].into()),
                "That is the second one. The request itself comes in before it, on loopback.",
            ),
            Choice(
                "From 127.0.0.1: it is the request itself.",
                |answer| answer.ip() == Some([127, 0, 0, 1].into()),
                "What goes out on loopback comes in there, too. A raw socket gets a copy.",
            ),
            Choice(
                "From nowhere: the kernel keeps replies to itself.",
                |answer| !answer.succeeded(),
                "A raw socket gets a copy of each ICMP packet that comes in.",
            ),
        ],
    },
    needs: &[Need::RawSockets, Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("raw_icmp.rs"),
    recorded: include_str!("../../lessons/traces/raw-icmp.jsonl"),
    run,
};
