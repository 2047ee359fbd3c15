//! The canonical form: two runs of a lesson are the same run if their canonical forms are equal.

use super::{Address, Event, Fact, Trace, Value};
use std::collections::HashMap;

impl Trace {
    /// The trace without what no two runs share: ports are numbered in the order in which they appear, and
    /// times, thread ids and the kernel's release are left out.
    pub fn canonical(mut self) -> Trace {
        let mut ports = Ports::default();
        for event in &mut self.events {
            event.at = 0;
            if let Fact::Entered { tid, .. } = &mut event.fact {
                *tid = 0;
            }
            addresses(event, |address| *address = ports.rename(address));
        }
        self.playbill.system.clear();
        (self.playbill.director, self.playbill.observer) = (0, 0);
        self
    }
}

/// New names for the ports that the kernel chose.
#[derive(Default)]
struct Ports(HashMap<u16, u16>);

impl Ports {
    /// Port 0, "none yet", keeps its meaning.
    fn rename(&mut self, address: &Address) -> Address {
        match address.port() {
            None | Some(0) => address.clone(),
            Some(port) => {
                let next = 1 + self.0.len() as u16;
                address.clone().with_port(*self.0.entry(port).or_insert(next))
            }
        }
    }
}

/// Visits every address of an event.
fn addresses(event: &mut Event, mut visit: impl FnMut(&mut Address)) {
    let visit_all = |values: &mut [Value], visit: &mut dyn FnMut(&mut Address)| {
        for value in values {
            if let Value::Address(address) = value {
                visit(address);
            }
        }
    };
    match &mut event.fact {
        Fact::Entered { .. } | Fact::Left => {}
        Fact::Called(call) => visit_all(&mut call.arguments, &mut visit),
        Fact::Returned { call, answer, names } => {
            visit_all(&mut call.arguments, &mut visit);
            visit_all(answer.values_mut(), &mut visit);
            let named = names.iter_mut().flat_map(|names| [&mut names.local, &mut names.peer]);
            named.flatten().for_each(visit);
        }
    }
}
