//! Why the tutorial gives each client a thread.

use super::{Lesson, Packets};
use crate::net::{Domain, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Barrier};

fn run(stage: &Stage) -> io::Result<()> {
    one_after_the_other(stage)?;
    a_thread_for_each(stage)
}

fn one_after_the_other(stage: &Stage) -> io::Result<()> {
    let (listener, address) = listen()?;

    // The first client will be silent for a while: until it meets the second one.
    let meeting = Arc::new(Barrier::new(2));
    let meets = meeting.clone();
    let silent_client = stage.actor("silent client", move || be_silent(address, &meets));

    // accept takes the silent client. Only then does a second one come. But this server serves
    // one client at a time: while its session sleeps in recv, for a client that says nothing,
    // it does not come round to accept.
    let (silent_connection, _) = listener.accept()?;
    let quick_client = stage.actor("quick client", move || be_quick(address, &meeting));
    session(silent_connection)?;

    // Now it looks for the next client. The connection has been waiting here, and so have its
    // bytes.
    let (quick_connection, _) = listener.accept()?;
    session(quick_connection)?;

    // Both clients are served. How long the second one had to wait was up to the first.
    silent_client.join().unwrap()?;
    quick_client.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn listen() -> io::Result<(Socket, SocketAddr)> {
    // # A silent client comes first
    // A listener, as in the lessons before.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    Ok((listener, address))
}

fn session(connection: Socket) -> io::Result<()> {
    // The conversation is the one of the lesson tcp-client. The server sends first.
    connection.send(b"Welcome!")?;

    let mut buffer = [0; 1024];
    loop {
        // recv sleeps until this client says something, or until the connection ends.
        let length = connection.recv(&mut buffer)?;
        let name = &buffer[..length];

        // Either of these ends the conversation.
        if name.is_empty() || name == b"exit" {
            break;
        }

        // Greet the client by its name.
        connection.send(&[b"Hello, ", name, b"!"].concat())?;
    }

    // The conversation is over.
    drop(connection);

    Ok(())
}

fn be_silent(address: SocketAddr, meeting: &Barrier) -> io::Result<()> {
    // The silent client connects, and takes the welcome. read_exact calls recv until the 8
    // bytes are there.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.read_exact(&mut [0; 8])?;

    // # The silent one leaves
    // A barrier lets nobody through until both clients stand there. So this thread sleeps until
    // the other client comes, too. Only then does it say something.
    meeting.wait();
    socket.send(b"exit")?;
    drop(socket);

    Ok(())
}

fn be_quick(address: SocketAddr, meeting: &Barrier) -> io::Result<()> {
    // # A second client comes
    // connect succeeds although nobody calls accept: the kernels agree on the connection
    // between themselves.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;

    // It sends its name. For bytes that no program has asked for, the server's kernel has room.
    socket.send(b"Rose")?;

    // But an answer takes a server that looks. This recv sleeps until the silent client is gone.
    meeting.wait();
    socket.read_exact(&mut [0; 8])?;
    socket.read_exact(&mut [0; 12])?;

    // Served at last, it leaves.
    socket.send(b"exit")?;
    drop(socket);

    Ok(())
}

fn a_thread_for_each(stage: &Stage) -> io::Result<()> {
    let (listener, address) = listen()?;

    // # A thread for each client
    // Again a silent client comes first. This time it meets the next client when that one has
    // got its greeting.
    let meeting = Arc::new(Barrier::new(2));
    let meets = meeting.clone();
    let quiet_client = stage.actor("quiet client", move || be_silent(address, &meets));

    // The session is the same function, on a thread of its own. The connection goes with it.
    let (connection, _) = listener.accept()?;
    let quiet_session = stage.actor("quiet session", move || session(connection));

    // So this thread is free to accept the next client, and to give it a thread, too.
    let next_client = stage.actor("next client", move || be_next(address, &meeting));
    let (connection, _) = listener.accept()?;
    let next_session = stage.actor("next session", move || session(connection));

    // The next client has been served while the quiet one was still there. A join waits until a
    // thread has ended: so this server ends when its clients have left.
    next_client.join().unwrap()?;
    next_session.join().unwrap()?;
    quiet_client.join().unwrap()?;
    quiet_session.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn be_next(address: SocketAddr, meeting: &Barrier) -> io::Result<()> {
    // The next client meets a server that has time for it.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.read_exact(&mut [0; 8])?;
    socket.send(b"Think")?;
    socket.read_exact(&mut [0; 13])?;

    // It has got its greeting, and nobody had to leave for that. Now it leaves.
    meeting.wait();
    socket.send(b"exit")?;
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "thread-per-client",
    title: "one slow client, and everyone waits",
    lead: "server",
    question: Question {
        ask: "A server serves one client at a time, and its first client is silent.\n\
              A second client connects and sends its name. What returns first?",
        decided_by: |trace| {
            let second_accept = trace.answers("server", "accept").nth(1);
            trace.first_of([second_accept, trace.answers("quick client", "send").next()])
        },
        choices: &[
            Choice(
                "The second client's send: neither connect nor send waits for accept.",
                |answer| answer.answers("send") && answer.succeeded(),
                "The kernel makes the connection and takes the bytes. accept has no part in it.",
            ),
            Choice(
                "The server's accept: until then the second client sleeps in connect.",
                |answer| answer.answers("accept"),
                "connect returns when the kernels have shaken hands. accept has no part in it.",
            ),
            Choice(
                "An error: a server that is busy refuses other clients.",
                |answer| !answer.succeeded(),
                "Who is not accepted yet waits in the queue of the listener.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("thread_per_client.rs"),
    recorded: include_str!("../../lessons/traces/thread-per-client.jsonl"),
    run,
};
