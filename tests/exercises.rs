//! The answers to the exercises of the book are what the programs say: each program that is marked
//! `run` is run, and what it prints is compared with the block marked `out` below it.

mod support;

use std::fs;
use std::process::{Command, ExitCode, Stdio};
use support::{PLAYGROUND, anywhere, pages, run, trial, works};

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for page in pages() {
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        for (number, exercise) in (1..).zip(exercises(&fs::read_to_string(&page).unwrap())) {
            let title = format!("program_{number}_of_{name}_says_what_the_page_says");
            trials.push(match exercise.language {
                Language::Python => trial(&title, has_python, move || exercise.python()),
                Language::Console => trial(&title, anywhere, move || exercise.console()),
            });
        }
    }
    let found = trials.len();
    trials.push(trial("there_are_programs_to_run", anywhere, move || {
        assert!(found > 5, "there are programs in the book: {found}");
    }));
    support::main(trials)
}

fn has_python() -> Result<(), String> {
    works(&["python3", "--version"])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Python,
    /// Commands behind `$ `.
    Console,
}

/// A program in a page, and what it says.
struct Exercise {
    language: Language,
    program: String,
    says: Vec<String>,
}

/// The programs of a page that are marked to be run. Each has the next block of what it says.
fn exercises(page: &str) -> Vec<Exercise> {
    let mut found: Vec<Exercise> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let language = match line.trim() {
            "```python,run" => Some(Language::Python),
            "```console,run" => Some(Language::Console),
            "```text,out" => None,
            _ => continue,
        };
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let block: Vec<String> =
            block.map(|line| line.get(indent..).unwrap_or_default().into()).collect();
        match (language, found.last_mut()) {
            (Some(language), _) => {
                found.push(Exercise { language, program: block.join("\n"), says: Vec::new() });
            }
            (None, Some(exercise)) if exercise.says.is_empty() => exercise.says = block,
            (None, _) => panic!("no program says {block:?}"),
        }
    }
    for Exercise { program, says, .. } in &found {
        assert!(!says.is_empty(), "what does it say?\n{program}");
    }
    found
}

impl Exercise {
    /// A Python program says exactly that; of a traceback the last line counts.
    fn python(&self) {
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new("timeout");
        command.args(["60", "python3", "-c", &self.program]).current_dir(directory.path());
        let ran = run(command.stdin(Stdio::null()));
        let error = ran.err.trim_end().rsplit('\n').next().unwrap_or_default();
        let said = [ran.out.trim_end(), error].join("\n");
        let said: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
        let says: Vec<&str> = self.says.iter().map(|line| &**line).collect();
        let same = said.len() == says.len() && said.iter().zip(&says).all(|(a, b)| like(a, b));
        assert!(same, "{}\nsays\n{said:#?}\n{}\nand not\n{says:#?}", self.program, ran.err);
    }

    /// Commands say these lines in this order, and others between.
    fn console(&self) {
        let mut said = String::new();
        for command in self.program.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let words =
                command.strip_prefix("cargo run -- ").or(command.strip_prefix("playground "));
            let words = words.unwrap_or_else(|| panic!("{command} is no command of ours"));
            let script = format!("timeout 120 {PLAYGROUND} {words} 2>&1");
            let ran = run(Command::new("sh").args(["-c", &script]).stdin(Stdio::null()));
            said += &ran.out;
        }
        let mut lines = said.lines();
        for wanted in &self.says {
            let found = lines.any(|line| like(line.trim(), wanted.trim()));
            assert!(found, "{}\ndoes not say, in its place,\n{wanted}\nbut\n{said}", self.program);
        }
    }
}

/// Whether a line is what was wanted. `…` stands for any characters.
fn like(line: &str, wanted: &str) -> bool {
    let mut parts = wanted.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
