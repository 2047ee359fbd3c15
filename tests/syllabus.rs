//! Lessons, chapters and the summary are one list; every link leads somewhere; every row of the
//! tutorial has its place.

mod support;

use socket_playground::book::Book;
use socket_playground::lessons::LESSONS;
use std::collections::HashSet;
use std::fs;
use support::project;

fn page(name: &str) -> String {
    fs::read_to_string(project(&format!("lessons/{name}")))
        .unwrap_or_else(|error| panic!("lessons/{name}: {error}"))
}

/// The pages that the summary names, in its order.
fn chapters() -> Vec<String> {
    let summary = page("SUMMARY.md");
    let links = summary.split("](").skip(1).map(|link| link.split_once(')').unwrap().0.to_string());
    links.collect()
}

#[test]
fn lessons_and_chapters_are_one_list() {
    let of_lessons = chapters().into_iter().filter_map(|chapter| {
        let name = chapter.trim_end_matches(".md").to_string();
        LESSONS.iter().any(|lesson| lesson.name == name).then_some(name)
    });
    let names: Vec<&str> = LESSONS.iter().map(|lesson| lesson.name).collect();
    assert_eq!(
        of_lessons.collect::<Vec<_>>(),
        names,
        "lessons/SUMMARY.md lists each lesson once, in the order of LESSONS"
    );
    for lesson in LESSONS {
        let line = format!("[{}: {}]({}.md)", lesson.name, lesson.title, lesson.name);
        assert!(page("SUMMARY.md").contains(&line), "lessons/SUMMARY.md wants the line - {line}");
    }
}

/// The first cells of the rows of a table, without their quotes.
fn first_cells<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let (_, table) = text.split_once(head).unwrap_or_else(|| panic!("no table begins with {head}"));
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').nth(1).unwrap().trim().trim_matches('`')).collect()
}

#[test]
fn the_readme_lists_every_lesson() {
    let readme = fs::read_to_string(project("README.md")).unwrap();
    let names: Vec<&str> = LESSONS.iter().map(|lesson| lesson.name).collect();
    let listed = first_cells(&readme, "| Lesson | What you see |");
    assert_eq!(
        listed, names,
        "the table of lessons in README.md lists each, in the order of LESSONS"
    );
}

#[test]
fn the_teachers_table_lists_every_lesson() {
    let teachers = page("teachers.md");
    let names: Vec<&str> = LESSONS.iter().map(|lesson| lesson.name).collect();
    let listed = first_cells(&teachers, "| Lesson | Minutes | Let them predict |");
    assert_eq!(
        listed, names,
        "the table in lessons/teachers.md lists each, in the order of LESSONS"
    );
    let book = Book::new(project("lessons/traces"));
    for lesson in LESSONS {
        let (_, minutes) = book.goals_of(lesson);
        let row = format!("| `{}` | {minutes} |", lesson.name);
        assert!(teachers.contains(&row), "lessons/teachers.md and the chapter: {row}");
    }
}

#[test]
fn every_file_of_a_lesson_is_in_the_list() {
    for entry in fs::read_dir(project("src/lessons")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.trim_end_matches(".rs").replace('_', "-");
        let is_listed = LESSONS.iter().any(|lesson| lesson.name == name);
        assert!(is_listed || file == "mod.rs", "src/lessons/mod.rs does not name {file}");
    }
}

#[test]
fn the_summary_names_every_page() {
    let named: HashSet<String> = chapters().into_iter().collect();
    let files = fs::read_dir(project("lessons"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for file in files.filter(|file| file.ends_with(".md") && file != "SUMMARY.md") {
        assert!(named.contains(&file), "lessons/{file} is not in lessons/SUMMARY.md");
    }
}

#[test]
fn every_heading_has_an_id_of_its_own() {
    for chapter in chapters() {
        let mut ids = HashSet::new();
        for heading in headings(&page(&chapter)) {
            let id = id(&heading)
                .unwrap_or_else(|| panic!("lessons/{chapter}: {heading} wants an {{#id}}"));
            assert!(ids.insert(id.to_string()), "lessons/{chapter}: two headings have the id {id}");
        }
        assert!(!ids.is_empty(), "lessons/{chapter} has a heading");
    }
}

#[test]
fn every_internal_link_leads_somewhere() {
    for chapter in chapters() {
        let text = page(&chapter);
        for link in text.split("](").skip(1).map(|link| link.split(')').next().unwrap()) {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = page(if file.is_empty() { &chapter } else { file });
            let leads = anchor.is_empty()
                || headings(&target).iter().any(|heading| id(heading) == Some(anchor))
                || target.contains(&format!(" id=\"{anchor}\">"));
            assert!(leads, "lessons/{chapter}: {link} leads nowhere");
        }
    }
}

#[test]
fn every_chapter_has_the_whole_source() {
    for lesson in LESSONS {
        let (chapter, file) = (page(&format!("{}.md", lesson.name)), lesson.file);
        let include = format!("{{{{#include ../{file}}}}}");
        assert!(chapter.contains(&include), "lessons/{}.md wants {include}", lesson.name);
    }
}

/// Each section of the chapter for a broken program has a command to look with, and a lesson that
/// proves what it says; one of its two tables leads there.
#[test]
fn every_symptom_leads_to_a_lesson() {
    let chapter = page("what-to-do.md");
    let mut sections = chapter.split("\n## ").skip(1);
    let tables: String = sections.by_ref().take(2).collect();
    let mut symptoms = 0;
    for section in sections {
        let (heading, text) = section.split_once('\n').unwrap();
        let of_a_lesson = |name: &str| {
            let step = format!("<!-- begin step {name} ");
            text.contains(&step) || text.contains(&format!("]({name}.md"))
        };
        assert!(
            LESSONS.iter().any(|lesson| of_a_lesson(lesson.name)),
            "{heading}: wants a step of a lesson, or a link to one"
        );
        let parts = ["**See it.**", "**The proof.**"];
        assert!(parts.iter().all(|part| text.contains(part)), "{heading}: wants {parts:?}");
        let anchor = format!("](#{})", id(heading).expect("a heading has an id"));
        assert!(tables.contains(&anchor), "{heading}: no table leads to it");
        symptoms += 1;
    }
    assert!(symptoms > 20, "the sections are where this test looks for them");
}

/// S1 to S28 and B1 to B26, each in one row, with the place that shows it.
#[test]
fn every_row_of_the_tutorial_is_claimed_once() {
    let text = page("from-the-tutorial.md");
    let rows: Vec<(&str, &str)> = text.lines().filter_map(row).collect();
    let claims = (1..=28).map(|i| format!("S{i}")).chain((1..=26).map(|i| format!("B{i}")));
    assert!(rows.iter().map(|row| row.0.to_string()).eq(claims), "each row once, in order");
    for (claim, place) in &rows {
        assert!(place.starts_with('['), "{claim}: wants a link to what shows it");
    }
}

/// The first and the last cell of a row of the tutorial.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let claim = cells
        .first()
        .filter(|cell| cell.starts_with(['S', 'B']) && cell[1..].parse::<u32>().is_ok())?;
    Some((claim, cells.last()?))
}

/// The headings of a page, without what looks like one in a block of code.
fn headings(text: &str) -> Vec<String> {
    let mut in_code = false;
    let is_heading = |line: &&str| {
        in_code ^= line.starts_with("```");
        !in_code && line.starts_with('#')
    };
    text.lines().filter(is_heading).map(String::from).collect()
}

fn id(heading: &str) -> Option<&str> {
    heading.split_once("{#")?.1.strip_suffix('}')
}
