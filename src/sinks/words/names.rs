//! What the sockets of a run are called: what the line of their birth called them.

use crate::trace::{Aspect, Change, Descriptor, Does, Event, Fact, Name, Processes, Script, Value};
use std::collections::HashMap;

/// The names of all sockets. To know them, it has to be shown every event.
#[derive(Debug, Default)]
pub struct SocketNames {
    script: Script,
    processes: Processes,
    /// Of those that are open. One that was born in a line that names nothing has none.
    names: HashMap<Descriptor, Option<String>>,
    /// Of those that were closed, as long as all that had the number had one name.
    closed: HashMap<Descriptor, Option<String>>,
    /// What will be accepted, by those who wait for it: the kernel may show it before they do.
    expected: HashMap<Name, Option<String>>,
}

impl SocketNames {
    pub fn new(script: Script) -> SocketNames {
        SocketNames { script, ..SocketNames::default() }
    }

    /// The names of some descriptors.
    #[cfg(test)]
    pub fn some(names: &[(i32, &str)]) -> SocketNames {
        let named = names
            .iter()
            .map(|(fd, name)| (Descriptor { process: 0, fd: *fd }, Some(name.to_string())));
        SocketNames { names: named.collect(), ..SocketNames::default() }
    }

    /// What the descriptor `fd` is called in an event, in Python. There `socket` is the module.
    pub fn of(&self, event: &Event, fd: i32) -> String {
        let name = self.names.get(&self.processes.descriptor(event, fd)).cloned().flatten();
        name.filter(|name| name != "socket").unwrap_or_else(|| format!("s{fd}"))
    }

    /// The name of a socket that has changed, if it is known.
    pub fn of_changed(&self, event: &Event, change: &Change) -> Option<String> {
        let number = self.processes.descriptor(event, change.socket.fd.or(change.socket.was)?);
        let is_gone = matches!(change.what, Aspect::State { after: None, .. });
        match self.names.get(&number) {
            Some(name) if change.socket.fd.is_some() => name.clone(),
            _ if change.socket.fd.is_none() || is_gone => self.closed.get(&number)?.clone(),
            _ if self.expected.len() == 1 => self.expected.values().next()?.clone(),
            _ => None,
        }
    }

    /// Reads an event, before it is told. Sockets are born where descriptors are the answer.
    pub fn learn(&mut self, event: &Event) {
        self.processes.learn(event);
        let mut names = self.script.bindings_of(event).into_iter();
        let mut name = || names.next().map(String::from);
        match &event.fact {
            Fact::Called(call) if call.does() == Some(Does::Accept) => {
                self.expected.insert(event.actor.clone(), name());
            }
            Fact::Returned { answer, .. } => {
                self.expected.remove(&event.actor);
                for value in answer.values() {
                    if let Value::Fd(fd) = value {
                        // One that is open already is only told of, as poll does.
                        let number = self.processes.descriptor(event, *fd);
                        self.names.entry(number).or_insert_with(&mut name);
                    }
                }
            }
            _ => {}
        }
    }

    /// Reads an event that was told. A socket that was closed has no number any more.
    pub fn forget(&mut self, event: &Event) {
        if let Fact::Returned { call, .. } = &event.fact
            && let (Some(Does::Close), Some(fd)) = (call.does(), call.fd)
        {
            let number = self.processes.descriptor(event, fd);
            let name = self.names.remove(&number).flatten();
            let before = self.closed.entry(number).or_insert_with(|| name.clone());
            if *before != name {
                *before = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Answer, Call, Subject, TcpState};

    const SOURCE: &str = "// Step.\nlet listener = a();\nlet (guest, _) = b();\nlet c = c();\n";

    fn event(actor: &str, line: u32, fact: Fact) -> Event {
        Event { line: Some(line), ..Event::new(actor.into(), 0, fact) }
    }

    fn returned(call: Call, values: Vec<Value>) -> Fact {
        Fact::Returned { call, answer: Answer::Ok(values), names: None }
    }

    fn change(fd: Option<i32>, was: Option<i32>, is_gone: bool) -> Change {
        let socket = Subject { fd, was, local: None, peer: None };
        let after = (!is_gone).then_some(TcpState::Established);
        Change::new(socket, Aspect::State { before: None, after, expires_ms: None })
    }

    #[test]
    fn a_socket_has_its_name_before_it_is_handed_over_and_after_it_is_closed() {
        let mut names = SocketNames::new(Script::parse("x.rs", SOURCE));
        let waits = event("x", 3, Fact::Called(Call::on(3, "accept")));
        names.learn(&waits);
        assert_eq!(names.of_changed(&waits, &change(Some(5), None, false)), Some("guest".into()));
        names.learn(&event("x", 3, returned(Call::on(3, "accept"), vec![Value::Fd(5)])));
        let close = event("x", 4, returned(Call::on(5, "close"), vec![]));
        names.learn(&close);
        names.forget(&close);
        assert_eq!(names.of_changed(&close, &change(None, Some(5), false)), Some("guest".into()));
        assert_eq!(names.of_changed(&close, &change(Some(5), None, true)), Some("guest".into()));
        names.learn(&event("x", 2, returned(Call::new("socket"), vec![Value::Fd(5)])));
        assert_eq!(
            names.of_changed(&close, &change(Some(5), None, false)),
            Some("listener".into())
        );
        names.forget(&close);
        assert_eq!(names.of_changed(&close, &change(None, Some(5), false)), None, "which of them?");
    }

    #[test]
    fn where_two_wait_it_is_not_known_who_will_get_it() {
        let mut names = SocketNames::new(Script::parse("x.rs", SOURCE));
        for (actor, line) in [("x", 3), ("y", 4)] {
            names.learn(&event(actor, line, Fact::Called(Call::on(3, "accept"))));
        }
        let waits = event("x", 3, Fact::Called(Call::on(3, "accept")));
        assert_eq!(names.of_changed(&waits, &change(Some(5), None, false)), None);
    }
}
