//! A class arrives at `serve`: what is told of it never makes a student wait.

mod support;

use socket_playground::trace::{self, Event, Fact, Trace};
use std::fs;
use std::io::Read;
use std::process::{ExitCode, Stdio};
use std::thread;
use support::server::{Server, eventually, greets};
use support::{anywhere, playground, run, trial};

fn main() -> ExitCode {
    support::main(vec![
        trial("a_page_that_nobody_reads_stalls_nobody", anywhere, nobody_reads),
        trial("a_recording_has_a_lane_for_each_student", anywhere, lanes),
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
