//! Messages with their lengths in front, and lengths that are wrong.
//!
//! The careless client waits for an acknowledgement before it looks for an answer. Whoever waits
//! for the kernel's word comes after all that are awake: so the server sleeps in recv by then.

use super::{Lesson, Packets};
use crate::net::{Condition, Domain, MSG_DONTWAIT, Protocol, Socket, Type, at, drop, wait_until};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

fn run(stage: &Stage) -> io::Result<()> {
    // # First how long, then the message
    // A listener whose connections send their answers at once, as in the lesson framing.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.set_tcp_nodelay(true)?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // The first client does everything right.
    let client = stage.actor("client", move || send_frames(address));
    let (connection, _) = listener.accept()?;
    session(&connection)?;

    // It has ended between two messages, and so the session has ended without an error.
    drop(connection);
    client.join().unwrap()?;

    // # Half a message
    // The second one is in a hurry.
    let hasty_client = stage.actor("hasty client", move || send_half_a_frame(address));
    let (connection, _) = listener.accept()?;
    session(&connection).unwrap_err();

    // Half a message is no message: read_exact has made an error of it, UnexpectedEof. There is
    // nothing to go on with.
    drop(connection);
    hasty_client.join().unwrap()?;

    // # A length that is too great
    // The third one is wrong about lengths, in two ways: so it connects twice.
    let careless_client = stage.actor("careless client", move || send_wrong_lengths(address));
    let (connection, _) = listener.accept()?;
    session(&connection).unwrap_err();

    // Its length was too great. The server has taken no memory for it, has said why, and closes.
    put_frame(&connection, b"too long")?;
    drop(connection);

    // # A length that is read the wrong way round
    // The same client once more. It means 5, and sends 05 00. Read with the greater byte first
    // that is 5 times 256: not too great, so this time the server has nothing to object to.
    let (connection, _) = listener.accept()?;
    session(&connection).unwrap_err();

    // It has waited for the other 1275 bytes until the client left. To the server that is one
    // more end in the middle of a message.
    drop(connection);
    careless_client.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn session(connection: &Socket) -> io::Result<()> {
    // Each message is a name, and is greeted, until the other end has finished.
    while let Some(name) = take_frame(connection)? {
        put_frame(connection, &[b"Hello, ", &name[..], b"!"].concat())?;
    }

    Ok(())
}

const LONGEST: usize = 4096;

fn take_frame(connection: &Socket) -> io::Result<Option<Vec<u8>>> {
    // A message begins with its length, in 2 bytes, the greater one first. If not even one byte
    // comes, the other end has finished between two messages, as it may.
    let mut length = [0; 2];
    let got = connection.recv(&mut length)?;
    if got == 0 {
        return Ok(None);
    }

    // read_exact calls recv until it has as many bytes as there is room: here the rest of the
    // length, if it was cut.
    connection.read_exact(&mut length[got..])?;
    let length = u16::from_be_bytes(length).into();

    // The length is a stranger's word: look at it before you take memory for it. Then come so
    // many bytes, with one recv or with several.
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    connection.read_exact(&mut message)?;

    Ok(Some(message))
}

fn put_frame(connection: &Socket, message: &[u8]) -> io::Result<()> {
    // An answer is a message, too. Its length goes in front, and both leave with one send.
    let length = u16::try_from(message.len()).unwrap();
    connection.send(&[&length.to_be_bytes(), message].concat())?;

    Ok(())
}

fn send_frames(address: SocketAddr) -> io::Result<()> {
    // Two messages, each behind its length, and both leave with one send. Their lengths will put
    // them apart again. Then this client takes two answers.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(b"\x00\x04Rose\x00\x06Babala")?;
    take_frame(&socket)?;
    take_frame(&socket)?;

    // No message is under way, neither here nor there. It is a good moment to leave.
    drop(socket);

    Ok(())
}

fn send_half_a_frame(address: SocketAddr) -> io::Result<()> {
    // The length says 6 bytes. This client leaves after 3 of them.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(b"\x00\x06Bab")?;
    drop(socket);

    Ok(())
}

fn send_wrong_lengths(address: SocketAddr) -> io::Result<()> {
    // The greatest number that 2 bytes can hold, 65,535. So many bytes are to follow.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(&u16::MAX.to_be_bytes())?;
    take_frame(&socket)?;
    take_frame(&socket)?;

    // Two bytes were enough to be refused: a message that says why, and then the end.
    drop(socket);

    // The other way to be wrong. to_le_bytes puts the smaller byte first, as the memory of most
    // computers has it. The message itself is right, and the server's kernel says that it has it.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(&[&5_u16.to_le_bytes(), &b"Think"[..]].concat())?;
    wait_until(&socket, Condition::Acknowledged);

    // No answer has come. MSG_DONTWAIT: take what is there, and do not sleep. Without that flag
    // this recv would sleep as the server's does: both for ever, and no call would fail.
    socket.recv_with_flags(&mut [0; 2], MSG_DONTWAIT).unwrap_err();

    // So the client gives up.
    drop(socket);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "lengths",
    title: "first how long, then the message",
    lead: "server",
    question: Question {
        ask: "A client says how long its message is, in 2 bytes, then sends it: 05 00, Think.\n\
              The server expects the greater byte first. What does it do?",
        decided_by: |trace| {
            let greeting = trace.answers("server", "send").nth(3);
            trace.first_of([greeting, trace.answers("server", "recv").nth(11)])
        },
        choices: &[
            Choice(
                "It greets Think: 5 bytes were announced, and 5 have come.",
                |answer| answer.answers("send"),
                "To this server the greater byte comes first. It reads 05 00 as 1280, not as 5.",
            ),
            Choice(
                "It gets an error: the length does not fit the message.",
                |answer| !answer.succeeded(),
                "05 00 is 1280 to this server, and 1280 is a length like any other.",
            ),
            Choice(
                "It makes room for 1280 bytes, and waits until the client leaves.",
                |answer| answer.answers("recv") && answer.number() == Some(0),
                "A length that is read in the wrong order is a length, too. Nothing tells.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("lengths.rs"),
    recorded: include_str!("../../lessons/traces/lengths.jsonl"),
    run,
};
