//! The tutorial's server up to its first client: what changes at each of the four calls.

use super::{Lesson, Packets};
use crate::net::{Domain, ECONNREFUSED, ETIMEDOUT, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

fn run(stage: &Stage) -> io::Result<()> {
    // # A socket, an option, an address
    // A socket is an object in the kernel. All we get is a number for it, a file descriptor: 3, as
    // 0, 1 and 2 are taken. IPV4 says which addresses it uses, STREAM that it carries a stream of
    // bytes. CLOEXEC is added by socket2: a program that we start does not inherit the number.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    // It exists, but it has no address yet. Here 0.0.0.0 and port 0 mean "none".
    listener.local_addr()?;

    // A connection that the server closes first holds its port for a minute. If the old server
    // and the new one both set this option before bind, the new one gets the port all the same.
    listener.set_reuse_address(true)?;

    // bind gives the socket its address. 127.0.0.1 can be reached from this machine only;
    // port 0 lets the kernel choose a free port, and we ask which one it chose.
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();

    // The port is ours now. Does the socket listen? No: 0 means false.
    listener.is_listener()?;

    // # A client comes too early
    // A client comes too early. It is a thread of its own, and join waits for its end.
    let early_client = stage.actor("early client", move || come_early(address));
    let refused_socket = early_client.join().unwrap()?;

    // # It listens, and a client comes in time
    // listen turns the socket into a listening one: from now on the kernel itself accepts
    // connections, and keeps up to about 5 of them waiting until we ask for them.
    listener.listen(5)?;
    listener.is_listener()?;

    // A client comes in time. It brings the socket that was refused.
    let client = stage.actor("client", move || come_in_time(refused_socket, address));

    // accept gives us the next connection, and sleeps until there is one. For each client it
    // makes a new socket; the listener stays as it is, ready for the next client.
    let (connection, _client_address) = listener.accept()?;

    // # The conversation
    // The new socket has the listener's address, and the client for its peer. By both
    // addresses together the kernel finds the socket that incoming bytes belong to.
    connection.local_addr()?;
    connection.peer_addr()?;

    // Bytes go through the new socket. send hands them to the kernel and says how many it
    // took: here all 8. It does not say that they have arrived.
    connection.send(b"Welcome!")?;

    // They never go through the listener: it has no peer. unwrap_err insists that the call
    // fails.
    listener.recv(&mut [0; 1024]).unwrap_err();

    // # The end
    // drop closes the connection. That tells the client that no more bytes will come.
    drop(connection);

    // The server waits for its client, as a good host does. Closing the listener ends the
    // listening; the connection that we closed first still holds the port for a minute.
    client.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn come_early(address: SocketAddr) -> io::Result<Socket> {
    // A client needs a socket of the same kind.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    // The port has an owner, but nobody listens. The server's program is not asked: its kernel
    // answers in its place.
    socket.connect(&address.into()).unwrap_err();

    Ok(socket)
}

fn come_in_time(socket: Socket, address: SocketAddr) -> io::Result<()> {
    // The same socket may try again. Linux allows it; on other systems make a new one.
    socket.connect(&address.into())?;

    // recv sleeps until bytes arrive. Then it puts them into our buffer and says how many.
    let mut buffer = [0; 1024];
    socket.recv(&mut buffer)?;

    // 0 bytes are no message: they are the end of the stream. The server has closed.
    socket.recv(&mut buffer)?;

    // Then we close our end, too.
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "tcp-server",
    title: "socket, bind, listen, accept",
    lead: "server",
    question: Question {
        ask: "bind is done, listen is not. A client connects. What happens?",
        decided_by: |trace| trace.answers("early client", "connect").next(),
        choices: &[
            Choice(
                "It is refused at once.",
                |answer| answer.failed_with(ECONNREFUSED),
                "Without a listener the kernel refuses, in the server's place.",
            ),
            Choice(
                "It is connected: the port is taken, and that is enough.",
                |answer| answer.succeeded(),
                "A port that is taken is only a name. It is listen that lets connections in.",
            ),
            Choice(
                "It waits, and gives up after a while.",
                |answer| answer.failed_with(ETIMEDOUT),
                "Silence would make it wait. The kernel is not silent: it refuses.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("tcp_server.rs"),
    recorded: include_str!("../../lessons/traces/tcp-server.jsonl"),
    run,
};
