//! Two sockets with one address: what SO_REUSEADDR allows, and what SO_REUSEPORT allows.
//!
//! Which listener gets a client, a hash decides, in each run anew. The canonical form passes over
//! it, and what the clients leave behind must not depend on it: so they break off. Where a client
//! has to be in a certain queue, there is only one listener when it comes.
//!
//! To a socket of UDP with SO_REUSEADDR, port 0 may be a port that somebody else has who has the
//! option, too. In a network of its own nobody else is there.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, ECONNRESET, MSG_DONTWAIT, Protocol, SockAddr, Socket, TcpState, Type, at,
    drop, wait_until,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::time::Duration;

fn run(_stage: &Stage) -> io::Result<()> {
    one_after_the_other()?;
    side_by_side()?;
    one_leaves()?;
    one_takes_all()
}

fn one_after_the_other() -> io::Result<()> {
    // # Two servers with SO_REUSEADDR
    // Both set the option before bind. As long as neither of them listens, bind gives both the same
    // port.
    let first = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    first.set_reuse_address(true)?;
    first.bind(&at("127.0.0.1", 0))?;
    let address = first.local_addr()?;
    let second = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second.set_reuse_address(true)?;
    second.bind(&address)?;

    // The first to call listen keeps it. To the other one the address is taken.
    first.listen(5)?;
    second.listen(5).unwrap_err();
    drop(second);

    // A third one comes when somebody listens already. It fails one call earlier.
    let third = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    third.set_reuse_address(true)?;
    third.bind(&address).unwrap_err();
    drop(third);

    // So SO_REUSEADDR is for servers that come one after the other.
    drop(first);

    Ok(())
}

fn side_by_side() -> io::Result<()> {
    // # Two servers with SO_REUSEPORT
    // SO_REUSEPORT is the other option. It has to be set before bind, and it says: others may
    // listen here at the same time, if they have it, too, and belong to the same user.
    let first = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    first.set_reuse_port(true)?;
    first.bind(&at("127.0.0.1", 0))?;
    let address = first.local_addr()?;
    first.listen(5)?;

    // Who wants to join has to set the same option. SO_REUSEADDR will not do.
    let second = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second.set_reuse_address(true)?;
    second.bind(&address).unwrap_err();

    // With SO_REUSEPORT bind works, and so does listen.
    second.set_reuse_port(true)?;
    second.bind(&address)?;
    second.listen(5)?;

    share_out(&first, &second, &address)?;

    // The servers close.
    drop(first);
    drop(second);

    Ok(())
}

fn share_out(first: &Socket, second: &Socket, address: &SockAddr) -> io::Result<()> {
    let mut clients = Vec::new();
    for _ in 0..5 {
        // Two servers listen at one port, and five clients come. For each of them the kernel
        // computes a hash of both addresses and both ports. The hash decides where it has to wait.
        let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        client.connect(address)?;
        clients.push(client);
    }

    // Each server has a queue of its own, and there are five clients in the two together. Nobody
    // takes turns, and nobody looks which server has more time.
    first.accept_queue()?;
    second.accept_queue()?;

    for client in clients {
        // The clients break off.
        client.set_linger(Some(Duration::ZERO))?;
        drop(client);
    }

    Ok(())
}

fn one_leaves() -> io::Result<()> {
    // # One of two servers leaves
    // A server that others may join. Up to now it is alone.
    let old = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    old.set_reuse_port(true)?;
    old.bind(&at("127.0.0.1", 0))?;
    let address = old.local_addr()?;
    old.listen(5)?;

    // A client comes. There is one server, so the client waits in the queue of that one.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address)?;
    wait_until(&old, Condition::Queued(1));

    // A new version of the server is started beside the old one, so that there is no moment in
    // which nobody listens.
    let new = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    new.set_reuse_port(true)?;
    new.bind(&address)?;
    new.listen(5)?;

    // The old version ends. It has not accepted the client yet, and its queue ends with it.
    drop(old);
    wait_until(&client, Condition::State(TcpState::Close));

    // The client waited in the queue of a server that is gone. The new one has its own queue.
    client.recv(&mut [0; 1024]).unwrap_err();
    new.accept_queue()?;
    drop(client);

    // The next client has no choice either: it gets to the new version.
    let next_client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    next_client.connect(&address)?;
    let (connection, _) = new.accept()?;
    drop(next_client);
    drop(connection);
    drop(new);

    Ok(())
}

fn one_takes_all() -> io::Result<()> {
    // # Two who wait for datagrams
    // For datagrams nobody listens, and SO_REUSEADDR means more. This socket has it, and gets what
    // is sent to its port.
    let first = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    first.set_reuse_address(true)?;
    first.bind(&at("127.0.0.1", 0))?;
    let address = first.local_addr()?;
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    sender.send_to(b"Rose", &address)?;
    first.recv(&mut [0; 1024])?;

    // A second one binds the same port. No call fails, and nobody tells the first one. It could be
    // another program, even of another user.
    let second = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    second.set_reuse_address(true)?;
    second.bind(&address)?;

    // From now on all that is sent to the port goes to the one who came last.
    sender.send_to(b"Think", &address)?;
    second.recv(&mut [0; 1024])?;

    // The first one has nothing. It could only wait. MSG_DONTWAIT: do not sleep.
    first.recv_with_flags(&mut [0; 1024], MSG_DONTWAIT).unwrap_err();

    // The second one goes, and the first one gets what is sent, as before.
    drop(second);
    sender.send_to(b"Babala", &address)?;
    first.recv(&mut [0; 1024])?;
    drop(sender);
    drop(first);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "reuse-port",
    title: "two servers, one port",
    lead: "program",
    question: Question {
        ask: "Two servers listen at one port. A client waits in the queue of the first one.\n\
              The first one closes, the second one has nothing to do. What does the client get?",
        decided_by: |trace| trace.answers("program", "recv").next(),
        choices: &[
            Choice(
                "The second server: the port is the same.",
                |answer| answer.number().is_some_and(|bytes| bytes > 0),
                "A queue belongs to a listener, and not to the port. It goes away with it.",
            ),
            Choice(
                "The end of the stream: recv gives 0.",
                |answer| answer.number() == Some(0),
                "An end would come from close. Nobody had accepted, so nobody could close.",
            ),
            Choice(
                "A reset: recv says ECONNRESET.",
                |answer| answer.failed_with(ECONNRESET),
                "A queue belongs to a listener. What waits in it when it closes is reset.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("reuse_port.rs"),
    recorded: include_str!("../../lessons/traces/reuse-port.jsonl"),
    run,
};
