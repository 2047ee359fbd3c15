//! How a server with threads is stopped: close wakes nobody, shutdown wakes recv and accept.

use super::{Lesson, Packets};
use crate::net::{Domain, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Barrier};

fn run(stage: &Stage) -> io::Result<()> {
    // # A server with three threads
    // A listener, as in the lessons before.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // One client will do. It and this thread are going to meet three times.
    let meeting = Arc::new(Barrier::new(2));
    let meets = meeting.clone();
    let client = stage.actor("client", move || talk(address, &meets));

    // The session has a thread. We keep two more numbers for its connection: one for each way in
    // which we shall try to stop it.
    let (connection, _) = listener.accept()?;
    let to_close = connection.try_clone()?;
    let to_shut_down = connection.try_clone()?;
    let session = stage.actor("session", move || greet(connection));

    // Another thread is the doorman. It sleeps in accept.
    let same_listener = listener.try_clone()?;
    let doorman = stage.actor("doorman", move || watch_the_door(same_listener));

    // # The first way: close
    // When the client has its welcome, the session sleeps in recv. The first way to stop it:
    // close.
    meeting.wait();
    drop(to_close);

    // # The second way: shutdown
    // That has stopped nobody: since then the session has even greeted its client. Now the other
    // way, and the door first, so that nobody comes in meanwhile. On Linux, shutdown on a
    // listener wakes the thread that sleeps in accept.
    meeting.wait();
    meeting.wait();
    listener.shutdown(Shutdown::Both)?;
    doorman.join().unwrap()?;
    drop(listener);

    // Then the session. close is about a number, shutdown is about the connection: it wakes
    // whoever sleeps in recv, on whichever number. recv says 0 bytes, and the session ends as if
    // the client had closed.
    to_shut_down.shutdown(Shutdown::Both)?;
    session.join().unwrap()?;
    client.join().unwrap()?;

    // All threads have ended, and the last number of the connection goes.
    drop(to_shut_down);

    Ok(())
}

fn greet(connection: Socket) -> io::Result<()> {
    // The conversation of the lessons before.
    connection.send(b"Welcome!")?;

    let mut buffer = [0; 1024];
    loop {
        // recv sleeps until the client says something, or until the connection ends. It may be
        // this server that ends it.
        let length = connection.recv(&mut buffer)?;
        let name = &buffer[..length];

        // Either of these ends the conversation. Nothing here knows of stopping.
        if name.is_empty() || name == b"exit" {
            break;
        }

        // Greet the client by its name.
        connection.send(&[b"Hello, ", name, b"!"].concat())?;
    }

    // The session closes its own number for the connection.
    drop(connection);

    Ok(())
}

fn watch_the_door(listener: Socket) -> io::Result<()> {
    // No more clients come. When accept returns, it is to say that the listener is shut down.
    listener.accept().unwrap_err();

    // The doorman closes its number for the listener.
    drop(listener);

    Ok(())
}

fn talk(address: SocketAddr, meeting: &Barrier) -> io::Result<()> {
    // The client connects, and takes the welcome. A barrier lets nobody through until both are
    // there: so the server does not go on before.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.read_exact(&mut [0; "Welcome!".len()])?;
    meeting.wait();

    // The server has closed a number for this connection. Nothing has ended for the client: it
    // says its name, and is greeted.
    meeting.wait();
    socket.send(b"Rose")?;
    socket.read_exact(&mut [0; "Hello, Rose!".len()])?;
    meeting.wait();

    // It waits for more, and gets the end of the stream: the server stops.
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "stopping",
    title: "close wakes nobody",
    lead: "server",
    question: Question {
        ask: "A thread of a server sleeps in recv. Another thread closes a number that it has for\n\
              the same connection. What does the sleeping recv return?",
        decided_by: |trace| trace.answers("session", "recv").next(),
        choices: &[
            Choice(
                "0 bytes, at once: the connection is closed.",
                |answer| answer.number() == Some(0),
                "Only its last number ends a connection, and the thread that sleeps has one.",
            ),
            Choice(
                "An error, at once: the socket is gone.",
                |answer| !answer.succeeded(),
                "The socket lives as long as it has a number. The thread that sleeps has one.",
            ),
            Choice(
                "What the client says next. Until then it sleeps on.",
                |answer| answer.number() > Some(0),
                "close takes away one number. The socket lives as long as it has another one.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("stopping.rs"),
    recorded: include_str!("../../lessons/traces/stopping.jsonl"),
    run,
};
