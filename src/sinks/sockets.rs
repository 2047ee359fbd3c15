//! The sockets of a moment as a table, and who sleeps where.

use super::words::{address, asleep, holders, kind, state};
use crate::sentence;
use crate::trace::{Moment, Table};

/// The queues are those of `ss(8)`: of a listener, who waits to be accepted, and the limit; of
/// others, what is not read and what is not acknowledged.
pub fn sockets(moment: &Moment) -> Table {
    let head = ["Socket", "Family and type", "State", "Recv-Q", "Send-Q", "Local", "Peer"];
    let mut table = Table::new(head);
    for socket in &moment.sockets {
        let queues = socket.accept_queue().unwrap_or((socket.unread, socket.unacknowledged));
        table.rows.push(vec![
            holders(socket).to_string(),
            kind(socket),
            state(socket),
            queues.0.to_string(),
            queues.1.to_string(),
            address(socket.local.as_ref()),
            address(socket.peer.as_ref()),
        ]);
    }
    if table.rows.is_empty() {
        table.head.clear();
        table.notes.push(sentence!("There is no socket.").to_string());
    }
    let sleepers = moment.asleep().iter().map(asleep);
    table.notes.extend(sleepers.map(|who| sentence!("asleep: {who}", who).to_string()));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sinks::{Dialect, Page, Story, Theme};
    use crate::trace::{self, Ending, show};

    #[test]
    fn a_table_says_who_holds_what_and_who_sleeps() {
        let run = trace::read(include_str!("../../lessons/traces/tcp-server.jsonl")).unwrap();
        let connects = run.answers("client", "connect").next().unwrap();
        let place = run.events.iter().position(|event| std::ptr::eq(event, connects)).unwrap();
        let table = sockets(&run.moment(place));
        let row = |number: usize| table.rows[number].join(" | ");
        let listener = row(0);
        assert!(listener.starts_with("3 server | AF_INET SOCK_STREAM | LISTEN | 0 | 5 | 127."));
        assert!(row(1).starts_with("4 client | AF_INET SOCK_STREAM |"), "{}", row(1));
        assert_eq!(table.notes, ["asleep: server: accept(3)"]);
        let mut failed = run.clone();
        failed.events.truncate(place);
        failed.ending = Some(Ending { failure: Some("?".into()), ..Ending::default() });
        let mut text = Vec::new();
        let page = Page::new(&mut text, Theme::Plain, None);
        show(&failed, &mut Story::new(page, Dialect::C)).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("\nasleep: server: accept(3)\n"), "a story that fails\n{text}");
        assert_eq!(sockets(&Moment::default()).notes, ["There is no socket."]);
    }
}
