//! The tables of the book: every error, every state, and the lessons that show it.

use super::Book;
use crate::lessons::LESSONS;
use crate::manual::errno::{Errno, known_errors};
use crate::trace::{Aspect, Change, Event, Fact, TcpState};

impl Book {
    pub(super) fn errors(&self) -> String {
        let row = |errno: Errno| {
            let explained = errno.explanation().expect("each of them is explained");
            let lessons = self.lessons_with(|event| event.failed_with(errno.code()));
            let (name, code) = (errno.name(), errno.code());
            let (meaning, when) = (explained.meaning, explained.when);
            format!("| `{name}` | {code} | {meaning} | {when} | {lessons} |\n")
        };
        let rows: String = known_errors().map(row).collect();
        let head = "| Error | Number | What it means | Who gives it, and when | Shown by |";
        format!("{head}\n|---|---|---|---|---|\n{rows}")
    }

    /// Every state of TCP, and the lessons in whose stored run a socket is in it.
    pub(super) fn states(&self) -> String {
        let row = |(state, meaning): &(TcpState, &str)| {
            let lessons = self.lessons_with(|event| is_in(event, *state));
            let lessons = if lessons.is_empty() { "none: see below".into() } else { lessons };
            format!("| {state} | {meaning} | {lessons} |\n")
        };
        let rows: String = STATES.iter().map(row).collect();
        format!("| State | What it means | Reached by |\n|---|---|---|\n{rows}")
    }

    /// Links to the lessons in whose stored run there is such an event.
    fn lessons_with(&self, is_such: impl Fn(&Event) -> bool) -> String {
        let shows = |name: &&str| self.stored(name).events.iter().any(&is_such);
        let lessons = LESSONS.iter().map(|lesson| lesson.name).filter(shows);
        lessons.map(|name| format!("[{name}]({name}.md)")).collect::<Vec<_>>().join(", ")
    }
}

fn is_in(event: &Event, state: TcpState) -> bool {
    let Fact::Changed(Change { what: Aspect::State { before, after, .. }, .. }) = &event.fact
    else {
        return false;
    };
    [before, after].contains(&&Some(state))
}

/// In the order in which a connection may go through them.
const STATES: [(TcpState, &str); 11] = [
    (TcpState::Close, "no connection: not yet, or not any more"),
    (TcpState::Listen, "`listen` was called: it waits for connections"),
    (TcpState::SynSent, "`connect` was called: SYN is sent, and not answered yet"),
    (
        TcpState::SynReceived,
        "a SYN has come and is answered; this end still waits for the third packet, or, if its \
         listener wants it so, for the first word",
    ),
    (TcpState::Established, "the connection stands: both ends may send"),
    (TcpState::FinWait1, "this end has closed, and its FIN is not acknowledged yet"),
    (
        TcpState::FinWait2,
        "this end has closed, and the other kernel knows; the other end has not closed",
    ),
    (TcpState::CloseWait, "the other end has closed; this program has not"),
    (
        TcpState::Closing,
        "both ends have closed at the same time, and the acknowledgement is missing",
    ),
    (
        TcpState::LastAck,
        "the other end had closed, now this one has; the last acknowledgement is missing",
    ),
    (
        TcpState::TimeWait,
        "over; the end that closed first remembers it for a minute, so that late packets do no \
         harm",
    ),
];
