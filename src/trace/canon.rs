//! The canonical form: two runs of a lesson are the same run if their canonical forms are equal.

use super::{Bytes, Fact, Trace, Value};

impl Trace {
    /// The trace without what no two runs share: ports are numbered in the order in which they
    /// appear, and times, thread ids, the kernel's release, the place and every value of this
    /// machine are left out.
    pub fn canonical(mut self) -> Trace {
        self.without_idle_packets();
        self.leave_out_what_acknowledgements_decide();
        for event in &mut self.events {
            event.at = 0;
            match &mut event.fact {
                Fact::Entered { tid, .. } => *tid = 0,
                Fact::Packet(packet) => packet.frame = Bytes::new(b""),
                _ => {}
            }
            event.each_value(mask);
        }
        self.rename_addresses(|address, number| address.clone().with_port(number));
        self.playbill.system.clear();
        self.playbill.place = None;
        // A packet taken apart has ports in it.
        let of_the_wire = self.playbill.wire.is_some();
        self.ending.iter_mut().for_each(|ending| {
            ending.wire = None;
            _ = ending.table.take_if(|_| of_the_wire);
        });
        (self.playbill.director, self.playbill.observer) = (0, 0);
        self
    }
}

impl Trace {
    /// When an acknowledgement comes differs from run to run. A proof keeps its event.
    fn leave_out_what_acknowledgements_decide(&mut self) {
        let proof =
            self.ending.as_ref().and_then(|ending| ending.verdict).map(|verdict| verdict.proof);
        let mut kept = Vec::with_capacity(self.events.len());
        for (place, mut event) in std::mem::take(&mut self.events).into_iter().enumerate() {
            if Some(place) == proof
                && let Some(verdict) =
                    self.ending.as_mut().and_then(|ending| ending.verdict.as_mut())
            {
                verdict.proof = kept.len();
            }
            if let Fact::Changed(change) = event.fact {
                let Some(change) = change.canonical() else { continue };
                event.fact = Fact::Changed(change);
            }
            kept.push(event);
        }
        self.events = kept;
    }
}

/// What this machine decides, or this run, has a kind, and a packet has its length; what it is may
/// differ. The kernel's numbers for its own things stay 0.
fn mask(value: &mut Value) {
    let blank = |bytes: &Bytes| Bytes::new(&vec![0; bytes.length()]);
    let (Value::Machine(inner) | Value::Run(inner)) = value else { return };
    **inner = match inner.bare() {
        Value::Hex(bytes) => Value::Hex(blank(bytes)),
        Value::Bytes(_) => Value::Bytes(Bytes::new(b"")),
        Value::Number(_) => Value::Number(0),
        Value::Constant(_) => Value::Constant("".into()),
        Value::Time(_) => Value::Time(None),
        other => other.clone(),
    };
}
