//! In which language calls are written.

use super::{c, python};
use crate::trace::{Event, Fact, Script};
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

    /// A socket is born where a descriptor is the answer.
    fn learn(&mut self, event: &Event) {
        let Some(fd) = event.answer().and_then(|answer| answer.fd()) else { return };
        // In Python `socket` is the module.
        let name = event.line.and_then(|line| self.script.binding_at(line)).filter(|name| *name != "socket");
        self.sockets.insert(fd, name.map_or_else(|| format!("s{fd}"), String::from));
    }

    fn forget(&mut self, event: &Event) {
        if let Fact::Returned { call, .. } = &event.fact
            && let ("close", Some(fd)) = (&*call.name, call.fd)
        {
            self.sockets.remove(&fd);
        }
    }
}
