//! What of a packet is not ours: the largest datagram, and the headers it has to share a packet
//! with.
//!
//! `IP_MTU` and `TCP_MAXSEG` are masked: both belong to the machine.

use super::{Lesson, Packets};
use crate::net::{Domain, EMSGSIZE, Protocol, Socket, Type, at, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    in_ipv4()?;
    in_ipv6()?;
    in_tcp()
}

fn in_ipv4() -> io::Result<()> {
    // # Five bytes go down, and up again
    // Two UDP sockets: one receives, one sends. For UDP, connect makes no connection. It notes
    // the address that goes onto every datagram.
    let receiver = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    receiver.bind(&at("127.0.0.1", 0))?;
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    sender.connect(&receiver.local_addr()?)?;

    // Five bytes, and no address in them. On the way down UDP puts a header of 8 bytes before
    // them, with both ports, and IP one of 20, with both addresses. The link adds its own.
    sender.send(b"hello")?;

    // On the way up each layer takes its header off again, and five bytes are left. The address
    // of the sender comes from the headers.
    let mut buffer = [0; 65_535];
    receiver.recv_from(&mut buffer)?;

    // # The largest datagram
    // How long may a packet be on this way, with all its headers but the link's? That is up to
    // the interface, and is called its MTU.
    sender.mtu()?;

    // IPv4 writes the length of a packet into 16 bits, so 65,535 bytes are the most. 20 of them
    // are its own header, 8 are UDP's.
    let parcel = [b'x'; 65_528];
    sender.send(&parcel[..65_508]).unwrap_err();

    // 65,507 bytes go, whatever the interface. Where one packet cannot hold them, IP cuts them
    // into fragments, and the receiving kernel puts those together again.
    sender.send(&parcel[..65_507])?;
    receiver.recv(&mut buffer)?;

    Ok(())
}

fn in_ipv6() -> io::Result<()> {
    // # The same over IPv6
    // Again two UDP sockets, at IPv6's address of this machine.
    let receiver = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    receiver.bind(&at("::1", 0))?;
    let sender = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    sender.connect(&receiver.local_addr()?)?;

    // Its header is longer, 40 bytes, but the length it writes does not count that header. So
    // UDP has all of the 65,535 bytes for itself. One too many again:
    let parcel = [b'x'; 65_528];
    sender.send(&parcel).unwrap_err();

    // And the largest one. The 8 bytes that are missing are UDP's header.
    sender.send(&parcel[..65_527])?;
    receiver.recv(&mut [0; 65_535])?;

    Ok(())
}

fn in_tcp() -> io::Result<()> {
    // # How TCP cuts its stream
    // In TCP there is no largest message, as there are no messages: it cuts its stream into
    // segments that fit. Here is a server, and a socket for a client.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    listener.listen(5)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    // How many bytes does the client put into one segment? It is not connected, so it supposes
    // the least: packets of 576 bytes, less 20 for the header of IP and 20 for TCP's.
    client.tcp_mss()?;

    // Let it behave as on an Ethernet, whose packets have 1500 bytes.
    client.set_tcp_mss(1500 - 20 - 20)?;

    // TCP's header may be longer: there can be options in it. If both ends want timestamps,
    // those take 12 bytes of each segment, and so much less is left for the data.
    client.connect(&listener.local_addr()?)?;
    client.tcp_mss()?;

    // The client closes first.
    drop(client);
    drop(listener);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "layers",
    title: "the parcel and its envelopes",
    lead: "program",
    question: Question {
        ask: "An IPv4 packet has at most 65,535 bytes.\n\
              You send 65,508 bytes as one UDP datagram. What does send say?",
        decided_by: |trace| trace.answers("program", "send").nth(1),
        choices: &[
            Choice(
                "65508: it is less than 65,535.",
                |answer| answer.number() == Some(65_508),
                "Headers count, too: 20 bytes of IP and 8 of UDP leave room for 65,507.",
            ),
            Choice(
                "A smaller number: it takes what fits.",
                |answer| answer.number().is_some_and(|taken| taken < 65_508),
                "A datagram is sent whole, or not at all.",
            ),
            Choice(
                "An error: with their headers they are too many.",
                |answer| answer.failed_with(EMSGSIZE),
                "20 bytes of IP and 8 of UDP leave room for 65,507.",
            ),
        ],
    },
    needs: &[Need::Ipv6],
    packets: Packets::TakenApart,
    file: file!(),
    source: include_str!("layers.rs"),
    recorded: include_str!("../../lessons/traces/layers.jsonl"),
    run,
};
