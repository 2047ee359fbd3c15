//! A run as a picture: rows of signs, texts and arrows, and two ways of drawing them.

mod canvas;
pub(super) mod columns;
mod folds;
pub(super) mod ladder;
mod legend;
mod meanings;
mod paper;
mod rows;
mod strokes;
pub(super) mod svg;

pub use paper::Paper;
pub use rows::{Act, Known, Line, Picture, Row, Sign};
