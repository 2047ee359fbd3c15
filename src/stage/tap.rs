//! The tap on the wire: it tells the packets of a run among its other events.

use super::house::{Hall, House};
use crate::error::Error;
use crate::kernel::dissect::dissect;
use crate::kernel::frame::{Reader, ports_in_error};
use crate::kernel::observer::Observer;
use crate::kernel::wire::{Captured, Wire};
use crate::manual::errno::Errno;
use crate::sinks::Pcapng;
use crate::trace::{self, Address, Event, Fact, Packet, Table, Tally, Trace, Value};
use std::collections::HashSet;
use std::io::{self, Write};
use std::time::Instant;

/// What is to be made of the wire.
pub struct Tapping {
    /// Whether nobody else uses this loopback: then every packet is the lesson's.
    pub alone: bool,
    /// Where to write a capture file.
    pub file: Option<Pcapng<Box<dyn Write + Send>>>,
}

/// Listens to the wire for as long as a run lasts.
pub struct Tap {
    /// Lent to the observer while it is asked.
    wire: Option<Wire>,
    reader: Reader,
    file: Option<Pcapng<Box<dyn Write + Send>>>,
    /// The ports of the lesson's sockets, as far as the first so many events tell. None if every
    /// packet is the lesson's.
    ports: Option<HashSet<u16>>,
    read: usize,
    /// What is not told yet: it was sent after the event that was told last. A free run keeps all
    /// until it is over: only then it is known who was doing what.
    later: Vec<Captured>,
    shown: u64,
}

impl Tap {
    /// Taps the wire, on the observer's thread.
    ///
    /// # Errors
    /// Why this is not possible here, in words.
    pub fn open(tapping: Tapping, observer: &Observer) -> Result<Tap, String> {
        let wire = observer
            .ask(Wire::open)
            .unwrap_or_else(|| Err(io::Error::other("the observer is gone")));
        Ok(Tap {
            wire: Some(wire.map_err(|error| why(&error))?),
            reader: Reader::default(),
            file: tapping.file,
            ports: (!tapping.alone).then(HashSet::new),
            read: 0,
            later: Vec::new(),
            shown: 0,
        })
    }

    /// Takes in what has crossed since it was asked last.
    fn drain(&mut self, observer: &Observer) {
        let Some(mut wire) = self.wire.take() else { return };
        let drained = observer.ask(move || {
            let packets = wire.drain();
            (wire, packets)
        });
        let (wire, packets) = drained.unzip();
        self.wire = wire;
        self.later.extend(packets.unwrap_or_default());
        self.later.sort_by_key(|captured| captured.at);
    }

    /// The packet, if it is one of the lesson's, and the place of the event that it belongs to.
    fn read(&mut self, captured: &Captured, at: u64, trace: &Trace) -> Option<(Packet, usize)> {
        let packet = self.reader.read(&captured.frame, captured.length);
        if let Some(ports) = &mut self.ports {
            ports.extend(trace.events[self.read..].iter().flat_map(ports_of));
            self.read = trace.events.len();
            let named = packet.ends().and_then(|(from, to)| Some([from.port()?, to.port()?]));
            let named = named.or_else(|| ports_in_error(&captured.frame))?;
            named.iter().find(|port| ports.contains(port))?;
        }
        let place = trace.under_way(at, &packet)?;
        Some((packet, place))
    }

    /// Writes a packet to the capture file, with the call that it belongs to.
    fn store(&mut self, captured: &Captured, by: &Event) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.packet(captured.stamp, &captured.frame, captured.length, by)
    }

    /// Ends it, on the observer's thread. Says how many packets were lost.
    pub fn close(mut self, observer: &Observer) -> Tally {
        let wire = self.wire.take();
        let troubles = wire.and_then(|mut wire| observer.ask(move || wire.troubles()));
        let (lost, clock_set) = troubles.unwrap_or_default();
        Tally { shown: self.shown, lost, clock_set }
    }
}

