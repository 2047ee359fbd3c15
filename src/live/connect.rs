//! The tutorial's client, for real servers.

use super::again;
use crate::error::Error;
use crate::net::{Domain, EAGAIN, EINPROGRESS, Protocol, Socket, Type, drop};
use crate::stage::{Live, Stage};
use crate::trace::escape;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// A client that takes the welcome, says each word and waits for the answer, and says `exit`.
pub struct Connect {
    /// Tried in this order, until one answers.
    pub addresses: Vec<SocketAddr>,
    pub words: Vec<String>,
    /// How long to wait for anything that the server has to do.
    pub timeout: Duration,
    /// Where to write what the server says, a line each. None if it is narrated.
    pub replies: Option<Box<dyn Write + Send>>,
}

impl Live for Connect {
    const NAME: &'static str = "connect";
    const LEAD: &'static str = "client";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("connect.rs"));

    fn title(&self) -> String {
        "a client that says a few words, then exit".into()
    }

    fn play(mut self, _: &Stage) -> io::Result<()> {
        let socket = self.connect_to_any()?;
        let words = std::mem::take(&mut self.words);

        // The server sends first: wait for its welcome.
        let mut buffer = [0; 1024];
        let length = again(|| socket.recv(&mut buffer))
            .map_err(|error| self.waited(error, "the server's welcome"))?;
        self.heard(&buffer[..length], "the server's welcome")?;

        for word in &words {
            let awaited = format!("an answer to {word:?}");

            // Say a word, then wait for its answer. One recv is taken for one answer, which TCP
            // does not promise.
            socket
                .write_all(word.as_bytes())
                .map_err(|error| self.waited(error, "the server to read"))?;
            let length =
                again(|| socket.recv(&mut buffer)).map_err(|error| self.waited(error, &awaited))?;
            self.heard(&buffer[..length], &awaited)?;
        }

        // exit is the word that ends the conversation.
        socket.write_all(b"exit").map_err(|error| self.waited(error, "the server to read"))?;

        // The client closes first.
        drop(socket);

        Ok(())
    }
}

impl Connect {
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

        // No wait without a bound. The second one bounds connect, too.
        socket.set_read_timeout(Some(self.timeout))?;
        socket.set_write_timeout(Some(self.timeout))?;

        // The kernel chooses a port for us and connects. If nobody listens there, the next
        // address is tried, should there be one.
        socket.connect(&address.into())?;

        Ok(socket)
    }

    /// What an error means that came while the client waited for the server.
    fn waited(&self, error: io::Error, awaited: &str) -> io::Error {
        match error.raw_os_error() {
            Some(EAGAIN | EINPROGRESS) => {
                io::Error::other(Error::TimedOut { awaited: awaited.into(), time: self.timeout })
            }
            _ => error,
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
