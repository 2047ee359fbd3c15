//! Each lesson ends, explains every call, answers its question, and is the run that is stored.

mod support;

use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::sinks::{self, Dialect, Json, Paper, Story, Theme, svg};
use socket_playground::syllabus::How;
use socket_playground::trace::{self, Playbill, Sink, Trace};
use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use support::{
    NOBODY, PublicCopy, anywhere, can_run, project, run, run_lesson, runs, trial, works,
};

type Test = fn(&'static Lesson);

/// What has to be so of every lesson.
const OF_EACH: &[(&str, Test)] = &[
    ("ends_and_answers_its_question", ends_and_answers_its_question),
    ("explains_every_call", explains_every_call),
    ("is_one_story_and_one_picture_in_every_run", is_one_story_and_one_picture_in_every_run),
    ("tells_live_what_is_stored", tells_live_what_is_stored),
    ("puts_every_cause_before_its_effect", puts_every_cause_before_its_effect),
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for lesson in LESSONS {
        for &(what, test) in OF_EACH {
            trials.push(trial(
                &format!("{}_{what}", lesson.name),
                || can_run(lesson.name),
                move || test(lesson),
            ));
        }
        let unprivileged =
            || works(&[NOBODY, &["true"]].concat()).and_then(|()| can_run(lesson.name));
        let name = format!("{}_is_the_same_story_without_privileges", lesson.name);
        trials.push(trial(&name, unprivileged, || is_the_same_story_without_privileges(lesson)));
    }
    let others: [(&str, fn()); 3] = [
        (
            "a_recording_that_was_cut_off_is_read_up_to_there",
            a_recording_that_was_cut_off_is_read_up_to_there,
        ),
        (
            "no_recording_makes_a_view_panic",
            no_recording_makes_a_view_panic_or_reaches_the_terminal_raw,
        ),
        (
            "what_is_no_stored_run_is_refused_with_its_line",
            what_is_no_stored_run_is_refused_with_its_line,
        ),
    ];
    trials.extend(others.map(|(name, test)| trial(name, anywhere, test)));
    support::main(trials)
}

/// What tells a story as the program does where there is no terminal.
fn sink<W: Write + Send>(out: W) -> Story<W> {
    Story::new(sinks::Page::new(out, Theme::Plain, Some(80)), Dialect::C)
}

/// The story of a trace, as the program tells it.
fn story(trace: &Trace) -> String {
    let mut told = Vec::new();
    trace::show(trace, &mut sink(&mut told)).unwrap();
    String::from_utf8(told).unwrap()
}

fn ends_and_answers_its_question(lesson: &Lesson) {
    let ending = run_lesson(lesson.name).ending.expect("the run ends");
    assert_eq!(ending.failure, None);
    assert!(ending.verdict.is_some(), "it asks, and the run has to answer");
}

fn explains_every_call(lesson: &Lesson) {
    let trace = run_lesson(lesson.name);
    let unexplained: HashSet<u32> = support::unexplained(&trace, &lesson.script()).collect();
    assert!(
        unexplained.is_empty(),
        "write a // comment above these lines of {}: {unexplained:?}",
        lesson.file
    );
    assert!(trace.events.iter().filter(|event| event.is_call()).count() > 5, "it does nothing");
    let long = lesson.script().steps.into_iter().find(|step| step.prose.len() > 3);
    assert_eq!(long, None, "a comment has at most three lines");
}

fn is_one_story_and_one_picture_in_every_run(lesson: &Lesson) {
    let first = run_lesson(lesson.name);
    for i in 1..runs(6) {
        let next = run_lesson(lesson.name);
        assert_eq!(
            svg(&first, Paper::Page, None),
            svg(&next, Paper::Page, None),
            "the picture of run {i}"
        );
        are_one_run(&first.clone().canonical(), &next.canonical(), i);
    }
}

fn are_one_run(first: &Trace, next: &Trace, i: usize) {
    assert_eq!(story(first), story(next), "run {i}");
    let differs = (0..).zip(&first.events).zip(&next.events).find(|((_, a), b)| a != b);
    assert!(first == next, "run {i}: first difference: {differs:?}");
}

/// Without a single capability, too, a lesson is the run that is stored.
fn is_the_same_story_without_privileges(lesson: &Lesson) {
    let stored =
        trace::read(&std::fs::read_to_string(stored_run(lesson)).unwrap()).unwrap().canonical();
    let copy = PublicCopy::new();
    for i in 0..runs(5) {
        let ran = copy.run(&["lesson", lesson.name, "--view", "json"]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        are_one_run(&stored, &trace::read(&ran.out).unwrap().canonical(), i);
    }
}

fn stored_run(lesson: &Lesson) -> PathBuf {
    project(&format!("lessons/traces/{}.jsonl", lesson.name))
}

/// A place to write to that can be read while a sink writes to it.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn tells_live_what_is_stored(lesson: &'static Lesson) {
    for free in [None, Some("--free".to_string())] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.jsonl");
        let mut stores = support::playground(&["lesson", lesson.name, "--view", "json", "-o"]);
        assert_eq!(run(stores.arg(&file).args(&free)).code, Some(0));
        let stored = trace::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let told = run(support::playground(&["replay"]).arg(&file)).out;
        assert_eq!(story(&stored), told);
        if lesson.needs.is_empty() {
            tells_both_alike(lesson, free);
        }
    }
}

