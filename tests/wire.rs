//! The wire view is true: its order, one run for all runs, and what tshark reads in the capture
//! file.

mod support;

use socket_playground::lessons::{LESSONS, Lesson, Packets};
use socket_playground::platform::Need;
use socket_playground::syllabus;
use socket_playground::trace::{self, Address, Call, Event, Kind, Packet, Trace, Value, Wire};
use std::path::Path;
use std::process::{Command, ExitCode};
use support::machines::SHARED;
use support::order::Order;
use support::{
    NOBODY, POWERLESS, PublicCopy, anywhere, can_run, is_error, playground, run, runs, through,
    trial, works,
};

/// The lessons that send packets: whose stored run wants to get to an address of the internet.
fn lessons_with_packets() -> impl Iterator<Item = &'static Lesson> {
    let sends = |event: &Event| {
        let to = event.call().and_then(Call::destination);
        to.is_some_and(|address| address.ip().is_some())
    };
    let run = |lesson: &Lesson| trace::read(lesson.recorded).unwrap();
    LESSONS.iter().filter(move |lesson| run(lesson).events.iter().any(sends))
}

/// Whether a lesson makes packets by hand, or sends them in fragments: what was asked and what
/// crossed are not the same bytes.
fn is_of_packets(lesson: &Lesson) -> bool {
    lesson.packets == Packets::TakenApart || lesson.needs.contains(&Need::RawSockets)
}

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for lesson in lessons_with_packets() {
        let is_of_packets = is_of_packets(lesson);
        let has_filters = lesson.needs.contains(&Need::Filters);
        let lesson = lesson.name;
        let sees = move || can_run(lesson).and_then(|()| sees_the_wire(lesson));
        let has_tshark = move || sees().and_then(|()| works(&["tshark", "--version"]));
        let has_nobody = move || sees().and_then(|()| works(&[NOBODY, &["true"]].concat()));
        let has_shared = move || sees().and_then(|()| works(&[SHARED, &["true"]].concat()));
        let name = |what: &str| format!("{lesson}_{what}");
        if !is_of_packets {
            let in_order = move || in_order_freely(lesson);
            trials.push(trial(&name("has_its_packets_in_order_in_a_free_run"), sees, in_order));
        }
        // There nobody may have filters.
        if !is_of_packets && !has_filters {
            let name = name("on_a_loopback_that_others_use");
            trials.push(trial(&name, has_shared, || shared(lesson)));
        }
        trials.extend([
            trial(&name("is_one_run_in_order_on_the_wire"), sees, || one_run(lesson)),
            trial(&name("tshark_agrees"), has_tshark, || tshark_agrees(lesson)),
            trial(&name("without_privileges"), has_nobody, || unprivileged(lesson)),
        ]);
    }
    for lesson in ["udp", "accept-queue"] {
        let name = format!("{lesson}_draws_what_never_arrived");
        trials.push(trial(&name, move || sees_the_wire(lesson), move || draws_losses(lesson)));
    }
    let segments = || sees_the_wire("byte-stream");
    trials.push(trial(
        "byte-stream_crosses_in_the_segments_that_are_counted",
        segments,
        counts_segments,
    ));
    let sees = || can_run("layers").and_then(|()| sees_the_wire("layers"));
    trials.push(trial("layers_takes_its_first_datagram_apart", sees, takes_apart));
    trials.push(trial("no_other_lesson_does", || sees_the_wire("udp"), takes_nothing_apart));
    trials.push(trial(
        "without_the_wire_it_says_why",
        || works(&[POWERLESS, &["true"]].concat()),
        powerless,
    ));
    trials.push(trial("a_capture_file_without_room_is_an_error", anywhere, full));
    support::main(trials)
}

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
    trace::read(&ran.out).unwrap()
}

fn packets(trace: &Trace) -> impl Iterator<Item = (usize, &Event, &Packet)> {
    trace
        .events
        .iter()
        .enumerate()
        .filter_map(|(place, event)| Some((place, event, event.packet()?)))
}

fn is_whole(trace: &Trace) {
    assert_eq!(trace.playbill.wire, Some(Wire::Seen));
    let tally = trace.ending.as_ref().unwrap().wire.unwrap();
    assert_eq!((tally.lost, tally.clock_set), (0, false));
    assert_eq!(tally.shown, packets(trace).count() as u64);
    assert!(tally.shown > 0);
}

/// No packet stands before its cause, and nothing before the packet that brought it.
fn is_in_order(lesson: &str, trace: &Trace) {
    is_whole(trace);
    if !is_of_packets(syllabus::named(lesson).unwrap()) {
        Order::default().check(trace);
    }
}

fn in_order_freely(lesson: &str) {
    for _ in 0..runs(6) {
        is_in_order(lesson, &wired(&[], &[lesson, "--free"]));
    }
}

/// Without what timers decide, all runs are one run, packets and all.
fn one_run(lesson: &str) {
    let first = wired(&[], &[lesson]).canonical();
    for i in 1..=runs(6) {
        let next = wired(&[], &[lesson]);
        is_in_order(lesson, &next);
        is_the_same(&first, &next.canonical(), i);
    }
}

fn is_the_same(first: &Trace, next: &Trace, i: usize) {
    let differs = (0..).zip(&first.events).zip(&next.events).find(|((_, a), b)| a != b);
    assert!(first.events == next.events, "run {i}: first difference: {differs:#?}");
    assert!(first.ending == next.ending, "run {i}");
}

