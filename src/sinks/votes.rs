//! A prediction as it is typed: a letter, or how many have voted for each.

use super::prediction::letter;
use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::Prediction;

/// Reads `b`, or `a 3 b 17 c 5`, of so many choices. Nothing is a prediction, too: to wait and see.
/// Letters may be large, or as wide as Chinese characters, and whatever stands between them that is
/// no letter and no digit separates them.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_prediction(typed: &str, choices: usize) -> Result<Prediction, Sentence> {
    let last = letter(choices.saturating_sub(1));
    let none = || {
        sentence!(
            "That is none of the letters above, from a to {last}. A class may vote: a 3 b 17",
            last
        )
    };
    let parts = parts(typed);
    let place = |part: &str| (0..choices).find(|&place| part == letter(place).to_string());
    match &parts[..] {
        [] if typed.trim().is_empty() => Ok(Prediction::Wait),
        [] => Err(none()),
        [one] => place(one).map(Prediction::Choice).ok_or_else(none),
        _ => {
            let mut votes = vec![None; choices];
            for pair in parts.chunks(2) {
                let [name, count] = pair else { return Err(none()) };
                let vote = &mut votes[place(name).ok_or_else(none)?];
                let count: u32 = count.parse().map_err(|_| none())?;
                if vote.replace(count).is_some() {
                    return Err(sentence!("There are two counts for {name}.", name));
                }
            }
            Ok(Prediction::Votes(votes.into_iter().map(Option::unwrap_or_default).collect()))
        }
    }
}

/// The words and the numbers of a line, in small letters of ASCII.
fn parts(typed: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = None;
    for sign in typed.chars().map(narrow) {
        let kind = (sign.is_alphabetic(), sign.is_ascii_digit());
        match parts.last_mut() {
            _ if kind == (false, false) => {}
            Some(last) if before == Some(kind) => last.push(sign),
            _ => parts.push(sign.into()),
        }
        before = Some(kind);
    }
    parts
}

/// The character of ASCII that a full-width one stands for, made small.
fn narrow(sign: char) -> char {
    let narrow = match u32::from(sign) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xff01 + 0x21).unwrap_or(sign),
        _ => sign,
    };
    narrow.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Prediction::{Choice, Votes, Wait};

    #[test]
    fn a_prediction_is_a_letter_or_votes_or_nothing() {
        let read = |typed| read_prediction(typed, 3).map_err(|why| why.to_string());
        for (typed, want) in [
            ("", Wait),
            ("b", Choice(1)),
            ("C)", Choice(2)),
            ("ｂ", Choice(1)),
            ("a 3 b 17 c 5", Votes(vec![3, 17, 5])),
            ("a:3, c=5", Votes(vec![3, 0, 5])),
            ("ｂ１７　ａ３", Votes(vec![3, 17, 0])),
        ] {
            assert_eq!(read(typed), Ok(want), "{typed}");
        }
        for typed in ["d", "ab", "3", "?", "a b", "a 3 b", "a 3 d 4", "3 a", "a 99999999999"] {
            assert!(read(typed).unwrap_err().contains("from a to c"), "{typed}");
        }
        assert_eq!(read("a 1 a 2").unwrap_err(), "There are two counts for a.");
    }
}
