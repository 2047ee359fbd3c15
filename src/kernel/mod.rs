//! What we ask the kernel for the picture, and no lesson asked.
//!
//! None of it runs on a lane's thread: what a lane asks is what its lesson asks, and nothing else.
//! What stands here is the whole face of it. Behind it are `linux`, which answers, and `elsewhere`,
//! which says what it cannot: another system gets a folder beside them, with the same names.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere as here;
#[cfg(target_os = "linux")]
use linux as here;

pub use here::{
    Captured, Doing, Look, Observer, Thread, Wire, files, network, owner, socket, wait_until,
};

/// The queue of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptQueue {
    /// How many connections wait to be accepted.
    pub waiting: u32,
    /// What was asked of `listen(2)`, or what the administrator allows if that is less.
    pub limit: u32,
}

/// A part of `TCP_INFO` of `tcp(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpInfo {
    /// How many segments with data it has received.
    pub data_segments_in: u32,
    /// How many segments with data it has sent.
    pub data_segments_out: u32,
}
