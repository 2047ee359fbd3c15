//! The wire view is true: its order, one run for all runs, and what tshark reads in the capture file.

mod support;

use socket_playground::sinks;
use socket_playground::trace::{
    Address, Answer, Call, Event, Fact, Flags, Kind, Manner, Name, Packet, Trace, Value, Wire,
};
use std::collections::{HashMap, HashSet};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use support::{PLAYGROUND, can_run, playground, run, runs, through, trial, works};

const LESSONS: [&str; 3] = ["tcp-server", "tcp-client", "udp"];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for lesson in LESSONS {
        let sees = move || can_run(lesson).and_then(|()| sees_the_wire(lesson));
        let has_tshark = move || sees().and_then(|()| works(&["tshark", "--version"]));
        let has_nobody = move || sees().and_then(|()| works(&[NOBODY, &["true"]].concat()));
        let has_shared = move || sees().and_then(|()| works(&[SHARED, &["true"]].concat()));
        let name = |what: &str| format!("{lesson}_{what}");
        trials.extend([
            trial(&name("no_packet_stands_before_its_cause"), sees, || in_order(lesson, &[])),
            trial(&name("nor_in_a_free_run"), sees, || in_order(lesson, &["--free"])),
            trial(&name("is_one_run_on_the_wire"), sees, || one_run(lesson)),
            trial(&name("tshark_agrees"), has_tshark, || tshark_agrees(lesson)),
            trial(&name("without_privileges"), has_nobody, || unprivileged(lesson)),
            trial(&name("on_a_loopback_that_others_use"), has_shared, || shared(lesson)),
        ]);
    }
    trials.push(trial("without_the_wire_it_says_why", || works(&[POWERLESS, &["true"]].concat()), powerless));
    support::main(trials)
}

const NOBODY: &[&str] = &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
/// The right to capture, on a loopback on which others are busy, and no right to another one.
const SHARED: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "ip link set lo up && echo 0 > /proc/sys/user/max_user_namespaces
     (for i in 1 2 3 4 5 6; do \"$1\" lesson thread-per-client > /dev/null 2>&1; done) &
     exec setpriv --bounding-set=-all,+net_raw --inh-caps=-all \"$@\"",
    "sh",
];
/// Neither.
const POWERLESS: &[&str] = &[
    "unshare",
    "--map-root-user",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
    "sh",
];

fn sees_the_wire(lesson: &str) -> Result<(), String> {
    match wired(&[], &[lesson]).playbill.wire {
        Some(Wire::Hidden(why)) => Err(why),
        _ => Ok(()),
    }
}

/// A run with its packets, by the program or through another one.
fn wired(wrapper: &[&str], lesson: &[&str]) -> Trace {
    let arguments = [&["lesson"], lesson, &["--wire", "--view", "json"]].concat();
    let ran = match wrapper {
        [] => run(&mut playground(&arguments)),
        wrapper => through(wrapper, &arguments),
    };
    assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{lesson:?}");
    sinks::read(&ran.out).unwrap()
}

fn packets(trace: &Trace) -> impl Iterator<Item = (usize, &Event, &Packet)> {
    trace.events.iter().enumerate().filter_map(|(place, event)| Some((place, event, event.packet()?)))
}

fn is_whole(trace: &Trace) {
    assert_eq!(trace.playbill.wire, Some(Wire::Seen));
    let tally = trace.ending.as_ref().unwrap().wire.unwrap();
    assert_eq!((tally.lost, tally.clock_set), (0, false));
    assert_eq!(tally.shown, packets(trace).count() as u64);
    assert!(tally.shown > 5);
}

fn in_order(lesson: &str, how: &[&str]) {
    for _ in 0..runs(10) {
        let trace = wired(&[], &[&[lesson], how].concat());
        is_whole(&trace);
        Order::default().check(&trace);
    }
}

/// From one port to another. Who sends a datagram need not have a port before; that is 0.
type Direction = (u16, u16);

/// What has been asked, has crossed and has been answered along each direction, so far.
#[derive(Default)]
struct Order {
    /// The ports of each socket: its own, and that of the other end.
    ports: HashMap<i32, (u16, u16)>,
    /// The sockets that keep messages apart.
    datagrams: HashSet<i32>,
    /// Who is in which call, since when.
    open: HashMap<Name, (Call, u64)>,
    /// In bytes.
    sent: HashMap<Direction, u64>,
    crossed: HashMap<Direction, u64>,
    received: HashMap<Direction, u64>,
    syns: HashSet<Direction>,
    ends: HashSet<Direction>,
}

