//! The places in a story that a link may lead to.

use crate::trace::{Event, Playbill, TcpState};
use std::collections::HashSet;

/// Gives an `id` to the lines that tell a change of a state: to the first of each kind in a run.
///
/// It is made of the lesson and of both states, as in `tcp-server-established-to-close-wait`; a
/// socket that was not there is `new`, and one that is not there any more is `gone`. So it says
/// what it stands for, stays when steps are added above it, and is unique in a book.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    run: String,
    given: HashSet<String>,
}

impl Ids {
    pub fn new(playbill: &Playbill) -> Ids {
        Ids { run: name(playbill), given: HashSet::new() }
    }

    /// The id of an event, if it has one.
    pub fn give(&mut self, event: &Event) -> Option<String> {
        let (before, after) = event.states()?;
        let (before, after) = (word(before, "new"), word(after, "gone"));
        let id = format!("{}-{before}-to-{after}", self.run);
        self.given.insert(id.clone()).then_some(id)
    }
}

/// The name of a run, as a name in HTML.
pub fn name(playbill: &Playbill) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let lesson: String = playbill.lesson.chars().map(letter).collect();
    lesson + if playbill.shows_packets() { "--wire" } else { "" }
}

fn word(state: Option<TcpState>, none: &str) -> String {
    state.map_or(none.into(), |state| state.to_string().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Aspect, Change, Fact, Subject};

    #[test]
    fn the_first_change_of_a_kind_has_an_id() {
        let mut ids = Ids::new(&Playbill { lesson: "a \"b\"".into(), ..Playbill::default() });
        let mut give = |what| {
            let socket = Subject { fd: Some(3), was: None, local: None, peer: None };
            ids.give(&Event::new("x".into(), 0, Fact::Changed(Change::new(socket, what))))
        };
        let becomes = |before, after| Aspect::State { before, after, expires_ms: None };
        let listens = becomes(None, Some(TcpState::Listen));
        assert_eq!(give(listens), Some("a--b--new-to-listen".into()));
        assert_eq!(give(listens), None, "an id is given once");
        let ends = becomes(Some(TcpState::FinWait2), None);
        assert_eq!(give(ends), Some("a--b--fin-wait-2-to-gone".into()));
        assert_eq!(give(Aspect::Unread { before: 0, after: 1 }), None, "that is no state");
    }
}
