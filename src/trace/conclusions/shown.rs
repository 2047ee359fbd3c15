//! Whether a packet shows what an arrow was inferred from.

use crate::trace::{Arrow, Cause, Event, Flags, Name, Packet, Trace};
use std::collections::HashMap;

impl Trace {
    /// Whether a packet between the same two lanes shows what an arrow was inferred from: one of
    /// its kind, sent after the call of its cause and before its effect.
    pub fn was_seen(&self, arrow: &Arrow, lanes: &HashMap<usize, [Option<Name>; 2]>) -> bool {
        let (from, to) = (&self.events[arrow.from].actor, &self.events[arrow.to].actor);
        let is_its_call = |event: &Event| event.actor == *from && event.is_call();
        let begin = self.events[..arrow.from].iter().rposition(is_its_call).unwrap_or(arrow.from);
        (begin..arrow.to).any(|place| {
            let of_its_kind =
                self.events[place].packet().is_some_and(|packet| shows(packet, arrow.cause));
            let between = lanes
                .get(&place)
                .is_some_and(|[a, b]| a.as_ref() == Some(from) && b.as_ref() == Some(to));
            of_its_kind && between
        })
    }
}

fn shows(packet: &Packet, cause: Cause) -> bool {
    let has = |flag| packet.segment().is_some_and(|segment| segment.flags.has(flag));
    match cause {
        Cause::Listening | Cause::Handshake => has(Flags::SYN),
        Cause::Data => packet.data() > 0,
        Cause::End => has(Flags::FIN) || has(Flags::RST),
    }
}