impl Order {
    fn check(mut self, trace: &Trace) {
        let mut last = 0;
        for (place, event) in trace.events.iter().enumerate() {
            let in_time = event.at >= last || trace.playbill.manner != Manner::Turns;
            last = event.at;
            let caused = match &event.fact {
                Fact::Called(call) => self.called(event, call),
                Fact::Returned { call, .. } => self.returned(event, call),
                Fact::Packet(packet) => self.packet(event, packet),
                _ => true,
            };
            let around = &trace.events[place.saturating_sub(5)..place];
            assert!(
                in_time && caused,
                "event {place} has no cause before it: {event:?}\nbefore it: {around:#?}"
            );
        }
        assert_eq!(self.sent, self.crossed, "whatever was sent has crossed");
    }

    fn called(&mut self, event: &Event, call: &Call) -> bool {
        self.open.insert(event.actor.clone(), (call.clone(), event.at));
        let lengths = call.arguments.iter().filter_map(|value| match value {
            Value::Bytes(data) => Some(data.length() as u64),
            _ => None,
        });
        if call.name.starts_with("send") {
            // A datagram without a byte counts, too.
            *self.sent.entry(self.direction(call)).or_default() += lengths.sum::<u64>();
        }
        true
    }

    fn returned(&mut self, event: &Event, call: &Call) -> bool {
        self.open.remove(&event.actor);
        if call
            .arguments
            .iter()
            .any(|value| matches!(value, Value::Constant(name) if name.starts_with("SOCK_DGRAM")))
        {
            self.datagrams.extend(event.answer().and_then(Answer::fd));
        }
        if let Some(names) = event.names() {
            let port = |address: &Option<Address>| address.as_ref().and_then(Address::port).unwrap_or(0);
            self.ports.insert(names.of, (port(&names.local), port(&names.peer)));
        }
        let (local, peer) = self.direction(call);
        let stream = !call.fd.is_some_and(|fd| self.datagrams.contains(&fd));
        match (&*call.name, event.number()) {
            _ if !event.succeeded() => true,
            ("close", _) => {
                call.fd.inspect(|fd| _ = self.datagrams.remove(fd));
                true
            }
            ("connect", _) if stream => {
                [(local, peer), (peer, local)].iter().all(|way| self.syns.contains(way))
            }
            ("accept", _) => {
                let (local, peer) = self.ports[&event.names().unwrap().of];
                self.syns.contains(&(peer, local)) && self.syns.contains(&(local, peer))
            }
            ("recv", Some(0)) if stream => self.ends.contains(&(peer, local)),
            ("recv" | "recvfrom", Some(bytes)) => {
                let incoming = if stream { (peer, local) } else { (0, self.ports[&call.fd.unwrap()].0) };
                *self.received.entry(incoming).or_default() += bytes as u64;
                self.received[&incoming] <= self.crossed.get(&incoming).copied().unwrap_or(0)
            }
            _ => true,
        }
    }

    fn packet(&mut self, event: &Event, packet: &Packet) -> bool {
        let during = |names: &[&str]| {
            let mut calls = self.open.values();
            calls.any(|(call, since)| names.contains(&&*call.name) && *since <= event.at)
        };
        let Some((from, to)) = packet.ends() else { return during(&["send", "sendto"]) };
        let (from, to) = (from.port().unwrap(), to.port().unwrap());
        let way = if packet.segment().is_some() { (from, to) } else { (0, to) };
        if packet.data() > 0 || packet.segment().is_none() {
            *self.crossed.entry(way).or_default() += packet.data() as u64;
        }
        let asked = self.crossed.get(&way).unwrap_or(&0) <= self.sent.get(&way).unwrap_or(&0);
        let Some(segment) = packet.segment() else { return asked && during(&["send", "sendto"]) };
        let has = |flag| segment.flags.has(flag);
        if has(Flags::SYN) {
            self.syns.insert(way);
            let server = if has(Flags::ACK) { from } else { to };
            let mut calls = self.open.values();
            return calls.any(|(call, since)| {
                call.name == "connect" && port_of(call) == Some(server) && *since <= event.at
            });
        }
        if has(Flags::FIN) || has(Flags::RST) {
            let caused = during(&["close", "shutdown", "connect", "send"]);
            self.ends.insert(way);
            return asked && caused;
        }
        asked
    }

    /// From the socket of a call, to where it sends.
    fn direction(&self, call: &Call) -> Direction {
        let fd = call.fd.unwrap_or(-1);
        let (local, peer) = self.ports.get(&fd).copied().unwrap_or_default();
        let to = port_of(call).unwrap_or(peer);
        if self.datagrams.contains(&fd) { (0, to) } else { (local, to) }
    }
}

/// The port of the address among its arguments.
fn port_of(call: &Call) -> Option<u16> {
    call.arguments.iter().find_map(|value| match value {
        Value::Address(address) => address.port(),
        _ => None,
    })
}

/// Without what timers decide, all runs are one run, packets and all.
fn one_run(lesson: &str) {
    let first = wired(&[], &[lesson]).canonical();
    for i in 1..runs(10) {
        is_the_same(&first, &wired(&[], &[lesson]).canonical(), i);
    }
}

