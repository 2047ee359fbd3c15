//! The source of a lesson, as it is listed.

use super::theme::{Meaning, Theme};

/// The source, with the number of each line if that is wanted. Comments, which speak to the reader,
/// look like the prose of a story, and code like its code.
pub fn listing(source: &str, numbers: bool, theme: Theme) -> String {
    let width = source.lines().count().to_string().len();
    let number = |number: usize| match numbers {
        true => theme.mark(Meaning::Aside, &format!("{number:width$}  ")).into_owned(),
        false => String::new(),
    };
    let line = |(place, line): (usize, &str)| {
        let is_comment = line.trim_start().starts_with("//");
        let meaning = if is_comment { Meaning::Prose } else { Meaning::Code };
        let marked = format!("{}{}", number(place), theme.mark(meaning, line));
        format!("{}\n", marked.trim_end())
    };
    (1..).zip(source.lines()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_has_every_line() {
        let source = "// One.\none();\n\n// Two.\ntwo();\n";
        assert_eq!(listing(source, false, Theme::Plain), source);
        let numbered = listing(source, true, Theme::Plain);
        assert_eq!(numbered, "1  // One.\n2  one();\n3\n4  // Two.\n5  two();\n");
        assert!(listing(source, true, Theme::coloured()).contains("\x1b["));
    }
}
