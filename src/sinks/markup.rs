//! Text on its way into HTML or SVG: nothing in it is markup any more, and nothing that a terminal
//! might obey.

use crate::harmless::harmless;

/// The text for an element. XML has no U+FFFE and no U+FFFF.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in harmless(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// The text for an attribute in double quotes.
pub fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup_any_more() {
        assert_eq!(escape("<a>&\u{ffff}\x1b\n"), "&lt;a&gt;&amp;\u{fffd}\\u{1b}\\n");
        assert_eq!(attribute("\" onclick=\"x"), "&quot; onclick=&quot;x");
    }
}
