//! A client on the board: what it has said, and whether something is wrong.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Address, Answer, Bytes, Call, Does, Event, Fact, Name, Value};
use std::time::Duration;

/// One client of a server, from when it was accepted.
#[derive(Clone, Debug)]
pub struct Client {
    /// The lane it is served in.
    pub name: Name,
    pub from: Option<Address>,
    pub state: State,
    pub trouble: Option<Trouble>,
    /// How many bytes it has sent, and how many were sent to it.
    pub bytes: (u64, u64),
    /// What it has said last, and what it was told last.
    pub said: Option<Bytes>,
    pub told: Option<Bytes>,
    /// When it said something last, since the run began.
    pub heard: Duration,
    /// When trouble has ended it, since the run began.
    broken: Option<Duration>,
    /// How many bytes have come since it was silent for a while.
    burst: u64,
    /// Whether it ends what it says with a line break.
    speaks_lines: bool,
    /// The first bytes of a character that is not whole yet.
    cut: Vec<u8>,
}

/// What the calls of its lane tell about its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// accept has given it: ESTABLISHED.
    Established,
    /// recv has said 0: its end has come, and ours is open.
    CloseWait,
    /// Our end is closed, and its thread has ended.
    Gone,
}

impl State {
    /// As `ss(8)` and the RFC have it, as far as it is a state of TCP.
    pub fn sentence(self) -> Sentence {
        match self {
            State::Established => sentence!("ESTABLISHED"),
            State::CloseWait => sentence!("CLOSE-WAIT"),
            State::Gone => sentence!("gone"),
        }
    }
}

/// What a teacher would want to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Reset,
    TimedOut,
    NotText,
    HalfALine,
    Flood,
}

impl Trouble {
    pub fn sentence(self) -> Sentence {
        match self {
            Trouble::Reset => sentence!("reset"),
            Trouble::TimedOut => sentence!("timed out"),
            Trouble::NotText => sentence!("not UTF-8"),
            Trouble::HalfALine => sentence!("half a line"),
            Trouble::Flood => sentence!("1 MB nonstop"),
        }
    }
}

/// So many bytes in a row are a flood.
const FLOOD: u64 = 1_000_000;

/// Whoever is silent for so long has made a pause.
const PAUSE: Duration = Duration::from_secs(1);

/// A reset ends a client at once: for so long it stands where it is seen.
const SEEN: Duration = Duration::from_secs(60);

impl Client {
    pub fn new(name: Name, from: Option<Address>, at: Duration) -> Client {
        Client {
            name,
            from,
            state: State::Established,
            trouble: None,
            bytes: (0, 0),
            said: None,
            told: None,
            heard: at,
            broken: None,
            burst: 0,
            speaks_lines: false,
            cut: Vec::new(),
        }
    }

    /// Learns from an event of its lane.
    pub fn learn(&mut self, event: &Event) {
        match &event.fact {
            Fact::Left => self.state = State::Gone,
            Fact::Returned { answer: Answer::Error(errno), .. } => match errno.name() {
                "ECONNRESET" | "EPIPE" => self.breaks(Trouble::Reset, event.at),
                "EAGAIN" | "ETIMEDOUT" => self.breaks(Trouble::TimedOut, event.at),
                _ => {}
            },
            Fact::Returned { call, answer, .. } => {
                self.succeeds(call, answer, Duration::from_nanos(event.at));
            }
            _ => {}
        }
    }

    /// Its connection is of no use any more, since `at`, in nanoseconds.
    fn breaks(&mut self, trouble: Trouble, at: u64) {
        self.trouble = Some(trouble);
        self.broken = Some(Duration::from_nanos(at));
    }

    /// Whether trouble has ended it, and not long before `now`.
    pub fn has_just_ended_in_trouble(&self, now: Duration) -> bool {
        self.broken.is_some_and(|at| now.saturating_sub(at) < SEEN)
    }

    fn succeeds(&mut self, call: &Call, answer: &Answer, at: Duration) {
        let data = |values: &[Value]| values.iter().find_map(bytes);
        match call.does() {
            Some(Does::Receive) => {
                self.hears(data(answer.values()).filter(|data| data.length() > 0), at);
            }
            Some(Does::Send) => {
                let sent = answer.number().and_then(|sent| u64::try_from(sent).ok());
                self.bytes.1 += sent.unwrap_or(0);
                self.told = data(&call.arguments);
            }
            _ => {}
        }
    }

    /// It has said something, or its end.
    fn hears(&mut self, said: Option<Bytes>, at: Duration) {
        let pause = at.saturating_sub(self.heard) >= PAUSE;
        self.heard = at;
        let Some(said) = said else {
            self.state = State::CloseWait;
            return;
        };
        let length = said.length() as u64;
        self.bytes.0 += length;
        self.burst = if pause { length } else { self.burst + length };
        self.trouble = self.judge(&said);
        self.said = Some(said);
    }

    fn judge(&mut self, said: &Bytes) -> Option<Trouble> {
        let ends_a_line = said.kept().ends_with(b"\n");
        let spoke_lines = std::mem::replace(&mut self.speaks_lines, ends_a_line);
        self.speaks_lines |= spoke_lines;
        match () {
            () if !self.is_text(said.kept()) => Some(Trouble::NotText),
            () if self.burst >= FLOOD => Some(Trouble::Flood),
            () if spoke_lines && !ends_a_line => Some(Trouble::HalfALine),
            () => None,
        }
    }

    /// Whether it is UTF-8. A character may be cut between two messages.
    fn is_text(&mut self, said: &[u8]) -> bool {
        let all = [&self.cut, said].concat();
        self.cut.clear();
        match str::from_utf8(&all) {
            Ok(_) => true,
            Err(error) if error.error_len().is_none() => {
                self.cut = all[error.valid_up_to()..].to_vec();
                true
            }
            Err(_) => false,
        }
    }
}

fn bytes(value: &Value) -> Option<Bytes> {
    match value.bare() {
        Value::Bytes(data) => Some(data.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_seen() {
        let mut client = Client::new("client 1".into(), None, Duration::ZERO);
        let mut says = |data: &[u8], seconds| {
            client.hears(Some(Bytes::new(data)), Duration::from_secs(seconds));
            client.trouble
        };
        assert_eq!(says(b"Rose", 1), None, "not everybody speaks lines");
        assert_eq!(says(b"Think\n", 3), None);
        assert_eq!(says(b"Bab", 5), Some(Trouble::HalfALine));
        assert_eq!(says(b"ala\n", 7), None);
        assert_eq!(says(&"你".as_bytes()[..2], 9), Some(Trouble::HalfALine));
        assert_eq!(says(&["你".as_bytes()[2..].to_vec(), b"\n".to_vec()].concat(), 11), None);
        assert_eq!(says(b"\xff\xfe\n", 13), Some(Trouble::NotText));
        let flood: Vec<_> = (0..1000).map(|_| says(&[b'x'; 1024], 15)).collect();
        assert_eq!(flood.last(), Some(&Some(Trouble::Flood)));
        assert_eq!(says(b"sorry\n", 17), None, "after a pause");
    }
}
