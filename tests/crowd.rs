//! A class arrives at `serve`: what is told of it never makes a student wait.

mod support;

use socket_playground::trace::{self, Event, Fact, Trace, Wire};
use std::fs;
use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use support::pauses::OWN_NETWORK;
use support::server::{Server, eventually, greets};
use support::{PLAYGROUND, anywhere, playground, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("a_page_that_nobody_reads_stalls_nobody", anywhere, nobody_reads),
        trial("a_recording_has_a_lane_for_each_student", anywhere, lanes),
        trial("packets_are_those_of_the_clients", has_own_network, packets),
    ])
}

const STUDENTS: usize = 20;

/// Twenty students talk at the same time, each so often.
fn talk(server: &Server, often: usize) {
    thread::scope(|scope| {
        for _ in 0..STUDENTS {
            scope.spawn(|| {
                let mut student = server.greeted();
                (0..often).for_each(|_| greets(&mut student, b"Rose"));
            });
        }
    });
}

/// What is not shown is counted, in memory that has an end; a file has all of it.
fn nobody_reads() {
    let directory = tempfile::tempdir().unwrap();
    let record = directory.path().join("run.jsonl");
    let mut command = playground(&["serve", "--view", "json", "--record"]);
    let mut server = Server::start_by(command.arg(&record).stdout(Stdio::piped()));
    talk(&server, 300);
    let once = server.memory();
    talk(&server, 300);
    talk(&server, 300);
    assert!(server.memory() < 2 * once, "{} kB after {once} kB", server.memory());
    let mut out = server.child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text).unwrap()
    });
    let (code, _) = server.stop(libc::SIGINT);
    assert_eq!(code, Some(0));
    let shown = trace::read(&reader.join().unwrap()).unwrap();
    let recorded = trace::read(&fs::read_to_string(&record).unwrap()).unwrap();
    assert!(recorded.events.len() > STUDENTS * 900 * 4, "{} events", recorded.events.len());
    let missed = missed(&shown);
    assert!(missed > 0, "the pipe was too small for all");
    let gaps = shown.events.iter().filter(|event| is_gap(event)).count();
    assert_eq!(shown.events.len() - gaps + missed, recorded.events.len());
    assert_eq!(self::missed(&recorded), 0, "a file is complete");
    let story = run(playground(&["replay", "-"]).stdin(json(&shown, directory.path())));
    assert!(story.out.contains("events not shown"), "{}", story.err);
}

fn json(trace: &Trace, directory: &std::path::Path) -> fs::File {
    let path = directory.join("shown.jsonl");
    trace::show(trace, &mut socket_playground::sinks::Json::new(fs::File::create(&path).unwrap()))
        .unwrap();
    fs::File::open(path).unwrap()
}

fn is_gap(event: &Event) -> bool {
    matches!(event.fact, Fact::Missed { .. })
}

fn missed(trace: &Trace) -> usize {
    let events = trace.events.iter().map(|event| match event.fact {
        Fact::Missed { events } => events as usize,
        _ => 0,
    });
    events.sum()
}

fn lanes() {
    let directory = tempfile::tempdir().unwrap();
    let record = directory.path().join("run.jsonl");
    let mut command = playground(&["serve", "--record"]);
    let server = Server::start_by(command.arg(&record).stdout(Stdio::null()));
    for _ in 0..3 {
        let mut student = server.greeted();
        greets(&mut student, b"Rose");
    }
    let recorded = || fs::read_to_string(&record).unwrap();
    eventually("all students have left", || recorded().matches("\"left\"").count() == 3);
    assert_eq!(server.stop(libc::SIGINT).0, Some(0));
    let ladder = run(playground(&["replay", "--view", "ladder"]).arg(&record)).out;
    for student in ["client 1", "client 2", "client 3"] {
        assert!(ladder.contains(student), "{ladder}");
    }
}

fn has_own_network() -> Result<(), String> {
    works(&["ss", "--version"])?;
    works(&[OWN_NETWORK, &["true"]].concat())
}

/// A server on a network of its own, and two clients that say 400 words each, one after the other.
const TALK: &str = "\
    trap 'kill $! 2>/dev/null' EXIT; \
    \"$0\" serve 127.0.0.1:1234 --wire --pcap \"$1.pcapng\" --view json -o \"$1\" & \
    until ss -Htln | grep -q :1234; do :; done; \
    say() { \"$0\" connect 127.0.0.1:1234 --quiet $(seq 400); }; \
    say && say && kill -INT $! && wait $!";

/// Each packet with bytes of the server belongs to the call that sent them, and none is missing,
/// however much was forgotten meanwhile.
fn packets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.jsonl");
    let mut command = Command::new(OWN_NETWORK[0]);
    command.args(&OWN_NETWORK[1..]).args(["sh", "-c", TALK, PLAYGROUND]).arg(&path);
    let ran = run(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let trace = trace::read(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(trace.playbill.wire, Some(Wire::Seen));
    let said = |event: &&Event| {
        let segment = event.packet().and_then(|packet| packet.segment());
        segment.is_some_and(|it| it.source.port() == Some(1234) && it.length > 0)
    };
    let packets: Vec<&Event> = trace.events.iter().filter(said).collect();
    assert_eq!(packets.len(), 2 * (400 + 1), "a welcome and the answers");
    for (number, packet) in packets.iter().enumerate() {
        let client = format!("client {}", 1 + number / 401);
        assert_eq!(*packet.actor, *client, "packet {number}");
    }
    let capture = fs::read(directory.path().join("run.jsonl.pcapng")).unwrap();
    assert!(capture.len() > packets.len() * 66, "{} bytes", capture.len());
}
