//! What is too long for its row gets a second one, before anything of it is cut.

use super::columns::Columns;
use super::rows::{Act, Known, Picture, Row, Sign};
use crate::wrap;
use unicode_width::UnicodeWidthStr;

impl Picture {
    /// The same picture, for lanes that are so wide.
    pub fn folded(self, columns: Columns) -> Picture {
        let rows = self.rows.into_iter().flat_map(|row| row.folded(columns)).collect();
        Picture { rows, ..self }
    }
}

impl Row {
    fn folded(mut self, columns: Columns) -> Vec<Row> {
        let below = match &mut self.act {
            Act::Beside { lane, sign, text } => {
                let sign = if sign.is_line() { *sign } else { Sign::Below };
                let rest = take_rest(text, columns.room());
                rest.map(|text| Act::Beside { lane: *lane, sign, text })
            }
            Act::Across { from, to, known, label } => {
                let has_room = columns.are_numbered() || columns.hold(label) || label.is_empty();
                let text = (!has_room && *known != Known::Inferred).then(|| std::mem::take(label));
                text.map(|text| Act::Beside { lane: *from.min(to), sign: Sign::Below, text })
            }
        };
        let lines = self.lines.clone();
        let place = self.place;
        let below = below.map(|act| Row { place, lines, act });
        [self].into_iter().chain(below).collect()
    }
}

/// Leaves as many words as there is room for, and gives the others, a little further to the right.
fn take_rest(text: &mut String, room: usize) -> Option<String> {
    if text.width() <= room {
        return None;
    }
    let first = wrap::prose(text, "", room).swap_remove(0);
    let rest = text.split_off(first.len());
    Some(format!("  {}", rest.trim_start())).filter(|rest| !rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::rows::Line;
    use super::*;

    fn texts(act: Act, width: usize) -> Vec<String> {
        let row = Row { place: 0, lines: vec![Line::Awake; 2], act };
        let picture = Picture { lanes: vec!["a".into(), "b".into()], rows: vec![row] };
        let rows = picture.folded(Columns::of(2, width)).rows.into_iter();
        rows.map(|row| match row.act {
            Act::Beside { text, .. } => text,
            Act::Across { label, .. } => label,
        })
        .collect()
    }

    #[test]
    fn a_long_text_has_two_rows() {
        let beside = |text: &str| Act::Beside { lane: 0, sign: Sign::Line, text: text.into() };
        assert_eq!(texts(beside("~ 5 → FIN-WAIT-1"), 40), ["~ 5 → FIN-WAIT-1"]);
        assert_eq!(texts(beside("~ (5) → FIN-WAIT-1"), 40), ["~ (5) →", "  FIN-WAIT-1"]);
        assert_eq!(texts(beside("extraordinarily-long"), 40), ["extraordinarily-long"]);
    }

    #[test]
    fn a_label_that_has_no_room_stands_below_its_arrow() {
        let across = |known| Act::Across { from: 1, to: 0, known, label: "SYN-ACK of both".into() };
        assert_eq!(texts(across(Known::Captured), 50), ["SYN-ACK of both"]);
        assert_eq!(texts(across(Known::Captured), 40), ["", "SYN-ACK of both"]);
        assert_eq!(texts(across(Known::Inferred), 40), ["SYN-ACK of both"]);
    }
}
