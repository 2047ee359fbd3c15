//! What the three types promise, by identical sends, and which triples exist.
//!
//! `AF_INET` with `SOCK_SEQPACKET` fails unless SCTP is loaded, so nothing insists on that failure.
//! `AF_INET` with `SOCK_RAW` is left out: it belongs to raw-icmp, and with a protocol its error
//! depends on the privileges.

use super::{Lesson, Packets};
use crate::net::{Domain, EAGAIN, ECONNREFUSED, MSG_DONTWAIT, Protocol, Socket, Type, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    stream()?;
    datagrams()?;
    records()?;
    which_exist()
}

fn stream() -> io::Result<()> {
    // # A stream
    // pair makes two sockets that are connected to each other. Both ends are in this thread.
    // STREAM: the same promise as TCP's, and no network under it.
    let (sender, receiver) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
    send_three(&sender)?;

    // A stream has no messages, only bytes. A buffer that is too small takes what it holds, and
    // the rest stays for the next recv, with all that was sent after it.
    let mut buffer = [0; 1024];
    receiver.recv(&mut buffer[..3])?;
    receiver.recv(&mut buffer)?;

    // It has an end: 0 bytes.
    drop(sender);
    receiver.recv(&mut buffer)?;
    drop(receiver);

    Ok(())
}

fn datagrams() -> io::Result<()> {
    // # Datagrams
    // DGRAM: each send is a message of its own.
    let (sender, receiver) = Socket::pair(Domain::UNIX, Type::DGRAM, None)?;
    send_three(&sender)?;

    // It takes three recvs. What does not fit into the buffer is thrown away: the second recv
    // brings the next message, not the rest of the first.
    let mut buffer = [0; 1024];
    receiver.recv(&mut buffer[..3])?;
    receiver.recv(&mut buffer)?;
    receiver.recv(&mut buffer)?;

    // The sender is gone. MSG_DONTWAIT: recv shall say at once what it has, and not sleep.
    drop(sender);
    receiver.recv_with_flags(&mut buffer, MSG_DONTWAIT).unwrap_err();

    // Only who sends finds out that nobody is there.
    receiver.send(b"Hello?").unwrap_err();
    drop(receiver);

    Ok(())
}

fn records() -> io::Result<()> {
    // # Records
    // SEQPACKET: messages and a connection, both.
    let (sender, receiver) = Socket::pair(Domain::UNIX, Type::SEQPACKET, None)?;
    send_three(&sender)?;

    // Three recvs again, and what does not fit is lost here, too.
    let mut buffer = [0; 1024];
    receiver.recv(&mut buffer[..3])?;
    receiver.recv(&mut buffer)?;
    receiver.recv(&mut buffer)?;

    // But it has an end, as a stream has.
    drop(sender);
    receiver.recv(&mut buffer)?;
    drop(receiver);

    Ok(())
}

fn send_three(sender: &Socket) -> io::Result<()> {
    // These are the same calls for all three types. Each send puts its bytes into the other
    // socket's queue before it returns.
    sender.send(b"Rose")?;
    sender.send(b"Think")?;
    sender.send(b"exit")?;

    Ok(())
}

fn which_exist() -> io::Result<()> {
    // # Which types there are
    // socket takes three things: a family, a type and a protocol. We leave the protocol to the
    // kernel. The socket has an option of TCP, so for a stream of IPv4 the kernel chose TCP.
    let stream = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    stream.tcp_nodelay()?;
    drop(stream);

    // UDP is no stream, and TCP has no datagrams. The family and the type exist, but not with
    // that protocol.
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::UDP)).unwrap_err();
    Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::TCP)).unwrap_err();

    // Some types do not exist in some families. IPv4 has SEQPACKET only where SCTP, another
    // transport protocol, is loaded, which is rare.
    Socket::new(Domain::IPV4, Type::SEQPACKET, None).err();

    // AF_UNIX has no packets with headers that RAW could show, and yet it does not refuse.
    let raw = Socket::new(Domain::UNIX, Type::RAW, None)?;

    // Ask the socket for its type. 2 is the number of SOCK_DGRAM: the kernel gave us that
    // instead, without a word.
    raw.r#type()?;
    drop(raw);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "types",
    title: "the same three sends on three types",
    lead: "program",
    question: Question {
        ask: "Two DGRAM sockets are connected to each other. One is closed. The other calls recv,\n\
              without waiting. What does the kernel say?",
        decided_by: |trace| trace.answers("program", "recv").nth(6),
        choices: &[
            Choice(
                "0 bytes: the other end has closed.",
                |answer| answer.succeeded(),
                "Only a connection has an end. Between datagram sockets nobody is told.",
            ),
            Choice(
                "EAGAIN: nothing is there yet.",
                |answer| answer.failed_with(EAGAIN),
                "Only a connection has an end. Between datagram sockets nobody is told.",
            ),
            Choice(
                "ECONNREFUSED: nobody is there any more.",
                |answer| answer.failed_with(ECONNREFUSED),
                "Who sends to it would hear that. recv asks nobody.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("types.rs"),
    recorded: include_str!("../../lessons/traces/types.jsonl"),
    run,
};
