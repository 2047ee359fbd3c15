//! Which end of a connection is left when both are closed, and how that keeps a port from `bind`.
//!
//! What is left is the connection, not the listener. It has SO_REUSEADDR if its listener had it, or
//! if somebody set it on the connection itself. `bind` refuses a port in FIN-WAIT-1, FIN-WAIT-2 and
//! TIME-WAIT alike, so nobody has to wait for the last of them. In the last part the server's end
//! has to be gone: its descriptor outlives `shutdown`, and says when that is so.
//!
//! Who stops for more than a minute with `--step` finds the port free. So no bind is required to
//! fail.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, EADDRINUSE, ETIMEDOUT, Protocol, SockAddr, Socket, TcpState, Type, at, drop,
    wait_until,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::Shutdown;

fn run(_stage: &Stage) -> io::Result<()> {
    // # A server is stopped and started again
    // A server as in the tutorial: no option is set. It would have a fixed port. Here the kernel
    // chooses one, and from now on the server wants to have that one.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&at("127.0.0.1", 0))?;
    let address = server.local_addr()?;
    server.listen(5)?;

    stop_with_a_client(server, &address)?;

    // The server is started again, within the minute. bind finds what is left of the connection,
    // and refuses the port.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&address).err();
    drop(server);

    // You look the error up, add SO_REUSEADDR, and start it again. Both sides have to agree: the
    // new socket, and what is left of the old one.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.set_reuse_address(true)?;
    server.bind(&address).err();
    drop(server);

    with_the_option()?;
    client_closes_first()
}

fn stop_with_a_client(server: Socket, address: &SockAddr) -> io::Result<()> {
    // A client comes.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(address)?;
    let (connection, _) = server.accept()?;

    // The server is stopped while the client is connected. All its sockets are closed, and so it
    // is the server's end that closes first.
    drop(connection);
    drop(server);

    // The client sees the end of the stream, and closes, too. Its end is gone. The end that closed
    // first stays, in TIME-WAIT, for a minute. No program has it any more, so none can close it.
    client.recv(&mut [0; 1024])?;
    drop(client);

    Ok(())
}

fn with_the_option() -> io::Result<()> {
    // # A server with SO_REUSEADDR
    // Another server has the option from the beginning. It has to be set before bind. accept hands
    // it on to each connection.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.set_reuse_address(true)?;
    server.bind(&at("127.0.0.1", 0))?;
    let address = server.local_addr()?;
    server.listen(5)?;

    stop_with_a_client(server, &address)?;

    // Started again without the option: now it is the new socket that does not agree.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&address).err();
    drop(server);

    // With the option on both sides bind works, in the same minute, and so does listen.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.set_reuse_address(true)?;
    server.bind(&address)?;
    server.listen(5)?;

    // A new client is served. Late packets of the old connection cannot disturb it: they belong to
    // another port of a client, and the kernel still knows whose they are.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address)?;
    let (connection, _) = server.accept()?;
    drop(client);
    drop(connection);
    drop(server);

    Ok(())
}

fn client_closes_first() -> io::Result<()> {
    // # The client closes first
    // A third server, without the option again, and a client.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&at("127.0.0.1", 0))?;
    let address = server.local_addr()?;
    server.listen(5)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address)?;
    let (connection, _) = server.accept()?;

    // This time the client closes first, as the tutorial's client does when it has said exit.
    drop(client);

    // The server sees the end of the stream, and ends its direction, too. When that is acknowledged
    // its end is CLOSED. The end in TIME-WAIT is the client's.
    connection.recv(&mut [0; 1024])?;
    connection.shutdown(Shutdown::Write)?;
    wait_until(&connection, Condition::State(TcpState::Close));
    drop(connection);
    drop(server);

    // So it is the client's port that nobody gets for a minute, and nobody wants that one: connect
    // chooses another. The server's port is free, without any option.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&address)?;
    server.listen(5)?;
    drop(server);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "time-wait",
    title: "address already in use",
    lead: "program",
    question: Question {
        ask: "A server was stopped while a client was connected. Its port is in TIME-WAIT.\n\
              You add SO_REUSEADDR and start it again within the minute. Does bind work?",
        decided_by: |trace| trace.answers("program", "bind").nth(2),
        choices: &[
            Choice(
                "Yes: this is what the option is for.",
                |answer| answer.succeeded(),
                "Both have to set it before bind: the old server, and the new one.",
            ),
            Choice(
                "No: what is left was made without it.",
                |answer| answer.failed_with(EADDRINUSE),
                "Linux looks at both: what holds the port has to have the option, too.",
            ),
            Choice(
                "It sleeps until the minute is over.",
                |answer| answer.failed_with(ETIMEDOUT),
                "bind never waits. It has the port at once, or it fails.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("time_wait.rs"),
    recorded: include_str!("../../lessons/traces/time-wait.jsonl"),
    run,
};
