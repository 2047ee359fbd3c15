//! The canonical form: two runs of a lesson are the same run if their canonical forms are equal.

use super::idle::News;
use super::shares::pass_over_shares;
use crate::trace::change::LEAST_RCVBUF;
use crate::trace::{Bytes, Event, Fact, Flags, Kind, Packet, Segment, Trace, Value};

impl Trace {
    /// The trace without what no two runs share: ports are numbered in the order in which they
    /// appear, and times, thread ids, the kernel's release, the place, the command, what was
    /// predicted and every value of this machine are left out.
    pub fn canonical(mut self) -> Trace {
        pass_over_shares(&mut self.events);
        let mut news = News::default();
        self.keep(|event| is_in_every_run(event, &mut news));
        for event in &mut self.events {
            event.at = 0;
            match &mut event.fact {
                Fact::Entered { tid, .. } => *tid = 0,
                Fact::Packet(packet) => blank(packet),
                _ => {}
            }
            event.each_value(mask);
        }
        self.rename_addresses(|address, number| address.clone().with_port(number));
        self.playbill.system.clear();
        self.playbill.place = None;
        (self.playbill.began, self.playbill.command) = (None, None);
        (self.playbill.prediction, self.playbill.port) = (None, None);
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

/// Whether every run has the event: packets that bring nothing new, and some changes, depend on
/// when an acknowledgement comes. A change becomes what every run has of it.
fn is_in_every_run(event: &mut Event, news: &mut News) -> bool {
    match event.change_mut() {
        Some(change) => change.make_canonical(),
        None => {
            news.are_in(event)
                && !event.packet().and_then(Packet::segment).is_some_and(may_have_to_wait)
        }
    }
}

/// Timers decide which bytes a segment acknowledges.
fn blank(packet: &mut Packet) {
    packet.frame = Bytes::new(b"");
    if let Kind::Tcp(segment) = &mut packet.kind {
        segment.sequence = segment.sequence.min(LEAST_RCVBUF);
        segment.acknowledgement = 0;
    }
}

/// Whether a segment is so far into a stream that the other end may have no room for it: when it
/// crosses then, and in which pieces, timers decide.
fn may_have_to_wait(segment: &Segment) -> bool {
    let is_sent_at_once = segment.flags.has(Flags::SYN) || segment.flags.has(Flags::RST);
    !is_sent_at_once && segment.sequence.saturating_add(segment.numbers()) > LEAST_RCVBUF
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
        Value::Words(said) => Value::Words(said.clone().blank()),
        Value::Time(_) => Value::Time(None),
        other => other.clone(),
    };
}
