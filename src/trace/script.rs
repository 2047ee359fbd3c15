//! A lesson's source, cut into steps.

use super::{Event, Name};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A comment and the code below it, up to the next blank line or comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The file that it stands in, if that is not the script's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Name>,
    /// The first and the last line in the file, counted from 1.
    pub lines: (u32, u32),
    /// The heading of the act that begins with this step, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The comment, a string a line, without its slashes.
    pub prose: Vec<String>,
    /// The code, a string a line, without its common indentation.
    pub code: Vec<String>,
}

/// All steps of a source file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The file, as `rustc` names it.
    pub file: String,
    pub steps: Vec<Step>,
}

impl Script {
    /// Cuts `source` into steps.
    ///
    /// A comment that begins with `# ` begins an act, as a heading in Markdown does. `///` and
    /// `//!` are not prose. Code that no comment stands above belongs to no step.
    pub fn parse(file: &str, source: &str) -> Script {
        let lines: Vec<&str> = source.lines().collect();
        let mut steps = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            match prose(lines[at]) {
                Some(_) => at = take_step(&lines, at, &mut steps),
                None => at += 1,
            }
        }
        Script { file: file.into(), steps }
    }

    /// The place of the step that a line belongs to; without a file, a line of the script's own.
    pub fn step_at(&self, file: Option<&Name>, line: u32) -> Option<usize> {
        let has = |step: &Step| step.file.as_ref() == file && step.range().contains(&line);
        self.steps.iter().position(has)
    }

    /// The place of the step that an event belongs to, if that has a line.
    pub fn step_of(&self, event: &Event) -> Option<usize> {
        self.step_at(event.file.as_ref(), event.line?)
    }
}

impl Script {
    /// The names that the line of an event gives to what it makes: `let listener = …`, `let
    /// (connection, _peer) = …`. A name that begins with `_` is none. For a statement of several
    /// lines, any of them will do.
    pub fn bindings_of(&self, event: &Event) -> Vec<&str> {
        self.binding_of(event).map_or(Vec::new(), |pattern| {
            let names = pattern.split(',').map(|name| name.trim().trim_start_matches("mut "));
            names.filter(|name| !name.is_empty() && !name.starts_with('_')).collect()
        })
    }

    /// What stands between `let` and `=`, without its parentheses.
    fn binding_of(&self, event: &Event) -> Option<&str> {
        let (step, line) = (&self.steps[self.step_of(event)?], event.line?);
        let comment = step.prose.len() + usize::from(step.act.is_some());
        let first_code = step.lines.0.checked_add(u32::try_from(comment).ok()?)?;
        let upto = step.code.get(..=line.checked_sub(first_code)? as usize)?;
        let binding = upto.iter().rev().find_map(|code| code.trim_start().strip_prefix("let "))?;
        let (pattern, _) = binding.split_once('=')?;
        Some(pattern.split(':').next().unwrap_or(pattern).trim().trim_matches(['(', ')']))
    }
}

impl Step {
    fn range(&self) -> RangeInclusive<u32> {
        self.lines.0..=self.lines.1
    }
}

/// Reads the step whose comment begins at `first`; gives the index of the line after it.
fn take_step(lines: &[&str], first: usize, steps: &mut Vec<Step>) -> usize {
    let act = prose(lines[first]).and_then(|words| words.strip_prefix("# ")).map(String::from);
    let mut end = first + usize::from(act.is_some());
    let (prose_lines, code) = (Vec::new(), Vec::new());
    let mut step = Step { file: None, lines: (first as u32 + 1, 0), act, prose: prose_lines, code };
    while let Some(words) = lines.get(end).and_then(|line| prose(line)) {
        step.prose.push(words.into());
        end += 1;
    }
    let indent = indentation(lines[first]);
    while lines.get(end).is_some_and(|line| is_code(line, indent)) {
        step.code.push(lines[end][indent..].trim_end().into());
        end += 1;
    }
    step.lines.1 = end as u32;
    if !step.code.is_empty() {
        steps.push(step);
    }
    end
}

/// The words of a comment line that speaks to the student.
fn prose(line: &str) -> Option<&str> {
    let words = line.trim_start().strip_prefix("//")?;
    let for_maintainers = words.starts_with('/') || words.starts_with('!');
    (!for_maintainers).then(|| words.trim())
}

/// Whether a line goes on with the code of a step. A line less indented closes the block around it.
fn is_code(line: &str, indent: usize) -> bool {
    let ends_step = line.trim().is_empty() || prose(line).is_some();
    !ends_step && indentation(line) >= indent
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use indoc::indoc;

    fn bindings(script: &Script, line: u32) -> Vec<&str> {
        let event =
            Event { line: Some(line), ..Event::new("x".into(), 0, crate::trace::Fact::Left) };
        script.bindings_of(&event)
    }

    const SOURCE: &str = indoc! {r#"
        //! For maintainers.

        fn run() {
            // First thought,
            // second line.
            let a = one(
                two,
            );
            // Another thought.
            loop {
                three();

                four();
                // Inside.
                five();
            }

            six();
            // A comment without code.

            /// Not prose.
            seven();
        }
    "#};

    fn step(line: u32) -> Option<Step> {
        let script = Script::parse("x.rs", SOURCE);
        script.step_at(None, line).map(|place| script.steps[place].clone())
    }

    #[test]
    fn a_step_is_a_comment_and_the_code_below_it() {
        let first = step(7).unwrap();
        assert_eq!(first.prose, ["First thought,", "second line."]);
        assert_eq!(first.code, ["let a = one(", "    two,", ");"]);
        assert_eq!(first.lines, (4, 8));
    }

    #[test]
    fn a_line_names_what_it_makes() {
        let source = "// Step.\nlet listener = new(\n    two,\n)?;\nlet (a, _b) = accept();\nlet \
             mut c = d();\ndrop(a);\n";
        let script = Script::parse("x.rs", source);
        let names = [2, 3, 4, 5, 6].map(|line| bindings(&script, line).join(" "));
        assert_eq!(names, ["listener", "listener", "listener", "a", "c"]);
        let pair = Script::parse(
            "x.rs",
            "// Step.\nlet (near, far) = pair();\nlet (_, passed) = receive();\n",
        );
        assert_eq!(bindings(&pair, 2), ["near", "far"]);
        assert_eq!(bindings(&pair, 3), ["passed"]);
        assert_eq!(bindings(&script, 1), [""; 0]);
        assert_eq!(bindings(&script, 9), [""; 0]);
    }

    #[test]
    fn a_heading_begins_an_act() {
        let script = Script::parse("x.rs", "// # Too early\n// A client.\nlet a = b();\n");
        let step = &script.steps[0];
        assert_eq!(step.act.as_deref(), Some("Too early"));
        assert_eq!((&*step.prose, step.lines), (&["A client.".to_string()][..], (1, 3)));
        assert_eq!(bindings(&script, 3), ["a"], "the heading is a line, too");
        assert_eq!(Script::parse("x.rs", "// #1 is no heading.\nb();\n").steps[0].act, None);
    }

    #[test]
    fn a_comment_ends_the_step_above_it() {
        assert_eq!(step(9).unwrap().code, ["loop {", "    three();"]);
    }

    #[test]
    fn the_brace_of_the_block_around_it_is_not_part_of_a_step() {
        assert_eq!(step(15).unwrap().code, ["five();"]);
    }

    #[test]
    fn code_without_a_comment_has_no_step() {
        for line in [1, 13, 18, 19, 21, 22] {
            assert_eq!(step(line), None, "line {line}");
        }
    }
}