/// As many as the kernel counts: these lessons ask it.
fn draws_losses(lesson: &str) {
    let ran = run(&mut playground(&["lesson", lesson, "--wire", "--view", "ladder"]));
    let (picture, legend) = ran.out.split_once("\n\n").unwrap();
    let counted = picture.lines().find_map(|line| line.strip_prefix("● SO_MEMINFO = ")).unwrap();
    let drawn = picture.lines().filter(|line| line.contains(" ┄┄✕ :")).count();
    assert_eq!((drawn > 0, drawn.to_string()), (true, counted.into()), "{picture}");
    assert!(legend.contains("┄┄✕ a packet that no socket took"), "{legend}");
    let blind =
        run(&mut playground(&["lesson", lesson, "--wire", "--no-kernel", "--view", "ladder"])).out;
    assert_eq!(
        blind.contains("was not looked at"),
        lesson == "udp",
        "only of datagrams it is the kernel who knows"
    );
}

/// In a network of its own a long send crosses as on an Ethernet, and the receiver's kernel counts
/// as many segments.
fn counts_segments() {
    let trace = wired(&[], &["byte-stream"]);
    let place = trace.playbill.place.as_ref().unwrap();
    assert!(place.contains("1500 bytes"), "{place}");
    let send = |event: &Event| event.call().is_some_and(|call| event.is_call() && sends_all(call));
    let begin = trace.events.iter().position(send).unwrap();
    let sent = trace.events[begin + 1..]
        .iter()
        .map_while(Event::packet)
        .filter(|packet| packet.data() > 0);
    let lengths: Vec<usize> = sent.map(Packet::data).collect();
    assert_eq!(lengths.iter().sum::<usize>(), LONG);
    assert!(packets(&trace).all(|(_, _, packet)| packet.frame.length() <= 14 + 1500));
    let counted = format!("data segments: {} in, 0 out", lengths.len());
    assert!(trace.answers("server", "getsockopt").any(|answer| answer.says(&counted)), "{counted}");
}

/// How long the long send of `byte-stream` is, in bytes.
const LONG: usize = 6000;

fn sends_all(call: &Call) -> bool {
    matches!(&call.arguments[..], [Value::Bytes(data), ..] if data.length() == LONG)
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
    let trace = trace::read(&ran.out).unwrap();
    is_whole(&trace);
    let told: Vec<Vec<String>> =
        packets(&trace).map(|(place, event, packet)| row(&trace, place, event, packet)).collect();
    let mut seen = seen_by_tshark(&file);
    assert_eq!(seen.len(), told.len());
    for (seen, told) in seen.iter_mut().zip(&told) {
        // tshark puts the fragments of a datagram together, and a trace leaves them as they
        // crossed.
        if told[2..].iter().all(String::is_empty) {
            seen[2..].fill(String::new());
        }
        assert_eq!(seen, told);
    }
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
    let before = trace.events[..place]
        .iter()
        .rfind(|other| other.actor == event.actor && other.packet().is_none());
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
    let arguments = fd.into_iter().chain(call.arguments.iter().map(Value::to_string));
    format!("{}({})", call.name, arguments.collect::<Vec<_>>().join(", "))
}

/// Its table has each byte of the frame once, in order.
fn takes_apart() {
    for how in [&["layers"][..], &["layers", "--free"]] {
        let trace = wired(&[], how);
        let (_, _, first) = packets(&trace).find(|(_, _, packet)| packet.data() == 5).unwrap();
        let table = trace.ending.as_ref().unwrap().table.clone().expect("a table at its end");
        let mut at = 0;
        for row in &table.rows {
            let bytes: Vec<u8> =
                row[1].split(' ').map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect();
            let end = at + bytes.len();
            assert!(first.frame.kept()[at..].starts_with(&bytes), "{row:?}");
            let places = row[0].split('–').map(|place| place.parse::<usize>().unwrap());
            assert_eq!(
                places.collect::<Vec<_>>(),
                if bytes.len() == 1 { vec![at] } else { vec![at, end - 1] }
            );
            at = end;
        }
        assert_eq!(at, first.frame.length());
        assert_eq!(table.rows.last().unwrap()[2..], ["application", "hello"]);
        assert!(table.notes.last().unwrap().ends_with("That is no error."), "{:?}", table.notes);
    }
}

fn takes_nothing_apart() {
    assert_eq!(wired(&[], &["udp"]).ending.unwrap().table, None);
}

fn unprivileged(lesson: &str) {
    let copy = PublicCopy::new();
    let first = wired(&[], &[lesson]).canonical();
    for i in 0..runs(5) {
        let ran = copy.run(&["lesson", lesson, "--wire", "--view", "json"]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        let trace = trace::read(&ran.out).unwrap();
        is_whole(&trace);
        is_the_same(&first, &trace.canonical(), i);
    }
}

/// Only the packets of the lesson are shown. A network of its own need not cut a stream into
/// segments as that one does.
fn shared(lesson: &str) {
    let segments = syllabus::named(lesson).unwrap().packets == Packets::AsOnEthernet;
    let place = if segments { SHARED } else { &[] };
    let first = wired(place, &[lesson]).canonical();
    for i in 0..runs(5) {
        let trace = wired(SHARED, &[lesson]);
        assert_eq!(trace.playbill.place, None);
        is_in_order(lesson, &trace);
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

fn full() {
    let ran = run(&mut playground(&["lesson", "tcp-server", "--pcap", "/dev/full"]));
    is_error(&ran, 1, "cannot write \"/dev/full\"");
}
