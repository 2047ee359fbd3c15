//! The program where little is allowed: few descriptors, few processes, no loopback.

mod support;

use libtest_mimic::Trial;
use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::platform::Need;
use socket_playground::syllabus;
use socket_playground::trace::{self, Fact, Value, Wire};
use std::fs;
use std::process::{Command, ExitCode, Stdio};
use support::machines::{NO_LOOPBACK, is_recording};
use support::{NOBODY, PublicCopy, anywhere, is_error, playground, run, through, trial, works};
use tempfile::tempdir;

fn main() -> ExitCode {
    let few = |lesson: &'static Lesson| {
        let name = format!("{}_with_few_descriptors_ends_or_says_why", lesson.name);
        trial(&name, anywhere, || few_descriptors(lesson))
    };
    let mut trials: Vec<Trial> = LESSONS.iter().map(few).collect();
    trials.extend([
        trial(
            "among_few_descriptors_our_own_are_none_of_the_run",
            || works(&["unshare", "--map-root-user", "--net", "true"]),
            own_descriptors,
        ),
        trial(
            "with_few_processes_it_shows_a_recording",
            || works(&[NOBODY, &["true"]].concat()),
            few_processes,
        ),
        trial("a_lesson_that_breaks_off_leaves_no_files", anywhere, tidies_up),
        trial(
            "without_a_loopback_it_shows_a_recording",
            || works(&[NO_LOOPBACK, &["true"]].concat()),
            without_loopback,
        ),
    ]);
    support::main(trials)
}

/// From no room at all to enough: whatever fails says so, and nothing panics.
fn few_descriptors(lesson: &Lesson) {
    let mut codes = Vec::new();
    for limit in (4..20).chain([64]) {
        let shell = format!("ulimit -n {limit}; exec \"$@\"");
        let ran = through(&["sh", "-c", &shell, "sh"], &["lesson", lesson.name]);
        assert!(!ran.err.contains("panicked"), "{limit}: {}", ran.err);
        match ran.code {
            Some(0) => {}
            Some(3) => is_recording(&ran, lesson),
            _ => is_error(&ran, 1, ""),
        }
        codes.push(ran.code);
    }
    assert_ne!(codes[0], Some(0));
    assert_eq!(codes.last(), Some(&Some(0)));
}

/// With so few descriptors ours lie among the student's. Every socket that changes is one that a
/// call has made.
fn own_descriptors() {
    let few = ["sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"];
    let ran = through(&few, &["lesson", "tcp-server", "--wire", "--view", "json"]);
    let trace = trace::read(&ran.out).unwrap();
    assert_eq!(trace.playbill.wire, Some(Wire::Seen));
    let answers =
        trace.events.iter().filter_map(|event| event.answer()).flat_map(|answer| answer.values());
    let made: Vec<i32> = answers
        .filter_map(|value| if let Value::Fd(fd) = value { Some(*fd) } else { None })
        .collect();
    let changed = trace.events.iter().filter_map(|event| match &event.fact {
        Fact::Changed(change) => change.socket.fd.or(change.socket.was),
        _ => None,
    });
    let strange: Vec<i32> = changed.filter(|fd| !made.contains(fd)).collect();
    assert!(!made.is_empty() && strange.is_empty(), "{strange:?} were not made by the lesson");
}

/// From no thread at all to some: the observer's, the first actor's, and those that follow.
fn few_processes() {
    let copy = PublicCopy::new();
    for name in ["tcp-server", "tcp-client", "thread-per-client", "options"] {
        let lesson = syllabus::named(name).unwrap();
        for limit in 1..5 {
            let limit_of_processes = format!("--nproc={limit}");
            let limited = [NOBODY, &["prlimit", &limit_of_processes]].concat();
            let mut command = Command::new(limited[0]);
            command.args(&limited[1..]).arg(copy.path()).args(["lesson", lesson.name]);
            let ran = run(command.stdin(Stdio::null()));
            match ran.code {
                Some(0) if limit > 1 => {}
                _ => is_recording(&ran, lesson),
            }
        }
    }
}

/// Nothing can be written, so the run ends while lanes still sleep.
fn tidies_up() {
    let folder = tempdir().unwrap();
    for lesson in LESSONS.iter().filter(|lesson| lesson.needs.contains(&Need::TemporaryDirectory)) {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = playground(&["lesson", lesson.name]);
        let status = command.env("TMPDIR", folder.path()).stdout(full).status().unwrap();
        assert_eq!(status.code(), Some(1), "{}", lesson.name);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{}", lesson.name);
    }
}

/// Most lessons speak to 127.0.0.1. The others do not miss it.
fn without_loopback() {
    let mut missed = 0;
    for lesson in LESSONS.iter().filter(|lesson| !lesson.needs.contains(&Need::RawSockets)) {
        let ran = through(NO_LOOPBACK, &["lesson", lesson.name]);
        if ran.code != Some(0) {
            is_recording(&ran, lesson);
            missed += 1;
        }
    }
    assert!(missed > LESSONS.len() / 2, "{missed} lessons miss it");
    let ran = through(NO_LOOPBACK, &["lesson", "tcp-server"]);
    assert!(ran.err.contains("`ip link set lo up`"), "what to do is said: {}", ran.err);
}
