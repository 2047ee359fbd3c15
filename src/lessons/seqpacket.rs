//! Connections that keep messages apart. `MSG_EOR` is not reported on `AF_UNIX`, so no step shows
//! it.
//!
//! The server finds all four records in its queue when it has accepted, so it sleeps once only, in
//! accept.

use super::{Lesson, Packets};
use crate::net::{Domain, EAGAIN, MSG_TRUNC, SockAddr, Socket, Type, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io::{self, IoSliceMut};
use std::path::{Path, PathBuf};
use tempfile::tempdir;

fn run(stage: &Stage) -> io::Result<()> {
    let directory = tempdir()?;
    dialogue(stage, directory.path().join("rose"))?;
    too_small_a_buffer()?;
    an_empty_record()?;
    directory.close()
}

fn dialogue(stage: &Stage, path: PathBuf) -> io::Result<()> {
    // # The tutorial's server, with records
    // The tutorial's server once more. SEQPACKET in the place of STREAM: it has connections, so
    // there are listen and accept. TCP's family has no such type, so the address is a path.
    let listener = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
    listener.bind(&SockAddr::unix(&path)?)?;
    listener.listen(5)?;

    // This client says all it has to say before it listens to a word.
    let client = stage.actor("client", move || talk(&path));

    // accept sleeps until it has connected. It has sent all four by then, or is about to.
    let (connection, _no_name) = listener.accept()?;
    session(connection)?;

    // The server waits for its client to read the rest, and closes the listener. Its file stays,
    // and goes with the directory.
    client.join().unwrap()?;
    drop(listener);

    Ok(())
}

fn session(connection: Socket) -> io::Result<()> {
    // The server sends first, as ever.
    connection.send(b"Welcome!")?;

    let mut buffer = [0; 1024];
    loop {
        // This is the tutorial's loop: one recv is taken for one message. On a stream that is a
        // mistake. Here it is right.
        let length = connection.recv(&mut buffer)?;
        let name = &buffer[..length];

        // exit has come as a word of its own, although nobody waited before it.
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

fn talk(path: &Path) -> io::Result<()> {
    // The client connects, and sends four records one after the other.
    let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
    socket.connect(&SockAddr::unix(path)?)?;
    socket.send(b"Rose")?;
    socket.send(b"Think")?;
    socket.send(b"Babala")?;
    socket.send(b"exit")?;

    // It takes the welcome and three greetings. All of them may be waiting, and yet each recv
    // brings one.
    let mut buffer = [0; 1024];
    for _ in 0..4 {
        socket.recv(&mut buffer)?;
    }

    // Then the server has closed.
    socket.recv(&mut buffer)?;
    drop(socket);

    Ok(())
}

fn too_small_a_buffer() -> io::Result<()> {
    // # A buffer that is too small
    // The price: a record has to be taken in one piece. Here are two, for a buffer of 3 bytes.
    let (sender, receiver) = Socket::pair(Domain::UNIX, Type::SEQPACKET, None)?;
    sender.send(b"recorded")?;
    sender.send(b"second")?;

    // recvmsg says what recv keeps to itself: MSG_TRUNC, some of this record is lost.
    let mut buffer = [0; 3];
    receiver.recv_vectored(&mut [IoSliceMut::new(&mut buffer)])?;

    // The rest of it does not come later: this is the second record. With MSG_TRUNC, recv says
    // how long the record was, which is more than the buffer holds.
    receiver.recv_with_flags(&mut buffer, MSG_TRUNC)?;
    drop(sender);
    drop(receiver);

    Ok(())
}

fn an_empty_record() -> io::Result<()> {
    // # An empty record
    // A record may be empty: to send 0 bytes is to send a record. Another one comes after it.
    let (sender, receiver) = Socket::pair(Domain::UNIX, Type::SEQPACKET, None)?;
    sender.send(b"")?;
    sender.send(b"Rose")?;

    // The first record. At 0 bytes the tutorial's server hangs up: it takes them for the end.
    let mut buffer = [0; 1024];
    receiver.recv(&mut buffer)?;

    // That was not the end: here is Rose.
    receiver.recv(&mut buffer)?;

    // This is the end, and recv says the same: 0. What tells them apart comes later. After the
    // end it says 0 for ever.
    drop(sender);
    receiver.recv(&mut buffer)?;
    receiver.recv(&mut buffer)?;
    drop(receiver);

    // And the type is not there for every family. IPv4 has it only where SCTP is loaded, which
    // is rare.
    Socket::new(Domain::IPV4, Type::SEQPACKET, None).err();

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "seqpacket",
    title: "a connection that keeps messages apart",
    lead: "server",
    question: Question {
        ask: "One end of a SEQPACKET connection sends an empty record, 0 bytes, and then Rose.\n\
              What does the first recv at the other end bring?",
        decided_by: |trace| trace.answers("server", "recv").nth(5),
        choices: &[
            Choice(
                "Rose: a send of nothing sends nothing.",
                |answer| answer.number() == Some(4),
                "Each send is a record, and a record may be empty.",
            ),
            Choice(
                "0 bytes, as at the end of a connection.",
                |answer| answer.number() == Some(0),
                "Each send is a record, and a record may be empty.",
            ),
            Choice(
                "EAGAIN: there is something, and it has no bytes.",
                |answer| answer.failed_with(EAGAIN),
                "EAGAIN says that nothing is there. An empty record is there.",
            ),
        ],
    },
    needs: &[Need::TemporaryDirectory],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("seqpacket.rs"),
    recorded: include_str!("../../lessons/traces/seqpacket.jsonl"),
    run,
};
