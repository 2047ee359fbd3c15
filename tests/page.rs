//! A run as a page of HTML: it holds nothing but what we wrote into it, and is small.

mod support;

use libtest_mimic::Trial;
use socket_playground::lessons::LESSONS;
use socket_playground::sinks::{Html, run_of};
use socket_playground::trace::{
    self, Address, Answer, Bytes, Call, Event, Fact, Playbill, Table, Trace, UnixName, Value, show,
};
use std::fs;
use std::process::ExitCode;
use support::{anywhere, playground, project, run, trial};

fn main() -> ExitCode {
    let mut trials: Vec<Trial> = LESSONS
        .iter()
        .map(|lesson| {
            let name = format!("the_page_of_{}_holds_its_run", lesson.name);
            trial(&name, anywhere, || holds_its_run(lesson.name))
        })
        .collect();
    trials.push(trial("nothing_in_a_page_is_markup_of_a_peer", anywhere, hostile));
    trials.push(trial("pages_and_what_they_need_are_small", anywhere, sizes));
    trials.push(trial("a_page_can_be_replayed", anywhere, replayed));
    trials.push(trial("a_file_that_was_named_stays", anywhere, named_stays));
    support::main(trials)
}

fn page(trace: &Trace) -> String {
    let mut page = Vec::new();
    show(trace, &mut Html::new(&mut page)).unwrap();
    String::from_utf8(page).unwrap()
}

/// A stored run of a lesson, read anew.
fn stored(lesson: &str) -> Trace {
    let path = project(&format!("lessons/traces/{lesson}.jsonl"));
    trace::read(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The tags of the elements that a page begins, up to our script.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    let script = page.find("<script>").expect("a page has a script");
    let begun = page[..script].split('<').skip(1).filter(|text| !text.starts_with(['/', '!']));
    begun.map(|text| text.split('>').next().unwrap())
}

/// What a page of ours is made of.
const ELEMENTS: &[&str] = &[
    "aside", "b", "body", "br", "button", "caption", "details", "div", "h1", "h2", "head", "html",
    "i", "input", "li", "main", "meta", "ol", "output", "p", "pre", "samp", "script", "section",
    "small", "style", "summary", "table", "tbody", "td", "th", "thead", "title", "tr", "u", "ul",
];

fn is_ours(page: &str) {
    for tag in tags(page) {
        let element = tag.split([' ', '\n']).next().unwrap();
        assert!(ELEMENTS.contains(&element), "a page has <{element}");
        // Between the values of the attributes stand their names.
        let names: String = tag.split('"').step_by(2).collect();
        for attribute in [" src=", " href=", " on", " srcdoc="] {
            assert!(!names.contains(attribute), "a page has {attribute} in <{tag}>");
        }
    }
    assert_eq!(page.matches("<script").count(), 2, "the run, and our script");
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!page.contains(control), "a page has a character that a terminal obeys");
}

fn holds_its_run(lesson: &str) {
    let trace = stored(lesson);
    let page = page(&trace);
    is_ours(&page);
    let back = run_of(&page).map(trace::read);
    assert_eq!(back, Some(Ok(trace.clone())), "{lesson}");
    let calls = trace.events.iter().filter(|event| event.answer().is_some()).count();
    let told =
        page.matches("<div class=\"ok\"").count() + page.matches("<div class=\"no\"").count();
    assert!(told >= calls && calls > 0, "{lesson}: {told} lines for {calls} calls");
    for act in trace.acts() {
        let heading = format!("<h2>{}</h2>", act.heading);
        assert!(page.contains(&heading), "{lesson}: {heading}");
    }
}

/// What somebody may want a page to obey.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</samp><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style>@import url(//example.org)</style></svg>",
    "\" onmouseover=\"alert(1)",
    "<!--",
    "]]><iframe srcdoc=x>",
    "&lt;script&gt;",
    "<base href=//example.org>",
    "<meta http-equiv=refresh content=0;url=//example.org>",
    "\u{1b}]0;owned\u{7}\u{202e}\n\n<textarea>",
];

/// Words of a peer, names of files, lanes, errors and tables: whatever a run can hold.
fn hostile() {
    for attack in ATTACKS {
        let mut trace = Trace::new(Playbill {
            version: Playbill::VERSION,
            lesson: (*attack).into(),
            title: (*attack).into(),
            system: (*attack).into(),
            command: Some((*attack).into()),
            place: Some((*attack).into()),
            ..Playbill::default()
        });
        let path = Value::Address(Address::Unix(UnixName::Path((*attack).into())));
        let call = Call::on(3, "recv").with(path);
        let bytes = Value::Bytes(Bytes::new(attack.as_bytes()));
        let answer = Answer::Ok(vec![Value::Number(9), bytes]);
        let entered = Fact::Entered { tid: 1, by: None, process: None };
        let event = |fact| Event::new((*attack).into(), 0, fact);
        trace.events = [
            entered,
            Fact::Called(call.clone()),
            Fact::Returned { call, answer, names: None },
            Fact::Left,
        ]
        .map(event)
        .into();
        let mut table = Table::new([*attack]);
        table.row([*attack]);
        table.notes.push((*attack).into());
        let ending = trace::Ending {
            failure: Some((*attack).into()),
            table: Some(table),
            ..Default::default()
        };
        trace.ending = Some(ending);
        let page = page(&trace);
        is_ours(&page);
        assert_eq!(run_of(&page).map(trace::read), Some(Ok(trace)), "{attack}");
    }
}

/// In bytes.
fn sizes() {
    let size = |path: &str| fs::metadata(project(path)).unwrap().len();
    let theme = "lessons/theme";
    let style = size(&format!("{theme}/book.css")) + size(&format!("{theme}/player.css"));
    assert!(style <= 12_000, "the styles of the book have {style} bytes");
    let script = size(&format!("{theme}/player.js"));
    assert!(script <= 5_000, "the script of the book has {script} bytes");
    for lesson in LESSONS {
        let chapter = size(&format!("lessons/{}.md", lesson.name));
        assert!(chapter <= 100_000, "the chapter of {} has {chapter} bytes", lesson.name);
    }
    for name in ["tcp-server", "tcp-server--wire"] {
        let page = page(&stored(name)).len();
        assert!(page <= 60_000, "the page of {name} has {page} bytes");
    }
}

fn replayed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.html");
    let command = ["lesson", "tcp-server", "--view", "html", "-o"];
    let ran = run(playground(&command).arg(&path));
    assert_eq!((ran.code, &*ran.out), (Some(0), ""), "{}", ran.err);
    let ran = run(playground(&["replay"]).arg(&path));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("The proof: early client, line"), "{}", ran.out);
    fs::write(&path, "<!doctype html>\n<p>another page</p>\n").unwrap();
    let ran = run(playground(&["replay"]).arg(&path));
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

/// Nothing was written, and there is nothing to open.
fn named_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.html");
    fs::write(&path, "").unwrap();
    let open = |output: &[&str]| {
        let command = [&["lesson", "nonsuch", "--open"], output].concat();
        run(playground(&command).env("TMPDIR", directory.path())).code
    };
    assert_eq!(open(&["-o", path.to_str().unwrap()]), Some(2));
    assert!(path.exists(), "whoever has named it may need it");
    assert_eq!(open(&[]), Some(2));
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "a page that was made for nothing is gone");
}
