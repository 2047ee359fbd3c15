//! The generated parts of the book and of the README: pure views of the stored runs.
//!
//! A part stands between `<!-- begin VIEW LESSON … -->` and `<!-- end -->`. A new kind of part is a
//! row in `Book::part`. `<!-- begin step LESSON NUMBER WORD -->` insists that the step has that
//! word.

mod class;
mod diagram;
mod errors;
mod plan;
mod states;

use crate::sinks::{Dialect, Page, Paper, Story, Theme, escape, ladder, player, question, svg};
use crate::trace::{self, Playbill, Trace, show};
use std::fs;
use std::path::PathBuf;

/// The book.
pub struct Book {
    /// The folder of the stored runs.
    runs: PathBuf,
}

/// A page that cannot be made, or a run that cannot be read, is a mistake of whoever writes them:
/// every method says so by a panic.
#[allow(clippy::missing_panics_doc, reason = "said once, for all")]
impl Book {
    /// The book whose stored runs are in that folder.
    pub fn new(runs: PathBuf) -> Book {
        Book { runs }
    }

    /// The text of a page with every generated part made anew.
    pub fn regenerate(&self, page: &str) -> String {
        let mut fresh = String::new();
        let mut rest = page;
        while let Some((before, after)) = rest.split_once("<!-- begin ") {
            let (view, after) = after.split_once(" -->").expect("`<!-- begin` is closed");
            let (_, after) = after.split_once("<!-- end -->").expect("and has its `<!-- end -->`");
            let part = self.part(view);
            fresh += &format!("{before}<!-- begin {view} -->\n{part}<!-- end -->");
            rest = after;
        }
        fresh + rest
    }

    fn part(&self, view: &str) -> String {
        let words: Vec<&str> = view.split(' ').collect();
        match words[..] {
            ["ladder", lesson] => {
                let ladder = ladder(&self.stored(lesson));
                let lines: String = ladder.lines().map(|line| escape(line) + "\n").collect();
                format!("<pre class=\"ladder\" tabindex=\"0\">\n{lines}</pre>\n")
            }
            ["ladder", lesson, lines] => self.top_of_ladder(lesson, lines),
            ["svg", lesson] => {
                let svg = svg(&self.stored(lesson), Paper::Page, None);
                format!(
                    "<div class=\"picture\" tabindex=\"0\" role=\"group\" \
                     aria-label=\"The picture of {lesson}\">\n{svg}</div>\n"
                )
            }
            ["step", lesson, number] => self.quoted(lesson, number, ""),
            ["step", lesson, number, says] => self.quoted(lesson, number, says),
            ["question", lesson] => {
                question(&self.stored(lesson)).expect("a stored run has decided its question")
            }
            ["act", lesson, number] => {
                let acts = self.stored(lesson).acts();
                let act = number.parse().ok().and_then(|number: usize| acts.get(number - 1));
                let heading = &act.expect("the lesson has that many acts").heading;
                format!("## {heading} {{#{lesson}-act-{number}}}\n")
            }
            ["player", lesson, number] => {
                let number = number.parse().expect("an act has a number");
                player(&self.stored(lesson), number).expect("the lesson has that many acts")
            }
            ["errors"] => self.errors(),
            ["goals"] => self.goals(),
            ["exercises"] => self.exercises(false),
            ["answers"] => self.exercises(true),
            ["quiz"] => self.quiz(false),
            ["quiz-answers"] => self.quiz(true),
            ["states"] => self.states(),
            ["states-picture"] => self.states_picture(),
            _ => panic!("no view is called {view:?}"),
        }
    }

    /// The stored run of a lesson.
    pub fn stored(&self, lesson: &str) -> Trace {
        let path = self.runs.join(format!("{lesson}.jsonl"));
        let text = fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        trace::read(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    }

    /// The first lines of a picture, for a page that has no room for more.
    fn top_of_ladder(&self, lesson: &str, lines: &str) -> String {
        let ladder = ladder(&self.stored(lesson));
        let lines = ladder.lines().take(lines.parse().expect("so many lines"));
        format!("```text\n{}\n```\n", lines.collect::<Vec<_>>().join("\n"))
    }

    /// A stored run without its question: the chapter asks it in its own place.
    fn bare(&self, lesson: &str) -> Trace {
        let mut trace = self.stored(lesson);
        trace.playbill = Playbill { question: None, ..trace.playbill };
        trace
    }

    /// A step as a page shows it. What the page says of it must still be so when the lesson has
    /// got another step before it.
    fn quoted(&self, lesson: &str, number: &str, says: &str) -> String {
        let step = self.step(lesson, number.parse().expect("a step has a number"));
        assert!(step.contains(says), "step {number} of {lesson} does not say {says}:\n{step}");
        format!("```text\n{step}```\n")
    }

    /// One step of a story, counted from 1, with the name of its lane.
    fn step(&self, lesson: &str, number: usize) -> String {
        let text = told(&self.bare(lesson));
        let steps: Vec<&str> = text.split("\n\n").take(number + 1).collect();
        let step = steps.get(number).expect("the story has that many steps");
        if lane(step).is_some() {
            return format!("{step}\n");
        }
        let lane = steps[1..].iter().rev().find_map(|step| lane(step)).expect("it began in a lane");
        format!("{lane}\n{step}\n")
    }
}

/// The name at the head of a step, if it is not in the lane of the step before.
fn lane(step: &str) -> Option<&str> {
    step.lines().next().filter(|line| !line.starts_with(' '))
}

/// How wide a story is in the book, in columns.
const WIDTH: usize = 90;

/// A story, as plain text.
fn told(trace: &Trace) -> String {
    let mut text = Vec::new();
    let page = Page::new(&mut text, Theme::Plain, Some(WIDTH));
    let mut story = Story::new(page, Dialect::C);
    show(trace, &mut story).expect("memory can be written to");
    String::from_utf8_lossy(&text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "step 7 of tcp-server does not say ECONNREFUSED")]
    fn a_step_that_does_not_say_what_it_is_quoted_for_is_not_shown() {
        let runs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lessons/traces");
        Book::new(runs).regenerate("<!-- begin step tcp-server 7 ECONNREFUSED --><!-- end -->");
    }
}
