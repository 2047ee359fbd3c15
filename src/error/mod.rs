//! What can go wrong: what, why, and what to try.

mod said;
mod unknown;

pub use unknown::Thing;

use crate::catalogue::Sentence;
use crate::manual::errno::Errno;
use crate::platform;
use crate::terminal::Quit;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Why the program, or one of its commands, could not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// Nothing has that name. `nearest` is one that reads much like it.
    Unknown { thing: Thing, given: String, nearest: Option<&'static str> },
    /// A file could not be opened, read or made.
    File { doing: Doing, path: String, source: io::Error },
    /// A file is not a trace that this program reads.
    NotATrace { path: String, why: String },
    /// A file would have to be unpacked before it is read.
    Packed { path: String },
    /// A stored run is the run of a lesson that failed.
    StoredFailure { path: String, failure: String },
    /// What is asked for does not fit together: what cannot be, why not, and what to try.
    Unfit(Box<[Sentence; 3]>),
    /// What a sink had to say could not be written.
    Output { source: io::Error },
    /// A lesson or a command broke off, through no fault of this machine: in this lane, if it is
    /// known in which.
    Failed { subject: Subject, lane: Option<String>, why: String },
    /// This machine does not have, or does not allow, what a lesson or a command needs.
    NotHere { subject: Subject, why: String },
    /// An error that the user has been told of already.
    Told(Box<Error>),
    /// Every lane sleeps, and nothing is left to wake one.
    Deadlock { lesson: String, sleeping: String },
    /// The run does not decide the question of the lesson.
    Question { lesson: String, why: String },
    /// What a user gave is no address.
    Address { given: String, why: String },
    /// Nobody said in time which addresses a name has.
    NoName { given: String, time: Duration },
    /// A command cannot have the address it wants. `owner` is the process that has it, if the
    /// system tells.
    Bind { command: &'static str, address: SocketAddr, source: io::Error, owner: Option<String> },
    /// A client reached none of the addresses.
    Connect { tried: Vec<(SocketAddr, io::Error)>, time: Duration },
    /// The other end did not do in time what it was waited for.
    TimedOut { awaited: String, time: Duration },
    /// The other end closed the connection while it was waited for.
    HungUp { awaited: String },
    /// An answer was not what it had to be: where the bytes came apart.
    Apart { awaited: String, came: String, answer: Answer },
    /// The other end broke off the connection, and this call met it.
    BrokenOff { awaited: String, call: &'static str, errno: Errno },
    /// The machine does not give what every run needs, such as a thread. `what` could not be done.
    Machine { what: Sentence, source: io::Error },
}

/// How an answer differs from the one that was awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Only its beginning came.
    Cut { after: usize, length: usize },
    /// More came with it.
    Glued { after: usize },
    /// Other bytes came, after so many that are the same.
    Another { same: usize },
}

/// What an error is about: what was to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The lesson of that name.
    Lesson(String),
    /// The command of that name.
    Command(String),
}

impl Subject {
    /// The error that a lane ended with: our own, if one stands inside of it.
    pub fn failed(&self, error: io::Error, lane: Option<&str>) -> Error {
        error.downcast::<Error>().unwrap_or_else(|error| {
            let errno = Errno::from(&error);
            let (subject, why) = (self.clone(), errno.to_string());
            // A lesson expects every refusal that is a part of it: these come from the machine.
            match OF_THE_MACHINE.contains(&errno.name()) {
                true => Error::NotHere { subject, why },
                false => Error::Failed { subject, lane: lane.map(String::from), why },
            }
        })
    }
}

impl Error {
    /// What is asked for does not fit together.
    pub fn unfit(what: Sentence, why: Sentence, instead: Sentence) -> Error {
        Error::Unfit(Box::new([what, why, instead]))
    }

    /// The same error of a lesson, as what cannot be done on this machine, if it is the machine
    /// that does not give what every lesson needs: threads, and a loopback that is up.
    pub fn blamed_on_machine(self, subject: Subject) -> Error {
        let why = match self {
            Error::Machine { .. } => Some(format!("{}: {}", self.what(), self.why())),
            Error::Failed { .. } | Error::Deadlock { .. } | Error::Question { .. } => {
                platform::loopback_is_down().map(|why| why.to_string())
            }
            _ => None,
        };
        why.map_or(self, |why| Error::NotHere { subject, why })
    }

