//! In which language calls are written.

use super::names::SocketNames;
use super::{c, changed::changed, python};
use crate::trace::{Event, Fact, Script};

/// How calls are written: as `strace(1)` writes them, or as the tutorial's readers know them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    #[default]
    C,
    Python,
}

/// Writes events in a dialect. To know what a socket is called, it has to be shown every event.
#[derive(Debug, Default)]
pub struct Speaker {
    dialect: Dialect,
    sockets: SocketNames,
}

impl Speaker {
    pub fn new(dialect: Dialect, script: Script) -> Speaker {
        Speaker { dialect, sockets: SocketNames::new(script) }
    }

    /// The event as one line.
    pub fn say(&mut self, event: &Event) -> String {
        self.sockets.learn(event);
        let text = match (&event.fact, self.dialect) {
            (Fact::Changed(change), dialect) => {
                let name = self.sockets.of_changed(event, change);
                changed(change, name.as_deref(), dialect)
            }
            (fact, Dialect::C) => c::fact(fact),
            (_, Dialect::Python) => python::line(event, &self.sockets),
        };
        self.sockets.forget(event);
        text
    }
}
