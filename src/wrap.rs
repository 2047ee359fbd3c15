//! Text in lines that fit: what is too long goes on below, and no word is broken.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// Prose in lines of at most `width` columns. The first one begins with `lead`, and the others
/// under its text. A word that is wider than the page has a line of its own.
pub fn prose(text: &str, lead: &str, width: usize) -> Vec<String> {
    if text.is_empty() {
        return vec![lead.trim_end().into()];
    }
    let cut = lines(text, lead, &blanks(lead.width()), width, Cut::Prose);
    cut.into_iter().map(|line| line.replace(NO_BREAK, " ")).collect()
}

/// Prose that may begin with blanks: they stand before each of its lines.
pub fn indented(line: &str, width: usize) -> Vec<String> {
    let words = line.trim_start();
    prose(words, &line[..line.len() - words.len()], width)
}

/// Words that stay in one line of prose.
pub fn whole(words: &str) -> String {
    words.replace(' ', NO_BREAK)
}

/// A blank that holds two words together.
const NO_BREAK: &str = "\u{a0}";

/// How far a line of code goes in that goes on below.
const HANG: usize = 4;

/// The same for a line of code, or a call and its answer: they are cut behind a comma or a bracket,
/// or before the answer. Only where that does not help they are cut between words, and a word that
/// fits nowhere is broken.
pub fn code(text: &str, lead: &str, width: usize) -> Vec<String> {
    let words = text.trim_start();
    let lead = format!("{lead}{}", &text[..text.len() - words.len()]);
    let next = blanks(lead.width() + HANG);
    let mut cut: Vec<String> = Vec::new();
    for line in lines(words, &lead, &next, width, Cut::Arguments) {
        let lead = if cut.is_empty() { &lead } else { &next };
        match line.width() <= width {
            true => cut.push(line),
            false => {
                let words = &line[lead.len()..];
                cut.extend(lines(words, lead, &next, width, Cut::Words));
            }
        }
    }
    cut
}

/// Where a text is cut.
#[derive(Clone, Copy)]
enum Cut {
    /// Prose, between words.
    Prose,
    /// Code, between arguments.
    Arguments,
    /// Code, between words.
    Words,
}

impl Cut {
    fn separator(self) -> WordSeparator {
        match self {
            Cut::Prose => WordSeparator::AsciiSpace,
            Cut::Arguments => WordSeparator::Custom(|line| pieces(line, behind_argument)),
            Cut::Words => WordSeparator::Custom(|line| pieces(line, behind_word)),
        }
    }
}

fn lines(text: &str, lead: &str, next: &str, width: usize, cut: Cut) -> Vec<String> {
    // Lines of prose are about as long as each other; in code each takes what it can.
    let algorithm = match cut {
        Cut::Prose => WrapAlgorithm::new_optimal_fit(),
        _ => WrapAlgorithm::FirstFit,
    };
    let options = Options::new(width)
        .initial_indent(lead)
        .subsequent_indent(next)
        .break_words(matches!(cut, Cut::Words))
        .word_separator(cut.separator())
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(algorithm);
    textwrap::wrap(text, options).into_iter().map(Into::into).collect()
}

/// A line of code in pieces that are not cut.
type Pieces<'a> = Box<dyn Iterator<Item = Word<'a>> + 'a>;

fn pieces(line: &str, first_cut: fn(&str) -> Option<usize>) -> Pieces<'_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        let (piece, then) = rest.split_at(first_cut(rest).unwrap_or(rest.len()));
        rest = then;
        (!piece.is_empty()).then(|| Word::from(piece))
    }))
}

/// What stands in a pair of brackets is cut only if it is longer than this.
const SHORT: usize = 24;

/// The first place to cut before an answer, or behind a comma or a bracket.
fn behind_argument(line: &str) -> Option<usize> {
    let mut whole = 0;
    line.match_indices(['(', ' ']).find_map(|(at, mark)| {
        let (before, next) = (&line[..at], &line[at + 1..]);
        match mark {
            _ if at < whole => None,
            "(" => match closing(next) {
                Some(length) if length <= SHORT => {
                    whole = at + 1 + length;
                    None
                }
                _ => Some(at + 1),
            },
            _ if before.ends_with(',') => Some(at + 1),
            _ => (next.starts_with("= ") || next.starts_with("# ")).then_some(at + 1),
        }
    })
}

/// How far it is to the bracket that closes the one before.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    text.match_indices(['(', ')']).find_map(|(at, bracket)| {
        open += if bracket == "(" { 1 } else { -1 };
        (open == 0).then_some(at)
    })
}

/// The first place behind a blank, a bracket or a bar, or before a method.
fn behind_word(line: &str) -> Option<usize> {
    line.match_indices([' ', '(', '|', '.']).find_map(|(at, mark)| match mark {
        "." => line[..at].ends_with([')', '?']).then_some(at),
        "(" if line[at + 1..].starts_with(')') => None,
        _ => Some(at + 1),
    })
}

fn blanks(columns: usize) -> String {
    " ".repeat(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_goes_on_under_its_text() {
        assert_eq!(prose("one two three", "a) ", 10), ["a) one two", "   three"]);
        assert_eq!(prose("one extraordinarily two", "", 8), ["one", "extraordinarily", "two"]);
        assert_eq!(prose("你好 你好", "", 7), ["你好", "你好"]);
        assert_eq!(prose(&format!("one {}", whole("two three")), "", 8), ["one", "two three"]);
        assert_eq!((prose("", "  ", 7), prose("", "a) ", 7)), (vec!["".into()], vec!["a)".into()]));
    }

    #[test]
    fn code_is_cut_at_a_comma_a_bracket_or_before_an_answer() {
        let call = "connect(4, 127.0.0.1:35711) = ECONNREFUSED: nobody listens";
        assert_eq!(code(call, "✗ ", 80), [format!("✗ {call}")]);
        let answer = ["✗ connect(4, 127.0.0.1:35711)", "      = ECONNREFUSED: nobody listens"];
        assert_eq!(code(call, "✗ ", 40), answer);
        let statement = "    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(TCP))?;";
        let arguments = [
            "      let socket = Socket::new(Domain::IPV4,",
            "          Type::STREAM, Some(TCP))?;",
        ];
        assert_eq!(code(statement, "  ", 45), arguments);
    }

    #[test]
    fn code_that_is_still_too_long_is_cut_between_words_and_methods() {
        let call = "connect(4, 127.0.0.1:35711) = ECONNREFUSED: nobody listens";
        let words = [
            "✗ connect(4,",
            "      127.0.0.1:35711)",
            "      = ECONNREFUSED:",
            "      nobody listens",
        ];
        assert_eq!(code(call, "✗ ", 24), words);
        let chain = "let address = listener.local_addr()?.as_socket();";
        let methods = ["let address", "    = listener.local_addr()?", "    .as_socket();"];
        assert_eq!(code(chain, "", 30), methods);
    }
}
