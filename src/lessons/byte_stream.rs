//! TCP carries bytes, not messages: four sends are one recv, one send is two, the tutorial's
//! session never sees its exit, and a client that does not wait takes a greeting for part of the
//! welcome.
//!
//! With `--wire` the loopback of its own network resembles an Ethernet: the long word comes in five
//! segments, and in one without.

use super::{Lesson, Packets};
use crate::net::{Condition, Domain, Protocol, Socket, Type, at, drop, wait_until};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

fn run(stage: &Stage) -> io::Result<()> {
    // # Four sends
    // A listener, as in the lessons before. Three clients will come, one after the other.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // The first client says four words with four sends, and waits for nothing.
    let client = stage.actor("client", move || say_and_leave(address));
    take_at_once(&listener)?;
    client.join().unwrap()?;

    // # A short word, and a long one
    // The second client connects twice. It sends a short word, and then a long one.
    let second_client = stage.actor("second client", move || say_short_and_long(address));
    take_in_pieces(&listener)?;
    take_much(&listener)?;
    second_client.join().unwrap()?;

    // # A server that takes one recv for one message
    // The third client is the first one again, and this time it meets the tutorial's session.
    let hasty_client = stage.actor("hasty client", move || say_and_listen(address));
    greet_late(&listener)?;
    hasty_client.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn take_at_once(listener: &Socket) -> io::Result<()> {
    // The client does not wait for accept. Its bytes come in without us.
    let (connection, _) = listener.accept()?;

    // What was sent may arrive a little later. So we wait until the kernel has 19 bytes for us.
    // That is no call: the playground asks the kernel in our place.
    wait_until(&connection, Condition::Unread(19));

    // # How many recvs?
    // A segment is a packet of TCP. The kernel counts those that bring data: the words came in
    // four of them.
    connection.tcp_info()?;

    // recv gets what is there, as much as our buffer holds. No byte says where one send ended
    // and the next one began.
    let mut buffer = [0; 1024];
    connection.recv(&mut buffer)?;

    // The client has closed. Only that has an edge: it is where the stream ends.
    connection.recv(&mut buffer)?;
    drop(connection);

    Ok(())
}

fn take_in_pieces(listener: &Socket) -> io::Result<()> {
    // This word has 6 bytes. They came with one send, in one segment.
    let (connection, _) = listener.accept()?;
    wait_until(&connection, Condition::Unread(6));

    // Our buffer has room for 4. recv fills it, and the kernel keeps the rest for the next one.
    let mut buffer = [0; 4];
    connection.recv(&mut buffer)?;

    // peek is a recv that takes nothing away: it shows what comes next.
    connection.peek(&mut buffer)?;

    // So this recv gets the same two bytes. One send took two recvs.
    connection.recv(&mut buffer)?;
    drop(connection);

    Ok(())
}

fn take_much(listener: &Socket) -> io::Result<()> {
    // The long word came with one send. In how many segments? A packet of Ethernet has room for
    // 1500 bytes; loopback, the way inside of this machine, takes 65536. The kernel has counted.
    let (connection, _) = listener.accept()?;
    wait_until(&connection, Condition::Unread(6000));
    connection.tcp_info()?;

    // To recv it is all the same. There is room for more, and it gets what is there.
    connection.recv(&mut [0; 8192])?;
    drop(connection);

    Ok(())
}

fn greet_late(listener: &Socket) -> io::Result<()> {
    // This server was busy. When it comes round to its client, all four words are there.
    let (connection, _) = listener.accept()?;
    wait_until(&connection, Condition::Unread(19));

    session(connection)
}

fn session(connection: Socket) -> io::Result<()> {
    // The session of the lesson tcp-client, unchanged. It sends first.
    connection.send(b"Welcome!")?;

    let mut buffer = [0; 1024];
    loop {
        // It takes what one recv gives for one name.
        let length = connection.recv(&mut buffer)?;
        let name = &buffer[..length];

        // exit has come, but never alone. This session goes on until the client leaves.
        if name.is_empty() || name == b"exit" {
            break;
        }

        // There is no client of this name.
        connection.send(&[b"Hello, ", name, b"!"].concat())?;
    }

    // No call has failed. Neither side has noticed anything.
    drop(connection);

    Ok(())
}

fn say_four_words(address: SocketAddr) -> io::Result<Socket> {
    // The kernel may gather small sends into one segment. TCP_NODELAY forbids it to wait for
    // more: if there is room, each send leaves at once, in a segment of its own.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.set_tcp_nodelay(true)?;

    for word in ["Rose", "Think", "Babala", "exit"] {
        // Four words, four sends, and no recv in between.
        socket.send(word.as_bytes())?;
    }

    Ok(socket)
}

fn say_and_leave(address: SocketAddr) -> io::Result<()> {
    let socket = say_four_words(address)?;

    // The client leaves. Every send said that the kernel took its bytes, and none of them said
    // that the server has read them.
    drop(socket);

    Ok(())
}

fn say_short_and_long(address: SocketAddr) -> io::Result<()> {
    // One send is one word, to this client at least.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(b"Babala")?;
    drop(socket);

    // So is this one. It has 6000 letters.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(&[b'z'; 6000])?;
    drop(socket);

    Ok(())
}

fn say_and_listen(address: SocketAddr) -> io::Result<()> {
    let socket = say_four_words(address)?;

    // The server sends twice: a welcome of 8 bytes, and a greeting of 27. This client is late,
    // too: both are there before it looks.
    wait_until(&socket, Condition::Unread(8 + 27));

    // Like the tutorial's client, it takes the first thing that comes for the welcome.
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "byte-stream",
    title: "four sends, one recv",
    lead: "server",
    question: Question {
        ask: "Four sends: Rose, Think, Babala, exit. Each leaves in a packet of its own, and all \
              have\n\
              arrived before the server calls recv for the first time. What does that recv give?",
        decided_by: |trace| trace.answers("server", "recv").next(),
        choices: &[
            Choice(
                "Rose. One recv gives what one send has sent.",
                |answer| answer.number() == Some(4),
                "A stream keeps the bytes and their order. Where a send ended is kept nowhere.",
            ),
            Choice(
                "Some part of it. How much is a matter of luck.",
                |answer| !matches!(answer.number(), Some(4 | 19)),
                "recv takes all that is there, if the buffer has room for it. All had arrived.",
            ),
            Choice(
                "All of it: 19 bytes in one piece.",
                |answer| answer.number() == Some(19),
                "A stream keeps the bytes and their order. Where a send ended is kept nowhere.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::AsOnEthernet,
    file: file!(),
    source: include_str!("byte_stream.rs"),
    recorded: include_str!("../../lessons/traces/byte-stream.jsonl"),
    run,
};
