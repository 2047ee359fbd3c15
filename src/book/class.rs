//! What a teacher takes from all chapters at once: goals and minutes, exercises with answers and
//! without, and the questions.

use super::Book;
use crate::lessons::{LESSONS, Lesson};
use crate::sinks::letter;
use std::fs;

/// How a chapter begins what one can do afterwards, and how it goes on with the time.
const GOALS: &str = "Afterwards you can ";
const TIME: &str = ". It takes about ";

/// Where a folded answer begins and ends.
const FOLDED: (&str, &str) = ("<details>\n<summary>Answer</summary>\n", "</details>\n");

impl Book {
    /// A row for each chapter: its goals, and how long it takes.
    pub(super) fn goals(&self) -> String {
        let row = |lesson: &Lesson| {
            let (goals, minutes) = self.goals_of(lesson);
            format!("| [{0}]({0}.md) | {minutes} | {goals} |\n", lesson.name)
        };
        let rows: String = LESSONS.iter().map(row).collect();
        format!("| Lesson | Minutes | Afterwards you can … |\n|---|---|---|\n{rows}")
    }

    /// What one can do after a chapter, and the minutes it takes.
    pub fn goals_of(&self, lesson: &Lesson) -> (String, String) {
        let chapter = self.chapter(lesson);
        let goals = chapter.split("\n\n").find_map(|paragraph| paragraph.strip_prefix(GOALS));
        let goals = goals.unwrap_or_else(|| panic!("the chapter {} wants {GOALS:?}", lesson.name));
        let goals = goals.split_whitespace().collect::<Vec<_>>().join(" ");
        let (goals, time) = goals.split_once(TIME).expect("a chapter says how long it takes");
        let minutes = time.strip_suffix(" minutes.").expect("in minutes");
        (goals.into(), minutes.into())
    }

    /// The exercises of all chapters; or their answers alone.
    pub(super) fn exercises(&self, answers: bool) -> String {
        let of = |lesson: &Lesson| {
            let chapter = self.chapter(lesson);
            let name = lesson.name;
            let (_, exercises) = chapter
                .split_once(&format!("## Try it yourself {{#{name}-try}}\n"))
                .expect("a chapter has exercises");
            let (exercises, _) = exercises.split_once("\n## ").expect("and goes on");
            let text = if answers { answers_in(exercises) } else { unanswered(exercises) };
            // Only the chapter's own programs are run by the test.
            let text = text.replace(",run\n", "\n").replace(",out\n", "\n");
            let kind = if answers { "answers" } else { "exercises" };
            format!("## {name} {{#{kind}-{name}}}\n\n{}\n\n", text.trim())
        };
        LESSONS.iter().map(of).collect()
    }

    /// The questions of all lessons, with their choices; or what the runs have decided.
    pub(super) fn quiz(&self, answers: bool) -> String {
        let of = |(number, lesson): (usize, &Lesson)| {
            let trace = self.stored(lesson.name);
            let asked = trace.playbill.question.expect("a lesson has a question");
            let name = lesson.name;
            if answers {
                let right = trace.ending.and_then(|ending| ending.verdict).expect("decided").choice;
                let (letter, reason) = (letter(right), &asked.reasons[right]);
                return format!("{number}. [{name}]({name}.md): **{letter}.** {reason}\n");
            }
            let choices = asked.choices.iter().enumerate();
            let choices =
                choices.map(|(place, choice)| format!("   - {}: {choice}\n", letter(place)));
            let ask = asked.ask.replace('\n', " ");
            format!("{number}. {ask}\n\n{}\n", choices.collect::<String>())
        };
        (1..).zip(LESSONS).map(of).collect()
    }

    fn chapter(&self, lesson: &Lesson) -> String {
        let folder = self.runs.parent().expect("the runs are in the folder of the book");
        let path = folder.join(format!("{}.md", lesson.name));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The exercises without what is folded below them.
fn unanswered(exercises: &str) -> String {
    let (begin, end) = (indented(FOLDED.0), indented(FOLDED.1));
    let mut parts = exercises.split(&begin);
    let first = parts.next().unwrap_or_default();
    let others = parts.filter_map(|part| part.split_once(&end));
    let kept: String = [first].into_iter().chain(others.map(|(_, rest)| rest)).collect();
    kept.replace("\n\n\n", "\n\n")
}

/// What is folded below each exercise, numbered like these.
fn answers_in(exercises: &str) -> String {
    let (begin, end) = (indented(FOLDED.0), indented(FOLDED.1));
    let answers = exercises.split(&begin).skip(1);
    let answers = answers.map(|part| part.split(&end).next().unwrap_or_default());
    let numbered = (1..).zip(answers).map(|(number, text)| format!("{number}. {}\n", text.trim()));
    numbered.collect::<Vec<_>>().join("\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}\n")).collect()
}
