//! What UDP keeps, and what it does not promise: edges, loss, dead ports, the address of a reply.
//!
//! How many datagrams fit differs from kernel to kernel: the number of calls must not depend on it.
//! A dead port is the receiver's own port at 127.0.0.2: as long as the receiver lives, nobody can
//! get it with a wildcard. The news of it is awaited in `recv`, for under load it may come after
//! `send` has returned.

use super::{Lesson, Packets};
use crate::net::{Domain, MSG_DONTWAIT, MSG_TRUNC, Protocol, SockAddr, Socket, Type, at, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    // # Datagrams, and their edges
    // DGRAM: what is sent is a datagram, a message with a beginning and an end. Who has an
    // address can receive: nobody listens, and nobody accepts.
    let receiver = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    receiver.bind(&at("127.0.0.1", 0))?;
    let address = receiver.local_addr()?;

    // The sender does not connect: each send_to names the receiver anew. The first one also
    // gives the sender a port. The second datagram is empty.
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    sender.send_to(b"Babala", &address)?;
    sender.send_to(b"", &address)?;
    sender.send_to(b"Rose", &address)?;

    // One call takes one datagram, and this buffer has room for four bytes of the first. The
    // rest of it is lost. With MSG_TRUNC the kernel says how long the whole was.
    receiver.recv_with_flags(&mut [0; 4], MSG_TRUNC)?;

    // 0 bytes are an empty datagram here. They are no end: there is no stream that could end.
    let mut buffer = [0; 1024];
    receiver.recv_from(&mut buffer)?;

    // So the next one follows. With each datagram comes the address of its sender.
    receiver.recv_from(&mut buffer)?;

    overflow(&receiver, &sender, &address)?;
    let caller = dead_port(&receiver, &sender)?;
    another_address(&sender, &caller)?;

    // close tells nobody anything: there is no connection that could end.
    drop(caller);
    drop(sender);
    drop(receiver);

    Ok(())
}

fn overflow(receiver: &Socket, sender: &Socket, address: &SockAddr) -> io::Result<()> {
    // # More than there is room for
    // What has arrived waits in memory of the kernel. We ask for none, and get the least that
    // there is. A datagram takes more of it than its bytes: the kernel's notes count, too.
    receiver.set_recv_buffer_size(0)?;
    receiver.recv_buffer_size()?;

    for word in ["one", "two", "three", "four", "five", "six", "seven", "eight"] {
        // Nobody reads, and soon there is no room. Does send_to say so?
        sender.send_to(word.as_bytes(), address)?;
    }

    // All was sent, it says. The kernel has counted what it threw away at the receiver's door.
    // Nobody told the sender.
    receiver.drops()?;

    // What came first is still there. What is gone is gone: nobody sends it again.
    receiver.recv_from(&mut [0; 1024])?;

    Ok(())
}

fn dead_port(receiver: &Socket, sender: &Socket) -> io::Result<Socket> {
    // # A port that nobody has
    // The receiver has its port at 127.0.0.1. At 127.0.0.2 nobody has that port.
    let port = receiver.local_addr()?.as_socket().unwrap().port();
    let dead = at("127.0.0.2", port);

    // A kernel that finds no socket for a datagram sends a packet back that says so. But this
    // socket is not connected, and never hears of it: the second call is no wiser.
    sender.send_to(b"Rose", &dead)?;
    sender.send_to(b"Rose", &dead)?;

    // connect on a datagram socket sends nothing. It writes down who the peer is, and it works
    // even if nobody is there.
    let caller = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    caller.connect(&dead)?;

    // send works, too. Then the packet comes that says no. It can only be about the one peer,
    // so it becomes the error of the next send or recv, whichever that is.
    caller.send(b"Rose")?;
    caller.recv(&mut [0; 1024]).unwrap_err();

    // With this option a socket that is not connected gets such news as well (Linux).
    sender.set_receive_errors(true)?;
    sender.send_to(b"Rose", &dead)?;
    sender.recv_from(&mut [0; 1024]).unwrap_err();

    Ok(caller)
}

fn another_address(sender: &Socket, caller: &Socket) -> io::Result<()> {
    // # An answer from another address
    // 0.0.0.0 stands for every address of this machine. bind_device ties the server to the
    // loopback interface first, so that nobody outside can reach it.
    let server = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    server.bind_device(Some(b"lo"))?;
    server.bind(&at("0.0.0.0", 0))?;
    let port = server.local_addr()?.as_socket().unwrap().port();

    // 127.0.0.7 is one of these addresses. A client asks there, and the question arrives.
    let asked = at("127.0.0.7", port);
    let mut buffer = [0; 1024];
    sender.send_to(b"Rose", &asked)?;
    let (_, client) = server.recv_from(&mut buffer)?;

    // For the reply the kernel chooses a source address by the way to the client. It is not
    // the address that was asked.
    server.send_to(b"Hello, Rose!", &client)?;
    sender.recv_from(&mut buffer)?;

    // A datagram socket may connect again, to somebody else. From now on it takes datagrams
    // from 127.0.0.7 only.
    caller.connect(&asked)?;
    caller.send(b"Think")?;
    let (_, client) = server.recv_from(&mut buffer)?;

    // The reply comes from the other address again, and this client never sees it. Without
    // MSG_DONTWAIT it would wait for ever.
    server.send_to(b"Hello, Think!", &client)?;
    caller.recv_with_flags(&mut buffer, MSG_DONTWAIT).unwrap_err();

    // The server leaves.
    drop(server);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "udp",
    title: "datagrams: no stream, no promise",
    lead: "program",
    question: Question {
        ask: "A receiver has room for a few small datagrams, and reads none of them. You send it \
              eight.\n\
              The last one is the word eight. What does its send return?",
        decided_by: |trace| trace.answers("program", "sendto").nth(10),
        choices: &[
            Choice(
                "An error: there is no room for it.",
                |answer| !answer.succeeded(),
                "It has left the sender. That there was no room for it is never told to it.",
            ),
            Choice(
                "0: nothing of it was taken.",
                |answer| answer.number() == Some(0),
                "A datagram is sent whole, or not at all.",
            ),
            Choice(
                "5: all of it was sent.",
                |answer| answer.number() == Some(5),
                "send is done when the datagram has left. What becomes of it is not told.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("udp.rs"),
    recorded: include_str!("../../lessons/traces/udp.jsonl"),
    run,
};