/// In this process two sinks are shown the same run.
fn tells_both_alike(lesson: &'static Lesson, free: Option<String>) {
    let (live, json) = (Page::default(), Page::default());
    let sinks: Vec<Box<dyn Sink>> =
        vec![Box::new(sink(live.clone())), Box::new(Json::new(json.clone()))];
    let (trace, done) =
        lesson.perform(How { kernel: true, free, ..How::default() }, Box::new(sinks));
    done.unwrap();
    let read_back = trace::read(&json.text()).unwrap();
    assert!(read_back == trace);
    assert_eq!(story(&read_back), live.text());
}

fn puts_every_cause_before_its_effect(lesson: &Lesson) {
    for _ in 0..runs(6) {
        let ran =
            run(&mut support::playground(&["lesson", lesson.name, "--free", "--view", "json"]));
        let trace = trace::read(&ran.out).unwrap();
        let arrows = trace.arrows();
        let wrong = arrows.iter().find(|arrow| arrow.from >= arrow.to);
        assert_eq!(wrong, None, "{}", ran.out);
        assert!(trace.cast().count() == 1 || !arrows.is_empty(), "its lanes speak to each other");
    }
}

fn a_recording_that_was_cut_off_is_read_up_to_there() {
    let text = run(&mut support::playground(&["lesson", "tcp-client", "--view", "json"])).out;
    let lines: Vec<&str> = text.lines().collect();
    let cut = trace::read(&lines[..lines.len() / 2].join("\n")).unwrap();
    assert_eq!(cut.ending, None);
    let whole = trace::read(&text).unwrap();
    assert!(!cut.events.is_empty() && whole.events.starts_with(&cut.events));
}

/// A lane enters, started by nobody, or as `by` says.
fn enter(i: usize, by: &str) -> String {
    format!("{{\"actor\":\"lane {i}\",\"at\":1,\"event\":\"entered\",\"tid\":{i}{by}}}\n")
}

/// The beginning of a recording: so many lanes enter.
fn lanes(opens: &str, n: usize) -> String {
    format!("{opens}\n{}", (0..n).map(|i| enter(i, "")).collect::<String>())
}

const STRANGE_CALLS: [&str; 8] =
    ["getsockopt", "setsockopt", "fcntl", "recvmsg", "recvfrom", "sendto", "socketpair", "close"];

