//! Messages on top of a stream: lines, and lengths.

use super::{Lesson, Packets};
use crate::net::{Domain, MSG_DONTWAIT, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

// ANCHOR: server
fn run(stage: &Stage) -> io::Result<()> {
    // A listener. The clients that come speak several protocols on top of TCP.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    // The answers will be small, and shall leave at once. Its connections take this over from
    // the listener.
    listener.set_tcp_nodelay(true)?;

    // From here on its clients may come.
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // The first client sends text.
    let text_client = stage.actor("text client", move || send_text(address));
    let (connection, _) = listener.accept()?;
    decode_chunks(&connection)?;
    greet_lines(&connection)?;

    // The client has left, and so does the server.
    drop(connection);
    text_client.join().unwrap()?;

    // The second one says how long each message is, before it sends it.
    let frame_client = stage.actor("frame client", move || send_frames(address));
    let (connection, _) = listener.accept()?;
    take_frames(&connection)?;

    // After half a message there is nothing to go on with.
    drop(connection);
    frame_client.join().unwrap()?;

    // The third one is wrong about lengths, in two ways: so it connects twice.
    let careless_client = stage.actor("careless client", move || send_wrong_lengths(address));
    let (connection, _) = listener.accept()?;
    take_swapped_length(&connection)?;

    // The two have lost each other: where does the next message begin? The only way out is to
    // close.
    drop(connection);

    // The same client once more.
    let (connection, _) = listener.accept()?;
    refuse_great_length(&connection)?;

    // It is told why, and then it has to go.
    drop(connection);
    careless_client.join().unwrap()?;
    drop(listener);

    Ok(())
}
// ANCHOR_END: server

// ANCHOR: chunks
fn decode_chunks(connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 4];
    for _ in 0..2 {
        // A chunk is what one recv gives: here up to 4 bytes, wherever that may cut. The server
        // decodes each chunk by itself, as the tutorial does, and sends back how it went.
        let length = connection.recv(&mut buffer)?;
        connection.send(verdict(&buffer[..length]).as_bytes())?;
    }

    Ok(())
}

fn verdict(chunk: &[u8]) -> &'static str {
    // The decoder tells two failures apart. If it does not say how many bytes are wrong, none
    // is: it has come to the end, and a character has begun there.
    match str::from_utf8(chunk) {
        Ok(_) => "text",
        Err(problem) if problem.error_len().is_none() => "incomplete",
        Err(_) => "bad",
    }
}
// ANCHOR_END: chunks

