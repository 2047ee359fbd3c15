//! What `playground state` says.

use super::entry::{entry, item};
use crate::error::{Error, Thing};
use crate::manual::states::{STATES, State, TRANSITIONS, named};
use crate::sentence;
use crate::syllabus;
use crate::trace::TcpState;

/// Every state of TCP, a line each.
pub fn all() -> String {
    STATES.iter().map(|state| item(&format!("{:<13} ", state.name), state.meaning)).collect()
}

/// All that is known of one state: who is in it, how one comes and goes, and which lessons show it.
///
/// # Errors
/// TCP has no state of that name.
pub fn one(given: &str) -> Result<String, Error> {
    let state = named(given).ok_or_else(|| {
        let nearest = syllabus::nearest(given, STATES.iter().map(|state| state.name));
        Error::Unknown { thing: Thing::State, given: given.into(), nearest }
    })?;
    let State { name, meaning, who, lasts, hint } = state;
    let rows = [
        ("who is in it:", who.to_string()),
        ("for how long:", lasts.to_string()),
        ("comes from:", comes_from(name)),
        ("goes to:", goes_to(name)),
        ("shown by:", lessons_in(name)),
        ("to see it:", sentence!("ss -tan state {name}", name = in_ss(name)).to_string()),
        ("try:", hint.to_string()),
    ];
    Ok(entry(&format!("{name}: {meaning}"), &rows))
}

fn comes_from(name: &str) -> String {
    let into = TRANSITIONS.iter().filter(|(_, to, _)| *to == name);
    listed(into.map(|(from, _, cause)| format!("{from} ({cause})")))
}

fn goes_to(name: &str) -> String {
    let out = TRANSITIONS.iter().filter(|(from, ..)| *from == name);
    listed(out.map(|(_, to, cause)| format!("{to} ({cause})")))
}

/// Each behind its cause: what happens, and what is sent then.
fn listed(transitions: impl Iterator<Item = String>) -> String {
    transitions.collect::<Vec<_>>().join(", ")
}

/// The lessons in whose stored run a socket comes into it.
fn lessons_in(name: &str) -> String {
    let state = TcpState::named(name);
    syllabus::lessons_with("state", |event| event.states().is_some_and(|(_, after)| after == state))
}

/// What `ss(8)` takes for it.
fn in_ss(name: &str) -> String {
    match name {
        "LISTEN" => "listening".into(),
        "SYN-RECEIVED" => "syn-recv".into(),
        other => other.to_lowercase(),
    }
}
