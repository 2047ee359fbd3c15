//! Where the lanes of a picture stand, in columns of a terminal. Both drawings share it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// If lanes are narrower than this, their texts do not fit side by side: they are numbered, and the
/// text stands to the right.
const LEAST_BY_NAME: usize = 20;
/// How wide a numbered lane is, and how wide where there is little room.
const NARROW: usize = 4;
const NARROWEST: usize = 2;
/// How much room the text beside numbered lanes has at least.
const LEAST_TEXT: usize = 24;

/// The places of the lanes.
#[derive(Clone, Copy)]
pub struct Columns {
    lanes: usize,
    /// How wide the picture is.
    width: usize,
    /// How wide a lane is.
    pub step: usize,
}

impl Columns {
    /// So many lanes in a picture that is so wide.
    pub fn of(lanes: usize, width: usize) -> Columns {
        let step = match width / lanes.max(1) {
            wide @ LEAST_BY_NAME.. => wide,
            _ if lanes * NARROW + LEAST_TEXT <= width => NARROW,
            _ => NARROWEST,
        };
        Columns { lanes, width, step }
    }

    /// Whether the lanes are numbered, and all texts stand to the right of them.
    pub fn are_numbered(self) -> bool {
        self.step < LEAST_BY_NAME
    }

    /// Where a lane stands.
    pub fn lane(self, lane: usize) -> usize {
        lane * self.step
    }

    /// Where the texts beside numbered lanes begin, and how wide they are. Many lanes need
    /// more than the picture has.
    pub fn texts(self) -> (usize, usize) {
        let begin = self.lanes * self.step;
        (begin, self.width.saturating_sub(begin).max(LEAST_TEXT))
    }

    /// How wide a text beside a lane may be. A column behind it stays blank.
    pub fn room(self) -> usize {
        match self.are_numbered() {
            true => self.texts().1 - 1,
            false => self.step.saturating_sub(3),
        }
    }

    /// Whether a label fits on an arrow from lane to lane.
    pub fn hold(self, label: &str) -> bool {
        !label.is_empty() && label.width() + 6 <= self.step
    }
}

/// The text in exactly so many columns: cut with `…`, or filled with blanks. One column at the end
/// stays blank.
pub fn fit(text: &str, columns: usize) -> String {
    let cut = cut(text, columns.saturating_sub(1));
    let used = cut.width();
    cut + &" ".repeat(columns.saturating_sub(used))
}

/// The text in so many columns at most, cut with `…`.
pub fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.into();
    }
    let mut fitted = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room.saturating_sub(1) {
            break;
        }
        fitted.push(character);
    }
    fitted + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(fit("Rose", 6), "Rose  ");
        assert_eq!(fit("Babala", 6), "Baba… ");
        assert_eq!(fit("你好你", 6), "你好… ");
        assert_eq!(fit("你好", 6), "你好  ");
    }
}
