//! The program on a poor machine: without privileges, /proc, IPv6, room for files or descriptors, or in a sandbox.

mod support;

use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::platform::Need;
use std::process::ExitCode;
use support::{Ran, anywhere, is_error, playground, run, through, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("few_descriptors_are_an_error_or_enough", anywhere, few_descriptors),
        trial("a_user_without_privileges", || works(&[UNPRIVILEGED, &["true"]].concat()), unprivileged),
        trial("without_proc_it_runs_freely", || works(&[NO_PROC, &["true"]].concat()), without_proc),
        trial("without_ipv6_it_shows_a_recording", || works(&[NO_IPV6, &["true"]].concat()), without_ipv6),
        trial("without_room_for_files_it_shows_a_recording", anywhere, without_room_for_files),
        trial(
            "without_raw_sockets_it_shows_a_recording",
            || works(&[POWERLESS, &["true"]].concat()),
            powerless,
        ),
        trial("in_a_sandbox_it_shows_a_recording", strace, sandboxed),
        trial("a_recording_is_labelled_in_every_view", anywhere, labelled),
        trial("the_doctor_names_what_is_missing", || works(&[NO_IPV6, &["true"]].concat()), doctor),
        trial("under_strace", strace, under_strace),
    ])
}

const UNPRIVILEGED: &[&str] = &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const NO_PROC: &[&str] =
    &["unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"];
const NO_IPV6: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "ip link set lo up && echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6 && exec \"$@\"",
    "sh",
];
/// Neither a capability, nor the right to make a namespace in which there would be one.
const POWERLESS: &[&str] = &[
    "unshare",
    "--map-root-user",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
    "sh",
];

fn strace() -> Result<(), String> {
    works(&["strace", "-f", "-o", "/dev/null", "true"])
}

fn lessons_that(need: Need) -> impl Iterator<Item = &'static Lesson> {
    LESSONS.iter().filter(move |lesson| lesson.needs.contains(&need))
}

/// It says why in three lines, shows the stored run, labelled, and exits with 3.
fn is_recording(ran: &Ran, lesson: &Lesson) {
    assert_eq!(ran.code, Some(3), "{}: {}", lesson.name, ran.err);
    let error: Vec<&str> = ran.err.lines().take(3).collect();
    assert_eq!(error[0], format!("error: the lesson {} cannot run on this machine", lesson.name));
    assert!(error[2].starts_with("  try:  "), "{}", ran.err);
    let last_title = ran.out.rfind(&format!("{}: {}", lesson.name, lesson.title)).expect("the recording");
    let recording = &ran.out[last_title..];
    assert!(recording.lines().nth(1).unwrap().starts_with("RECORDED on "), "{recording}");
    assert!(recording.contains("The proof:"), "{recording}");
}

/// From no room at all to enough: whatever fails says so, and nothing panics.
fn few_descriptors() {
    let mut codes = Vec::new();
    for limit in 4..20 {
        let shell = format!("ulimit -n {limit}; exec \"$@\"");
        let ran = through(&["sh", "-c", &shell, "sh"], &["lesson", "tcp-server"]);
        assert!(!ran.err.contains("panicked"), "{limit}: {}", ran.err);
        if ran.code != Some(0) {
            is_error(&ran, 1, "");
        }
        codes.push(ran.code);
    }
    assert_eq!((codes[0], codes[15]), (Some(1), Some(0)));
}

fn unprivileged() {
    for lesson in LESSONS {
        let ran = through(UNPRIVILEGED, &["lesson", lesson.name]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The proof:"));
    }
}

fn without_proc() {
    for lesson in LESSONS {
        let ran = through(NO_PROC, &["lesson", lesson.name]);
        if lesson.needs.contains(&Need::KernelFiles) {
            is_recording(&ran, lesson);
            continue;
        }
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The threads do not take turns: /proc "), "{}", ran.out);
        assert!(ran.out.contains("The proof:"));
    }
}

fn under_strace() {
    for lesson in LESSONS {
        let ran = through(&["strace", "-f", "-o", "/dev/null"], &["lesson", lesson.name]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The proof:"));
    }
}

fn without_ipv6() {
    for lesson in lessons_that(Need::Ipv6) {
        is_recording(&through(NO_IPV6, &["lesson", lesson.name]), lesson);
    }
    assert_eq!(through(NO_IPV6, &["lesson", "tcp-server"]).code, Some(0));
}

fn without_room_for_files() {
    for lesson in lessons_that(Need::TemporaryDirectory) {
        is_recording(&run(playground(&["lesson", lesson.name]).env("TMPDIR", "/nowhere")), lesson);
        is_recording(&run(playground(&["lesson", lesson.name]).env("TMPDIR", "/proc")), lesson);
    }
}

fn powerless() {
    for lesson in lessons_that(Need::RawSockets) {
        is_recording(&through(POWERLESS, &["lesson", lesson.name]), lesson);
    }
    for lesson in LESSONS.iter().filter(|lesson| !lesson.needs.contains(&Need::RawSockets)) {
        assert_eq!(through(POWERLESS, &["lesson", lesson.name]).code, Some(0), "{}", lesson.name);
    }
}

/// strace makes a call fail as a seccomp filter does.
fn sandboxed() {
    for (call, error) in [("socket", "EPERM"), ("bind", "EACCES"), ("listen", "ENOSYS")] {
        let inject = format!("inject={call}:error={error}");
        let wrapper = ["strace", "-f", "-o", "/dev/null", "-e", &inject];
        is_recording(&through(&wrapper, &["lesson", "tcp-server"]), &LESSONS[lesson_called("tcp-server")]);
    }
}

fn lesson_called(name: &str) -> usize {
    LESSONS.iter().position(|lesson| lesson.name == name).unwrap()
}

fn labelled() {
    let Some(lesson) = lessons_that(Need::TemporaryDirectory).next() else { return };
    for (view, label) in [
        ("story", "RECORDED on "),
        ("ladder", "RECORDED on "),
        ("svg", "RECORDED on "),
        ("json", "\"recorded\":"),
    ] {
        let ran = run(playground(&["lesson", lesson.name, "--view", view]).env("TMPDIR", "/nowhere"));
        assert_eq!(ran.code, Some(3));
        assert!(ran.out.contains(label), "{view}: {}", ran.out);
    }
}

fn doctor() {
    let here = run(&mut playground(&["doctor", "--quiet"]));
    assert_eq!((here.code, &*here.err), (Some(0), ""));
    assert!(here.out.contains("TCP on 127.0.0.1"), "{}", here.out);
    let poor = through(NO_IPV6, &["doctor", "--quiet"]).out;
    let line = poor.lines().find(|line| line.starts_with("IPv6")).unwrap();
    assert!(line.contains("no: EADDRNOTAVAIL"), "{line}");
    for lesson in lessons_that(Need::Ipv6) {
        assert!(line.contains(lesson.name), "{line}");
    }
}
