//! What students read: the lessons, in the order of the syllabus.
//!
//! `tests/plain.rs` compiles this very file, too: it names nothing but what a plain program has.
//!
//! In this directory `//` speaks to the student and `///` to whoever maintains the lesson.

mod accept_queue;
mod addresses;
mod blocking;
mod byte_stream;
mod dual_stack;
mod families;
mod framing;
mod half_close;
mod half_open;
mod layers;
mod lengths;
mod nagle;
mod options;
mod poll;
mod ports;
mod raw_icmp;
mod raw_iphdr;
mod reset;
mod reuse_port;
mod send;
mod seqpacket;
mod stopping;
mod tcp_client;
mod tcp_server;
mod thread_per_client;
mod time_wait;
mod types;
mod udp;
mod unix_socket;

use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::Question;
use std::io;

/// A lesson: ordinary socket code, and what it takes to run and show it.
pub struct Lesson {
    /// Its name on the command line.
    pub name: &'static str,
    pub title: &'static str,
    /// The name of the first actor.
    pub lead: &'static str,
    pub question: Question,
    /// What the machine has to have.
    pub needs: &'static [Need],
    /// What its packets are there for, if they are shown.
    pub packets: Packets,
    /// Its source file, as `rustc` names it, and the text of it.
    pub file: &'static str,
    pub source: &'static str,
    /// The stored run, for machines on which it cannot run.
    pub recorded: &'static str,
    /// The part of the first actor.
    pub run: fn(&Stage) -> io::Result<()>,
}

/// What the packets of a lesson are there for, if they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packets {
    /// To be seen beside the calls.
    Shown,
    /// The first datagram is taken apart at the end.
    TakenApart,
    /// It matters how many segments a send becomes: in a network of its own, loopback cuts a stream
    /// as Ethernet does. By itself it takes much at once.
    AsOnEthernet,
}

/// The syllabus.
pub const LESSONS: &[Lesson] = &[
    tcp_server::LESSON,
    tcp_client::LESSON,
    accept_queue::LESSON,
    thread_per_client::LESSON,
    stopping::LESSON,
    byte_stream::LESSON,
    framing::LESSON,
    lengths::LESSON,
    send::LESSON,
    half_close::LESSON,
    reset::LESSON,
    time_wait::LESSON,
    reuse_port::LESSON,
    blocking::LESSON,
    poll::LESSON,
    nagle::LESSON,
    half_open::LESSON,
    layers::LESSON,
    addresses::LESSON,
    ports::LESSON,
    families::LESSON,
    types::LESSON,
    options::LESSON,
    udp::LESSON,
    unix_socket::LESSON,
    seqpacket::LESSON,
    dual_stack::LESSON,
    raw_icmp::LESSON,
    raw_iphdr::LESSON,
];
