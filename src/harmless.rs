//! Text that may come from anywhere, on its way to a terminal.

use std::borrow::Cow;

/// The text with everything escaped that a terminal might obey: control characters, and those that
/// change the direction of writing.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_harmful(character) {
            true => safe.extend(character.escape_default()),
            false => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// Whether a terminal might obey a character instead of showing it.
pub fn is_harmful(character: char) -> bool {
    const MARKS: [char; 3] = ['\u{61c}', '\u{200e}', '\u{200f}'];
    let overrides = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || MARKS.contains(&character) || overrides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        assert_eq!(harmless("Rose 你好"), "Rose 你好");
        assert_eq!(harmless("\x1b[2J\n\u{9b}\u{7f}\u{202e}"), r"\u{1b}[2J\n\u{9b}\u{7f}\u{202e}");
    }
}
