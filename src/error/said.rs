//! What is said of an error: what, why, and what to try.

use super::{Answer, Doing, Error, Subject};
use crate::catalogue::Sentence;
use crate::harmless::harmless;
use crate::manual::errno::Errno;
use crate::sentence;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

impl Error {
    /// What could not be done.
    pub fn what(&self) -> Sentence {
        match self {
            Error::Told(error) => error.what(),
            Error::Unknown { thing, given, .. } => thing.unknown(given),
            Error::File { doing, path, .. } => doing.failed(path),
            Error::NotATrace { path, .. } => {
                sentence!("{path} is not a stored run that I can read", path = quoted(path))
            }
            Error::Packed { path } => sentence!("{path} is packed", path = quoted(path)),
            Error::StoredFailure { path, .. } => {
                sentence!("the run in {path} had failed when it was stored", path = quoted(path))
            }
            Error::Unfit(said) => said[0].clone(),
            Error::Output { .. } => sentence!("cannot write the output"),
            Error::Failed { subject: Subject::Lesson(lesson), lane: Some(lane), .. } => {
                let lane = quoted(lane);
                sentence!("the lesson {lesson} failed in the lane {lane}", lesson, lane)
            }
            Error::Failed { subject: Subject::Lesson(name) | Subject::Command(name), .. } => {
                sentence!("{name} broke off", name)
            }
            Error::NotHere { subject, .. } => subject.cannot_be_done(),
            Error::Deadlock { lesson, .. } => {
                sentence!("the lesson {lesson} does not go on", lesson)
            }
            Error::Question { lesson, .. } => {
                sentence!("the lesson {lesson} does not answer its question", lesson)
            }
            Error::Address { given, .. } => {
                sentence!("{given} is not an address I can use", given = quoted(given))
            }
            Error::NoName { given, time } => {
                let (time, name) = (format!("{time:?}"), quoted(given));
                sentence!("no word in {time}: asked for the addresses of {name}", time, name)
            }
            Error::Bind { address, .. } => sentence!("cannot bind {address}", address),
            Error::Connect { tried, .. } => {
                let addresses: Vec<String> =
                    tried.iter().map(|(address, _)| address.to_string()).collect();
                sentence!("cannot connect to {addresses}", addresses = addresses.join(" or "))
            }
            Error::TimedOut { awaited, time } => {
                let time = format!("{time:?}");
                sentence!("no word in {time}: waited for {awaited}", time, awaited)
            }
            Error::HungUp { awaited } => {
                sentence!("the other end closed: waited for {awaited}", awaited)
            }
            Error::Apart { awaited, came, answer } => answer.apart(awaited, &quoted(came)),
            Error::BrokenOff { awaited, call, errno } => {
                let errno = errno.name();
                sentence!(
                    "{call} met a reset ({errno}): waited for {awaited}",
                    call,
                    errno,
                    awaited
                )
            }
            Error::Machine { what, .. } => what.clone(),
        }
    }

    /// Why not.
    pub fn why(&self) -> Sentence {
        match self {
            Error::Told(error) => error.why(),
            Error::Unknown { nearest: Some(name), .. } => sentence!("did you mean {name}?", name),
            Error::Unknown { thing, nearest: None, .. } => thing.unlike_all(),
            Error::Machine { source, .. } if source.kind() == io::ErrorKind::WouldBlock => {
                sentence!("EAGAIN: there may be no more processes and threads (`ulimit -u`)")
            }
            Error::File { source, .. }
            | Error::Output { source, .. }
            | Error::Machine { source, .. } => said(Errno::from(source)),
            Error::NotATrace { why, .. }
            | Error::Failed { why, .. }
            | Error::NotHere { why, .. }
            | Error::Question { why, .. }
            | Error::Address { why, .. } => said(why),
            Error::Packed { .. } => sentence!("a stored run is text, and this is gzip"),
            Error::NoName { .. } => {
                sentence!("the name server that this machine asks is silent, or out of reach")
            }
            Error::StoredFailure { failure, .. } => {
                said(failure.lines().take(2).collect::<Vec<_>>().join(": "))
            }
            Error::Unfit(said) => said[1].clone(),
            Error::Deadlock { sleeping, .. } => {
                sentence!("every lane sleeps: {sleeping}", sleeping)
            }
            Error::Bind { source, owner: Some(owner), .. }
                if source.kind() == io::ErrorKind::AddrInUse =>
            {
                sentence!("EADDRINUSE: another socket is already listening there ({owner})", owner)
            }
            Error::Bind { source, .. } => said(Errno::from(source)),
            Error::Connect { tried, time } => {
                let why = tried.iter().map(|(_, error)| unanswered(error, *time).to_string());
                said(why.collect::<Vec<_>>().join("; "))
            }
            Error::TimedOut { .. } => {
                sentence!("the connection stands, and the other end is silent or does not read")
            }
            Error::HungUp { .. } => {
                sentence!("0 bytes are the end of the stream: nothing more will come")
            }
            Error::Apart { .. } => sentence!(
                "one recv takes the bytes that have arrived: TCP keeps their order, and no messages"
            ),
            Error::BrokenOff { .. } => sentence!(
                "the other end has closed with bytes unread that we had sent, or with linger 0"
            ),
        }
    }

