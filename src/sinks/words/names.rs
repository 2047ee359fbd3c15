//! What the sockets of a run are called: what the line of their birth called them.

use crate::trace::{Descriptor, Does, Event, Fact, Processes, Script, Value};
use std::collections::HashMap;

/// The names of all sockets that are open. To know them, it has to be shown every event.
#[derive(Debug, Default)]
pub struct SocketNames {
    script: Script,
    processes: Processes,
    names: HashMap<Descriptor, String>,
}

impl SocketNames {
    pub fn new(script: Script) -> SocketNames {
        SocketNames { script, ..SocketNames::default() }
    }

    /// The names of some descriptors.
    #[cfg(test)]
    pub fn some(names: &[(i32, &str)]) -> SocketNames {
        let named =
            names.iter().map(|(fd, name)| (Descriptor { process: 0, fd: *fd }, name.to_string()));
        SocketNames { names: named.collect(), ..SocketNames::default() }
    }

    /// What the descriptor `fd` is called in an event.
    pub fn of(&self, event: &Event, fd: i32) -> String {
        let name = self.names.get(&self.processes.descriptor(event, fd));
        name.cloned().unwrap_or_else(|| format!("s{fd}"))
    }

    /// Reads an event, before it is told. Sockets are born where descriptors are the answer.
    pub fn learn(&mut self, event: &Event) {
        self.processes.learn(event);
        let values = event.answer().map_or(&[][..], |answer| answer.values());
        if !values.iter().any(|value| matches!(value, Value::Fd(_))) {
            return;
        }
        let bindings = self.script.bindings_of(event);
        // In Python `socket` is the module.
        let mut names = bindings.into_iter().filter(|name| *name != "socket");
        for value in values {
            if let Value::Fd(fd) = value {
                let name = names.next().map_or_else(|| format!("s{fd}"), String::from);
                self.names.insert(self.processes.descriptor(event, *fd), name);
            }
        }
    }

    /// Reads an event that was told. A socket that was closed has no name any more.
    pub fn forget(&mut self, event: &Event) {
        if let Fact::Returned { call, .. } = &event.fact
            && let (Some(Does::Close), Some(fd)) = (call.does(), call.fd)
        {
            self.names.remove(&self.processes.descriptor(event, fd));
        }
    }
}
