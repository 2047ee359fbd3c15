//! Linux, from 5.4 on: what it tells by `/proc`, `sock_diag(7)`, `packet(7)` and options of
//! sockets.

mod backlog;
mod clock;
mod diag;
pub mod files;
mod look;
pub mod network;
mod observer;
pub mod owner;
mod seen;
pub mod socket;
mod thread;
mod waiting;
mod wire;

pub use look::Look;
pub use observer::Observer;
pub use thread::{Doing, Thread};
pub use waiting::wait_until;
pub use wire::{Captured, Wire};
