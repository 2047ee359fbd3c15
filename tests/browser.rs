//! The pages of the book and of runs in a real browser: see `tests/browser/pages.mjs` and
//! `runs.mjs`.

mod support;

use mdbook_driver::MDBook;
use serde_json::Value;
use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::sinks::{Html, Steps};
use socket_playground::trace::{self, Socket, TcpState, Trace, show};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode};
use support::{project, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("every_page_is_fit_to_be_read", has_a_browser, pages_are_fit),
        trial("the_page_of_every_run_opens_from_disk", has_a_browser, runs_open),
    ])
}

fn has_a_browser() -> Result<(), String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".into());
    works(&["node", "--version"])?;
    works(&[&chromium, "--version"])?;
    match project("tests/browser/node_modules/playwright-core").is_dir() {
        true => Ok(()),
        false => Err("the driver is missing: npm ci --prefix tests/browser".into()),
    }
}

fn pages_are_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(project("")).unwrap();
    book.config.build.build_dir = folder.path().into();
    book.build().unwrap();
    let moments = tempfile::NamedTempFile::new().unwrap();
    fs::write(moments.path(), moments_of_all().to_string()).unwrap();
    in_browser("pages.mjs", &[folder.path(), moments.path()]);
}

fn in_browser(script: &str, arguments: &[&Path]) {
    let script = project("tests/browser").join(script);
    let ran = run(Command::new("node").arg(script).args(arguments));
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

fn stored(lesson: &Lesson) -> Trace {
    trace::read(lesson.recorded).unwrap()
}

/// What the kernel has after each step of each lesson: who holds each socket, and its state.
fn moments_of_all() -> Value {
    let of = |lesson: &Lesson| {
        let trace = stored(lesson);
        let steps = Steps::ranges(&trace).into_iter().map(|step| {
            let moment = trace.moment(step.end);
            moment.sockets.iter().map(in_words).collect::<Vec<_>>()
        });
        (lesson.name.to_string(), steps.collect::<Value>())
    };
    LESSONS.iter().map(of).collect()
}

/// `3, 6 server|LISTEN|0 of 5 wait for accept`
fn in_words(socket: &Socket) -> String {
    let mut held = String::new();
    for (place, one) in socket.held.iter().enumerate() {
        let before = if place > 0 { ", " } else { "" };
        let next = socket.held.get(place + 1);
        let by = if next.is_some_and(|next| next.by == one.by) {
            "".into()
        } else {
            format!(" {}", one.by)
        };
        held += &format!("{before}{}{by}", one.descriptor.fd);
    }
    let who = match (held.is_empty(), socket.was) {
        (false, _) => held,
        (true, Some(fd)) => format!("({fd}) closed"),
        (true, None) => "waits for accept".into(),
    };
    let state = socket.state.map(|state| state.to_string());
    let queue = socket.queue.filter(|_| socket.state == Some(TcpState::Listen));
    let queue = queue.map(|(waiting, limit)| format!("{waiting} of {limit} wait for accept"));
    let count = |number: u32, what: &str| (number > 0).then(|| format!("{number} {what}"));
    let waits = [
        state,
        queue,
        count(socket.unread, "bytes unread"),
        count(socket.unacknowledged, "bytes unacknowledged"),
        count(socket.dropped, "datagrams dropped"),
    ];
    format!("{who}|{}", waits.into_iter().flatten().collect::<Vec<_>>().join("|"))
}

/// One page for each lesson.
fn runs_open() {
    let folder = tempfile::tempdir().unwrap();
    for lesson in LESSONS {
        let file = File::create(folder.path().join(format!("{}.html", lesson.name))).unwrap();
        show(&stored(lesson), &mut Html::new(file)).unwrap();
    }
    in_browser("runs.mjs", &[folder.path()]);
}