    /// What to try.
    pub fn hint(&self) -> Sentence {
        match self {
            Error::Told(error) => error.hint(),
            Error::Unknown { thing, nearest, .. } => thing.instead(*nearest),
            Error::File { doing: Doing::Read, .. } => {
                sentence!("another file, or one you may read")
            }
            Error::File { doing: Doing::Write, .. } => {
                sentence!("a path in a directory that exists and that you may write to")
            }
            Error::NotATrace { .. } => {
                sentence!("playground lesson tcp-server --view json -o run.jsonl    (stores a run)")
            }
            Error::Unfit(said) => said[2].clone(),
            Error::Output { .. } => {
                sentence!("playground lesson tcp-server -o FILE    (a file where there is room)")
            }
            Error::Failed { subject: Subject::Lesson(lesson), .. }
            | Error::Deadlock { lesson, .. }
            | Error::Question { lesson, .. } => sentence!(
                "playground lesson {lesson} --view json    (shows every call up to there)",
                lesson
            ),
            Error::Failed { subject: Subject::Command(name), .. } => {
                sentence!("a look at the other end, or playground {name} --help", name)
            }
            Error::NotHere { .. } => {
                sentence!("playground doctor    (says what this machine allows)")
            }
            Error::Packed { path } => {
                sentence!("gunzip -c {path} | playground replay -", path = quoted(path))
            }
            Error::NoName { .. } => {
                sentence!("the address in numbers, such as 127.0.0.1:1234, or cat /etc/resolv.conf")
            }
            Error::StoredFailure { path, .. } => {
                sentence!("playground replay {path} --view json", path)
            }
            Error::Address { .. } => sentence!("127.0.0.1:1234, [::1]:1234 or localhost:1234"),
            Error::Bind { command, address, .. } => {
                let any_port = SocketAddr::new(address.ip(), 0);
                sentence!("playground {command} {any_port}", command, any_port)
            }
            Error::Connect { .. } => {
                sentence!("playground serve    (in another terminal, and then connect to it)")
            }
            Error::TimedOut { .. } => sentence!("a longer --timeout, or a look at the server"),
            Error::HungUp { .. } => {
                sentence!("a look at the server: it may have reached its limit, or stopped")
            }
            Error::Apart { .. } => sentence!("playground lesson byte-stream"),
            Error::BrokenOff { .. } => sentence!("playground lesson reset"),
            Error::Machine { .. } => {
                sentence!("closing other programs, or `ulimit -a` for the limits of this one")
            }
        }
    }
}

impl Answer {
    /// Where the bytes came apart.
    fn apart(self, awaited: &str, came: &str) -> Sentence {
        match self {
            Answer::Cut { after, length } => sentence!(
                "{awaited} is cut after {after} of its {length} bytes: {came}",
                awaited,
                after,
                length,
                came
            ),
            Answer::Glued { after } => sentence!(
                "{awaited} has more glued to it after its {after} bytes: {came}",
                awaited,
                after,
                came
            ),
            Answer::Another { same } => sentence!(
                "not {awaited}, but another after {same} bytes: {came}",
                awaited,
                same,
                came
            ),
        }
    }
}

impl Subject {
    fn cannot_be_done(&self) -> Sentence {
        match self {
            Subject::Lesson(lesson) => {
                sentence!("the lesson {lesson} cannot run on this machine", lesson)
            }
            Subject::Command(name) => sentence!("{name} cannot be done on this machine", name),
        }
    }
}

impl Doing {
    fn failed(self, path: &str) -> Sentence {
        let path = quoted(path);
        match self {
            Doing::Read => sentence!("cannot read {path}", path),
            Doing::Write => sentence!("cannot write {path}", path),
        }
    }
}

/// In quotes, with everything escaped that is no plain letter.
fn quoted(name: &str) -> String {
    format!("{name:?}")
}

/// Words that were put together before.
fn said(words: impl fmt::Display) -> Sentence {
    sentence!("{words}", words)
}

/// Why a client did not reach an address.
fn unanswered(error: &io::Error, time: Duration) -> Sentence {
    let errno = Errno::from(error);
    match errno.name() {
        "EINPROGRESS" | "EAGAIN" => {
            sentence!("no answer in {time}", time = format!("{time:?}"))
        }
        _ => said(errno),
    }
}

/// Three lines: what, why, and what to try.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let lines = [self.what(), self.why(), self.hint()].map(|line| line.to_string());
        let [what, why, hint] = lines.each_ref().map(|line| harmless(line));
        write!(f, "error: {what}\n  {why}\n  try:  {hint}")
    }
}
