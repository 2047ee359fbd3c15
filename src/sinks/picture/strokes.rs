//! The signs and lines that an SVG is drawn with.

use super::canvas::{COLUMN, Canvas, Ink};
use super::rows::{Known, Line, Sign};

/// How wide the picture is at most, in columns: as wide as a page of the book.
pub const WIDTH: usize = 88;
/// How long the head of an arrow is.
pub const HEAD: usize = 8;

/// A sign in the row that is drawn now.
pub fn draw_sign(canvas: &mut Canvas, sign: Sign, x: usize) {
    let y = canvas.middle();
    match sign {
        // Where ends are not drawn round, a short thick line is left of it.
        Sign::Done => canvas.path(Ink::Dot, format!("M{} {y}h2", x - 1)),
        Sign::Refused => canvas.path(Ink::Solid, format!("M{} {}l8 8m0-8l-8 8", x - 4, y - 4)),
        Sign::Sleeps => {
            canvas.path(Ink::Solid, format!("M{} {y}a4 4 0 1 0 8 0 4 4 0 1 0-8 0", x - 4))
        }
        Sign::Leaves => canvas.path(Ink::Solid, format!("M{} {y}h10", x - 5)),
        Sign::Line | Sign::Lost | Sign::Below => {}
    }
}

/// An arrow between two places, with a hole for a label of so many columns.
pub fn arrow(
    canvas: &mut Canvas,
    [left, right]: [usize; 2],
    rightwards: bool,
    known: Known,
    label: usize,
) {
    let y = canvas.middle();
    let ink = match known {
        Known::Started | Known::Captured => Ink::Solid,
        Known::Inferred | Known::Lost => Ink::Inferred,
    };
    let (begin, end) = if rightwards { (left, right - HEAD) } else { (left + HEAD, right) };
    match label {
        0 => canvas.path(ink, format!("M{begin} {y}H{end}")),
        _ => {
            // The label begins four columns from the lane's own, whose middle is half of one.
            let hole = left + 3 * COLUMN;
            canvas.path(
                ink,
                format!("M{begin} {y}H{hole}M{} {y}H{end}", hole + (label + 1) * COLUMN),
            );
        }
    }
    let (tip, back) = if rightwards { (right, "-8") } else { (left, "8") };
    match known {
        Known::Started | Known::Captured => {
            canvas.path(Ink::Head, format!("M{tip} {y}l{back}-4v8z"))
        }
        Known::Inferred => canvas.path(Ink::Solid, format!("M{tip} {y}l{back}-4v8z")),
        Known::Lost => canvas.path(
            Ink::Solid,
            format!("M{} {}l8 8m0-8l-8 8", if rightwards { tip - 12 } else { tip + 4 }, y - 4),
        ),
    }
}

/// A piece of the line of a lane, from where it began.
pub fn piece(canvas: &mut Canvas, running: Option<(usize, Line)>, x: usize, end: usize) {
    let Some((begin, line)) = running else { return };
    let ink = if line == Line::Asleep { Ink::Asleep } else { Ink::Solid };
    canvas.path(ink, format!("M{x} {begin}V{end}"));
}
