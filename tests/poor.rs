//! The program on a poor machine: without privileges, /proc, IPv6, room for files, or in a sandbox.

mod support;

use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::platform::Need;
use socket_playground::trace;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use support::machines::{NO_ADMIN, NO_IPV6, NO_OWN_NETWORK, NO_PROC, is_recording};
use support::{NOBODY, POWERLESS, anywhere, is_error, playground, run, through, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("a_user_without_privileges", || works(&[NOBODY, &["true"]].concat()), unprivileged),
        trial(
            "without_proc_it_runs_freely",
            || works(&[NO_PROC, &["true"]].concat()),
            without_proc,
        ),
        trial(
            "without_ipv6_it_shows_a_recording",
            || works(&[NO_IPV6, &["true"]].concat()),
            without_ipv6,
        ),
        trial(
            "without_localhost_it_shows_a_recording",
            || works(&["unshare", "--map-root-user", "--mount", "true"]),
            without_localhost,
        ),
        trial("without_room_for_files_it_shows_a_recording", anywhere, without_room_for_files),
        trial(
            "without_raw_sockets_it_shows_a_recording",
            || works(&[POWERLESS, &["true"]].concat()),
            powerless,
        ),
        trial(
            "raw_sockets_want_a_network_of_their_own",
            || works(&[NO_OWN_NETWORK, &["true"]].concat()),
            raw_without_a_network,
        ),
        trial("half_a_network_is_none", strace, half_a_network),
        trial(
            "the_page_is_opened_before_anything_changes",
            || works(&[NO_ADMIN, &["unshare", "--user", "--net", "true"]].concat()),
            the_page_is_opened_outside,
        ),
        trial("what_the_kernel_does_not_tell_is_not_waited_for", strace, untold),
        trial("in_json_there_is_one_run", strace, one_run_in_json),
        trial("in_a_sandbox_it_shows_a_recording", strace, sandboxed),
        trial("a_recording_is_labelled_in_every_view", anywhere, labelled),
        trial("the_doctor_names_what_is_missing", || works(&[NO_IPV6, &["true"]].concat()), doctor),
        trial("under_strace", strace, under_strace),
    ])
}

fn strace() -> Result<(), String> {
    works(&["strace", "-f", "-o", "/dev/null", "true"])
}

fn lessons_that(need: Need) -> Vec<&'static Lesson> {
    let lessons: Vec<_> = LESSONS.iter().filter(|lesson| lesson.needs.contains(&need)).collect();
    assert!(!lessons.is_empty(), "no lesson needs {need:?}: this test tests nothing");
    lessons
}

