//! socket2, with a witness.
//!
//! [`Socket`] has socket2's methods under socket2's names, and each of them is the same call to the kernel. In
//! addition each call is reported to the stage, together with the line of the lesson that made it.

// The errors of each method are those of the call it makes: its manual page lists them.
#![allow(clippy::missing_errors_doc)]

mod names;
mod options;
mod socket;

pub use options::{OPTIONS, SocketOption};
pub use socket::{Socket, drop};

pub use libc::{
    EAGAIN, ECONNABORTED, ECONNREFUSED, EINPROGRESS, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM, ETIMEDOUT,
};
pub use socket2::{Domain, Protocol, SockAddr, Type};
