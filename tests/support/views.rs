//! The generated parts of the book and of the README: pure views of the stored runs.
//!
//! A part stands between `<!-- begin VIEW LESSON … -->` and `<!-- end -->`.

use super::support::{ladder, svg};
use socket_playground::lessons::{LESSONS, Lesson};
use socket_playground::manual::errno::{self, Errno, Explanation};
use socket_playground::sinks::{self, Dialect, Guess, Story, Theme};
use socket_playground::trace::{Aspect, Change, Event, Fact, Playbill, TcpState, Trace};
use std::fs;

/// The text of a page with every generated part made anew.
pub fn regenerate(page: &str) -> String {
    let mut fresh = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- begin ") {
        let (view, after) = after.split_once(" -->").expect("`<!-- begin` is closed");
        let (_, after) = after
            .split_once("<!-- end -->")
            .expect("every `<!-- begin … -->` has its `<!-- end -->`");
        fresh += &format!("{before}<!-- begin {view} -->\n{}<!-- end -->", part(view));
        rest = after;
    }
    fresh + rest
}

fn part(view: &str) -> String {
    let words: Vec<&str> = view.split(' ').collect();
    match words[..] {
        ["story", lesson] => {
            format!(
                "<pre class=\"story\" tabindex=\"0\">\n{}</pre>\n",
                story(&bare(lesson), Theme::Html)
            )
        }
        ["ladder", lesson] => {
            format!(
                "<pre class=\"ladder\" tabindex=\"0\">\n{}</pre>\n",
                escape(&ladder(&stored(lesson)))
            )
        }
        ["svg", lesson] => format!(
            "<div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"The picture of {lesson}\">\n{}</div>\n",
            svg(&stored(lesson))
        ),
        ["step", lesson, number] => {
            format!("```text\n{}```\n", step(lesson, number.parse().unwrap()))
        }
        ["question", lesson] => question(lesson),
        ["answer", lesson] => answer(lesson),
        ["errors"] => errors(),
        ["states"] => states(),
        _ => panic!("no view is called {view:?}"),
    }
}

/// The stored run of a lesson.
pub fn stored(lesson: &str) -> Trace {
    let path = super::support::project(&format!("lessons/traces/{lesson}.jsonl"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    sinks::read(&text).unwrap()
}

/// A stored run without its question: the chapter asks it in its own place.
fn bare(lesson: &str) -> Trace {
    let mut trace = stored(lesson);
    trace.playbill = Playbill { question: None, ..trace.playbill };
    trace
}

fn story(trace: &Trace, theme: Theme) -> String {
    let mut text = Vec::new();
    sinks::show(trace, &mut Story::new(&mut text, theme, Dialect::C, Guess::NotAsked)).unwrap();
    String::from_utf8(text).unwrap()
}

/// One step of a story, counted from 1, with the name of its lane.
fn step(lesson: &str, number: usize) -> String {
    let text = story(&bare(lesson), Theme::Plain);
    let step = text.split("\n\n").nth(number).expect("the story has that many steps");
    let lane = text.split("\n\n").nth(1).unwrap().lines().next().unwrap();
    let named = step.lines().next().is_some_and(|line| !line.starts_with(' '));
    if named { format!("{step}\n") } else { format!("{lane}\n{step}\n") }
}

fn question(lesson: &str) -> String {
    let asked = Lesson::named(lesson).unwrap().question.asked();
    let ask: String = asked.ask.lines().map(|line| format!("> {line}\n")).collect();
    let choices: String = asked.choices.iter().map(|choice| format!("> - {choice}\n")).collect();
    format!("{ask}>\n{choices}\n")
}

fn answer(lesson: &str) -> String {
    let text = story(&stored(lesson), Theme::Plain);
    let line = |start: &str| {
        text.lines()
            .find_map(|line| line.trim().strip_prefix(start))
            .expect("a verdict")
            .trim()
            .to_string()
    };
    let (_, choice) = line("The kernel's answer: ")
        .split_once(") ")
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .unwrap();
    format!("**{choice}** The proof, in the run below:\n\n```text\n{}\n```\n", line("The proof: "))
}

fn errors() -> String {
    let row = |errno: Errno| {
        let Explanation { meaning, when, .. } = errno.explanation().unwrap();
        let (name, lessons) = (errno.name(), lessons_with(errno.code()));
        format!("| `{name}` | {} | {meaning} | {when} | {lessons} |\n", errno.code())
    };
    let rows: String = errno::known_errors().map(row).collect();
    format!(
        "| Error | Number | What it means | Who gives it, and when | Shown by |\n|---|---|---|---|---|\n{rows}"
    )
}

/// Every state of TCP, and the lessons in whose stored run a socket is in it.
fn states() -> String {
    let row = |(state, meaning): &(TcpState, &str)| {
        let reaches = |name: &str| stored(name).events.iter().any(|event| is_in(event, *state));
        let lessons = LESSONS.iter().map(|lesson| lesson.name).filter(|name| reaches(name));
        let links: Vec<String> = lessons.map(|name| format!("[{name}]({name}.md)")).collect();
        let links = if links.is_empty() { "none: see below".into() } else { links.join(", ") };
        format!("| {state} | {meaning} | {links} |\n")
    };
    let rows: String = STATES.iter().map(row).collect();
    format!("| State | What it means | Reached by |\n|---|---|---|\n{rows}")
}

/// In the order in which a connection may go through them.
const STATES: [(TcpState, &str); 11] = [
    (TcpState::Close, "no connection: not yet, or not any more"),
    (TcpState::Listen, "`listen` was called: it waits for connections"),
    (TcpState::SynSent, "`connect` was called: SYN is sent, and not answered yet"),
    (
        TcpState::SynReceived,
        "a SYN has come and is answered; this end still waits for the third packet, or, if its listener wants it so, for the first word",
    ),
    (TcpState::Established, "the connection stands: both ends may send"),
    (TcpState::FinWait1, "this end has closed, and its FIN is not acknowledged yet"),
    (
        TcpState::FinWait2,
        "this end has closed, and the other kernel knows; the other end has not closed",
    ),
    (TcpState::CloseWait, "the other end has closed; this program has not"),
    (
        TcpState::Closing,
        "both ends have closed at the same time, and the acknowledgement is missing",
    ),
    (
        TcpState::LastAck,
        "the other end had closed, now this one has; the last acknowledgement is missing",
    ),
    (
        TcpState::TimeWait,
        "over; the end that closed first remembers it for a minute, so that late packets do no harm",
    ),
];

fn is_in(event: &Event, state: TcpState) -> bool {
    let Fact::Changed(Change { what: Aspect::State { before, after, .. }, .. }) = &event.fact
    else {
        return false;
    };
    [before, after].contains(&&Some(state))
}

/// Links to the lessons in whose stored run a call fails with that error.
fn lessons_with(code: i32) -> String {
    let shows = |name: &str| stored(name).events.iter().any(|event| event.failed_with(code));
    let lessons = LESSONS.iter().map(|lesson| lesson.name).filter(|name| shows(name));
    lessons.map(|name| format!("[{name}]({name}.md)")).collect::<Vec<_>>().join(", ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
