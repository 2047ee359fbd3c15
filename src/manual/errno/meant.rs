//! What somebody means who shows an error: a name, a number, some words, or all that was printed.

use super::known::{Known, all, named};
use super::numbers::System;
use super::words::OTHER_WORDS;

/// An error that is meant, and whose it is, if it was found by a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    pub error: Known,
    /// The number, and the systems on which it stands for this error.
    pub number: Option<(i32, Vec<System>)>,
}

/// Every error that a text may mean. Of many lines the last that tells of one counts: a traceback
/// ends with what went wrong.
pub fn meant(text: &str) -> Vec<Meant> {
    text.lines().rev().map(in_line).find(|found| !found.is_empty()).unwrap_or_default()
}

/// A name says most, then words, then a number; a class of Python stands for several errors.
fn in_line(line: &str) -> Vec<Meant> {
    let ways: [fn(&str) -> Vec<Meant>; 4] = [by_name, by_words, by_number, by_class];
    ways.iter().map(|way| way(line)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn by_name(line: &str) -> Vec<Meant> {
    let mut found = Vec::new();
    for error in tokens(line).filter_map(named).filter(|error| !is_a_class(error)) {
        let meant = Meant { error, number: None };
        if !found.contains(&meant) {
            found.push(meant);
        }
    }
    found
}

/// The longest words count: "Connection timed out" is more than "timed out".
fn by_words(line: &str) -> Vec<Meant> {
    let line = line.to_lowercase();
    let others = OTHER_WORDS.iter().filter_map(|(words, name)| Some((*words, named(name)?)));
    let worded = all().map(|error| (error.words, error)).chain(others);
    let said = worded.filter(|(words, _)| line.contains(&words.to_lowercase()));
    let longest = said.max_by_key(|(words, _)| words.len());
    longest.map(|(_, error)| Meant { error, number: None }).into_iter().collect()
}

/// The number alone, or behind the word that announces it.
fn by_number(line: &str) -> Vec<Meant> {
    if let Ok(number) = line.trim().parse() {
        return numbered(number, &System::ALL);
    }
    let line = line.to_ascii_lowercase();
    let announced = ANNOUNCED.iter().find_map(|(word, systems)| {
        let (_, rest) = line.split_once(word)?;
        Some((leading_number(rest)?, *systems))
    });
    announced.map_or_else(Vec::new, |(number, systems)| numbered(number, systems))
}

/// What stands before a number: Python on Windows, Python, Rust, Node.js.
const ANNOUNCED: [(&str, &[System]); 3] =
    [("winerror ", &[System::Windows]), ("errno", &System::ALL), ("os error ", &System::ALL)];

fn leading_number(text: &str) -> Option<i32> {
    let text = text.trim_start_matches([' ', ':', '=', '(']);
    let end = text.char_indices().find(|(i, c)| !(c.is_ascii_digit() || (*i == 0 && *c == '-')));
    text[..end.map_or(text.len(), |(end, _)| end)].parse().ok()
}

/// Node.js gives an errno as a negative number; those of `getaddrinfo(3)` are negative on Linux.
fn numbered(number: i32, on: &[System]) -> Vec<Meant> {
    let whose = |error: Known| {
        let wanted = if error.is_of_getaddrinfo() { Some(number) } else { number.checked_abs() };
        let is_its = |system: &&System| wanted.is_some() && error.number(**system) == wanted;
        let systems: Vec<System> = on.iter().filter(is_its).copied().collect();
        (!systems.is_empty()).then_some(Meant { error, number: Some((number, systems)) })
    };
    all().filter_map(whose).collect()
}

/// `OSError` alone stands for too many.
fn by_class(line: &str) -> Vec<Meant> {
    let is_said = |class: &str| tokens(line).any(|token| token.eq_ignore_ascii_case(class));
    let raised = |error: &Known| {
        error.python != "OSError"
            && (is_said(error.python)
                || error.python == "TimeoutError" && is_said("socket.timeout"))
    };
    all().filter(raised).map(|error| Meant { error, number: None }).collect()
}

/// What goes by the name of a class is found by its words first.
fn is_a_class(error: &Known) -> bool {
    error.name == error.python
}

/// The words of a line that may be names: `socket.gaierror`, and `gaierror`, too.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    let words = words.map(|word| word.trim_matches('.')).filter(|word| !word.is_empty());
    words.flat_map(|word| [Some(word), word.rsplit_once('.').map(|(_, last)| last)]).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        meant(text).iter().map(|meant| meant.error.name).collect()
    }

    /// The forms that learners showed in public forums.
    #[test]
    fn an_error_is_known_in_the_form_in_which_it_is_met() {
        let cases: [(&str, &[&str]); 30] = [
            ("ECONNRESET", &["ECONNRESET"]),
            ("wsaeconnreset", &["ECONNRESET"]),
            ("WSAEWOULDBLOCK", &["EAGAIN"]),
            ("EAI_NONAME", &["EAI_NONAME"]),
            ("10054", &["ECONNRESET"]),
            ("-111", &["ECONNREFUSED"]),
            ("11", &["EAGAIN", "EAI_SYSTEM"]),
            ("-2", &["ENOENT", "EAI_NONAME"]),
            ("ConnectionResetError", &["ECONNRESET"]),
            ("connectionreseterror", &["ECONNRESET"]),
            ("BrokenPipeError: [Errno 32] Broken pipe", &["EPIPE"]),
            ("PermissionError", &["EACCES", "EPERM"]),
            ("TimeoutError", &["ETIMEDOUT", "timed out"]),
            ("TimeoutError: timed out", &["timed out"]),
            ("socket.timeout", &["ETIMEDOUT", "timed out"]),
            ("TimeoutError: [Errno 110] Connection timed out", &["ETIMEDOUT"]),
            ("Address already in use", &["EADDRINUSE"]),
            ("[Errno 98] Address already in use", &["EADDRINUSE"]),
            ("OSError: [Errno 48] Address already in use", &["EADDRINUSE"]),
            ("OSError: [WinError 10038] какие-то слова", &["ENOTSOCK"]),
            ("socket.gaierror: [Errno -2] Name or service not known", &["EAI_NONAME"]),
            ("[Errno 8] nodename nor servname provided, or not known", &["EAI_NONAME"]),
            ("gaierror: [Errno 11001] getaddrinfo failed", &["EAI_NONAME"]),
            ("TypeError: a bytes-like object is required, not 'str'", &["TypeError"]),
            ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3", &["UnicodeDecodeError"]),
            ("struct.error: unpack requires a buffer of 4 bytes", &["struct.error"]),
            ("Error: connect ECONNREFUSED 127.0.0.1:1234", &["ECONNREFUSED"]),
            ("Os { code: 111, message: \"Connection refused\" }", &["ECONNREFUSED"]),
            ("dial tcp 127.0.0.1:1234: connect: connection refused", &["ECONNREFUSED"]),
            ("OSError: something", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(names(text), want, "{text}");
        }
    }

    #[test]
    fn a_number_says_whose_it_is() {
        let found = meant("61");
        assert_eq!(found[0].number, Some((61, vec![System::MacOs])));
        let found = meant("[WinError 10061]");
        assert_eq!(found[0].number, Some((10061, vec![System::Windows])));
        assert_eq!(meant("9")[0].number, Some((9, vec![System::Linux, System::MacOs])));
        assert!(meant("-2147483648").is_empty());
    }

    #[test]
    fn the_last_line_that_tells_of_an_error_counts() {
        let traceback = "Traceback (most recent call last):\n  File \"a.py\", line 98, in f\n    \
                         s.connect(a)  # TimeoutError\nConnectionRefusedError: [Errno 111] \
                         Connection refused\n\nbye\n";
        assert_eq!(names(traceback), ["ECONNREFUSED"]);
    }

    #[test]
    fn other_words_lead_to_errors_that_are_explained() {
        assert!(OTHER_WORDS.iter().all(|(words, name)| names(words) == [*name]));
    }
}
