//! The options of a socket: set, read back, inherited, and what some of them change.

use super::{Lesson, Packets};
use crate::net::{Condition, Domain, Protocol, Socket, Type, at, drop, wait_until};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

fn run(stage: &Stage) -> io::Result<()> {
    // # A wish for memory
    // An option is a property of one socket. Every socket is made with the defaults.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    wish_for_memory(&listener)?;
    let address = share_an_address(&listener)?;
    inherit(stage, &listener, address)?;

    // The listener has done its work.
    drop(listener);

    wrong_socket()
}

fn wish_for_memory(socket: &Socket) -> io::Result<()> {
    // How much memory may hold what has arrived and is not read? The packets need room for their
    // headers and for bookkeeping, too. What does Linux make of the wish?
    socket.set_recv_buffer_size(10_000)?;
    socket.recv_buffer_size()?;

    // Linux has doubled the wish. One byte is too little: the kernel says ok, and takes the least
    // that it works with.
    socket.set_recv_buffer_size(1)?;
    socket.recv_buffer_size()?;

    // A thousand million is too much. It says ok again, and takes twice what the administrator
    // allows: net.core.rmem_max.
    socket.set_recv_buffer_size(1_000_000_000)?;
    socket.recv_buffer_size()?;

    Ok(())
}

fn share_an_address(listener: &Socket) -> io::Result<SocketAddr> {
    // # Who may share an address
    // SO_REUSEADDR decides who may share an address. The listener sets it, then binds.
    listener.set_reuse_address(true)?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();

    // A rival wants the same address. Only one of the two has set the option: that is not
    // enough.
    let rival = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    rival.bind(&address.into()).unwrap_err();

    // Now both have set it, and neither of them listens yet. Both may have the address.
    rival.set_reuse_address(true)?;
    rival.bind(&address.into())?;

    // Listening is another matter. The first one may, and from then on the other one may not.
    listener.listen(5)?;
    rival.listen(5).unwrap_err();
    drop(rival);

    Ok(address)
}

fn inherit(stage: &Stage, listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # What a connection inherits
    // Four things set on the listener. TCP_NODELAY: send small segments at once. SO_KEEPALIVE:
    // ask a silent peer whether it is there. SO_LINGER 0: close means break off.
    listener.set_tcp_nodelay(true)?;
    listener.set_keepalive(true)?;
    listener.set_linger(Some(Duration::ZERO))?;

    // The fourth is no option but a flag of the open file, O_NONBLOCK: fail, do not sleep. So
    // accept fails, as nobody is there.
    listener.set_nonblocking(true)?;
    listener.accept().unwrap_err();

    // A client. As accept does not sleep any more, we wait until the connection is there.
    let client = stage.actor("client", move || hear_out(address));
    wait_until(listener, Condition::Queued(1));
    let (connection, _) = listener.accept()?;

    // Nobody has set anything on this socket. It has the listener's options all the same.
    connection.tcp_nodelay()?;
    connection.keepalive()?;
    connection.linger()?;
    connection.reuse_address()?;
    connection.recv_buffer_size()?;

    // But not its flag, on Linux. set_nonblocking reads the flags first: O_NONBLOCK is not
    // among them, so there is nothing to take away, and it makes no second call.
    connection.set_nonblocking(false)?;

    // The welcome reaches the client's kernel. Then close: with SO_LINGER 0 it does not say
    // "that was all" to the client, but "this connection is broken off".
    connection.send(b"Welcome!")?;
    wait_until(&connection, Condition::Acknowledged);
    drop(connection);
    client.join().unwrap()?;

    // # The next client
    // The next client. This time we turn off what the connection has inherited.
    let next_client = stage.actor("next client", move || hear_all(address));
    wait_until(listener, Condition::Queued(1));
    let (connection, _) = listener.accept()?;
    connection.set_linger(None)?;

    // The same words, the same close. Compare what this client sees.
    connection.send(b"Welcome!")?;
    drop(connection);
    next_client.join().unwrap()?;

    Ok(())
}

fn hear_out(address: SocketAddr) -> io::Result<()> {
    // The first client gets its welcome.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.recv(&mut [0; 1024])?;

    // Then an error, where the end of the stream should come. Was that all? It cannot know.
    socket.recv(&mut [0; 1024]).unwrap_err();
    drop(socket);

    Ok(())
}

fn hear_all(address: SocketAddr) -> io::Result<()> {
    // The next client gets the same welcome.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.recv(&mut [0; 1024])?;

    // And 0 bytes: the end of the stream. That was all.
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    Ok(())
}

fn wrong_socket() -> io::Result<()> {
    // # The wrong socket
    // TCP may hold a small segment back (Nagle's algorithm); TCP_NODELAY turns that off. UDP
    // never does, so it has no such option.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_tcp_nodelay(true).unwrap_err();

    // Reading it fails, too. It is the same mistake, and Linux has another error for it.
    socket.tcp_nodelay().unwrap_err();
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "options",
    title: "set, read back, inherited",
    lead: "server",
    question: Question {
        ask: "You ask for a receive buffer of 10,000 bytes, and the kernel says ok.\n\
              Then you read the option back. What does Linux say?",
        decided_by: |trace| trace.answers("server", "getsockopt").next(),
        choices: &[
            Choice(
                "10,000: what you asked for.",
                |answer| answer.number() == Some(10_000),
                "What you asked for is there to use. Linux counts its own bookkeeping, too.",
            ),
            Choice(
                "16,384: the next power of two.",
                |answer| answer.number() == Some(16_384),
                "Powers of two play no part. The kernel doubles what it is given.",
            ),
            Choice(
                "20,000: twice as much.",
                |answer| answer.number() == Some(20_000),
                "Linux doubles it, to have room for its own bookkeeping.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("options.rs"),
    recorded: include_str!("../../lessons/traces/options.jsonl"),
    run,
};
