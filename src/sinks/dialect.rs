//! In which language calls are written.

use super::{c, python};
use crate::trace::{Event, Fact, Script, Value};
use std::collections::HashMap;

/// How calls are written: as `strace(1)` writes them, or as the tutorial's readers know them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    #[default]
    C,
    Python,
}

/// What the sockets are called, by their descriptors: what the line of their birth called them.
pub type SocketNames = HashMap<i32, String>;

/// Writes events in a dialect. To know what a socket is called, it has to be shown every event.
#[derive(Debug, Default)]
pub struct Speaker {
    dialect: Dialect,
    script: Script,
    sockets: SocketNames,
}

impl Speaker {
    pub fn new(dialect: Dialect, script: Script) -> Speaker {
        Speaker { dialect, script, sockets: SocketNames::new() }
    }

    /// The event as one line.
    pub fn say(&mut self, event: &Event) -> String {
        self.learn(event);
        let text = match self.dialect {
            Dialect::C => c::fact(&event.fact),
            Dialect::Python => python::fact(&event.fact, &self.sockets),
        };
        self.forget(event);
        text
    }

    /// Sockets are born where descriptors are the answer.
    fn learn(&mut self, event: &Event) {
        let values = event.answer().map_or(&[][..], |answer| answer.values());
        let bindings = event.line.map_or(Vec::new(), |line| self.script.bindings_at(line));
        // In Python `socket` is the module.
        let mut names = bindings.into_iter().filter(|name| *name != "socket");
        for value in values {
            if let Value::Fd(fd) = value {
                let name = names.next().map_or_else(|| format!("s{fd}"), String::from);
                self.sockets.insert(*fd, name);
            }
        }
    }

    fn forget(&mut self, event: &Event) {
        if let Fact::Returned { call, .. } = &event.fact
            && let ("close", Some(fd)) = (&*call.name, call.fd)
        {
            self.sockets.remove(&fd);
        }
    }
}
