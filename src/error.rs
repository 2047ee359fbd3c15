//! What can go wrong: what, why, and what to try.

use crate::harmless::harmless;
use crate::manual::errno::Errno;
use crate::terminal::Quit;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Why the program, or one of its commands, could not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// There is no lesson of that name. `nearest` is one that reads much like it.
    NoSuchLesson { name: String, nearest: Option<&'static str> },
    /// No error of that name or number is explained.
    NoSuchErrno { given: String },
    /// A file could not be opened, read or made.
    File { doing: &'static str, path: String, source: io::Error },
    /// A file is not a trace that this program reads.
    NotATrace { path: String, why: String },
    /// A stored run is the run of a lesson that failed.
    StoredFailure { path: String, failure: String },
    /// What a sink had to say could not be written.
    Output { source: io::Error },
    /// A lane of the lesson ended in an error or a panic.
    Lesson { lesson: String, lane: String, why: String },
    /// This machine does not have, or does not allow, what the lesson needs.
    NotHere { lesson: String, why: String },
    /// An error that the user has been told of already.
    Told(Box<Error>),
    /// Every lane sleeps, and nothing is left to wake one.
    Deadlock { lesson: String, sleeping: String },
    /// The run does not decide the question of the lesson.
    Question { lesson: String, why: String },
    /// What a user gave is no address.
    Address { given: String, why: String },
    /// A command cannot have the address it wants. `owner` is the process that has it, if the
    /// system tells.
    Bind { command: &'static str, address: SocketAddr, source: io::Error, owner: Option<String> },
    /// A client reached none of the addresses.
    Connect { tried: Vec<(SocketAddr, io::Error)>, time: Duration },
    /// A command broke off, through no fault of this machine.
    Command { name: String, why: String },
    /// This machine does not have, or does not allow, what the command asks for.
    CommandNotHere { name: String, why: String },
    /// The other end did not do in time what it was waited for.
    TimedOut { awaited: String, time: Duration },
    /// The other end closed the connection while it was waited for.
    HungUp { awaited: String },
    /// The machine does not give what every run needs: a thread, a descriptor.
    Machine { doing: &'static str, source: io::Error },
}

impl Error {
    /// The error that a lane ended with: our own, if one stands inside of it.
    pub fn of(error: io::Error, lesson: &str, lane: &str) -> Error {
        error.downcast::<Error>().unwrap_or_else(|error| {
            let errno = Errno::from(&error);
            let (lesson, why) = (lesson.into(), errno.to_string());
            match errno.code() {
                // A lesson expects every refusal that is a part of it: this one comes from the
                // machine.
                code if OF_THE_MACHINE.contains(&code) => Error::NotHere { lesson, why },
                _ => Error::Lesson { lesson, lane: lane.into(), why },
            }
        })
    }

    /// The error that a command ended with: our own, if one stands inside of it.
    pub fn of_command(error: io::Error, name: &str) -> Error {
        error.downcast::<Error>().unwrap_or_else(|error| {
            let (name, why) = (name.into(), Errno::from(&error).to_string());
            match error.raw_os_error() {
                Some(code) if OF_THE_MACHINE.contains(&code) => Error::CommandNotHere { name, why },
                _ => Error::Command { name, why },
            }
        })
    }

    /// The exit code of the program: 1 for a command that failed, 2 for a command line that cannot
    /// be understood, 3 for what cannot be done on this machine.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::NoSuchLesson { .. } | Error::NoSuchErrno { .. } | Error::Address { .. } => 2,
            Error::NotHere { .. } | Error::CommandNotHere { .. } => 3,
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

    fn what(&self) -> String {
        match self {
            Error::Told(error) => error.what(),
            Error::NoSuchLesson { name, .. } => format!("there is no lesson {name:?}"),
            Error::NoSuchErrno { given } => format!("I know no error {given:?}"),
            Error::File { doing, path, .. } => format!("cannot {doing} {path:?}"),
            Error::NotATrace { path, .. } => {
                format!("{path:?} is not a stored run that I can read")
            }
            Error::StoredFailure { path, .. } => {
                format!("the run in {path:?} had failed when it was stored")
            }
            Error::Output { .. } => "cannot write the output".into(),
            Error::Lesson { lesson, lane, .. } => {
                format!("the lesson {lesson} failed in the lane {lane:?}")
            }
            Error::NotHere { lesson, .. } => {
                format!("the lesson {lesson} cannot run on this machine")
            }
            Error::Deadlock { lesson, .. } => format!("the lesson {lesson} does not go on"),
            Error::Question { lesson, .. } => {
                format!("the lesson {lesson} does not answer its question")
            }
            Error::Address { given, .. } => format!("{given:?} is not an address I can use"),
            Error::Bind { address, .. } => format!("cannot bind {address}"),
            Error::Connect { tried, .. } => {
                let addresses: Vec<String> =
                    tried.iter().map(|(address, _)| address.to_string()).collect();
                format!("cannot connect to {}", addresses.join(" or "))
            }
            Error::Command { name, .. } => format!("{name} broke off"),
            Error::CommandNotHere { name, .. } => format!("{name} cannot be done on this machine"),
            Error::TimedOut { awaited, time } => {
                format!("no word in {time:?}: waited for {awaited}")
            }
            Error::HungUp { awaited } => format!("the other end closed: waited for {awaited}"),
            Error::Machine { doing, .. } => format!("cannot {doing}"),
        }
    }

    fn why(&self) -> String {
        match self {
            Error::Told(error) => error.why(),
            Error::NoSuchLesson { nearest: Some(name), .. } => format!("did you mean {name}?"),
            Error::NoSuchLesson { nearest: None, .. } => "no lesson has a name like that".into(),
            Error::NoSuchErrno { .. } => "it is not among those that sockets meet".into(),
            Error::File { source, .. }
            | Error::Output { source, .. }
            | Error::Machine { source, .. } => Errno::from(source).to_string(),
            Error::NotATrace { why, .. }
            | Error::Lesson { why, .. }
            | Error::NotHere { why, .. }
            | Error::Question { why, .. } => why.clone(),
            Error::Command { why, .. } | Error::CommandNotHere { why, .. } => why.clone(),
            Error::StoredFailure { failure, .. } => {
                failure.lines().take(2).collect::<Vec<_>>().join(": ")
            }
            Error::Deadlock { sleeping, .. } => format!("every lane sleeps: {sleeping}"),
            Error::Address { why, .. } => why.clone(),
            Error::Bind { source, owner: Some(owner), .. }
                if source.kind() == io::ErrorKind::AddrInUse =>
            {
                format!("EADDRINUSE: another socket is already listening there ({owner})")
            }
            Error::Bind { source, .. } => Errno::from(source).to_string(),
            Error::Connect { tried, time } => {
                let why = |error: &io::Error| match error.raw_os_error() {
                    Some(libc::EINPROGRESS | libc::EAGAIN) => format!("no answer in {time:?}"),
                    _ => Errno::from(error).to_string(),
                };
                tried.iter().map(|(_, error)| why(error)).collect::<Vec<_>>().join("; ")
            }
            Error::TimedOut { .. } => {
                "the connection stands, and the other end is silent or does not read".into()
            }
            Error::HungUp { .. } => {
                "0 bytes are the end of the stream: nothing more will come".into()
            }
        }
    }

    fn hint(&self) -> String {
        match self {
            Error::Told(error) => error.hint(),
            Error::NoSuchLesson { nearest: Some(name), .. } => format!("playground lesson {name}"),
            Error::NoSuchLesson { nearest: None, .. } => "playground lesson    (lists them)".into(),
            Error::NoSuchErrno { .. } => "playground errno    (lists them), or man 3 errno".into(),
            Error::File { doing: "read", .. } => "another file, or one you may read".into(),
            Error::File { .. } => {
                "a path in a directory that exists and that you may write to".into()
            }
            Error::NotATrace { .. } => {
                "playground lesson tcp-server --view json -o run.jsonl    (stores a run)".into()
            }
            Error::Output { .. } => {
                "playground lesson tcp-server -o FILE    (a file where there is room)".into()
            }
            Error::Lesson { lesson, .. }
            | Error::Deadlock { lesson, .. }
            | Error::Question { lesson, .. } => {
                format!("playground lesson {lesson} --view json    (shows every call up to there)")
            }
            Error::NotHere { .. } | Error::CommandNotHere { .. } => {
                "playground doctor    (says what this machine allows)".into()
            }
            Error::StoredFailure { path, .. } => format!("playground replay {path} --view json"),
            Error::Address { .. } => "127.0.0.1:1234, [::1]:1234 or localhost:1234".into(),
            Error::Bind { command, address, .. } => {
                format!("playground {command} {}", SocketAddr::new(address.ip(), 0))
            }
            Error::Connect { .. } => {
                "playground serve    (in another terminal, and then connect to it)".into()
            }
            Error::Command { name, .. } => {
                format!("a look at the other end, or playground {name} --help")
            }
            Error::TimedOut { .. } => "a longer --timeout, or a look at the server".into(),
            Error::HungUp { .. } => {
                "a look at the server: it may have reached its limit, or stopped".into()
            }
            Error::Machine { .. } => {
                "closing other programs, or `ulimit -a` for the limits of this one".into()
            }
        }
    }
}

/// Refusals that come from how a machine is built or guarded: by privilege, or because the kernel
/// has no such thing.
const OF_THE_MACHINE: [i32; 7] = [
    libc::EPERM,
    libc::EACCES,
    libc::ENOSYS,
    libc::ENOPROTOOPT,
    libc::EAFNOSUPPORT,
    libc::ESOCKTNOSUPPORT,
    libc::EPROTONOSUPPORT,
];

/// Three lines: what, why, and what to try.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (what, why, hint) = (self.what(), self.why(), self.hint());
        write!(f, "error: {}\n  {}\n  try:  {}", harmless(&what), harmless(&why), harmless(&hint))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_three_lines() {
        let source = || io::Error::from_raw_os_error(libc::ENOSPC);
        let errors = [
            Error::NoSuchLesson { name: "tpc".into(), nearest: Some("tcp-server") },
            Error::NoSuchErrno { given: "x".into() },
            Error::NoSuchLesson { name: "\x1b[2J".into(), nearest: None },
            Error::File { doing: "read", path: "x".into(), source: source() },
            Error::NotATrace { path: "x".into(), why: "line 1 is not JSON".into() },
            Error::Output { source: source() },
            Error::StoredFailure { path: "x".into(), failure: "error: a\n  b\n  try: c".into() },
            Error::NotATrace { path: "x".into(), why: "\x1b[2J\n".into() },
            Error::Lesson { lesson: "x".into(), lane: "y".into(), why: "z".into() },
            Error::NotHere { lesson: "x".into(), why: "y".into() },
            Error::Deadlock { lesson: "x".into(), sleeping: "server in accept".into() },
            Error::Question { lesson: "x".into(), why: "y".into() },
            Error::Machine { doing: "start a thread", source: source() },
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
            Error::Command { name: "connect".into(), why: "x".into() },
            Error::TimedOut { awaited: "an answer".into(), time: Duration::from_secs(1) },
            Error::HungUp { awaited: "an answer".into() },
            Error::CommandNotHere { name: "types".into(), why: "x".into() },
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
