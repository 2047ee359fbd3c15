//! Each lesson ends, explains every call, answers its question, and is the run that is stored.

mod support;

use socket_playground::lessons::LESSONS;
use socket_playground::sinks::{self, Dialect, Guess, Json, Sink, Story, Theme};
use socket_playground::trace::{Playbill, Trace};
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use support::{run, run_lesson, runs};

/// The story of a trace, as the program tells it.
fn story(trace: &Trace) -> String {
    let mut told = Vec::new();
    sinks::show(trace, &mut Story::new(&mut told, Theme::Plain, Dialect::C, Guess::NotAsked)).unwrap();
    String::from_utf8(told).unwrap()
}

#[test]
fn every_lesson_ends_and_answers_its_question() {
    for lesson in LESSONS {
        let ending = run_lesson(lesson.name).ending.expect("the run ends");
        assert_eq!(ending.failure, None, "{}", lesson.name);
        assert!(ending.verdict.is_some(), "{} asks, and the run has to answer", lesson.name);
    }
}

#[test]
fn every_call_is_explained() {
    for lesson in LESSONS {
        let trace = run_lesson(lesson.name);
        let unexplained: HashSet<u32> = support::unexplained(&trace, &lesson.script()).collect();
        let where_to = format!("write a // comment above these lines of {}", lesson.file);
        assert!(unexplained.is_empty(), "{where_to}: {unexplained:?}");
        assert!(
            trace.events.iter().filter(|event| event.is_call()).count() > 5,
            "{} does nothing",
            lesson.name
        );
    }
}

#[test]
fn every_run_is_one_story() {
    for lesson in LESSONS {
        let first = run_lesson(lesson.name).canonical();
        for i in 1..runs(25) {
            let next = run_lesson(lesson.name).canonical();
            assert_eq!(story(&first), story(&next), "{}, run {i}", lesson.name);
            let differs = (0..).zip(&first.events).zip(&next.events).find(|((_, a), b)| a != b);
            assert!(first == next, "{}, run {i}: first difference: {differs:?}", lesson.name);
        }
    }
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

#[test]
fn the_story_of_the_stored_run_is_the_story_of_the_run() {
    for lesson in LESSONS {
        for free in [None, Some("the test wants it so".to_string())] {
            let (live, json) = (Page::default(), Page::default());
            let story_sink: Box<dyn Sink> =
                Box::new(Story::new(live.clone(), Theme::Plain, Dialect::C, Guess::NotAsked));
            let sinks: Vec<Box<dyn Sink>> = vec![story_sink, Box::new(Json::new(json.clone()))];
            let (trace, done) = lesson.perform(free, Box::new(sinks));
            done.unwrap();
            let read_back = sinks::read(&json.text()).unwrap();
            assert!(read_back == trace, "{}", lesson.name);
            assert_eq!(story(&read_back), live.text(), "{}", lesson.name);
        }
    }
}

#[test]
fn in_a_free_run_every_cause_stands_before_its_effect() {
    for lesson in LESSONS {
        for _ in 0..runs(25) {
            let ran = run(&mut support::playground(&["lesson", lesson.name, "--free", "--view", "json"]));
            let trace = sinks::read(&ran.out).unwrap();
            let arrows = trace.arrows();
            assert!(arrows.len() > 2, "{} has lanes that speak to each other", lesson.name);
            let wrong = arrows.iter().find(|arrow| arrow.from >= arrow.to);
            assert_eq!(wrong, None, "{}\n{}", lesson.name, ran.out);
        }
    }
}

#[test]
fn a_recording_that_was_cut_off_is_read_up_to_there() {
    let text = run(&mut support::playground(&["lesson", "tcp-client", "--view", "json"])).out;
    let lines: Vec<&str> = text.lines().collect();
    let cut = sinks::read(&lines[..lines.len() / 2].join("\n")).unwrap();
    assert_eq!(cut.ending, None);
    let whole = sinks::read(&text).unwrap();
    assert!(!cut.events.is_empty() && whole.events.starts_with(&cut.events));
}

/// Damaged or hostile recordings: actors that never entered, many lanes, numbers without end, bytes for the terminal.
#[test]
fn no_recording_makes_a_view_panic_or_reaches_the_terminal_raw() {
    let good = run(&mut support::playground(&["lesson", "tcp-client", "--view", "json"])).out;
    let opens = good.lines().next().unwrap();
    let enter = |i: usize, by: &str| {
        format!("{{\"actor\":\"lane {i}\",\"at\":1,\"event\":\"entered\",\"tid\":{i}{by}}}\n")
    };
    let lanes = |n: usize| format!("{opens}\n{}", (0..n).map(|i| enter(i, "")).collect::<String>());
    let call = "{\"actor\":\"lane 0\",\"line\":4294967295,\"at\":1,\"event\":\"called\",\"call\":\"\\u001b[2J\\u0007\"}\n";
    let much = "{\"actor\":\"client\",\"at\":1,\"event\":\"returned\",\"call\":\"send\",\"fd\":5,\"answer\":{\"ok\":[{\"number\":9223372036854775807}]}}\n";
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
    for (i, recording) in recordings.iter().enumerate() {
        std::fs::write(&file, recording).unwrap();
        for view in [&["--view", "ladder"][..], &["--view", "json"], &[], &["--dialect", "python"]] {
            let ran = run(support::playground(&["replay", file.to_str().unwrap()]).args(view));
            assert_eq!(ran.code, Some(0), "recording {i}, {view:?}: {}", ran.err);
            assert!(!ran.out.is_empty(), "recording {i}, {view:?}");
            let raw = ran.out.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(raw, None, "recording {i}, {view:?}");
        }
    }
}

#[test]
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
        let why = sinks::read(&text).unwrap_err();
        assert!(why.contains(want), "wanted {want:?}, got {why:?}");
    }
}
