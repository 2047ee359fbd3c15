//! A listener for one real client of yours: nc, curl, a browser, Python.

use super::again;
use super::request::{Request, page};
use crate::error::Error;
use crate::kernel::{AcceptQueue, owner, socket};
use crate::net::{Domain, Protocol, SockAddr, Socket, Type, drop};
use crate::sentence;
use crate::stage::{Live, Stage, ask_observer};
use crate::terminal::say;
use crate::trace::Table;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::{Duration, Instant};

/// socket, bind, listen, then accept one client, and show all that it sends.
pub struct Listen {
    pub address: SocketAddr,
    /// How many connections may wait to be accepted.
    pub backlog: i32,
    /// How long to listen before accept is called.
    pub hold: Duration,
    /// How long the client may be silent.
    pub idle: Option<Duration>,
    /// How many bytes are received at most.
    pub bytes: u64,
}

/// As many bytes as one line of a story shows.
const LINE: usize = 48;

impl Live for Listen {
    const NAME: &'static str = "listen";
    const LEAD: &'static str = "server";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("listen.rs"));

    fn title(&self) -> String {
        "socket, bind, listen, accept, for one client of yours".into()
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        // A socket of the family that the address belongs to.
        let listener =
            Socket::new(Domain::for_address(self.address), Type::STREAM, Some(Protocol::TCP))?;

        // Without this, a second try within a minute may find the port held by the first.
        listener.set_reuse_address(true)?;

        // bind gives it the address, unless another socket listens there.
        listener.bind(&self.address.into()).map_err(|error| self.cannot_bind(error))?;
        let address = listener.local_addr()?;

        // From now on the kernel accepts connections by itself, and keeps them for us.
        listener.listen(self.backlog).map_err(|error| self.cannot_bind(error))?;

        self.invite(&address);
        let mut table = Table::new(["Second", "Waiting for accept", "Limit"]);
        self.watch_the_queue(&listener, &mut table);

        // accept takes the connection that has waited longest, and sleeps until there is one.
        let (connection, _client) = listener.accept()?;

        self.hear_out(&connection).or_else(is_an_end)?;

        // One client was asked for. Closing the listener resets those who still wait.
        drop(connection);
        drop(listener);

        if !table.rows.is_empty() {
            stage.concludes(table);
        }
        Ok(())
    }
}

impl Listen {
    /// Receives all that the client sends. A browser and curl get a page.
    fn hear_out(&self, connection: &Socket) -> io::Result<()> {
        if self.idle.is_some() {
            // A client that is silent for so long is waited for no longer.
            connection.set_read_timeout(self.idle)?;
        }

        let (mut request, mut left, mut buffer) = (Request::default(), self.bytes, [0; LINE]);
        while left > 0 {
            let room = usize::try_from(left).map_or(LINE, |left| left.min(LINE));

            // What the client sends, as many bytes at a time as fit on a line: TCP keeps their
            // order, and not how they were sent. 0 bytes say that the client has ended.
            let length = again(|| connection.recv(&mut buffer[..room]))?;

            if length == 0 {
                break;
            }
            left -= length as u64;
            if request.is_complete_with(&buffer[..length]) {
                // An empty line: that was a request of HTTP. It is answered, and the client is
                // told that nothing more will come.
                connection.write_all(page().as_bytes())?;
                connection.shutdown(Shutdown::Write)?;
            }
        }
        Ok(())
    }

    fn invite(&self, address: &SockAddr) {
        let Some(address) = address.as_socket() else { return };
        super::announce(&address, "Anyone who can reach it may connect.");
        let (host, port) = (address.ip(), address.port());
        say(sentence!(
            "Listening on {address}. Try in another terminal: nc {host} {port}, or curl \
             http://{address}/.",
            address,
            host,
            port
        ));
    }

    /// Looks at the queue until it is time to accept, and notes when it changes. The observer asks,
    /// many times.
    fn watch_the_queue(&self, listener: &Socket, table: &mut Table) {
        let began = Instant::now();
        let mut before = None;
        while began.elapsed() < self.hold {
            let fd = listener.as_raw_fd();
            let now = ask_observer(move || socket::accept_queue(fd)).ok();
            if now != before {
                before = now;
                let Some(AcceptQueue { waiting, limit }) = now else { break };
                let second = format!("{:.1}", began.elapsed().as_secs_f64());
                say(sentence!(
                    "After {second} s: {waiting} waiting for accept, the limit is {limit}.",
                    second,
                    waiting,
                    limit
                ));
                table.row([&second, &waiting.to_string(), &limit.to_string()]);
            }
            thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn cannot_bind(&self, source: io::Error) -> io::Error {
        let owner = owner::of(self.address);
        io::Error::other(Error::Bind { command: Self::NAME, address: self.address, source, owner })
    }
}

/// A client that broke off has ended, too, and so has one that was silent for too long: what it had
/// sent was shown.
fn is_an_end(error: io::Error) -> io::Result<()> {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, NotConnected, WouldBlock};
    match error.kind() {
        BrokenPipe | ConnectionReset | NotConnected | WouldBlock => Ok(()),
        _ => Err(error),
    }
}
