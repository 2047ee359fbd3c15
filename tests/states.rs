//! The picture of the states of TCP: well formed, small, in no colour of its own, and every link of
//! it leads to a line of a story that tells what it says.

mod support;

use roxmltree::{Document, Node};
use socket_playground::book::Book;
use socket_playground::lessons::LESSONS;
use socket_playground::trace::TcpState;
use std::collections::HashSet;
use std::fs;
use support::project;
use support::svg::has_no_colour;

/// In bytes.
const LARGEST: usize = 12_000;

fn book() -> Book {
    Book::new(project("lessons/traces"))
}

fn picture() -> String {
    let part = book().regenerate("<!-- begin states-picture --><!-- end -->");
    let (begin, end) = (part.find("<svg").unwrap(), part.rfind("</div>").unwrap());
    part[begin..end].to_string()
}

fn chapter(file: &str) -> String {
    fs::read_to_string(project(&format!("lessons/{file}"))).unwrap()
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> &'a str {
    node.children().find(|child| child.has_tag_name(name)).unwrap().text().unwrap()
}

/// The elements of that name, and what each says it is.
fn parts<'a>(document: &'a Document, name: &str) -> Vec<(Node<'a, 'a>, &'a str)> {
    let parts = document.descendants().filter(|node| node.has_tag_name(name));
    parts.map(|part| (part, child(part, "title"))).collect()
}

fn every_state() -> impl Iterator<Item = TcpState> {
    (1..=11).map(|number| TcpState::from_number(number).unwrap())
}

#[test]
fn every_state_occurs_in_the_stored_runs() {
    let runs: Vec<_> = LESSONS.iter().map(|lesson| book().stored(lesson.name)).collect();
    let changes = || runs.iter().flat_map(|run| run.events.iter().filter_map(|one| one.states()));
    let occurs = |state| changes().any(|(before, after)| [before, after].contains(&Some(state)));
    let missing: Vec<TcpState> = every_state().filter(|state| !occurs(*state)).collect();
    assert_eq!(missing, [], "no lesson shows them");
}

#[test]
fn it_is_small_and_has_no_colour_of_its_own() {
    let svg = picture();
    assert!(svg.len() <= LARGEST, "it has {} bytes", svg.len());
    assert!(!svg.contains("\n\n"), "a blank line would end it in a page of the book");
    has_no_colour("states", &svg, ".states");
}

#[test]
fn it_says_what_it_is() {
    let svg = picture();
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(child(root, "title"), "The states of TCP");
    let links = parts(&document, "a").iter().filter(|(_, says)| says.contains(" to ")).count();
    let counted = format!(" tells it: {links} of the transitions.");
    assert!(child(root, "desc").ends_with(&counted), "{}", child(root, "desc"));
    for id in root.attribute("aria-labelledby").unwrap().split(' ') {
        assert!(root.children().any(|child| child.attribute("id") == Some(id)), "{id}");
    }
}

#[test]
fn every_state_is_there_and_is_a_link() {
    let svg = picture();
    let document = Document::parse(&svg).unwrap();
    for state in every_state() {
        let name = format!("{state}: ");
        let named = |element| {
            parts(&document, element).iter().filter(|(_, says)| says.starts_with(&name)).count()
        };
        // Where a connection begins, and where it ends.
        let places = if state == TcpState::Close { 2 } else { 1 };
        assert_eq!((named("a"), named("g")), (places, 0), "{state}");
    }
}

/// What is dashed leads nowhere, and the other way round.
#[test]
fn only_what_no_run_shows_is_dashed() {
    let svg = picture();
    let document = Document::parse(&svg).unwrap();
    for (element, wanted) in [("a", false), ("g", true)] {
        for (part, says) in parts(&document, element) {
            let dashed = part.children().any(|child| child.attribute("class") == Some("d"));
            assert_eq!(dashed, wanted, "{says}");
        }
    }
}

/// The line that a link leads to tells the states that the link names: `ESTABLISHED → CLOSE-WAIT`.
#[test]
fn every_link_leads_to_the_line_that_tells_it() {
    let svg = picture();
    let document = Document::parse(&svg).unwrap();
    let links = parts(&document, "a");
    assert!(links.len() > 15, "the lessons reach most of it");
    for (link, says) in links {
        let (file, id) = link.attribute("href").unwrap().split_once('#').unwrap();
        let chapter = chapter(file);
        let place = format!(" id=\"{id}\">");
        let lines: Vec<&str> = chapter.lines().filter(|line| line.contains(&place)).collect();
        assert_eq!(lines.len(), 1, "{says}: {file} has one {id}");
        let name = says.split([',', ':']).next().unwrap();
        let told = |state: &str, other: &str| {
            assert!(lines[0].contains(state) || lines[0].contains(other), "{says}: {}", lines[0]);
        };
        match name.split_once(" to ") {
            Some((from, to)) => {
                told(from, "new");
                told(to, "gone");
            }
            None => told(name, name),
        }
        assert!(lines[0].contains("~ "), "{says}: {}", lines[0]);
    }
}

#[test]
fn no_page_has_an_id_twice() {
    for lesson in LESSONS {
        let chapter = chapter(&format!("{}.md", lesson.name));
        let ids = |before| chapter.split(before).skip(1).map(|rest| rest.split(['"', '}']).next());
        let mut seen = HashSet::new();
        for id in ids(" id=\"").chain(ids(" {#")) {
            assert!(seen.insert(id), "lessons/{}.md has {id:?} twice", lesson.name);
        }
    }
}
