//! The tutorial's greeter for real clients: one thread each.

use super::clients::{Clients, Number, Summary};
use super::{again, remark};
use crate::error::Error;
use crate::kernel::{files, owner};
use crate::net::{
    Domain, ECONNABORTED, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM, Protocol, Socket, Type, drop,
};
use crate::sentence;
use crate::stage::{Live, Stage};
use crate::terminal::say;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A server that says `Welcome!`, answers each message with `Hello, <message>!`, and ends a client
/// at `exit`.
///
/// It speaks the tutorial's protocol exactly: there is no framing, and what one `recv` brings is
/// one message.
#[derive(Clone, Debug)]
pub struct Serve {
    pub address: SocketAddr,
    /// How long to wait before each answer: the tutorial waits a second.
    pub delay: Duration,
    /// How long a client may be silent, or not take what is sent to it.
    pub idle: Option<Duration>,
    /// How many clients there may be at once.
    pub max_clients: usize,
}

impl Live for Serve {
    const NAME: &'static str = "serve";
    const LEAD: &'static str = "server";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("serve.rs"));

    fn title(&self) -> String {
        "a greeter with one thread per client".into()
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        let listener = Arc::new(self.bind()?);
        let signals = Signals::new([SIGINT, SIGTERM])?;
        a_second_signal_ends_it_at_once()?;
        self.listen(&listener)?;
        let clients = Clients::new(self.max_clients);
        let (door, all) = (listener.clone(), clients.clone());

        // A thread of its own waits for Ctrl-C.
        let stop = stage.actor("Ctrl-C", move || stop_on(signals, &door, &all));

        self.say_hello(&listener);
        self.accept_all(stage, &listener, &clients)?;
        let summary = clients.wait_for_all();
        stop.join().expect("it does not panic")?;
        say_goodbye(summary);
        Ok(())
    }
}

impl Serve {
    fn bind(&self) -> io::Result<Socket> {
        // A listener begins as a socket of the family that its address belongs to.
        let domain = Domain::for_address(self.address);
        let listener = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;

        // Without this, a restart within a minute would find the port still held.
        listener.set_reuse_address(true)?;

        // bind takes the port, unless another socket listens on it.
        listener.bind(&self.address.into()).map_err(|error| self.cannot_bind(error))?;

        Ok(listener)
    }

    fn listen(&self, listener: &Socket) -> io::Result<()> {
        // Up to about 1024 clients may wait for accept, if the system allows as many.
        listener.listen(1024).map_err(|error| self.cannot_bind(error))
    }

    fn accept_all(
        &self,
        stage: &Stage,
        listener: &Socket,
        clients: &Arc<Clients>,
    ) -> io::Result<()> {
        let mut short_of_descriptors = false;
        while self.there_is_room(clients) {
            // accept sleeps until a client has connected, and makes a socket for it.
            let accepted = listener.accept();

            match accepted {
                Ok((connection, _)) => {
                    short_of_descriptors = false;
                    self.greet(stage, clients, connection);
                }
                Err(_) if clients.stops() => break,
                Err(error) => wait_out(clients, error, &mut short_of_descriptors)?,
            }
        }
        Ok(())
    }

    /// Waits until one more client may come. False if the server stops.
    fn there_is_room(&self, clients: &Clients) -> bool {
        if clients.is_full() && !clients.stops() {
            remark(sentence!(
                "It is full (--max-clients {most}): nobody is accepted until one leaves.",
                most = self.max_clients
            ));
        }
        clients.wait_for_room();
        !clients.stops()
    }

    /// Starts the thread of a client. A machine that has no thread left turns the client away.
    fn greet(&self, stage: &Stage, clients: &Arc<Clients>, connection: Socket) {
        let (server, all) = (self.clone(), clients.clone());
        let start = |number: Number, connection: Arc<Socket>| {
            let part = move || {
                server.session(&connection, &all).ok();
                all.leave(number);
                let closed = Arc::into_inner(connection).map_or(Ok(()), say_bye);
                all.has_closed();
                closed
            };
            // One thread per client, as in the tutorial.
            stage.try_actor(&format!("client {number}"), part)
        };
        if let Err(error) = clients.take_in(connection, start) {
            remark(sentence!(
                "A client is turned away: there is no thread for it ({error}).",
                error
            ));
        }
    }

