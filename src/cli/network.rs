//! The network that a lesson runs in.

use crate::catalogue::Sentence;
use crate::error::Error;
use crate::kernel::network;
use crate::lessons::{Lesson, Packets};
use crate::manual::errno::Errno;
use crate::platform::Need;
use crate::sentence;
use rustix::process::getuid;
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
    let not_here =
        |why: Sentence| Error::NotHere { subject: lesson.subject(), why: why.to_string() };
    match network::enter() {
        Err(error) if lesson.needs.contains(&Need::RawSockets) => {
            let why = network::why(&error);
            Err(not_here(sentence!(
                "raw sockets want a network of their own, and it was refused: {why}",
                why
            )))
        }
        Err(_) => Ok(None),
        Ok(()) => network::bring_up().map(|()| Some(place(lesson))).map_err(|error| {
            let why = network::why(&error);
            not_here(sentence!("the loopback of a network of its own cannot be used: {why}", why))
        }),
    }
}

/// The words for a network of our own, made ready for a lesson.
fn place(lesson: &Lesson) -> String {
    match (lesson.packets == Packets::AsOnEthernet).then(network::resemble_ethernet) {
        Some(Ok(())) => sentence!(
            "in a network of its own, with nothing in it but loopback; its packets have at most \
             1500 bytes, as on Ethernet"
        ),
        Some(Err(error)) => sentence!(
            "in a network of its own, with nothing in it but loopback; its packets may be long, \
             for it cannot be made like Ethernet: {errno}",
            errno = Errno::from(&error)
        ),
        None => sentence!("in a network of its own, with nothing in it but loopback"),
    }
    .to_string()
}

/// How to look into a network of our own from another terminal.
pub fn way_in() -> Sentence {
    // Who was allowed to make a network at once is in the same user namespace as before.
    let user = if getuid().is_root() { "" } else { "--preserve-credentials --user " };
    sentence!(
        "To look in from another terminal:  nsenter {user}--net --target {process} ss -tan",
        user,
        process = id()
    )
}
