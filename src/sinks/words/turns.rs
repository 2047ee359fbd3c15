//! What happens to a lane, in words.

use crate::catalogue::Sentence;
use crate::sentence;

/// A lane begins.
pub fn enters(actor: &str) -> Sentence {
    sentence!("{actor} enters, on a thread of its own", actor)
}

/// A lane ends.
pub fn leaves(actor: &str) -> Sentence {
    sentence!("{actor} leaves", actor)
}

/// A call has not returned when another lane acts. With turns it sleeps then.
pub fn sleeps(line: &str, turns: bool) -> Sentence {
    match turns {
        true => sentence!("{line} waits", line),
        false => sentence!("{line} is called", line),
    }
}

/// A call has returned that slept.
pub fn woken(line: &str) -> Sentence {
    sentence!("{line}, after waiting", line)
}