    fn session(&self, connection: &Socket, clients: &Clients) -> io::Result<()> {
        // Every wait for this client has a bound: recv and send fail when it is over.
        if self.idle.is_some() {
            connection.set_read_timeout(self.idle)?;
            connection.set_write_timeout(self.idle)?;
        }

        // The server sends first. It sends bytes, and never asks whether they are text.
        connection.write_all(b"Welcome!")?;

        let mut buffer = [0; 1024];
        loop {
            // One recv is taken for one message: the tutorial's protocol, and its weakness.
            let length = again(|| connection.recv(&mut buffer))?;
            let message = &buffer[..length];

            // 0 bytes say that the client has closed.
            if message.is_empty() || message == b"exit" {
                return Ok(());
            }

            clients.pause(self.delay);

            // Answer with the very bytes that came.
            connection.write_all(&[b"Hello, ", message, b"!"].concat())?;
        }
    }

    fn cannot_bind(&self, source: io::Error) -> io::Error {
        let owner = owner::of(self.address);
        io::Error::other(Error::Bind { command: Self::NAME, address: self.address, source, owner })
    }

    fn say_hello(&self, listener: &Socket) {
        // Port 0 stands for any free port: ask which one it is.
        let name = listener.local_addr().ok();
        let address = name.and_then(|it| it.as_socket()).unwrap_or(self.address);

        super::announce(&address, "Anyone who can reach it may connect.");
        say(sentence!(
            "Listening on {address}. Try: playground connect {address}. Ctrl-C stops it.",
            address
        ));
        super::say_where(&address);
        match files::raise_limit() {
            Ok(files) => {
                say(sentence!("There is room for {many} at once.", many = self.fits(files)));
            }
            Err(error) => {
                say(sentence!("The limit of open files stays as it is ({error}).", error));
            }
        }
    }

    /// How many clients fit: each takes a descriptor.
    fn fits(&self, files: u64) -> u64 {
        files.saturating_sub(files::how_many_are_open()).min(self.max_clients as u64)
    }
}

fn say_bye(connection: Socket) -> io::Result<()> {
    // The conversation is over. Closing frees the descriptor for the next client.
    drop(connection);

    Ok(())
}

/// The first signal stops the server in order. Should that hang, on a page that nobody reads, the
/// next one ends it, with the exit code by which a shell knows a signal: 130 for Ctrl-C.
fn a_second_signal_ends_it_at_once() -> io::Result<()> {
    let stopping = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, stopping.clone())?;
        flag::register(signal, stopping.clone())?;
    }
    Ok(())
}

fn stop_on(mut signals: Signals, listener: &Socket, clients: &Clients) -> io::Result<()> {
    signals.forever().next();
    // Wake every client's thread, wherever it sleeps: recv says 0 bytes, and send fails.
    clients.stop(|connection| connection.shutdown(Shutdown::Both).unwrap_or(()));

    // Wake the thread that sleeps in accept.
    let woken = listener.shutdown(Shutdown::Both);
    // Nobody waits for this any more, should the terminal be stopped.
    say(sentence!("Stopping. Once more ends it at once."));
    woken
}

/// Lets an error of `accept(2)` pass that is not the end of a server.
fn wait_out(clients: &Clients, error: io::Error, said: &mut bool) -> io::Result<()> {
    match error.raw_os_error() {
        // The client has gone again, or a signal came in between.
        Some(ECONNABORTED | EINTR) => Ok(()),
        // The connection stays in the queue and the listener stays readable: to try again at once
        // would burn a core.
        Some(EMFILE | ENFILE | ENOBUFS | ENOMEM) => {
            if !std::mem::replace(said, true) {
                remark(sentence!(
                    "No descriptor is free: nobody is accepted until a client leaves."
                ));
            }
            clients.wait_for_change();
            Ok(())
        }
        _ => Err(error),
    }
}

fn say_goodbye(summary: Summary) {
    let Summary { clients, most_at_once } = summary;
    say(match clients {
        0 => sentence!("Stopped. Nobody came. Every thread has ended."),
        1 => sentence!("Stopped. It had one client. Every thread has ended."),
        _ => sentence!(
            "Stopped. It had {clients} clients, at most {most_at_once} at once. Every thread has \
             ended.",
            clients,
            most_at_once
        ),
    });
}
