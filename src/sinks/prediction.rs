//! What the reader predicts before a run, and what the run says to it.

use super::page::Page;
use super::theme::{Meaning, Theme};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::Asked;
use std::io::{self, BufRead, Write};

/// What the reader predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// They were not asked: the question stands at the head of the story.
    NotAsked,
    /// They were asked, and would rather wait and see.
    None,
    /// This choice.
    Choice(usize),
}

/// Asks the question on a page that is so wide, and reads the prediction: a letter, or nothing for
/// a reader who would rather wait.
///
/// # Errors
/// The terminal could not be written to or read.
pub fn ask(
    question: &Asked,
    talk: &mut dyn Write,
    width: usize,
    keys: &mut dyn BufRead,
) -> io::Result<Guess> {
    let mut page = Page::new(talk, Theme::Plain, Some(width));
    write_question(&mut page, question)?;
    page.blank()?;
    loop {
        write!(page.out, "{} ", sentence!("Your prediction (Enter: wait and see):"))?;
        page.flush()?;
        let mut line = Vec::new();
        let end = !matches!(keys.read_until(b'\n', &mut line), Ok(1..));
        let line = String::from_utf8_lossy(&line);
        let typed = line.trim().trim_end_matches(')');
        let guess = (0..question.choices.len()).find(|&i| typed.eq_ignore_ascii_case(&letter(i)));
        if end || guess.is_some() || typed.is_empty() {
            return Ok(guess.map_or(Guess::None, Guess::Choice));
        }
        let none = sentence!("That is none of the letters above.");
        page.prose(Meaning::Plain, "", &none.to_string())?;
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

/// Writes what the run says to the prediction: the right choice, the reason if there was a guess,
/// and what the event that proves it was told as.
pub fn write_verdict<W: Write>(
    page: &mut Page<W>,
    question: &Asked,
    guess: Guess,
    right: usize,
    proof: Option<&str>,
) -> io::Result<()> {
    page.blank()?;
    page.prose(Meaning::Title, "", &sentence!("The question was:").to_string())?;
    page.prose(Meaning::Plain, "  ", &in_one_line(&question.ask))?;
    for said in to_the_guess(question, guess, right) {
        page.prose(Meaning::Plain, "  ", &said.to_string())?;
    }
    proof.map_or(Ok(()), |proof| {
        let proof = sentence!("The proof: {proof}", proof);
        page.code(Meaning::Plain, "  ", &proof.to_string())
    })
}

/// What is to be said to whoever has predicted that.
fn to_the_guess(question: &Asked, guess: Guess, right: usize) -> Vec<Sentence> {
    let the_right_one = choice(question, right);
    let Guess::Choice(guess) = guess else {
        return vec![sentence!("The kernel's answer: {the_right_one}", the_right_one)];
    };
    let reason = Some(words(&question.reasons, guess)).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| Sentence::new(reason.to_string()));
    let said = match guess == right {
        true => [Some(sentence!("You predicted it: {the_right_one}", the_right_one)), reason, None],
        false => [
            Some(sentence!("You predicted: {guess}", guess = choice(question, guess))),
            reason,
            Some(sentence!("The kernel says: {the_right_one}", the_right_one)),
        ],
    };
    said.into_iter().flatten().collect()
}

/// `a) It is refused at once.`
fn choice(question: &Asked, place: usize) -> String {
    format!("{}) {}", letter(place), words(&question.choices, place))
}

/// What stands at a place. A damaged recording may have less.
fn words(all: &[String], place: usize) -> &str {
    all.get(place).map_or("", String::as_str)
}

fn letter(place: usize) -> String {
    char::from(b'a' + (place % 26) as u8).to_string()
}

/// The page has lines of its own.
fn in_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}