fn is_the_same(first: &Trace, next: &Trace, i: usize) {
    let differs = (0..).zip(&first.events).zip(&next.events).find(|((_, a), b)| a != b);
    assert!(first.events == next.events, "run {i}: first difference: {differs:#?}");
    assert!(first.ending == next.ending, "run {i}");
}

/// What tshark says of each packet, in a word each.
const FIELDS: [&str; 13] = [
    "frame.len",
    "frame.comment",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.seq",
    "tcp.ack",
    "tcp.len",
    "udp.srcport",
    "udp.dstport",
    "udp.length",
    "icmp.type",
    "icmp.code",
];

fn tshark_agrees(lesson: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.pcapng");
    let ran = run(playground(&["lesson", lesson, "--view", "json", "--pcap"]).arg(&file));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    let trace = sinks::read(&ran.out).unwrap();
    is_whole(&trace);
    let told: Vec<Vec<String>> =
        packets(&trace).map(|(place, event, packet)| row(&trace, place, event, packet)).collect();
    assert_eq!(seen_by_tshark(&file), told);
}

fn seen_by_tshark(file: &Path) -> Vec<Vec<String>> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(file).args(["-T", "fields", "-E", "occurrence=f", "-E", "separator=|"]);
    FIELDS.iter().for_each(|field| _ = tshark.args(["-e", field]));
    let output = tshark.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let rows = text.lines().map(|line| line.split('|').map(String::from).collect::<Vec<_>>());
    // An error of ICMP carries the datagram that it is about, and tshark shows its ports.
    let blank = |mut row: Vec<String>| {
        if !row[11].is_empty() {
            row[8..11].fill(String::new());
        }
        row
    };
    rows.map(blank).collect()
}

/// The same, as the trace has it.
fn row(trace: &Trace, place: usize, event: &Event, packet: &Packet) -> Vec<String> {
    let mut row = vec![String::new(); FIELDS.len()];
    row[0] = packet.frame.length().to_string();
    let before =
        trace.events[..place].iter().rfind(|other| other.actor == event.actor && other.packet().is_none());
    row[1] = match before.filter(|before| before.is_call()) {
        Some(called) => format!("{}: {}", event.actor, written(called.call().unwrap())),
        None => format!("{}: between two calls", event.actor),
    };
    let port = |address: &Address| address.port().unwrap().to_string();
    match &packet.kind {
        Kind::Tcp(tcp) => {
            row[2] = port(&tcp.source);
            row[3] = port(&tcp.destination);
            row[4] = format!("0x{:04x}", tcp.flags.bits());
            row[5] = tcp.sequence.to_string();
            row[6] = tcp.acknowledgement.to_string();
            row[7] = tcp.length.to_string();
        }
        Kind::Udp { source, destination, length } => {
            row[8] = port(source);
            row[9] = port(destination);
            row[10] = (length + 8).to_string();
        }
        Kind::Icmp { kind, code, .. } => {
            row[11] = kind.to_string();
            row[12] = code.to_string();
        }
        Kind::Other { .. } => {}
    }
    row
}

/// As strace would write it.
fn written(call: &Call) -> String {
    let fd = call.fd.map(|fd| fd.to_string());
    let arguments = fd.into_iter().chain(call.arguments.iter().map(sinks::written));
    format!("{}({})", call.name, arguments.collect::<Vec<_>>().join(", "))
}

fn unprivileged(lesson: &str) {
    // Nobody may look into the folder that the program was built in.
    let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
    let program = folder.path().join("playground");
    std::fs::copy(PLAYGROUND, &program).unwrap();
    let first = wired(&[], &[lesson]).canonical();
    for i in 0..runs(5) {
        let mut nobody = Command::new(NOBODY[0]);
        nobody.args(&NOBODY[1..]).arg(&program).args(["lesson", lesson, "--wire", "--view", "json"]);
        let ran = run(&mut nobody);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        let trace = sinks::read(&ran.out).unwrap();
        is_whole(&trace);
        is_the_same(&first, &trace.canonical(), i);
    }
}

/// Only the packets of the lesson are shown.
fn shared(lesson: &str) {
    let first = wired(&[], &[lesson]).canonical();
    for i in 0..runs(5) {
        let trace = wired(SHARED, &[lesson]);
        assert_eq!(trace.playbill.place, None);
        is_whole(&trace);
        Order::default().check(&trace);
        is_the_same(&first, &trace.canonical(), i);
    }
}

fn powerless() {
    let why = "No packets are shown: to capture packets needs the capability CAP_NET_RAW";
    for view in ["story", "ladder"] {
        let ran = through(POWERLESS, &["lesson", "tcp-server", "--wire", "--view", view]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        assert_eq!(ran.out.lines().filter(|line| line.starts_with(why)).count(), 1, "{}", ran.out);
    }
    let trace = wired(POWERLESS, &["tcp-server"]);
    assert!(matches!(trace.playbill.wire, Some(Wire::Hidden(_))));
    assert_eq!((packets(&trace).count(), trace.ending.unwrap().wire), (0, None));
}
