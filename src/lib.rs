//! Runs real sockets on your machine and shows, step by step, what you asked of the kernel and what
//! it answered.
//!
//! A lesson runs on a stage; its sockets testify; the testimony is a trace; sinks show it. To find
//! your way:
//!
//! - [`lessons`]: what students read. Begin here, with `lessons/tcp_server.rs`.
//! - [`live`]: the tutorial's server and client, for real peers.
//! - [`net`]: socket2 with a witness. Its [`net::Socket`] reports each call, with the line that
//!   made it.
//! - [`stage`]: starts actors, lets one act at a time, and sees every event.
//! - [`trace`]: what happened, as plain data, and what can be concluded from it.
//! - [`sinks`]: ways of seeing a trace: as a story or as JSON.
//! - [`kernel`]: what we ask the kernel for the picture, and no lesson asked.
//! - [`cli`]: the command line.
//! - [`error`], [`errno`], [`harmless`], [`platform`], [`terminal`]: what can go wrong, and what
//!   this machine is like.
//!
//! `tests/layers.rs` has the order in which they may use each other.

pub mod account;
pub mod book;
pub mod catalogue;
pub mod cli;
pub mod error;
pub mod harmless;
pub mod kernel;
pub mod lessons;
pub mod live;
pub mod manual;
pub mod net;
pub mod packets;
pub mod platform;
pub mod probes;
pub mod sinks;
pub mod stage;
pub mod syllabus;
pub mod terminal;
pub mod trace;
