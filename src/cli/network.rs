//! The network that a lesson runs in.

use crate::error::Error;
use crate::kernel::network;
use crate::lessons::{Lesson, Packets};
use crate::manual::errno::Errno;
use crate::platform::Need;
use rustix::process::getuid;
use std::io;
use std::process::id;

/// Moves into a network of our own, if the lesson wants one, or the packets of the run shall be
/// shown: no thread runs yet. Gives the words for the place.
///
/// # Errors
/// There is none, and the lesson would hear the packets of others; or there is one that cannot be
/// used.
pub fn own(lesson: &Lesson, for_packets: bool) -> Result<Option<String>, Error> {
    if !for_packets && !lesson.needs.contains(&Need::OwnNetwork) {
        return Ok(None);
    }
    let not_here = |what: &str, error: io::Error| Error::NotHere {
        subject: lesson.subject(),
        why: format!("{what}: {}", network::why(&error)),
    };
    match network::enter() {
        Err(error) if lesson.needs.contains(&Need::RawSockets) => {
            Err(not_here("raw sockets want a network of their own, and it was refused", error))
        }
        Err(_) => Ok(None),
        Ok(()) => network::bring_up().map(|()| Some(place(lesson))).map_err(|error| {
            not_here("the loopback of a network of its own cannot be used", error)
        }),
    }
}

/// The words for a network of our own, made ready for a lesson.
fn place(lesson: &Lesson) -> String {
    let alone = "in a network of its own, with nothing in it but loopback";
    match (lesson.packets == Packets::AsOnEthernet).then(network::resemble_ethernet) {
        Some(Ok(())) => format!("{alone}; its packets have at most 1500 bytes, as on Ethernet"),
        Some(Err(error)) => {
            let why = Errno::from(&error);
            format!("{alone}; its packets may be long, for it cannot be made like Ethernet: {why}")
        }
        None => alone.into(),
    }
}

/// How to look into a network of our own from another terminal.
pub fn way_in() -> String {
    // Who was allowed to make a network at once is in the same user namespace as before.
    let user = if getuid().is_root() { "" } else { "--preserve-credentials --user " };
    format!("To look in from another terminal:  nsenter {user}--net --target {} ss -tan", id())
}
