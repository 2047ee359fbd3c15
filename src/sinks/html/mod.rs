//! A run as HTML that one steps through: an act of it for a chapter of the book, or all of it as a
//! page of its own.
//!
//! A step is a list of rows (`teller`), each with its piece of the picture in the margin
//! (`margin`). Beside them stands what the kernel has (`moments`). `player` joins them; `page`
//! makes a file of it that needs no other.

mod kept;
mod margin;
mod moments;
mod page;
mod player;
mod question;
mod teller;

pub use page::{Html, run_of};
pub use player::act as player;
pub use question::question;
