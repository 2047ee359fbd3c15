//! Ways of seeing a run. A sink never touches the network.
//!
//! A new view is a file here that implements [`Sink`](crate::trace::Sink). What it writes goes
//! through [`Theme`], which escapes it; whole sentences and calls it takes from `words`, rows and
//! arrows from `picture`.

mod board;
mod chosen;
mod comments;
mod drawing;
mod html;
mod ids;
mod inquiry;
mod json;
mod listing;
mod marks;
mod markup;
mod only;
mod pace;
mod page;
mod pcapng;
mod picture;
mod prediction;
mod queue;
mod refrain;
mod repeats;
mod sockets;
mod steps;
mod story;
mod table;
mod theme;
mod votes;
mod words;

pub use board::{News, Screen};
pub use chosen::{Chosen, Gate};
pub use drawing::{Drawing, Growth};
pub use html::{Html, player, question, run_of};
pub use ids::Ids;
pub use json::Json;
pub use listing::listing;
pub use markup::escape;
pub use only::Only;
pub use pace::{Pace, Pages, Rest};
pub use page::Page;
pub use pcapng::Pcapng;
pub use picture::ladder::text as ladder;
pub use picture::svg::document as svg;
pub use picture::{Act, Known, Line, Paper, Picture, Row, Sign};
pub use prediction::{ask, letter};
pub use queue::Queue;
pub use refrain::Brevity;
pub use steps::{Excerpt, Steps};
pub use story::Story;
pub use table::Conclusion;
pub use theme::Theme;
pub use words::Dialect;
