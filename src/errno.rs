//! The errors of the kernel, explained for people.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;

/// An error number with its name, as in `errno(3)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errno {
    code: i32,
    name: String,
}

/// What is known of one error.
struct Known {
    code: i32,
    name: &'static str,
    /// What it means in a sentence that follows "because", without a full stop.
    meaning: &'static str,
}

impl Errno {
    pub fn new(code: i32) -> Errno {
        let name = known(code).map_or_else(|| format!("errno {code}"), |known| known.name.into());
        Errno { code, name }
    }

    pub fn code(&self) -> i32 {
        self.code
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it means, in plain words.
    pub fn meaning(&self) -> Option<&'static str> {
        known(self.code).map(|known| known.meaning)
    }
}

impl From<&io::Error> for Errno {
    /// An error that does not come from the kernel has the number 0 and tells what it is.
    fn from(error: &io::Error) -> Errno {
        match error.raw_os_error() {
            Some(code) => Errno::new(code),
            None => Errno { code: 0, name: error.to_string() },
        }
    }
}

/// The name and what it means: `ECONNREFUSED: nobody listens at that address`.
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.name)?;
        self.meaning().map_or(Ok(()), |meaning| write!(f, ": {meaning}"))
    }
}

/// Every error that has an explanation here, in alphabetical order.
pub fn known_errors() -> impl Iterator<Item = Errno> {
    ERRORS.iter().map(|known| Errno::new(known.code))
}

fn known(code: i32) -> Option<&'static Known> {
    ERRORS.iter().find(|known| known.code == code)
}

macro_rules! errors {
    ($($name:ident: $meaning:literal,)*) => {
        /// In alphabetical order.
        const ERRORS: &[Known] = &[
            $(Known { code: libc::$name, name: stringify!($name), meaning: $meaning },)*
        ];
    };
}

errors! {
    EACCES: "this is not allowed for this user",
    EADDRINUSE: "another socket already has that address",
    EADDRNOTAVAIL: "no interface of this machine has that address, or no port is free",
    EAFNOSUPPORT: "this kernel does not know that address family, or the socket is of another family",
    EAGAIN: "it would have to wait, and was told not to",
    EALREADY: "an earlier connect is still under way",
    EBADF: "no open file has that descriptor",
    ECONNABORTED: "the connection ended before it was accepted",
    ECONNREFUSED: "nobody listens at that address",
    ECONNRESET: "the other end broke the connection off",
    EDESTADDRREQ: "no destination was given, and the socket is not connected",
    EEXIST: "it is already there",
    EHOSTUNREACH: "no route leads to that host",
    EINPROGRESS: "it has begun, and goes on in the background",
    EINTR: "a signal came in between",
    EINVAL: "the arguments do not fit, or the socket is in the wrong state for it",
    EIO: "the device failed",
    EISCONN: "the socket is already connected",
    EISDIR: "it is a directory",
    EMFILE: "this process has as many open files as it may have",
    EMSGSIZE: "the message is too long to be sent in one piece",
    ENETUNREACH: "no route leads to that network",
    ENFILE: "the whole system has as many open files as it may have",
    ENOBUFS: "the kernel has no memory left for it",
    ENOENT: "there is no such file",
    ENOMEM: "there is not enough memory",
    ENOPROTOOPT: "the protocol does not know that option",
    ENOSPC: "the device is full",
    ENOSYS: "this system does not have that call, or does not allow it",
    ENOTCONN: "the socket is not connected",
    ENOTDIR: "a part of the path is not a directory",
    ENOTSOCK: "that descriptor is not a socket",
    EOPNOTSUPP: "sockets of that type cannot do it",
    EPERM: "this needs a privilege that the program does not have",
    EPIPE: "the other end, or this program, has closed this direction",
    EPROTONOSUPPORT: "that family and type do not go with that protocol",
    EPROTOTYPE: "that protocol does not go with that type",
    EROFS: "the file system is read-only",
    ESOCKTNOSUPPORT: "that family has no such type",
    ETIMEDOUT: "no answer came in time",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_alphabetical_order_and_names_each_number_once() {
        assert!(ERRORS.is_sorted_by(|a, b| a.name < b.name));
        assert!(ERRORS.iter().all(|error| known(error.code).unwrap().name == error.name));
    }

    #[test]
    fn an_unknown_error_keeps_its_number() {
        assert_eq!(Errno::new(9999).to_string(), "errno 9999");
    }
}
