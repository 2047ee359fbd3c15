//! Small pieces: which of them the kernel holds back, and until when.
//!
//! A piece is held until an acknowledgement comes, and over loopback that is soon. So a filter
//! throws acknowledgements away for a moment. What was acknowledged in vain is sent again later,
//! and later each time: the filter comes and goes in one step, so a pause does no harm.

use super::{Lesson, Packets};
use crate::net::{Condition, Domain, Protocol, Socket, Type, at, drop, wait_until};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    // # A letter, and three more
    // A listener, a client, and its connection. One program plays both ends.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    listener.listen(5)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&listener.local_addr()?)?;
    let (connection, _) = listener.accept()?;

    hold_back(&client, &connection)?;
    do_not_wait(&client, &connection)?;
    pull_the_cork(&client, &connection)?;
    acknowledge_late(&client, &connection)?;

    // All has arrived, and both ends close.
    drop(client);
    drop(connection);
    drop(listener);

    Ok(())
}

fn hold_back(client: &Socket, connection: &Socket) -> io::Result<()> {
    // A filter keeps the answers from the client: nothing that it sends is acknowledged. Nagle's
    // rule says that only one small piece may be on its way. What waits leaves when the answer
    // comes. Here that is lost, and after a while the kernel sends what waits, to ask for it.
    client.drop_arriving()?;
    client.send(b"R")?;
    client.send(b"ose")?;
    client.unsent()?;
    connection.unread()?;
    client.detach_filter()?;
    wait_until(connection, Condition::Unread(4));

    // All is there. The three letters have travelled together.
    connection.recv(&mut [0; 8])?;

    Ok(())
}

fn do_not_wait(client: &Socket, connection: &Socket) -> io::Result<()> {
    // # Do not wait: TCP_NODELAY
    // TCP_NODELAY switches the rule off. What is sent leaves, however small it is.
    client.set_tcp_nodelay(true)?;
    client.send(b"Th")?;
    client.send(b"ink")?;
    client.unsent()?;
    wait_until(connection, Condition::Unread(5));
    connection.recv(&mut [0; 8])?;

    // It has a price: two segments, each with some 50 bytes of headers, for 5 bytes.
    connection.tcp_info()?;
    client.send(b"Ba")?;
    client.send(b"bala")?;
    wait_until(connection, Condition::Unread(6));
    connection.tcp_info()?;

    // Whoever knows both pieces puts them into one send. That is one segment, and nothing waits.
    client.send(&[&b"ex"[..], b"it"].concat())?;
    wait_until(connection, Condition::Unread(10));
    connection.tcp_info()?;
    connection.recv(&mut [0; 16])?;

    Ok(())
}

fn pull_the_cork(client: &Socket, connection: &Socket) -> io::Result<()> {
    // # Wait until I say so: TCP_CORK
    // TCP_CORK is the other way round: nothing small leaves until the cork is pulled. That is for
    // a program that has a head and a body to send, in several calls, and knows when it is done.
    // (Alone a cork holds for a fifth of a second. Behind a byte on its way it holds for longer.)
    client.drop_arriving()?;
    client.send(b":")?;
    client.set_tcp_cork(true)?;
    client.send(b"head")?;
    client.send(b"body")?;
    client.unsent()?;
    client.set_tcp_cork(false)?;
    client.detach_filter()?;
    wait_until(connection, Condition::Unread(9));
    wait_until(client, Condition::Acknowledged);

    // Head and body are there.
    connection.recv(&mut [0; 16])?;

    Ok(())
}

fn acknowledge_late(client: &Socket, connection: &Socket) -> io::Result<()> {
    // # An acknowledgement that comes late
    // The other half of the story is at the receiver. It need not acknowledge at once: perhaps an
    // answer goes back soon, and the acknowledgement can travel with it. Linux waits for about 40
    // milliseconds, if it is not in a hurry.
    connection.set_tcp_quickack(false)?;
    client.send(b"late")?;
    wait_until(client, Condition::Acknowledged);

    // In a hurry it acknowledges at once. It is so at the beginning of a connection, and here.
    connection.set_tcp_quickack(true)?;
    client.send(b"soon")?;
    wait_until(client, Condition::Acknowledged);
    connection.recv(&mut [0; 8])?;

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "nagle",
    title: "why the second byte waits",
    lead: "program",
    question: Question {
        ask: "Two sends in a row: one letter, then three. Nothing has been acknowledged yet.\n\
              How many letters have arrived at the other end?",
        decided_by: |trace| trace.answers("program", "ioctl").nth(1),
        choices: &[
            Choice(
                "None: small pieces are collected first.",
                |answer| answer.number() == Some(0),
                "While nothing is on its way, a small piece leaves at once.",
            ),
            Choice(
                "One: the three wait for the acknowledgement.",
                |answer| answer.number() == Some(1),
                "Only one small piece may be on its way and not acknowledged. The others wait.",
            ),
            Choice(
                "Four: what is sent leaves at once.",
                |answer| answer.number() == Some(4),
                "That is so with TCP_NODELAY. Without it, one small piece may be on its way.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork, Need::Filters],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("nagle.rs"),
    recorded: include_str!("../../lessons/traces/nagle.jsonl"),
    run,
};
