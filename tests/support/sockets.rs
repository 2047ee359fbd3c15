//! The TCP sockets of a run: as its page has told them up to now, and as `ss` lists them.

use socket_playground::trace::{Address, Fact, Socket, TcpState, Trace};
use std::net::SocketAddr;

/// The addresses of both ends. A listener has no peer, and one that nobody has answered yet has
/// none that the kernel names.
type Ends = (SocketAddr, Option<SocketAddr>);

/// A line of `ss`.
#[derive(Debug)]
pub struct Listed {
    pub state: String,
    /// Of a listener: how many connections wait.
    pub receive_queue: u32,
    /// Of a listener: how many may wait.
    pub send_queue: u32,
    pub local: String,
    peer: String,
    /// In how many milliseconds the kernel will forget it, if it only waits for that.
    expires_ms: Option<u32>,
}

impl Listed {
    /// Reads a line: `TIME-WAIT 0 0 127.0.0.1:51234 127.0.0.1:80 timer:(timewait,59sec,0)`.
    pub fn read(line: &str) -> Listed {
        let mut words = line.split_whitespace().map(String::from);
        let mut next = || words.next().expect("five words a line");
        let (state, receive_queue, send_queue) = (next(), next(), next());
        let number = |word: String| word.parse().expect("a number of bytes or connections");
        let (receive_queue, send_queue) = (number(receive_queue), number(send_queue));
        let (local, peer) = (next(), next());
        let expires_ms = words
            .next()
            .and_then(|timer| Some(milliseconds(timer.strip_prefix("timer:(timewait,")?)));
        Listed { state, receive_queue, send_queue, local, peer, expires_ms }
    }

    fn ends(&self) -> Ends {
        let has_peer = !self.peer.ends_with(":*") && self.state != "SYN-SENT";
        let address = |text: &str| {
            let (ip, port) = text.rsplit_once(':').expect("an address and a port");
            // Behind the address may stand the interface that the socket is bound to:
            // `0.0.0.0%lo:80`.
            let ip = ip.split('%').next().unwrap_or_default();
            // So `ss` writes :: of a socket that takes both families.
            let ip = if ip == "*" { "[::]" } else { ip };
            format!("{ip}:{port}").parse().unwrap_or_else(|_| panic!("{text} is an address"))
        };
        (address(&self.local), has_peer.then(|| address(&self.peer)))
    }
}

/// `1min,0)`, `59sec,0)` and `756ms,0)`; `9.756ms,0)` is 9 seconds and 756 milliseconds.
fn milliseconds(timer: &str) -> u32 {
    let number =
        |digits: &str| if digits.is_empty() { 0 } else { digits.parse().expect("a number") };
    let (time, _) = timer.split_once(',').expect("a time and a number of repetitions");
    let (minutes, time) = time.split_once("min").unwrap_or(("", time));
    let (seconds, ms) = match time.strip_suffix("sec") {
        Some(seconds) => (seconds, ""),
        None => {
            let time = time.trim_end_matches("ms");
            time.split_once('.').unwrap_or(("", time))
        }
    };
    let seconds: u32 = number(minutes) * 60 + number(seconds);
    seconds * 1000 + number(ms)
}

/// How long it may be from the moment at which the page tells of a timer until `ss` has listed it:
/// a lesson and its pauses.
const PASSED_MS: u32 = 30_000;

/// A socket as the page has told it.
#[derive(Debug)]
pub struct Told(Socket);

/// The sockets that are there when all changes on the page have been followed: each has begun where
/// the one before has ended.
pub fn told(page: &Trace) -> Vec<Told> {
    for (place, event) in page.events.iter().enumerate() {
        if let Fact::Changed(change) = &event.fact {
            assert!(page.moment(place).leads_to(change), "{change:?}");
        }
    }
    let sockets = page.moment(page.events.len()).sockets.into_iter();
    sockets.filter(Socket::is_in_tcp).map(Told).collect()
}

impl Told {
    fn state(&self) -> TcpState {
        self.0.state.expect("it is one of TCP")
    }

    fn ends(&self) -> Ends {
        let address = |end: &Address| match end {
            Address::Inet(address) => *address,
            other => panic!("{other} is no address of TCP"),
        };
        let Socket { local, peer, .. } = &self.0;
        (address(local.as_ref().expect("it is bound")), peer.as_ref().map(address))
    }

    /// Whether `ss` may show it so. An acknowledgement may come between two looks, and then what
    /// the other end has held back comes, too: at most `coming` bytes. A FIN counts as a byte until
    /// it is read, and what came before it is read before.
    fn may_be(&self, listed: &Listed, coming: u32) -> bool {
        let (receive_queue, send_queue) = match self.state() {
            TcpState::Listen => {
                let (waiting, limit) = self.0.queue.expect("a listener has a queue");
                (waiting..=waiting, limit..=limit)
            }
            TcpState::Established => {
                (self.0.unread..=self.0.unread + coming, 0..=self.0.unacknowledged)
            }
            TcpState::CloseWait => {
                let fin = u32::from(self.0.unread > 0);
                (self.0.unread + fin..=self.0.unread + 1, 0..=self.0.unacknowledged)
            }
            _ => (0..=u32::MAX, 0..=u32::MAX),
        };
        // Time has passed since the page was written, and `ss` rounds down to seconds.
        let timer = match (self.0.expires_ms, listed.expires_ms) {
            (Some(told), Some(left)) => (left..left + PASSED_MS).contains(&told),
            (told, left) => told.is_none() && left.is_none(),
        };
        timer
            && self.ends() == listed.ends()
            && self.state_in_ss() == listed.state.replace("FIN-WAIT-1", "FIN-WAIT-2")
            && receive_queue.contains(&listed.receive_queue)
            && send_queue.contains(&listed.send_queue)
    }

    /// How many bytes the other end still has for it: those that are not acknowledged.
    fn coming(&self, sockets: &[Told]) -> u32 {
        let (local, peer) = self.ends();
        let other =
            sockets.iter().find(|other| Some(other.ends()) == peer.map(|peer| (peer, Some(local))));
        other.map_or(0, |other| other.0.unacknowledged)
    }

    /// What `ss` calls its state. It may be the next one, as a FIN is acknowledged sooner or later.
    fn state_in_ss(&self) -> String {
        match self.state() {
            TcpState::Established => "ESTAB".into(),
            TcpState::SynReceived => "SYN-RECV".into(),
            TcpState::FinWait1 => TcpState::FinWait2.to_string(),
            other => other.to_string(),
        }
    }
}

/// Every socket on the page is listed as it was told, and no other is listed. One that is bound and
/// not connected is UNCONN in the list; to be made is no change, so the page has not told it.
pub fn agree(told: &[Told], listed: &[Listed]) -> Result<(), String> {
    let mut untold: Vec<&Listed> =
        listed.iter().filter(|listed| listed.state != "UNCONN").collect();
    for socket in told {
        let coming = socket.coming(told);
        let place = untold.iter().position(|listed| socket.may_be(listed, coming));
        let place = place.ok_or_else(|| format!("ss does not list {socket:?}, but {untold:#?}"))?;
        untold.remove(place);
    }
    match untold[..] {
        [] => Ok(()),
        _ => Err(format!("the page does not tell {untold:#?}, but {told:#?}")),
    }
}
