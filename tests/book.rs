//! The book cannot drift from the program: stored runs are runs, and every transcript and picture
//! is a view of one.

mod support;

use libtest_mimic::Trial;
use mdbook_driver::MDBook;
use socket_playground::book::Book;
use socket_playground::lessons::LESSONS;
use socket_playground::trace::{self, Trace, Wire};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::{anywhere, can_run, playground, project, run, trial};

const HOW: &str = "If that is what you want:\n    REGENERATE=1 cargo test --test book";

fn main() -> ExitCode {
    if regenerates() {
        // The pages are views of the runs.
        LESSONS.iter().for_each(|lesson| check_run(lesson.name));
        sees_packets().expect("a run without packets is not stored in the place of one with them");
        check_run(WITH_PACKETS);
        pages().iter().for_each(|page| check_page(page));
    }
    let mut trials: Vec<Trial> = LESSONS
        .iter()
        .map(|lesson| {
            let name = format!("the_stored_run_of_{}_is_a_run", lesson.name);
            trial(&name, || can_run(lesson.name), || check_run(lesson.name))
        })
        .collect();
    trials.push(trial("a_stored_run_with_packets_is_a_run", sees_packets, || {
        check_run(WITH_PACKETS)
    }));
    trials.push(trial("every_page_is_a_view_of_the_stored_runs", anywhere, || {
        pages().iter().for_each(|page| check_page(page));
    }));
    trials.push(trial("every_lesson_has_its_views", anywhere, every_lesson_has_its_views));
    trials.push(trial("a_quoted_step_is_the_one_that_was_meant", anywhere, quoted_steps));
    trials.push(trial("the_book_builds", anywhere, the_book_builds));
    support::main(trials)
}

fn regenerates() -> bool {
    std::env::var_os("REGENERATE").is_some()
}

/// A run of `tcp-server` that is stored with its packets, too.
const WITH_PACKETS: &str = "tcp-server --wire";

/// Alone on its loopback, with its packets: that is how it is stored.
fn sees_packets() -> Result<(), String> {
    let playbill = trace::read(&fresh_run(WITH_PACKETS)).unwrap().playbill;
    match (playbill.place, playbill.wire) {
        (Some(_), Some(Wire::Seen)) => Ok(()),
        (None, _) => Err("this program gets no network of its own".into()),
        (_, wire) => Err(format!("the packets are not seen: {wire:?}")),
    }
}

fn fresh_run(lesson: &str) -> String {
    run(playground(&["lesson", "--view", "json"]).args(lesson.split(' '))).out
}

/// A new run equals the stored one, with what no two runs share left out.
fn check_run(lesson: &str) {
    let path = project(&format!("lessons/traces/{}.jsonl", lesson.replace(' ', "")));
    let stored = fs::read_to_string(&path).map_err(|error| error.to_string());
    let stored = stored.and_then(|text| trace::read(&text)).map(Trace::canonical);
    let fresh = fresh_run(lesson);
    if stored == Ok(trace::read(&fresh).unwrap().canonical()) {
        return;
    }
    assert!(regenerates(), "a run of {lesson} is no longer the one in {}.\n{HOW}", path.display());
    fs::write(&path, fresh).unwrap();
}

fn check_page(path: &Path) {
    let page = fs::read_to_string(path).unwrap();
    let fresh = Book::new(project("lessons/traces")).regenerate(&page);
    if page == fresh {
        return;
    }
    let differs = page.lines().zip(fresh.lines()).find(|(old, new)| old != new);
    let first =
        differs.map_or("its length".into(), |(old, new)| format!("\n  {old}\nshould be\n  {new}"));
    assert!(regenerates(), "{} is not what the stored runs give: {first}\n{HOW}", path.display());
    fs::write(path, fresh).unwrap();
}

/// The README and every page of the book.
fn pages() -> Vec<PathBuf> {
    support::pages().into_iter().chain([project("README.md")]).collect()
}

fn every_lesson_has_its_views() {
    for lesson in LESSONS {
        let page = fs::read_to_string(project(&format!("lessons/{}.md", lesson.name))).unwrap();
        let name = lesson.name;
        let acts = 1..=Book::new(project("lessons/traces")).stored(name).acts().len();
        let of_acts = acts.flat_map(|act| ["act", "player"].map(|of| format!("{of} {name} {act}")));
        let mut rest = &*page;
        for view in [format!("question {name}")].into_iter().chain(of_acts) {
            let begin = format!("<!-- begin {view} -->");
            let found = rest.split_once(&begin);
            let (_, after) = found.unwrap_or_else(|| panic!("lessons/{name}.md lacks {begin}"));
            rest = after;
        }
    }
}

/// A step is counted from 1, and stands under the name of its own lane.
fn quoted_steps() {
    let book = Book::new(project("lessons/traces"));
    let quoted = |view: &str| book.regenerate(&format!("<!-- begin {view} --><!-- end -->"));
    assert!(
        quoted("step tcp-server 1").contains("\nserver\n  A socket is an object in the kernel.")
    );
    let refused = quoted("step tcp-server 8 ECONNREFUSED");
    assert!(refused.contains("```text\nearly client\n  The port has an owner"), "{refused}");
}

/// The book is built by mdBook itself, in this process.
fn the_book_builds() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(project("")).unwrap();
    book.config.build.build_dir = folder.path().join("book");
    book.build().unwrap();
    for lesson in LESSONS {
        let page =
            fs::read_to_string(folder.path().join(format!("book/{}.html", lesson.name))).unwrap();
        assert!(!page.contains("{{#"), "{}: every include is resolved", lesson.name);
        assert!(page.contains("class=\"player\"") && page.contains("class=\"steps\""));
        assert!(page.contains("fn "), "the lesson's source stands in its chapter");
    }
}
