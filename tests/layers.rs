//! Each thing has its home, and modules use only what stands below them.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::project;

/// From the ground up. Each layer may use itself and those before it.
const LAYERS: &[&[&str]] = &[
    &["error", "harmless", "manual", "platform", "terminal"],
    &["trace"],
    &["kernel", "sinks"],
    &["stage"],
    &["net"],
    &["lessons", "live", "probes"],
    &["cli"],
];

/// What only some files may say, and which: whole folders end in a slash.
const HOMES: &[(&str, &[&str])] = &[
    ("socket2::", &["src/net/"]),
    ("colored::", &["src/sinks/theme.rs"]),
    ("clap::", &["src/cli.rs", "src/cli/"]),
    ("etherparse::", &["src/kernel/"]),
    ("unsafe ", &["src/kernel/", "src/net/", "src/platform.rs", "src/terminal.rs"]),
    ("#[cfg(", &["src/kernel/", "src/net/", "src/platform.rs", "src/terminal.rs"]),
];

/// What the files that students read may use, besides the standard library.
const LESSONS_USE: &[&str] = &[
    "use std::",
    "use crate::net::",
    "use crate::stage::Stage;",
    "use crate::platform::Need;",
    "use crate::trace::{Choice, Question};",
    "use super::Lesson;",
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
    lines.filter(|line| !line.trim_start().starts_with("//"))
}

fn layer(path: &Path) -> Option<usize> {
    let module = path.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap();
    let module = module.trim_end_matches(".rs");
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Every source file, by its path in the project, in alphabetical order.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(project(folder.to_str().unwrap())).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            match project(path.to_str().unwrap()).is_dir() {
                true => folders.push(path),
                false => files.push((
                    path.clone(),
                    fs::read_to_string(project(path.to_str().unwrap())).unwrap(),
                )),
            }
        }
    }
    files.sort();
    assert!(files.len() > 20, "the sources are where this test looks for them");
    files
}
