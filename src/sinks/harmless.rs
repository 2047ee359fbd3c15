//! Text that may come from anywhere.

/// Text from a file, made harmless for a terminal: control characters are escaped.
pub fn harmless(text: &str) -> String {
    let escape = |character: char| match character.is_control() {
        true => character.escape_debug().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escape).collect()
}
