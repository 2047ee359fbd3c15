//! `IP_HDRINCL`: which fields of a header that a program writes the kernel leaves alone.
//!
//! Nothing is asserted of the two bytes of the identification: the kernel's choice may be zero,
//! once in 65,536 runs. The checksum needs no assertion: a packet with a wrong one does not arrive.
//! `raw(7)` says that a socket of `IPPROTO_RAW` never receives; measured, it receives
//! packets that say 255 in their header.

use super::{Lesson, Packets};
use crate::net::{Domain, MSG_DONTWAIT, Protocol, Socket, Type, at, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    // # A forged packet
    // The victim is an ordinary UDP socket.
    let victim = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    victim.bind(&at("127.0.0.1", 0))?;
    let port = victim.local_addr()?.as_socket().unwrap().port();

    // A raw socket of protocol UDP will show us packets as they arrive, with their headers.
    let watcher = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP))?;
    watcher.bind_device(Some(b"lo"))?;

    // 255, IPPROTO_RAW, says that the program writes the IP header itself. So does an option
    // that every raw socket can set. Here it is on from the beginning: 1 means true.
    let forger = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(255)))?;
    forger.header_included_v4()?;

    // The address tells the kernel where to send the packet. What the packet says is ours: 27
    // 0f or 9999 for its total length, be ef for its checksum, and a sender that did not send
    // it.
    let loopback = at("127.0.0.1", 0);
    let nobody = [127, 9, 9, 9];
    let packet = forge(nobody, port);
    forger.send_to(&packet, &loopback)?;

    // # What has arrived
    // What has arrived, and from whom? Where a UDP datagram comes from is what its sender wrote
    // into it.
    let mut buffer = [0; 1024];
    let (_, supposed_sender) = victim.recv_from(&mut buffer)?;

    // The watcher has the packet as it came. Total length, identification and checksum are
    // the kernel's. Time to live and sender are ours, and so is the UDP header, even the zeros
    // in the place of its checksum. Over IPv4 they say that there is none.
    let (length, _) = watcher.recv_from(&mut buffer)?;
    let (total_length, time_to_live, sender) = (&buffer[2..4], buffer[8], &buffer[12..16]);
    assert_eq!(total_length, (length as u16).to_be_bytes());
    assert_eq!((time_to_live, sender), (77, &nobody[..]));
    assert_eq!(&buffer[26..28], [0, 0]);

    // The victim answers whom it takes for the sender. The answer goes to an address that has
    // asked for nothing, and send_to says that all is well.
    victim.send_to(b"Hello!", &supposed_sender)?;

    // # What the kernel corrects
    // The kernel corrects a header only if there is a whole one. 19 bytes are none.
    forger.send_to(&packet[..19], &loopback).unwrap_err();

    // UDP packets came by, but a raw socket receives those of its own protocol only. UDP is
    // 17, and the forger's is 255.
    forger.recv_with_flags(&mut buffer, MSG_DONTWAIT).unwrap_err();

    // One more correction: if the sender is 0.0.0.0, the kernel puts the address of the
    // machine there. This datagram has a true sender, though not a true port.
    forger.send_to(&forge([0, 0, 0, 0], port), &loopback)?;
    victim.recv_from(&mut buffer)?;

    // None of these sockets had a connection, so nobody hears that they are closed.
    drop(forger);
    drop(watcher);
    drop(victim);

    Ok(())
}

fn forge(source: [u8; 4], port: u16) -> Vec<u8> {
    let data = b"Trust me.";

    // Version 4 and a header of 5 times 4 bytes, type of service, total length; identification
    // and flags; time to live, protocol 17 for UDP, checksum; source and destination.
    let mut packet = vec![0x45, 0];
    packet.extend(9999_u16.to_be_bytes());
    packet.extend([0, 0, 0, 0]);
    packet.extend([77, 17, 0xbe, 0xef]);
    packet.extend(source);
    packet.extend([127, 0, 0, 1]);

    // The UDP header: both ports, the length of header and data, no checksum.
    packet.extend(4242_u16.to_be_bytes());
    packet.extend(port.to_be_bytes());
    packet.extend((8 + data.len() as u16).to_be_bytes());
    packet.extend([0, 0]);
    packet.extend(data);
    packet
}

pub const LESSON: Lesson = Lesson {
    name: "raw-iphdr",
    title: "writing the IP header yourself",
    lead: "forger",
    question: Question {
        ask: "A program writes an IP header by hand: a wrong total length, a wrong checksum, and\n\
              127.9.9.9 as the sender, where no socket is. It sends this to 127.0.0.1. What \
              arrives?",
        decided_by: |trace| trace.answers("forger", "recvfrom").next(),
        choices: &[
            Choice(
                "Nothing: such a packet is thrown away.",
                |answer| !answer.succeeded(),
                "The kernel writes the length and the checksum itself, whatever stands there.",
            ),
            Choice(
                "A datagram from 127.9.9.9.",
                |answer| answer.ip() == Some([127, 9, 9, 9].into()),
                "Length and checksum the kernel writes itself. The sender it leaves as it is.",
            ),
            Choice(
                "A datagram from 127.0.0.1: the kernel knows who sent it.",
                |answer| answer.ip() == Some([127, 0, 0, 1].into()),
                "The kernel writes a sender only if there is none: if it is 0.0.0.0.",
            ),
        ],
    },
    needs: &[Need::RawSockets, Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("raw_iphdr.rs"),
    recorded: include_str!("../../lessons/traces/raw-iphdr.jsonl"),
    run,
};