/// Without the privilege nobody sees what others send.
fn why(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EPERM | libc::EACCES) => {
            "to capture packets needs the capability CAP_NET_RAW, and this program does not have it"
                .into()
        }
        _ => Errno::from(error).to_string(),
    }
}

/// The ports that an event tells and that are the lesson's alone: what it has bound, and what it
/// wants to reach. A port that connect has chosen may serve another program, too, towards another
/// peer.
fn ports_of(event: &Event) -> impl Iterator<Item = u16> {
    let bound = event.answers("bind") || event.answers("listen");
    let names =
        event.names().filter(|_| bound).into_iter().filter_map(|names| names.local.as_ref());
    let arguments = event.call().into_iter().flat_map(|call| &call.arguments);
    let asked = arguments.filter_map(|value| match value.bare() {
        Value::Address(address) => Some(address),
        _ => None,
    });
    names.chain(asked).filter_map(Address::port).filter(|&port| port > 0)
}

impl House {
    /// Tells the packets that have crossed up to now, and gives the moment. In a free run they are
    /// kept until it is over.
    ///
    /// While they are collected others may cross: those are told after the event that happens now.
    pub fn tell_packets(&self, hall: &mut Hall) -> Instant {
        let now = Instant::now();
        let Some(tap) = &mut hall.tap else { return now };
        tap.drain(&self.observer);
        if self.shows_at_once() {
            let later =
                tap.later.split_off(tap.later.partition_point(|captured| captured.at <= now));
            let packets = std::mem::replace(&mut tap.later, later);
            self.tell_these(hall, packets);
        }
        now
    }

    fn tell_these(&self, hall: &mut Hall, packets: Vec<Captured>) {
        for captured in packets {
            let Some(tap) = &mut hall.tap else { return };
            let at = self.moment(captured.at);
            let Some((packet, place)) = tap.read(&captured, at, &hall.trace) else { continue };
            let by = &hall.trace.events[place];
            let event =
                Event { actor: by.actor.clone(), line: by.line, at, fact: Fact::Packet(packet) };
            tap.shown += 1;
            if let Err(source) = tap.store(&captured, by) {
                hall.end(Error::Output { source });
            }
            self.keep(hall, event);
        }
    }

    /// Tells the last packets, and takes the tap off. The events of a free run are put in the order
    /// of time.
    pub fn close_tap(&self, hall: &mut Hall) -> Option<Tally> {
        self.tell_packets(hall);
        let later = std::mem::take(&mut hall.tap.as_mut()?.later);
        self.tell_these(hall, later);
        if !self.shows_at_once() {
            hall.trace.events.sort_by_key(|event| event.at);
        }
        Some(hall.tap.take()?.close(&self.observer))
    }

    /// A moment, in nanoseconds since the run began.
    pub(super) fn moment(&self, moment: Instant) -> u64 {
        moment.saturating_duration_since(self.began).as_nanos() as u64
    }
}

/// The first datagram that carries something, taken apart.
pub fn first_datagram(trace: &Trace) -> Option<Table> {
    let packets = trace.events.iter().filter_map(Event::packet);
    let first =
        packets.into_iter().find(|packet| packet.segment().is_none() && packet.data() > 0)?;
    let mut table = dissect(&first.frame);
    let (all, own) = (first.frame.length(), first.data());
    table.notes.insert(
        0,
        format!(
            "This is the first datagram, as it crossed: {all} bytes for {own} of the program's."
        ),
    );
    Some(table)
}

/// Taps the wire, and says in the playbill whether that was possible.
pub fn tap(
    tapping: Option<Tapping>,
    observer: &Observer,
    playbill: &mut trace::Playbill,
) -> Option<Tap> {
    let tapped = Tap::open(tapping?, observer);
    playbill.wire = Some(match &tapped {
        Ok(_) => trace::Wire::Seen,
        Err(why) => trace::Wire::Hidden(why.clone()),
    });
    tapped.ok()
}
