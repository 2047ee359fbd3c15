//! Messages on top of a stream: characters that are cut, and lines.

use super::{Lesson, Packets};
use crate::net::{Domain, Protocol, Socket, Type, at, drop};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;

fn run(stage: &Stage) -> io::Result<()> {
    // # A server that decodes what comes
    // A listener, as in the lessons before.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;

    // The answers will be small, and shall leave at once. Its connections take this over from
    // the listener.
    listener.set_tcp_nodelay(true)?;

    // From here on its client may come.
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // The client sends text. At first the server decodes it as it comes. Then it looks for lines.
    let client = stage.actor("client", move || send_text(address));
    let (connection, _) = listener.accept()?;
    decode_chunks(&connection)?;
    greet_lines(&connection)?;

    // The client has left, and so does the server.
    drop(connection);
    client.join().unwrap()?;
    drop(listener);

    Ok(())
}

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

fn greet_lines(connection: &Socket) -> io::Result<()> {
    let mut carried = Vec::new();
    let mut buffer = [0; 5];
    loop {
        // # A message is a line
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
            Choice(
                "\"text\": it decodes 你, and leaves the fourth byte out.",
                |answer| answer.number() == Some(4),
                "A decoder that leaves a byte out loses it: its rest comes with the next recv.",
            ),
            Choice(
                "\"incomplete\": good so far, but text cannot end here.",
                |answer| answer.number() == Some(10),
                "The fourth byte begins a character of three. Two of them are not there yet.",
            ),
            Choice(
                "\"bad\": these bytes are not UTF-8.",
                |answer| answer.number() == Some(3),
                "None of them is wrong. The fourth begins a character, and its rest is missing.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("framing.rs"),
    recorded: include_str!("../../lessons/traces/framing.jsonl"),
    run,
};
