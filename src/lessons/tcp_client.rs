//! The tutorial's dialogue, Rose, Think, Babala, exit: and who chose the client's port.

use super::{Lesson, Packets};
use crate::net::{Domain, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

fn run(stage: &Stage) -> io::Result<()> {
    // # A server waits for its client
    // The server begins as in the lesson tcp-server: socket, bind, listen. It stops for good
    // when the lesson ends, so it leaves SO_REUSEADDR out.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // Its client is a thread of its own. It could as well be another program on this machine.
    let client = stage.actor("client", move || talk(address));

    // accept reserves a number for the new socket, then sleeps until a client has connected.
    let (connection, _client_address) = listener.accept()?;

    // The conversation is a function of its own, as in the tutorial.
    session(connection)?;
    client.join().unwrap()?;

    // The server closes its listener. From here on no socket of this program listens.
    drop(listener);

    // # A client that connects to itself
    // And yet there is one more client.
    let lonely_client = stage.actor("lonely client", talk_to_oneself);
    lonely_client.join().unwrap()
}

fn session(connection: Socket) -> io::Result<()> {
    // In this protocol the server sends first.
    connection.send(b"Welcome!")?;

    let mut buffer = [0; 1024];
    loop {
        // The server sleeps until the client says something. If recv says 0 bytes, the client
        // has closed.
        let length = connection.recv(&mut buffer)?;
        let name = &buffer[..length];

        // This is where the tutorial's session ends, too.
        if name.is_empty() || name == b"exit" {
            break;
        }

        // It greets the client by the name that came.
        connection.send(&[b"Hello, ", name, b"!"].concat())?;
    }

    // The client said exit, or has closed. So the server closes this connection.
    drop(connection);

    Ok(())
}

fn talk(address: SocketAddr) -> io::Result<()> {
    // # The client connects
    // The client makes a socket. Which address does it have before it connects?
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.local_addr()?;

    // connect does two things: it chooses a free port for us, since we did not call bind,
    // and it agrees with the server's kernel on a connection.
    socket.connect(&address.into())?;

    // Now the socket has an address of its own, with the port that connect chose, and a peer:
    // the server.
    socket.local_addr()?;
    socket.peer_addr()?;

    // # They take turns to talk
    // The client receives first, because the server sends first.
    let mut buffer = [0; 1024];
    socket.recv(&mut buffer)?;

    for name in ["Rose", "Think", "Babala"] {
        // Say a name, then wait for the greeting. As each side waits for the other, every recv
        // meets one send. TCP does not promise that: one recv may bring half a send, or several.
        socket.send(name.as_bytes())?;
        socket.recv(&mut buffer)?;
    }

    // # The client leaves
    // exit is a word of this protocol. To TCP it is four more bytes.
    socket.send(b"exit")?;

    // Who closes first matters: the kernel of that side remembers the connection for a minute,
    // so that late packets do no harm. In ss -tan it is called TIME-WAIT.
    drop(socket);

    Ok(())
}

fn talk_to_oneself() -> io::Result<()> {
    // This client calls bind before it connects. A client may do that.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.bind(&at("127.0.0.1", 0))?;
    let own_address = socket.local_addr()?.as_socket().unwrap();

    // Then it connects to its own port. Nobody listens there, but the request finds a socket
    // that is about to connect, its own, and both ends agree (RFC 9293, section 3.5).
    socket.connect(&own_address.into())?;

    // So it is its own peer.
    socket.peer_addr()?;

    // It hears what it says.
    socket.send(b"Is anybody there?")?;
    socket.recv(&mut [0; 1024])?;

    // One close ends both ends.
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "tcp-client",
    title: "Rose, Think, Babala, exit",
    lead: "server",
    question: Question {
        ask: "The client never calls bind. Just before it connects, it asks for its own port.\n\
              What does the kernel say?",
        decided_by: |trace| trace.answers("client", "getsockname").next(),
        choices: &[
            Choice(
                "Port 0: it has none. connect will choose one.",
                |answer| answer.port() == Some(0),
                "A socket is made without a port. bind gives it one, or else connect does.",
            ),
            Choice(
                "A free port, chosen when the socket was made.",
                |answer| answer.port() > Some(0),
                "A socket is made without a port. bind gives it one, or else connect does.",
            ),
            Choice(
                "It is an error to ask: there is no port.",
                |answer| !answer.succeeded(),
                "It may always be asked. Before there is a port, the answer is 0.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("tcp_client.rs"),
    recorded: include_str!("../../lessons/traces/tcp-client.jsonl"),
    run,
};
