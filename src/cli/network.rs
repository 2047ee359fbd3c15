//! The network that a lesson runs in.

use crate::catalogue::Sentence;
use crate::error::Error;
use crate::kernel::network;
use crate::lessons::{Lesson, Packets};
use crate::manual::errno::Errno;
use crate::platform::Need;
use crate::sentence;
use crate::trace::{Call, Does, Event};
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

/// How to look at the sockets of a lesson from another terminal, also into a network of our own.
pub fn way_in(lesson: &Lesson, is_own: bool) -> Sentence {
    // Who was allowed to make a network at once is in the same user namespace as before.
    let user = if getuid().is_root() { "" } else { "--preserve-credentials --user " };
    let enter = match is_own {
        true => format!("nsenter {user}--net --target {} ", id()),
        false => String::new(),
    };
    let look = look_at(lesson);
    sentence!("To look in from another terminal:  {enter}{look}", enter, look)
}

/// The command that lists the sockets of the kinds that the lesson makes, `ss(8)`.
fn look_at(lesson: &Lesson) -> String {
    let run = lesson.recording("").map(|run| run.events).unwrap_or_default();
    let made: Vec<&Call> = run.iter().filter_map(Event::call).collect();
    let makes = |family: &str, kind: &str| {
        made.iter().any(|call| {
            let is_made = matches!(call.does(), Some(Does::Make | Does::MakePair));
            is_made && call.says(family) && call.says(kind)
        })
    };
    let kinds = [
        ("t", makes("AF_INET", "SOCK_STREAM")),
        ("u", makes("AF_INET", "SOCK_DGRAM")),
        ("w", makes("AF_INET", "SOCK_RAW")),
        ("x", makes("AF_UNIX", "SOCK_")),
    ];
    let kinds: String = kinds.iter().filter(|(_, is)| *is).map(|(kind, _)| *kind).collect();
    format!("ss -{kinds}an")
}
