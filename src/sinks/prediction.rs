//! What readers predict before a run, and what the run says to it.

use super::page::Page;
use super::theme::{Meaning, Theme};
use super::votes::read_prediction;
use crate::catalogue::Sentence;
use crate::sentence;
use crate::terminal::{Typed, line, talk};
use crate::trace::{Asked, Prediction};
use std::io::{self, Write};

/// Asks the question on a page that is so wide, and reads the prediction: a letter, the votes of a
/// class, or nothing for a reader who would rather wait.
///
/// # Errors
/// The terminal could not be written to or read, or the reader has left.
pub fn ask(question: &Asked, width: usize) -> io::Result<Prediction> {
    let mut page = Page::new(talk(), Theme::Plain, Some(width));
    write_question(&mut page, question)?;
    page.blank()?;
    loop {
        page.flush()?;
        let Typed::Line(typed) = line(sentence!("Your prediction (Enter: wait and see):"))? else {
            page.blank()?;
            return Ok(Prediction::Wait);
        };
        match read_prediction(&typed, question.choices.len()) {
            Ok(prediction) => return Ok(prediction),
            Err(why) => page.prose(Meaning::Plain, "", &why.to_string())?,
        }
    }
}

/// Writes the question, to be thought about before the run.
pub fn write_question<W: Write>(page: &mut Page<W>, question: &Asked) -> io::Result<()> {
    page.blank()?;
    page.prose(Meaning::Plain, "", &sentence!("Before it runs, predict:").to_string())?;
    page.prose(Meaning::Plain, "  ", &in_one_line(&question.ask))?;
    (0..question.choices.len()).try_for_each(|place| {
        let lead = format!("    {}) ", letter(place));
        page.prose(Meaning::Plain, &lead, words(&question.choices, place))
    })
}

/// Writes what the run says to the prediction: the right choice, the reason if there was a
/// prediction, and what the event that proves it was told as.
pub fn write_verdict<W: Write>(
    page: &mut Page<W>,
    question: &Asked,
    prediction: Option<&Prediction>,
    right: usize,
    proof: Option<&str>,
) -> io::Result<()> {
    page.blank()?;
    page.prose(Meaning::Title, "", &sentence!("The question was:").to_string())?;
    page.prose(Meaning::Plain, "  ", &in_one_line(&question.ask))?;
    for said in to_the_prediction(question, prediction, right) {
        page.prose(Meaning::Plain, "  ", &said.to_string())?;
    }
    proof.map_or(Ok(()), |proof| {
        let proof = sentence!("The proof: {proof}", proof);
        page.code(Meaning::Plain, "  ", &proof.to_string())
    })
}

/// What is to be said to whoever has predicted that.
fn to_the_prediction(
    question: &Asked,
    prediction: Option<&Prediction>,
    right: usize,
) -> Vec<Sentence> {
    let the_right_one = choice(question, right);
    match prediction {
        None | Some(Prediction::Wait) => {
            vec![sentence!("The kernel's answer: {the_right_one}", the_right_one)]
        }
        Some(Prediction::Choice(guess)) if *guess == right => {
            let said = sentence!("You predicted it: {the_right_one}", the_right_one);
            [said].into_iter().chain(reason(question, right)).collect()
        }
        Some(Prediction::Choice(guess)) => {
            let said = sentence!("You predicted: {guess}", guess = choice(question, *guess));
            let kernel = sentence!("The kernel says: {the_right_one}", the_right_one);
            [said].into_iter().chain(reason(question, *guess)).chain([kernel]).collect()
        }
        Some(Prediction::Votes(votes)) => to_the_votes(question, votes, right),
    }
}

/// What is to be said to a class: how it has voted, why the choice of most is right or wrong, and
/// how many were right.
fn to_the_votes(question: &Asked, votes: &[u32], right: usize) -> Vec<Sentence> {
    let each = |(place, count): (usize, &u32)| {
        sentence!("{count} for {letter}", count, letter = letter(place)).to_string()
    };
    let all: Vec<String> = votes.iter().enumerate().map(each).collect();
    let mut said = vec![sentence!("The votes: {votes}.", votes = all.join(", "))];
    let most = votes.iter().max().copied().unwrap_or(0);
    let wrong = |&place: &usize| place != right && votes[place] == most && most > 0;
    for place in (0..votes.len()).filter(wrong) {
        said.push(sentence!("Most predicted: {guess}", guess = choice(question, place)));
        said.extend(reason(question, place));
    }
    let the_right_one = choice(question, right);
    said.push(sentence!("The kernel says: {the_right_one}", the_right_one));
    if votes.get(right) == Some(&most) {
        said.extend(reason(question, right));
    }
    said
}

/// Why a choice is right or wrong, where that is known.
fn reason(question: &Asked, place: usize) -> Option<Sentence> {
    let reason = words(&question.reasons, place);
    (!reason.is_empty()).then(|| Sentence::new(reason.to_string()))
}

/// `a) It is refused at once.`
fn choice(question: &Asked, place: usize) -> String {
    format!("{}) {}", letter(place), words(&question.choices, place))
}

/// What stands at a place. A damaged recording may have less.
fn words(all: &[String], place: usize) -> &str {
    all.get(place).map_or("", String::as_str)
}

/// What a choice is called: `a`, `b`.
pub fn letter(place: usize) -> char {
    char::from(b'a' + (place % 26) as u8)
}

/// The page has lines of its own.
fn in_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}
