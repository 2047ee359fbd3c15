//! What we ask the kernel for the picture, and no lesson asked.
//!
//! None of it runs on a lane's thread: what a lane asks is what its lesson asks, and nothing else.

pub mod backlog;
pub mod clock;
pub mod descriptor;
pub mod diag;
pub mod dissect;
pub mod frame;
pub mod limits;
pub mod look;
pub mod loopback;
pub mod namespace;
pub mod observer;
pub mod option;
pub mod owner;
pub mod seen;
pub mod state;
pub mod thread;
pub mod wire;
