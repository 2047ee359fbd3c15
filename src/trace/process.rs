//! Whose a descriptor is: numbers mean something only within one process.

use super::{Event, Fact, Name};
use std::collections::HashMap;

/// A descriptor, with the process that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Descriptor {
    /// Its process id; 0 stands for the playground itself.
    pub process: u32,
    pub fd: i32,
}

/// Which process each actor belongs to, while a trace is read.
#[derive(Clone, Debug, Default)]
pub struct Processes(HashMap<Name, u32>);

impl Processes {
    /// Reads an event.
    pub fn learn(&mut self, event: &Event) {
        if let Fact::Entered { process: Some(process), .. } = event.fact {
            self.0.insert(event.actor.clone(), process);
        }
    }

    /// The descriptor that `fd` is in an event.
    pub fn descriptor(&self, event: &Event, fd: i32) -> Descriptor {
        Descriptor { process: self.0.get(&event.actor).copied().unwrap_or(0), fd }
    }
}
