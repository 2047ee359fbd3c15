//! The tap on the wire: it hears the packets of a run.

use crate::kernel::{Captured, Observer, Wire};
use crate::manual::errno::Errno;
use crate::packets::{Reader, ports_in_error};
use crate::trace::{self, Address, Capture, Does, Event, Packet, Playbill, Tally, Trace, Value};
use std::collections::HashSet;
use std::io;
use std::time::Instant;

/// What is to be made of the wire.
pub struct Tapping {
    /// Whether nobody else uses this loopback: then every packet is the lesson's.
    pub alone: bool,
    /// Where to write the packets, byte by byte.
    pub file: Option<Box<dyn Capture>>,
}

/// Listens to the wire for as long as a run lasts.
pub struct Tap {
    observer: Observer,
    /// Lent to the observer while it is asked.
    wire: Option<Wire>,
    reader: Reader,
    file: Option<Box<dyn Capture>>,
    /// The ports of the lesson's sockets, as far as the first so many events tell. None if every
    /// packet is the lesson's.
    ports: Option<HashSet<u16>>,
    read: usize,
    /// How many events there are when it is time to forget some.
    many: usize,
    /// What is not told yet: it was sent after the event that was told last. A free run keeps all
    /// until it is over: only then it is known who was doing what.
    later: Vec<Captured>,
    shown: u64,
}

/// How many events are kept in any case, of a run that may last for days.
const FEW: usize = 1024;

/// Taps the wire, and says in the playbill whether that was possible.
pub fn tap(tapping: Option<Tapping>, observer: &Observer, playbill: &mut Playbill) -> Option<Tap> {
    let tapped = Tap::open(tapping?, observer);
    playbill.wire = Some(match &tapped {
        Ok(_) => trace::Wire::Seen,
        Err(why) => trace::Wire::Hidden(why.clone()),
    });
    tapped.ok()
}

impl Tap {
    /// Taps the wire, on the observer's thread.
    ///
    /// # Errors
    /// Why this is not possible here, in words.
    fn open(tapping: Tapping, observer: &Observer) -> Result<Tap, String> {
        let gone = || Err(io::Error::other("the observer is gone"));
        let wire = observer.ask(Wire::open).unwrap_or_else(gone);
        Ok(Tap {
            observer: observer.clone(),
            wire: Some(wire.map_err(|error| why(&error))?),
            reader: Reader::default(),
            file: tapping.file,
            ports: (!tapping.alone).then(HashSet::new),
            read: 0,
            many: FEW,
            later: Vec::new(),
            shown: 0,
        })
    }

    /// Takes in what has crossed since it was asked last.
    pub fn drain(&mut self) {
        let Some(mut wire) = self.wire.take() else { return };
        let drained = self.observer.ask(move || {
            let packets = wire.drain();
            (wire, packets)
        });
        let (wire, packets) = drained.unzip();
        self.wire = wire;
        self.later.extend(packets.unwrap_or_default());
        self.later.sort_by_key(|captured| captured.at);
    }

    /// What has crossed up to a moment, and was not given before.
    pub fn crossed_until(&mut self, now: Instant) -> Vec<Captured> {
        self.drain();
        let later = self.later.partition_point(|captured| captured.at <= now);
        let later = self.later.split_off(later);
        std::mem::replace(&mut self.later, later)
    }

    /// What was taken in, and not given yet.
    pub fn all_that_is_left(&mut self) -> Vec<Captured> {
        std::mem::take(&mut self.later)
    }

    /// The packet, if it is one of the lesson's, and the place of the event that it belongs to.
    pub fn read(&mut self, captured: &Captured, at: u64, trace: &Trace) -> Option<(Packet, usize)> {
        let packet = self.reader.read(&captured.frame, captured.length);
        if let Some(ports) = &mut self.ports {
            ports.extend(trace.events[self.read..].iter().flat_map(ports_of));
            self.read = trace.events.len();
            let named = packet.ends().and_then(|(from, to)| Some([from.port()?, to.port()?]));
            let named = named.or_else(|| ports_in_error(&captured.frame))?;
            named.iter().find(|port| ports.contains(port))?;
        }
        let place = trace.under_way(at, &packet)?;
        self.shown += 1;
        Some((packet, place))
    }

    /// Forgets events that no packet can belong to any more, now and then.
    pub fn tidy(&mut self, trace: &mut Trace) {
        if trace.events.len() < self.many {
            return;
        }
        trace.forget_what_is_over();
        // What is left is read once more, for its ports.
        (self.read, self.many) = (0, FEW + 2 * trace.events.len());
    }

    /// Writes a packet to the capture file, with the call that it belongs to.
    ///
    /// # Errors
    /// It could not be written.
    pub fn store(&mut self, captured: &Captured, by: &Event) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.packet(captured.stamp, &captured.frame, captured.length, by)
    }

    /// Ends it, on the observer's thread. Says how many packets were lost.
    pub fn close(mut self) -> Tally {
        let wire = self.wire.take();
        let troubles = wire.and_then(|mut wire| self.observer.ask(move || wire.troubles()));
        let (lost, clock_set) = troubles.unwrap_or_default();
        Tally { shown: self.shown, lost, clock_set }
    }
}

/// Without the privilege nobody sees what others send.
fn why(error: &io::Error) -> String {
    let errno = Errno::from(error);
    match errno.name() {
        "EPERM" | "EACCES" => "to capture packets needs the capability CAP_NET_RAW, and this \
                               program does not have it"
            .into(),
        _ => errno.to_string(),
    }
}

/// The ports that an event tells and that are the lesson's alone: what it has bound, and what it
/// wants to reach. A port that connect has chosen may serve another program, too, towards another
/// peer.
fn ports_of(event: &Event) -> impl Iterator<Item = u16> {
    let does = event.call().filter(|_| event.answer().is_some()).and_then(|call| call.does());
    let bound = matches!(does, Some(Does::Bind | Does::Listen));
    let names = event.names().filter(|_| bound).and_then(|names| names.local.as_ref());
    let arguments = event.call().into_iter().flat_map(|call| &call.arguments);
    let asked = arguments.filter_map(|value| match value.bare() {
        Value::Address(address) => Some(address),
        _ => None,
    });
    names.into_iter().chain(asked).filter_map(Address::port).filter(|&port| port > 0)
}
