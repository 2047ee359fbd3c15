//! The ladder as SVG: well formed, small, in no colour of its own, and the same every time.

mod support;

use roxmltree::{Document, Node};
use socket_playground::book::Book;
use socket_playground::lessons::LESSONS;
use socket_playground::sinks::{Act, Paper, Picture, svg};
use socket_playground::trace::Trace;
use std::fs;
use support::svg::has_no_colour;
use support::{playground, project, run};
use unicode_width::UnicodeWidthStr;

/// In bytes.
const LARGEST: usize = 12_500;

/// Each stored run, and its picture.
fn each(check: impl Fn(&str, &Trace, &str)) {
    for run in LESSONS.iter().map(|lesson| lesson.name).chain(["tcp-server--wire"]) {
        let trace = Book::new(project("lessons/traces")).stored(run);
        check(run, &trace, &svg(&trace, Paper::Page, None));
    }
}

fn texts<'a>(document: &'a Document) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name("text")).collect()
}

#[test]
fn it_says_what_it_is() {
    each(|run, trace, svg| {
        let lesson = &*trace.playbill.lesson;
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        assert!(root.tag_name().namespace() == Some("http://www.w3.org/2000/svg"), "{lesson}");
        let child = |name| root.children().find(|child| child.has_tag_name(name)).unwrap();
        let title = format!("{lesson}: {}", trace.playbill.title);
        assert_eq!(child("title").text(), Some(&*title));
        let description = child("desc").text().unwrap();
        let lanes = format!(" {} lane", trace.cast().count());
        assert!(description.contains(lesson) && description.contains(&lanes), "{description}");
        let named: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
        assert_eq!(named, ["title", "desc"].map(|name| child(name).attribute("id").unwrap()));
        assert!(named.iter().all(|id| id.contains(run)), "ids are unique in a book");
    });
}

#[test]
fn it_is_small_and_the_same_every_time() {
    each(|lesson, trace, drawn| {
        assert!(drawn.len() <= LARGEST, "{lesson} has {} bytes", drawn.len());
        assert_eq!(drawn, svg(trace, Paper::Page, None), "{lesson}");
        assert!(
            !drawn.contains("\n\n"),
            "{lesson}: a blank line would end it in a page of the book"
        );
    });
}

#[test]
fn it_has_no_colour_of_its_own() {
    each(|lesson, _, svg| has_no_colour(lesson, svg, ".rungs"));
}

/// Programs that know little of CSS draw it, too: what it looks like stands in attributes, and on a
/// paper of its own no colour is taken from elsewhere.
#[test]
fn it_can_be_taken_home() {
    each(|lesson, trace, page| {
        assert!(!page.contains("font:") && !page.contains("class=\"s"), "{lesson}");
        for paper in [Paper::Light, Paper::Dark] {
            let drawn = svg(trace, paper, None);
            assert!(!drawn.contains("currentColor") && !drawn.contains("<style"), "{lesson}");
            let document = Document::parse(&drawn).unwrap();
            let ground = document.descendants().find(|node| node.has_tag_name("rect")).unwrap();
            assert_eq!(ground.attribute("fill"), paper.ground(), "{lesson}");
        }
    });
}

/// Asleep is thinner than awake, and the head of an inferred arrow is hollow: without any dashes
/// they differ.
#[test]
fn shapes_differ_without_dashes() {
    each(|lesson, _, drawn| {
        let document = Document::parse(drawn).unwrap();
        let paths = document.descendants().filter(|node| node.has_tag_name("path"));
        for dashed in paths.filter(|path| path.has_attribute("stroke-dasharray")) {
            assert_eq!(dashed.attribute("stroke-width"), Some(".75"), "{lesson}");
        }
        let group = document.descendants().find(|node| node.has_tag_name("g")).unwrap();
        assert_eq!(group.attribute("stroke-width"), Some("2"), "{lesson}");
    });
}

/// As wide as any monospace font makes it: `tests/browser/pages.mjs` looks at what one makes of it.
#[test]
fn texts_stay_inside() {
    each(|lesson, _, svg| texts_are_inside(lesson, svg));
}

fn texts_are_inside(lesson: &str, svg: &str) {
    let document = Document::parse(svg).unwrap();
    let number = |node: Node, name| node.attribute(name).unwrap().parse::<usize>().unwrap();
    let root = document.root_element();
    let (width, height) = (number(root, "width"), number(root, "height"));
    assert_eq!(root.attribute("viewBox").unwrap(), format!("0 0 {width} {height}"));
    for text in texts(&document) {
        let says = text.text().unwrap();
        assert!(number(text, "x") + 8 * says.width() <= width, "{lesson}: {says}");
        assert!((13..height - 4).contains(&number(text, "y")), "{lesson}: {says}");
    }
}

/// It shows the rows that the ladder shows.
#[test]
fn every_row_is_there() {
    each(|lesson, trace, svg| {
        let document = Document::parse(svg).unwrap();
        let texts = texts(&document);
        // A long one stands in two rows.
        let words = texts.iter().filter_map(|text| text.text()).flat_map(str::split_whitespace);
        let shown = words.collect::<Vec<_>>().join(" ");
        for row in Picture::of_any_run(trace, None).rows {
            let Act::Beside { text, .. } = row.act else { continue };
            let begin: String = text.chars().take(16).collect();
            assert!(shown.contains(begin.trim_end()), "{lesson}: {text}");
        }
    });
}

/// What a peer sends can be neither a tag, nor a colour, nor a command.
#[test]
fn what_came_from_a_peer_is_text() {
    const EVIL: &str = "</text><script>&\u{1b}\u{202e}\u{ffff}你好\u{fdfd} \"'";
    let trace = fs::read_to_string(support::project("lessons/traces/tcp-client.jsonl")).unwrap();
    let evil = serde_json::to_string(EVIL).unwrap();
    let evil = trace.replace("\"server\"", &evil).replace("\"tcp-client\"", &evil);
    let svg = svg(&socket_playground::trace::read(&evil).unwrap(), Paper::Page, None);
    let document = Document::parse(&svg).unwrap();
    assert!(!document.descendants().any(|node| node.has_tag_name("script")));
    assert!(
        texts(&document)
            .iter()
            .any(|text| text.text().unwrap().starts_with("</text><script>&\\u{1b}"))
    );
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'));
    texts_are_inside("evil", &svg);
}

#[test]
fn the_program_writes_it() {
    let file = support::project("lessons/traces/tcp-server.jsonl");
    let ran = run(&mut playground(&["replay", file.to_str().unwrap(), "--view", "svg"]));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    assert_eq!(
        ran.out,
        svg(&Book::new(project("lessons/traces")).stored("tcp-server"), Paper::Page, None)
    );
    let stepwise = run(&mut playground(&["lesson", "tcp-server", "--view", "svg", "--step"]));
    assert_eq!(stepwise.code, Some(2), "it is drawn at the end: there is nothing to wait for");
    assert!(stepwise.err.contains("--view ladder"), "{}", stepwise.err);
    Document::parse(&ran.out).unwrap();
}
