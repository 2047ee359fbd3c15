//! Events in words: whole sentences, and calls in the notation of a language.
//!
//! Another language for calls is a file here and a row in `dialect`.

mod brief;
mod c;
mod changed;
mod dialect;
mod names;
mod origin;
mod packet;
mod proof;
mod python;
mod remarks;
mod socket;
mod turns;

pub use brief::{brief, brief_change};
pub use dialect::{Dialect, Speaker};
pub use origin::{manner, origin};
pub use packet::{label, near};
pub use proof::proof;
pub use remarks::{remarks, troubles};
pub use socket::{address, asleep, holders, kind, state, waiting};
pub use turns::{enters, leaves, sleeps, woken};

pub use c::fact as in_c;
