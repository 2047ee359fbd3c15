//! What can go wrong: what, why, and what to try.

use crate::errno::Errno;
use std::fmt;
use std::io;

/// Why the program, or one of its commands, could not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// There is no lesson of that name. `nearest` is one that reads much like it.
    NoSuchLesson { name: String, nearest: Option<&'static str> },
    /// A file could not be opened, read or made.
    File { doing: &'static str, path: String, source: io::Error },
    /// A file is not a trace that this program reads.
    NotATrace { path: String, why: String },
    /// What a sink had to say could not be written.
    Output { source: io::Error },
    /// A lane of the lesson ended in an error or a panic.
    Lesson { lesson: String, lane: String, why: String },
    /// Every lane sleeps, and nothing is left to wake one.
    Deadlock { lesson: String, sleeping: String },
    /// The run does not decide the question of the lesson.
    Question { lesson: String, why: String },
    /// The machine does not give what every run needs: a thread, a descriptor.
    Machine { doing: &'static str, source: io::Error },
}

impl Error {
    /// The exit code of the program: 1 for a command that failed, 2 for a command line that cannot be understood.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::NoSuchLesson { .. } => 2,
            _ => 1,
        }
    }

    /// Whether the reader of our output has gone away, as `head` does: that ends the run, and is no error.
    pub fn is_closed_output(&self) -> bool {
        matches!(self, Error::Output { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    fn what(&self) -> String {
        match self {
            Error::NoSuchLesson { name, .. } => format!("there is no lesson {name:?}"),
            Error::File { doing, path, .. } => format!("cannot {doing} {path:?}"),
            Error::NotATrace { path, .. } => format!("{path:?} is not a stored run that I can read"),
            Error::Output { .. } => "cannot write the output".into(),
            Error::Lesson { lesson, lane, .. } => format!("the lesson {lesson} failed in the lane {lane:?}"),
            Error::Deadlock { lesson, .. } => format!("the lesson {lesson} does not go on"),
            Error::Question { lesson, .. } => format!("the lesson {lesson} does not answer its question"),
            Error::Machine { doing, .. } => format!("cannot {doing}"),
        }
    }

    fn why(&self) -> String {
        match self {
            Error::NoSuchLesson { nearest: Some(name), .. } => format!("did you mean {name}?"),
            Error::NoSuchLesson { nearest: None, .. } => "no lesson has a name like that".into(),
            Error::File { source, .. } | Error::Output { source, .. } | Error::Machine { source, .. } => {
                Errno::from(source).to_string()
            }
            Error::NotATrace { why, .. } | Error::Lesson { why, .. } | Error::Question { why, .. } => {
                why.clone()
            }
            Error::Deadlock { sleeping, .. } => format!("every lane sleeps: {sleeping}"),
        }
    }

    fn hint(&self) -> String {
        match self {
            Error::NoSuchLesson { nearest: Some(name), .. } => format!("playground lesson {name}"),
            Error::NoSuchLesson { nearest: None, .. } => "playground lesson    (lists them)".into(),
            Error::File { doing: "read", .. } => "another file, or one you may read".into(),
            Error::File { .. } => "a path in a directory that exists and that you may write to".into(),
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
            Error::Machine { .. } => {
                "closing other programs, or `ulimit -a` for the limits of this one".into()
            }
        }
    }
}

/// Three lines: what, why, and what to try.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "error: {}\n  {}\n  try:  {}", self.what(), self.why(), self.hint())
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
            Error::NoSuchLesson { name: "\x1b[2J".into(), nearest: None },
            Error::File { doing: "read", path: "x".into(), source: source() },
            Error::NotATrace { path: "x".into(), why: "line 1 is not JSON".into() },
            Error::Output { source: source() },
            Error::Lesson { lesson: "x".into(), lane: "y".into(), why: "z".into() },
            Error::Deadlock { lesson: "x".into(), sleeping: "server in accept".into() },
            Error::Question { lesson: "x".into(), why: "y".into() },
            Error::Machine { doing: "start a thread", source: source() },
        ];
        for error in errors {
            let text = error.to_string();
            assert_eq!(text.lines().count(), 3, "{text}");
            assert!(text.lines().all(|line| !line.trim().is_empty() && !line.contains('\x1b')), "{text}");
        }
    }
}
