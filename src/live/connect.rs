//! The tutorial's client, for real servers.

use super::again;
use super::answer::Greeter;
use crate::error::Error;
use crate::manual::errno::Errno;
use crate::net::{Domain, EAGAIN, ECONNRESET, EINPROGRESS, EPIPE, Protocol, Socket, Type, drop};
use crate::stage::{Live, Stage};
use crate::trace::escape;
use std::io::{self, BufRead, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// A client that takes the welcome, says each word and waits for the answer, and says `exit`; or
/// one that sends what is typed.
pub struct Connect {
    /// Tried in this order, until one answers.
    pub addresses: Vec<SocketAddr>,
    pub dialogue: Dialogue,
    /// How long to wait for anything that the server has to do.
    pub timeout: Duration,
    /// Where to write what the server says, a line each. None if it is narrated.
    pub replies: Option<Box<dyn Write + Send>>,
}

/// What is said.
pub enum Dialogue {
    /// These words, and then `exit`.
    Words(First, Vec<String>),
    /// What is typed, line by line; what the server says is shown when it comes.
    Typed(Box<dyn BufRead + Send>),
}

/// Who speaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    Client,
    Server,
}

/// What the lane waits for that sends what is typed.
enum Typed {
    Line(Vec<u8>),
    /// Nothing more will be typed: Ctrl-D.
    End,
    /// The server has ended.
    Over,
}

impl Live for Connect {
    const NAME: &'static str = "connect";
    const LEAD: &'static str = "client";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("connect.rs"));

    fn title(&self) -> String {
        match self.dialogue {
            Dialogue::Words(..) => "a client that says a few words, then exit".into(),
            Dialogue::Typed(_) => "a client that sends what is typed, until Ctrl-D".into(),
        }
    }

    fn play(mut self, stage: &Stage) -> io::Result<()> {
        let socket = self.connect_to_any()?;
        match std::mem::replace(&mut self.dialogue, Dialogue::Words(First::Server, Vec::new())) {
            Dialogue::Words(first, words) => self.say(socket, first, &words),
            Dialogue::Typed(lines) => self.talk(stage, socket, lines),
        }
    }
}

impl Connect {
    fn say(&mut self, socket: Socket, first: First, words: &[String]) -> io::Result<()> {
        let (mut greeter, mut buffer) = (Greeter::default(), [0; 1024]);
        if first == First::Server {
            // The server sends first: wait for its welcome.
            let length = again(|| socket.recv(&mut buffer))
                .map_err(|error| self.waited("recv", error, "the server's welcome"))?;

            self.heard(&buffer[..length], "the server's welcome")?;
            greeter.welcomes(&buffer[..length])?;
        }

        for word in words {
            let awaited = format!("an answer to {word:?}");

            // Say a word, then wait for its answer. One recv is taken for one answer, which TCP
            // does not promise.
            socket
                .write_all(word.as_bytes())
                .map_err(|error| self.waited("send", error, "the server to read"))?;
            let length = again(|| socket.recv(&mut buffer))
                .map_err(|error| self.waited("recv", error, &awaited))?;

            self.heard(&buffer[..length], &awaited)?;
            greeter.answers(word, &buffer[..length])?;
        }

        // exit is the word that ends the conversation.
        socket
            .write_all(b"exit")
            .map_err(|error| self.waited("send", error, "the server to read"))?;

        // The client closes first.
        drop(socket);

        Ok(())
    }

    /// Two lanes share the socket: this one receives, the other one sends.
    fn talk(
        &mut self,
        stage: &Stage,
        socket: Socket,
        lines: Box<dyn BufRead + Send>,
    ) -> io::Result<()> {
        let (socket, (tell, told)) = (Arc::new(socket), channel());
        let (mouth, keyboard) = (socket.clone(), tell.clone());
        thread::spawn(move || read_lines(lines, &keyboard));

        // A thread of its own sends what is typed, so that what comes is shown when it comes.
        let sender = stage.actor("keyboard", move || send_lines(&mouth, &told));

        let mut buffer = [0; 1024];
        loop {
            // Whatever comes, whenever it comes. 0 bytes say that the server has ended.
            let length = again(|| socket.recv(&mut buffer))
                .map_err(|error| self.waited("recv", error, "what the server says"))?;

            if length == 0 {
                break;
            }
            self.heard(&buffer[..length], "what the server says")?;
        }
        tell.send(Typed::Over).ok();
        sender.join().expect("it does not panic")?;
        Arc::into_inner(socket).map_or(Ok(()), close)
    }