fn unprivileged() {
    for lesson in LESSONS {
        let ran = through(NOBODY, &["lesson", lesson.name]);
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
    let families = through(NO_PROC, &["families", "--loaded-only", "-q"]);
    is_error(&families, 3, "families cannot be done on this machine");
    assert!(families.err.contains("/proc/net/protocols"), "{}", families.err);
    let doctor = through(NO_PROC, &["doctor", "-q"]).out;
    let own = doctor.lines().find(|line| line.starts_with("a network of one's own")).unwrap();
    assert!(own.contains("  yes  "), "{doctor}");
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

/// Whoever does not find the name in a file would have to ask a server.
fn without_localhost() {
    for place in ["/etc/hosts", "/etc/nsswitch.conf"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "127.0.0.1 here\nhosts: dns files\n").unwrap();
        let shell = format!("mount --bind {} {place} && exec \"$@\"", file.path().display());
        let wrapper = ["unshare", "--map-root-user", "--mount", "sh", "-c", &shell, "sh"];
        for lesson in lessons_that(Need::Localhost) {
            let ran = through(&wrapper, &["lesson", lesson.name]);
            is_recording(&ran, lesson);
            assert!(ran.err.contains(place), "{}", ran.err);
        }
    }
}

fn without_room_for_files() {
    // The name of a socket has room for 107 letters.
    let long = tempfile::Builder::new().prefix(&"x".repeat(100)).tempdir().unwrap();
    for lesson in lessons_that(Need::TemporaryDirectory) {
        let nowhere = run(playground(&["lesson", lesson.name]).env("TMPDIR", "/nowhere"));
        is_recording(&nowhere, lesson);
        assert!(nowhere.err.contains("/nowhere: ENOENT: "), "{}", nowhere.err);
        is_recording(&run(playground(&["lesson", lesson.name]).env("TMPDIR", long.path())), lesson);
        is_recording(&run(playground(&["lesson", lesson.name]).env("TMPDIR", "/proc")), lesson);
    }
}

fn powerless() {
    for lesson in LESSONS {
        let ran = through(POWERLESS, &["lesson", lesson.name]);
        match (lesson.needs.contains(&Need::RawSockets), lesson.needs.contains(&Need::Filters)) {
            (true, _) => is_recording(&ran, lesson),
            // Some kernels give filters to everybody.
            (_, true) if ran.code == Some(3) => is_recording(&ran, lesson),
            _ => assert_eq!(ran.code, Some(0), "{}", lesson.name),
        }
    }
}

/// strace makes a call fail as a seccomp filter does.
fn sandboxed() {
    for (call, error) in [("socket", "EPERM"), ("bind", "EACCES"), ("listen", "ENOSYS")] {
        let inject = format!("inject={call}:error={error}");
        let wrapper = ["strace", "-f", "-o", "/dev/null", "-e", &inject];
        is_recording(
            &through(&wrapper, &["lesson", "tcp-server"]),
            &LESSONS[lesson_called("tcp-server")],
        );
    }
}

/// What a lesson waits for cannot be asked: it waits no longer than the first question.
fn untold() {
    for call in ["ioctl:error=ENOTTY", "getsockopt:error=EPERM"] {
        let inject = format!("inject={call}");
        let began = Instant::now();
        let lesson = &LESSONS
            [lesson_called(if call.starts_with("ioctl") { "byte-stream" } else { "options" })];
        let wrapper = ["strace", "-f", "-o", "/dev/null", "-e", &inject];
        is_recording(&through(&wrapper, &["lesson", lesson.name]), lesson);
        assert!(began.elapsed() < Duration::from_secs(8), "{call}: {:?}", began.elapsed());
    }
}

/// The run has begun, and is told, when it turns out that it cannot go on.
fn one_run_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let wrapper = ["strace", "-f", "-o", "/dev/null", "-e", "inject=listen:error=EPERM"];
    let lesson = ["lesson", "tcp-server", "--view", "json"];
    let told = through(&wrapper, &lesson);
    assert_eq!(told.code, Some(3));
    assert!(
        told.err.ends_with("\nIts stored run is not shown: there is one run already.\n"),
        "{}",
        told.err
    );
    assert!(trace::read(&told.out).unwrap().ending.unwrap().failure.is_some());
    let stored = through(&wrapper, &[&lesson[..], &["-o", file.to_str().unwrap()]].concat());
    assert_eq!((stored.code, &*stored.out), (Some(3), ""));
    let recording = trace::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(recording.playbill.recorded.is_some() && recording.ending.unwrap().failure.is_none());
}

/// There is a network of its own, and nothing in it works.
fn half_a_network() {
    let wrapper = ["strace", "-f", "-o", "/dev/null", "-e", "inject=ioctl:error=EPERM"];
    for lesson in lessons_that(Need::OwnNetwork) {
        let ran = through(&wrapper, &["lesson", lesson.name]);
        is_recording(&ran, lesson);
        assert!(ran.err.contains("loopback"), "{}", ran.err);
    }
}

/// As in a container: raw sockets, and no network but the one that everybody is in.
fn raw_without_a_network() {
    for lesson in LESSONS.iter().filter(|lesson| lesson.needs.contains(&Need::OwnNetwork)) {
        let ran = through(NO_OWN_NETWORK, &["lesson", lesson.name]);
        match lesson.needs.contains(&Need::RawSockets) {
            true => is_recording(&ran, lesson),
            false if lesson.needs.contains(&Need::Filters) && ran.code == Some(3) => {
                is_recording(&ran, lesson);
            }
            false => assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name),
        }
    }
    let needs = lessons_that(Need::RawSockets).into_iter().map(|lesson| lesson.needs);
    assert!(
        needs.into_iter().all(|needs| needs.contains(&Need::OwnNetwork)),
        "raw sockets hear everybody"
    );
}

/// Who may write to a file outside of a user namespace only, may write the run to it.
fn the_page_is_opened_outside() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    assert_eq!(support::run(Command::new("chown").arg("65534").arg(folder.path())).code, Some(0));
    let ran = through(NO_ADMIN, &["lesson", "udp", "-o", run.to_str().unwrap()]);
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    assert!(std::fs::read_to_string(&run).unwrap().contains("in a network of its own"));
}

fn lesson_called(name: &str) -> usize {
    LESSONS.iter().position(|lesson| lesson.name == name).unwrap()
}

fn labelled() {
    let lesson = lessons_that(Need::TemporaryDirectory)[0];
    for (view, label) in [
        ("story", "RECORDED on "),
        ("ladder", "RECORDED on "),
        ("svg", "RECORDED on "),
        ("json", "\"recorded\":"),
    ] {
        let ran =
            run(playground(&["lesson", lesson.name, "--view", view]).env("TMPDIR", "/nowhere"));
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
