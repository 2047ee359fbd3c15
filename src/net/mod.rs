//! socket2, with a witness.
//!
//! [`Socket`] has socket2's methods under socket2's names, and each of them is the same call to the
//! kernel. In addition each call is reported to the stage, together with the line of the lesson
//! that made it.

// The errors of each method are those of the call it makes: its manual page lists them.
#![allow(clippy::missing_errors_doc)]

mod address;
mod beyond;
mod child;
mod files;
mod guard;
mod linux;
mod names;
mod options;
mod poll;
mod queues;
mod resolve;
mod setting;
mod signal;
mod socket;
mod transfer;
mod wait;

pub use address::at;
pub use child::Child;
pub use files::{Interface, interfaces, list as list_interfaces, read_to_string};
pub use linux::PeerCredentials;
pub use options::{OPTIONS, SocketOption};
pub use poll::poll;
pub use resolve::addresses_of;
pub use signal::interrupt;
pub use socket::{Socket, drop};
pub use wait::wait_until;

pub use crate::kernel::{AcceptQueue, TcpInfo};
pub use crate::trace::{Condition, TcpState};
pub use libc::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, ECONNABORTED, ECONNREFUSED,
    ECONNRESET, EDESTADDRREQ, EINPROGRESS, EINTR, EINVAL, EMFILE, EMSGSIZE, ENFILE, ENOBUFS,
    ENOENT, ENOMEM, ENOPROTOOPT, ENOTCONN, EOPNOTSUPP, EPERM, EPIPE, EPROTONOSUPPORT,
    ESOCKTNOSUPPORT, ETIMEDOUT, MSG_DONTWAIT, MSG_TRUNC, MSG_WAITALL, POLLERR, POLLHUP, POLLIN,
    POLLOUT, POLLRDHUP,
};
pub use socket2::{Domain, Protocol, RecvFlags, SockAddr, Type};