    /// Tries one address after the other.
    fn connect_to_any(&self) -> io::Result<Socket> {
        let mut tried = Vec::new();
        for &address in &self.addresses {
            match self.connect_to(address) {
                Ok(socket) => return Ok(socket),
                Err(error) => tried.push((address, error)),
            }
        }
        Err(io::Error::other(Error::Connect { tried, time: self.timeout }))
    }

    fn connect_to(&self, address: SocketAddr) -> io::Result<Socket> {
        super::announce(&address, "What is said goes there.");

        // A socket of the family that this address belongs to.
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;

        // No wait without a bound. The one for sending bounds connect, too.
        socket.set_write_timeout(Some(self.timeout))?;
        socket.set_read_timeout(self.patience())?;

        // The kernel chooses a port for us and connects. If nobody listens there, the next
        // address is tried, should there be one.
        socket.connect(&address.into())?;

        Ok(socket)
    }

    /// How long to wait for what the server says: who types is not in a hurry.
    fn patience(&self) -> Option<Duration> {
        matches!(self.dialogue, Dialogue::Words(..)).then_some(self.timeout)
    }

    /// What an error means that came while the client waited for the server.
    fn waited(&self, call: &'static str, error: io::Error, awaited: &str) -> io::Error {
        match error.raw_os_error() {
            Some(EAGAIN | EINPROGRESS) => {
                io::Error::other(Error::TimedOut { awaited: awaited.into(), time: self.timeout })
            }
            _ => reset(call, error, awaited),
        }
    }

    /// The server said something, or closed.
    fn heard(&mut self, reply: &[u8], awaited: &str) -> io::Result<()> {
        if reply.is_empty() {
            return Err(io::Error::other(Error::HungUp { awaited: awaited.into() }));
        }
        let Some(replies) = &mut self.replies else { return Ok(()) };
        let written = writeln!(replies, "{}", escape(reply)).and_then(|()| replies.flush());
        written.map_err(|source| io::Error::other(Error::Output { source }))
    }
}

/// What an error of a call means, if it is that the other end has broken off.
fn reset(call: &'static str, error: io::Error, awaited: &str) -> io::Error {
    match error.raw_os_error() {
        Some(ECONNRESET | EPIPE) => {
            let (awaited, errno) = (awaited.into(), Errno::from(&error));
            io::Error::other(Error::BrokenOff { awaited, call, errno })
        }
        _ => error,
    }
}

/// Reads lines until there are no more, or nobody wants them. It may wait for ever: no lane does.
fn read_lines(mut lines: Box<dyn BufRead + Send>, keyboard: &Sender<Typed>) {
    loop {
        let mut line = Vec::new();
        let read = lines.read_until(b'\n', &mut line);
        let typed = if matches!(read, Ok(1..)) { Typed::Line(line) } else { Typed::End };
        let is_end = matches!(typed, Typed::End);
        if keyboard.send(typed).is_err() || is_end {
            break;
        }
    }
}

fn send_lines(socket: &Socket, told: &Receiver<Typed>) -> io::Result<()> {
    for typed in told {
        match typed {
            Typed::Line(line) => {
                // A line that was typed, with its end: to TCP that is one more byte.
                socket
                    .write_all(&line)
                    .map_err(|error| reset("send", error, "the server to read"))?;
            }
            Typed::End => {
                // Nothing more will be sent: that is said to the server, which may still answer.
                socket.shutdown(Shutdown::Write)?;
            }
            Typed::Over => break,
        }
    }
    Ok(())
}

fn close(socket: Socket) -> io::Result<()> {
    // Both ends have said all they had to say.
    drop(socket);

    Ok(())
}