    /// The exit code of the program: 1 for a command that failed, 2 for a command line that cannot
    /// be understood, 3 for what cannot be done on this machine.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Unknown { .. } | Error::Unfit(_) | Error::Address { .. } => 2,
            Error::NotHere { .. } | Error::Machine { .. } => 3,
            Error::Told(error) => error.exit_code(),
            _ => 1,
        }
    }

    /// Whether the reader of our output has seen enough: has gone away, as `head` does, or has
    /// pressed q. That ends the run, and is no error.
    pub fn is_enough(&self) -> bool {
        let Error::Output { source } = self else { return false };
        source.kind() == io::ErrorKind::BrokenPipe
            || source.get_ref().is_some_and(|inner| inner.is::<Quit>())
    }
}

/// What was to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Read,
    Write,
}

/// Refusals that come from how a machine is built or guarded: by privilege, or because the kernel
/// has no such thing.
const OF_THE_MACHINE: [&str; 7] = [
    "EPERM",
    "EACCES",
    "ENOSYS",
    "ENOPROTOOPT",
    "EAFNOSUPPORT",
    "ESOCKTNOSUPPORT",
    "EPROTONOSUPPORT",
];

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_three_lines() {
        let said = |words: &str| Sentence::new(words.to_string());
        let source = || io::Error::from(io::ErrorKind::StorageFull);
        let lesson = || Subject::Lesson("x".into());
        let command = || Subject::Command("connect".into());
        let unknown =
            |thing, given: &str, nearest| Error::Unknown { thing, given: given.into(), nearest };
        let errors = [
            unknown(Thing::Lesson, "tpc", Some("tcp-server")),
            unknown(Thing::Lesson, "\x1b[2J", None),
            unknown(Thing::Command, "x", None),
            unknown(Thing::Errno, "x", Some("EPIPE")),
            unknown(Thing::Errno, "x", None),
            unknown(Thing::Option, "x", Some("SO_TYPE")),
            unknown(Thing::Option, "x", None),
            unknown(Thing::State, "x", Some("LISTEN")),
            unknown(Thing::State, "x", None),
            Error::File { doing: Doing::Read, path: "x".into(), source: source() },
            Error::NotATrace { path: "x".into(), why: "line 1 is not JSON".into() },
            Error::Packed { path: "\x1b.gz".into() },
            Error::NoName { given: "\x1b:1".into(), time: Duration::from_secs(1) },
            Error::Output { source: source() },
            Error::StoredFailure { path: "x".into(), failure: "error: a\n  b\n  try: c".into() },
            Error::NotATrace { path: "x".into(), why: "\x1b[2J\n".into() },
            Error::Failed { subject: lesson(), lane: Some("y".into()), why: "z".into() },
            Error::Failed { subject: lesson(), lane: None, why: "z".into() },
            Error::NotHere { subject: lesson(), why: "y".into() },
            Error::Deadlock { lesson: "x".into(), sleeping: "server in accept".into() },
            Error::Question { lesson: "x".into(), why: "y".into() },
            Error::unfit(said("x"), said("y"), said("z")),
            Error::Machine { what: crate::sentence!("cannot start a thread"), source: source() },
            Error::Address { given: "x".into(), why: "it has no port".into() },
            Error::Bind {
                command: "serve",
                address: ([127, 0, 0, 1], 80).into(),
                source: source(),
                owner: None,
            },
            Error::Connect {
                tried: vec![(([127, 0, 0, 1], 80).into(), source())],
                time: Duration::from_secs(1),
            },
            Error::Failed { subject: command(), lane: None, why: "x".into() },
            Error::TimedOut { awaited: "an answer".into(), time: Duration::from_secs(1) },
            Error::HungUp { awaited: "an answer".into() },
            Error::BrokenOff { awaited: "an answer".into(), call: "recv", errno: Errno::new(104) },
            Error::Apart {
                awaited: "an answer".into(),
                came: "\x1b\n".into(),
                answer: Answer::Another { same: 1 },
            },
            Error::NotHere { subject: command(), why: "x".into() },
        ];
        for error in errors {
            let text = error.to_string();
            assert_eq!(text.lines().count(), 3, "{text}");
            assert!(
                text.lines().all(|line| !line.trim().is_empty() && !line.contains('\x1b')),
                "{text}"
            );
        }
    }
}