// ANCHOR: lines
fn greet_lines(connection: &Socket) -> io::Result<()> {
    let mut carried = Vec::new();
    let mut buffer = [0; 5];
    loop {
        // What recv gives goes behind what is carried over from before: the beginning of a line.
        let length = connection.recv(&mut buffer)?;
        carried.extend(&buffer[..length]);

        // 0 bytes: the client has ended. It may do so between two lines, not inside one.
        if length == 0 {
            let between_lines = carried.is_empty();
            return if between_lines { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }

        // A line has to end some time. Without a limit one client could fill all memory.
        if carried.len() > 1024 {
            return Err(io::ErrorKind::InvalidData.into());
        }

        while let Some(end) = carried.iter().position(|&byte| byte == b'\n') {
            // A message is what stands before a line end. It is whole now, wherever it was cut. It
            // goes back as the bytes that came: nothing is decoded here.
            let line: Vec<u8> = carried.drain(..=end).collect();
            let name = line.strip_suffix(b"\n").unwrap();
            if name == b"exit" {
                return Ok(());
            }
            connection.send(&[b"Hello, ", name, b"!\n"].concat())?;
        }
    }
}
// ANCHOR_END: lines

// ANCHOR: frames
fn take_frames(connection: &Socket) -> io::Result<()> {
    // Two frames came with one send. Their lengths put them apart again.
    take_frame(connection)?;
    take_frame(connection)?;

    // The third one says 6 bytes, and the stream ends after 3. read_exact gives an error then,
    // UnexpectedEof: half a message is no message.
    take_frame(connection).unwrap_err();

    Ok(())
}

fn take_frame(connection: &Socket) -> io::Result<Option<Vec<u8>>> {
    // A frame begins with its length, in 2 bytes, the greater part first. If not even one byte
    // comes, the client has ended between two frames, as it may.
    let mut length = [0; 2];
    let got = connection.recv(&mut length)?;
    if got == 0 {
        return Ok(None);
    }

    // read_exact calls recv until it has as many bytes as there is room: first the rest of the
    // length, if it was cut, then the message.
    connection.read_exact(&mut length[got..])?;
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    connection.read_exact(&mut message)?;

    Ok(Some(message))
}
// ANCHOR_END: frames

// ANCHOR: wrong-lengths
fn take_swapped_length(connection: &Socket) -> io::Result<()> {
    // The client means 5. It has sent the smaller part first, and the server reads 05 00 as
    // 5 times 256.
    let mut length = [0; 2];
    connection.read_exact(&mut length)?;
    let mut message = vec![0; u16::from_be_bytes(length).into()];

    // So it makes that much room. MSG_DONTWAIT: take what is there, and do not sleep.
    let got = connection.recv_with_flags(&mut message, MSG_DONTWAIT)?;

    // Without that flag this recv would sleep. The client would wait for an answer, the server
    // for the rest of the message, both for ever, and no call would fail.
    connection.recv_with_flags(&mut message[got..], MSG_DONTWAIT).unwrap_err();

    Ok(())
}

fn refuse_great_length(connection: &Socket) -> io::Result<()> {
    // In this protocol a length has 4 bytes. These are four times 255: 4 GiB, less one byte.
    let mut length = [0; 4];
    connection.read_exact(&mut length)?;

    // The length is a stranger's word. Look at it before you take memory for it.
    if u32::from_be_bytes(length) > 1024 {
        connection.send(b"too long")?;
    }

    Ok(())
}
// ANCHOR_END: wrong-lengths

// ANCHOR: clients
fn send_text(address: SocketAddr) -> io::Result<()> {
    // In UTF-8 each of these two characters has 3 bytes. They leave with one send.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send("你好".as_bytes())?;

    // The server answers twice. read_exact gets so many bytes, and leaves the others there.
    socket.read_exact(&mut [0; "incomplete".len()])?;
    socket.read_exact(&mut [0; "bad".len()])?;

    // Now lines. The second one is what a program like telnet sends, which ends lines with
    // \r\n.
    socket.send("你好\nexit\r\n".as_bytes())?;
    socket.read_exact(&mut [0; "Hello, 你好!\n".len()])?;

    // exit\r is not exit. The server has greeted it.
    socket.read_exact(&mut [0; "Hello, exit\r!\n".len()])?;

    // So this client ends by closing.
    drop(socket);

    Ok(())
}

fn send_frames(address: SocketAddr) -> io::Result<()> {
    // Two messages, each behind its length, and both leave with one send.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.set_tcp_nodelay(true)?;
    socket.send(b"\x00\x04Rose\x00\x05Think")?;

    // The third message has 6 bytes. This client leaves in the middle of it.
    socket.send(b"\x00\x06Bab")?;
    drop(socket);

    Ok(())
}

fn send_wrong_lengths(address: SocketAddr) -> io::Result<()> {
    // to_le_bytes: the smaller part first, as in the memory of most computers.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(&[&5_u16.to_le_bytes(), &b"Think"[..]].concat())?;

    // It has said it all, and waits for an answer. The end of the stream is the answer.
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    // The other way to be wrong: a length without a message.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(&u32::MAX.to_be_bytes())?;
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    Ok(())
}
// ANCHOR_END: clients

pub const LESSON: Lesson = Lesson {
    name: "framing",
    title: "putting the messages back",
    lead: "server",
    question: Question {
        ask: "你好 is 6 bytes long in UTF-8. A server gets the first 4 of them with one recv, \
              decodes\n\
              them, and sends back what the decoder says. What is it?",
        decided_by: |trace| trace.answers("server", "send").next(),
        choices: &[
            Choice("\"text\": it decodes 你, and leaves the fourth byte out.", |answer| {
                answer.number() == Some(4)
            }),
            Choice("\"incomplete\": good so far, but text cannot end here.", |answer| {
                answer.number() == Some(10)
            }),
            Choice("\"bad\": these bytes are not UTF-8.", |answer| answer.number() == Some(3)),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("framing.rs"),
    recorded: include_str!("../../lessons/traces/framing.jsonl"),
    run,
};