/// Waits, values and tables as no run has them.
fn strange_recordings(opens: &str) -> Vec<String> {
    let lanes = |n: usize| lanes(opens, n);
    let call = "{\"actor\":\"lane 0\",\"at\":1,\"event\":\"called\",\"call\":\"\\u001b[2J\"}\n";
    let waits = |lane: &str, until: &str| {
        ["waits", "waited"].map(|event| {
            format!(
                "{{\"actor\":\"{lane}\",\"at\":1,\"event\":\"{event}\",\"fd\":-2147483648,\
            \"until\":{until}}}\n"
            )
        })
    };
    let wait = |lane: &str| {
        let conditions = [
            "{\"unread\":4294967295}",
            "\"acknowledged\"",
            "{\"state\":\"time_wait\"}",
            "{\"queued\":0}",
        ];
        conditions.iter().flat_map(|until| waits(lane, until)).collect::<String>()
    };
    let answer = |call: &str, fd: i32, values: &str| {
        format!(
            "{{\"actor\":\"lane \
             0\",\"at\":1,\"event\":\"returned\",\"call\":\"{call}\",\"fd\":{fd},\
             \"arguments\":[{values}],\"answer\":{{\"ok\":[{values}]}}}}\n"
        )
    };
    let nested = "{\"machine\":".repeat(60)
        + "{\"hex\":{\"hex\":\"1b5b324a\",\"length\":9}}"
        + &"}".repeat(60);
    let strange = |values: &str| STRANGE_CALLS.map(|call| answer(call, -1, values)).concat();
    let text = |text: &str| format!("{{\"bytes\":{{\"text\":\"{text}\",\"length\":99}}}}");
    let table = |head: &str, rows: &str| {
        let table =
            format!("{{\"head\":[{head}],\"rows\":[{rows}],\"notes\":[\"\\u001b[2J\\n\"]}}");
        lanes(1)
            + &format!("{{\"closes\":{{\"failure\":null,\"verdict\":null,\"table\":{table}}}}}\n")
    };
    vec![
        lanes(1) + &wait("nobody") + &wait("lane 0") + call,
        lanes(2)
            + &waits("lane 1", "\"acknowledged\"")[1]
            + &waits("lane 0", "\"acknowledged\"")[0],
        lanes(1) + &strange(&nested),
        lanes(1) + &strange(""),
        lanes(1) + &strange("{\"fd\":-1}") + &strange("{\"fd\":-1},{\"fd\":-1},{\"time\":null}"),
        lanes(1)
            + &strange(&text("\\u001b]0;x\\u0007"))
            + &strange(&format!("{},{nested}", text(""))),
        table("", ""),
        table("", "[],[\"a\"],[\"\\u001b[2J\",\"\\u202e\"]"),
        table("\"\\u0007\",\"b\",\"c\"", "[],[\"1\",\"2\",\"3\",\"4\"],[\"你好\"]"),
    ]
}

/// Damaged or hostile recordings: actors that never entered, many lanes, numbers without end, bytes
/// for the terminal.
fn no_recording_makes_a_view_panic_or_reaches_the_terminal_raw() {
    let good = run(&mut support::playground(&["lesson", "tcp-client", "--view", "json"])).out;
    let opens = good.lines().next().unwrap();
    let call = "{\"actor\":\"lane \
         0\",\"line\":4294967295,\"at\":1,\"event\":\"called\",\"call\":\"\\u001b[2J\\u0007\"}\n";
    let much = "{\"actor\":\"client\",\"at\":1,\"event\":\"returned\",\"call\":\"send\",\"fd\":5,\
         \"answer\":{\"ok\":[{\"number\":9223372036854775807}]}}\n";
    let lanes = |n: usize| lanes(opens, n);
    let recordings = [
        lanes(0) + call,
        lanes(2) + call + &enter(7, ",\"by\":\"nobody\"") + &enter(8, ",\"by\":\"lane 8\""),
        lanes(20) + call,
        lanes(1000) + call,
        good.replacen(
            "{\"actor\":\"client\",\"line\":112",
            &format!("{much}{much}{much}{{\"actor\":\"client\",\"line\":112"),
            1,
        ) + "",
        good.lines().take(30).map(|line| format!("{line}\n")).collect(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    for (i, recording) in recordings.into_iter().chain(strange_recordings(opens)).enumerate() {
        std::fs::write(&file, recording).unwrap();
        for view in [
            &["--view", "ladder"][..],
            &["--view", "svg"],
            &["--view", "json"],
            &[],
            &["--dialect", "python"],
        ] {
            let ran = run(support::playground(&["replay", file.to_str().unwrap()]).args(view));
            assert_eq!(ran.code, Some(0), "recording {i}, {view:?}: {}", ran.err);
            assert!(!ran.out.is_empty(), "recording {i}, {view:?}");
            let raw = ran.out.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(raw, None, "recording {i}, {view:?}");
        }
    }
}

fn what_is_no_stored_run_is_refused_with_its_line() {
    let opens = |version| format!("{{\"opens\":{{\"version\":{version}}}}}");
    let good = run(&mut support::playground(&["lesson", "tcp-client", "--view", "json"])).out;
    let cases = [
        ("".to_string(), "empty"),
        ("hello".into(), "line 1: not JSON"),
        ("{}".into(), "line 1 does not open a run"),
        (opens(99), "of version 99"),
        (opens(Playbill::VERSION), "line 1: missing field"),
        (format!("{good}{{}}"), "the run has ended before"),
        (good.replacen("\"called\"", "\"sang\"", 1), "unknown variant `sang`"),
        (good.replace("\"proof\":", "\"proof\":9"), "is not there"),
    ];
    for (text, want) in cases {
        let why = trace::read(&text).unwrap_err();
        assert!(why.contains(want), "wanted {want:?}, got {why:?}");
    }
}
