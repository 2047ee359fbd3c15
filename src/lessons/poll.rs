//! One thread for many sockets: poll(2), and what its flags say.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, POLLIN, POLLOUT, POLLRDHUP, Protocol, Socket, TcpState, Type, at, drop,
    poll, wait_until,
};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

fn run(stage: &Stage) -> io::Result<()> {
    // # What poll says in the life of a socket
    // A new socket, and the first question. With a time of 0 poll does not sleep, it only looks.
    // HUP, hung up: this socket is not connected.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    look(&listener)?;

    // As a listener it is ready for nothing: nobody waits to be accepted. Its connections shall
    // have little room for what arrives.
    listener.set_recv_buffer_size(8 * 1024)?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;
    look(&listener)?;

    end_in_order(&listener, address)?;
    end_with_a_reset(&listener, address)?;
    fill(&listener, address)?;
    serve(stage, &listener, address)?;

    // All clients have left.
    drop(listener);

    Ok(())
}

fn look(socket: &Socket) -> io::Result<i16> {
    // POLLIN and POLLOUT: would recv sleep, would send? RDHUP: has the other end said its FIN?
    let all = POLLIN | POLLOUT | POLLRDHUP;
    let ready = poll(&[(socket, all)], Some(Duration::ZERO))?;
    Ok(ready[0])
}

fn end_in_order(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // A client has connected. To a listener "readable" means: accept will not sleep.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;
    wait_until(listener, Condition::Queued(1));
    look(listener)?;

    // A connection on which nothing has come can be written to, and that is all.
    let (connection, _) = listener.accept()?;
    look(&connection)?;

    // Something comes. poll says so, and says it again as long as it is there.
    client.send(b"Rose, Think")?;
    wait_until(&connection, Condition::Unread(11));
    look(&connection)?;
    look(&connection)?;

    // Half of it is read: readable. All of it is read: not any more.
    connection.recv(&mut [0; 6])?;
    look(&connection)?;
    connection.recv(&mut [0; 6])?;
    look(&connection)?;

    // # The end of the stream
    // The client has ended its direction. There is not a byte to be read.
    client.shutdown(Shutdown::Write)?;
    wait_until(&connection, Condition::State(TcpState::CloseWait));
    look(&connection)?;

    // Now this end has ended, too, and HUP joins the others: hung up, in both directions.
    connection.shutdown(Shutdown::Write)?;
    wait_until(&client, Condition::State(TcpState::Close));
    look(&connection)?;
    drop(client);
    drop(connection);

    Ok(())
}

fn end_with_a_reset(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # After a reset
    // This client breaks off.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;
    client.set_linger(Some(Duration::ZERO))?;
    drop(client);
    wait_until(&connection, Condition::State(TcpState::Close));

    // Everything at once. ERR and HUP come whether one asks for them or not.
    look(&connection)?;

    // "Readable" is a promise that recv does not sleep. It does not promise bytes.
    connection.recv(&mut [0; 8]).unwrap_err();
    drop(connection);

    Ok(())
}

fn fill(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # Room to write
    // A client with little room for what it sends, and more to send than both ends can hold.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_send_buffer_size(8 * 1024)?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;
    client.set_write_timeout(Some(Duration::from_secs(1)))?;
    client.send(&[b'x'; 100_000])?;

    // No room: not writable.
    look(&client)?;

    // The other end reads a little. That is not enough: poll waits until there is room for a good
    // piece, so that the writer is not called for each byte.
    connection.recv(&mut [0; 1000])?;
    look(&client)?;
    drop(connection);
    drop(client);

    Ok(())
}

fn serve(stage: &Stage, listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # One thread, three clients
    // Each of the clients is a thread of its own. The server has one for all of them.
    let names = ["Rose", "Think", "Babala"];
    let clients = names.map(|name| stage.actor(name, move || be_greeted(address, name)));
    let mut connections: Vec<Socket> = Vec::new();
    let mut left = 0;
    while left < names.len() {
        // It sleeps in one place only: until the listener has a client for it, or one of the
        // connections has something to read.
        let sockets = connections.iter().chain([listener]);
        let asked: Vec<_> = sockets.map(|socket| (socket, POLLIN)).collect();
        let mut ready = poll(&asked, None)?;
        let someone_waits = ready.pop() != Some(0);

        // Whoever is ready gets one recv. It does not sleep, poll has promised that. None of
        // them can hold up the others.
        let mut kept = Vec::new();
        for (connection, ready) in connections.into_iter().zip(ready) {
            if ready == 0 || greet(&connection)? {
                kept.push(connection);
            } else {
                left += 1;
            }
        }
        connections = kept;

        // A new client joins the others.
        if someone_waits {
            connections.push(listener.accept()?.0);
        }
    }
    clients.into_iter().try_for_each(|client| client.join().unwrap())
}

fn greet(connection: &Socket) -> io::Result<bool> {
    // What has come is greeted, if it is not the end.
    let mut buffer = [0; 1024];
    let length = connection.recv(&mut buffer)?;
    if length > 0 {
        connection.send(&[b"Hello, ", &buffer[..length], b"!"].concat())?;
    }

    Ok(length > 0)
}

fn be_greeted(address: SocketAddr, name: &str) -> io::Result<()> {
    // A client says its name, waits for its greeting, and leaves.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(name.as_bytes())?;
    socket.read_exact(&mut vec![0; "Hello, !".len() + name.len()])?;
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "poll",
    title: "one thread, many sockets",
    lead: "server",
    question: Question {
        ask: "The other end has closed, in order, and all it had sent is read.\n\
              Does poll say that this socket is readable?",
        decided_by: |trace| trace.answers("server", "poll").nth(8),
        choices: &[
            Choice(
                "No: there is nothing to read, and there never will be.",
                |answer| !answer.says("POLLIN"),
                "Readable means that recv would not wait. At the end it gives 0 at once.",
            ),
            Choice(
                "Yes: the end is something to read.",
                |answer| answer.says("POLLIN") && !answer.says("POLLERR"),
                "Readable means that recv would not wait. At the end it gives 0 at once.",
            ),
            Choice(
                "Yes, and it says POLLERR as well: the connection is broken.",
                |answer| answer.says("POLLIN") && answer.says("POLLERR"),
                "An orderly end breaks nothing. POLLERR comes with a reset.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("poll.rs"),
    recorded: include_str!("../../lessons/traces/poll.jsonl"),
    run,
};
