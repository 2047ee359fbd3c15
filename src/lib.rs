//! Runs real sockets on your machine and shows, step by step, what you asked of the kernel and what
//! it answered.
//!
//! A lesson runs on a stage; its sockets testify; the testimony is a trace; sinks show it. To find
//! your way, from what students read down to the ground:
//!
//! - [`lessons`]: the lessons, in order. Begin here, with `lessons/tcp_server.rs`.
//! - [`syllabus`]: finds a lesson, says whether it can run here, and runs it.
//! - [`live`]: the tutorial's server and client, and a listener, for real peers.
//! - [`probes`]: commands that ask the kernel what it has, and end in a table.
//! - [`net`]: socket2 with a witness. Its [`net::Socket`] reports each call, with the line that
//!   made it.
//! - [`stage`]: starts actors, lets one act at a time, and sees every event.
//! - [`account`]: keeps what has happened, and shows it as it happens.
//! - [`trace`]: what happened, as plain data, and what can be concluded from it.
//! - [`sinks`]: ways of seeing a trace: story, ladder, SVG, a page of HTML, JSON, a capture file.
//! - [`packets`]: what the bytes of a packet say.
//! - [`kernel`]: what we ask the kernel for the picture, and no lesson asked.
//! - [`manual`]: names and numbers of errors, families, types, flags and options.
//! - [`catalogue`]: sentences for people, with places to fill in.
//! - [`book`]: the generated parts of the book.
//! - [`cli`]: the command line.
//! - [`error`], [`harmless`], [`wrap`], [`platform`], [`terminal`]: what can go wrong, what is
//!   escaped, how text is cut into lines, and what this machine is like.
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
pub mod wrap;
