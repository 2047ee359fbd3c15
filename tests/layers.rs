//! Each thing has its home, and modules use only what stands below them.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::project;

/// From the ground up. Each layer may use itself and those before it.
const LAYERS: &[&[&str]] = &[
    &["catalogue", "error", "harmless", "manual", "platform", "terminal", "wrap"],
    &["trace"],
    &["packets"],
    &["kernel", "sinks"],
    &["account"],
    &["stage"],
    &["net"],
    &["lessons"],
    &["live", "probes", "syllabus"],
    &["book", "cli"],
];

/// Rooms of one layer that do not know each other.
const STRANGERS: &[(&str, &str)] =
    &[("kernel", "sinks"), ("live", "probes"), ("live", "syllabus"), ("book", "cli")];

/// What only some files may say, and which: whole folders end in a slash.
const HOMES: &[(&str, &[&str])] = &[
    ("socket2::", &["src/net/"]),
    ("colored::", &["src/sinks/theme.rs"]),
    ("clap::", &["src/cli/"]),
    ("clap_", &["src/cli/"]),
    ("textwrap::", &["src/wrap.rs"]),
    ("etherparse::", &["src/packets/"]),
    ("netlink_", &["src/kernel/linux/"]),
    // In `manual` a test compares numbers with those of the C library.
    ("libc::", &["src/kernel/linux/", "src/manual/", "src/net/"]),
    ("stderr()", &["src/terminal/mod.rs"]),
    ("unsafe ", &["src/kernel/linux/", "src/net/", "src/terminal/raw.rs"]),
    ("#[cfg(", &["src/kernel/mod.rs", "src/manual/"]),
    // What a terminal might obey is escaped where it enters a view, and nowhere else.
    (
        "harmless(",
        &[
            "src/error/said.rs",
            "src/harmless.rs",
            "src/sinks/markup.rs",
            "src/sinks/page.rs",
            "src/sinks/pcapng.rs",
            "src/sinks/picture/rows.rs",
            "src/sinks/table.rs",
            "src/sinks/theme.rs",
        ],
    ),
];

/// What the files that students read may use, besides the standard library.
const LESSONS_USE: &[&str] = &[
    "use std::",
    "use crate::net::",
    "use crate::stage::Stage;",
    "use crate::platform::Need;",
    "use crate::trace::{Choice, Question};",
    "use super::{Lesson, Packets};",
    "use tempfile::tempdir;",
];

#[test]
fn modules_use_only_what_stands_below_them() {
    for (path, text) in sources() {
        let Some(own) = layer(&path) else { continue };
        for used in text.split("crate::").skip(1) {
            let name: String =
                used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = LAYERS.iter().position(|layer| layer.contains(&&*name)) else {
                continue;
            };
            assert!(other <= own, "{} uses crate::{name}, which stands above it", path.display());
        }
    }
}

#[test]
fn strangers_do_not_know_each_other() {
    for (path, text) in sources() {
        for (one, other) in STRANGERS {
            for (own, foreign) in [(one, other), (other, one)] {
                let uses = path.starts_with(Path::new("src").join(own))
                    && text.contains(&format!("crate::{foreign}::"));
                assert!(!uses, "{} uses crate::{foreign}", path.display());
            }
        }
    }
}

#[test]
fn every_line_fits_on_a_page() {
    for (path, text) in sources().into_iter().chain(files_below("tests")) {
        for (line, number) in text.lines().zip(1..) {
            let long = line.chars().count() > 100;
            assert!(!long, "{}, line {number}: more than 100 columns", path.display());
        }
    }
}

#[test]
fn every_sentence_fills_its_places() {
    for (path, text) in sources() {
        for said in text.split("sentence!(\"").skip(1) {
            let (english, rest) = said.split_once('"').unwrap();
            let places: BTreeSet<&str> =
                english.split('{').skip(1).map(|place| place.split('}').next().unwrap()).collect();
            let given = arguments(rest);
            assert_eq!(places, given, "{}: {english:?}", path.display());
        }
    }
}

/// The names of the arguments behind the words of a sentence, up to its closing parenthesis.
fn arguments(rest: &str) -> BTreeSet<&str> {
    let mut depth = 0;
    let end = rest.find(|c| {
        depth += match c {
            '(' | '{' | '[' => 1,
            ')' | '}' | ']' => -1,
            _ => 0,
        };
        depth < 0
    });
    let mut depth = 0;
    let parts = rest[..end.unwrap()].split(move |c| {
        depth += match c {
            '(' | '{' | '[' => 1,
            ')' | '}' | ']' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    });
    let names = parts.map(|part| part.split('=').next().unwrap().trim());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_module_has_its_layer() {
    let outside = sources().into_iter().map(|(path, _)| path).filter(|path| layer(path).is_none());
    let names: Vec<String> = outside.map(|path| path.display().to_string()).collect();
    assert_eq!(
        names,
        ["src/lib.rs", "src/main.rs"],
        "name the module in LAYERS of tests/layers.rs"
    );
}

#[test]
fn each_thing_has_its_home() {
    for (path, text) in sources() {
        for (word, homes) in HOMES {
            let at_home = homes.iter().any(|home| path.to_str().unwrap().starts_with(home));
            let said = code(&text).any(|line| line.contains(word));
            assert!(at_home || !said, "{} says {word:?}; its home is {homes:?}", path.display());
        }
    }
}

#[test]
fn a_lesson_uses_what_a_student_would() {
    for (path, text) in sources() {
        if !path.starts_with("src/lessons") || path.ends_with("mod.rs") {
            continue;
        }
        for line in text.lines().filter(|line| line.trim_start().starts_with("use ")) {
            let allowed = LESSONS_USE.iter().any(|start| line.starts_with(start));
            assert!(allowed, "{}: {line}", path.display());
        }
    }
}

#[test]
fn a_file_is_one_noun() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 350, "{} has {lines} lines: it is two nouns", path.display());
    }
}

/// The code of a file: no comments, and nothing from its tests on.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    lines.filter(|line| !line.trim_start().starts_with("//") && line.trim() != "#[cfg(test)]")
}

fn layer(path: &Path) -> Option<usize> {
    let module = path.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap();
    let module = module.trim_end_matches(".rs");
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Every source file, by its path in the project, in alphabetical order.
fn sources() -> Vec<(PathBuf, String)> {
    let files = files_below("src");
    assert!(files.len() > 20, "the sources are where this test looks for them");
    files
}

/// Every file of Rust below a folder of the project.
fn files_below(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(project(folder.to_str().unwrap())).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            let place = project(path.to_str().unwrap());
            match place.is_dir() {
                true if path.ends_with("node_modules") => {}
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "rs") => {
                    files.push((path, fs::read_to_string(place).unwrap()));
                }
                false => {}
            }
        }
    }
    files.sort();
    files
}
