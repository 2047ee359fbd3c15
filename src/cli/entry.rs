//! Entries of a reference, cut into lines that fit the screen.

use crate::terminal::columns;
use crate::wrap;

/// A title, and below it what there is to say, each behind its head.
pub fn entry(title: &str, rows: &[(&str, String)]) -> String {
    let width = columns();
    let row = |(head, text): &(&str, String)| wrap::prose(text, &format!("  {head:<14} "), width);
    lines(wrap::prose(title, "", width).into_iter().chain(rows.iter().flat_map(row)))
}

/// One of many: a text that goes on under itself, behind its name.
pub fn item(name: &str, text: &str) -> String {
    lines(wrap::prose(text, name, columns()).into_iter())
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}
