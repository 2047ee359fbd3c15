//! What can be concluded from a trace, and stands nowhere in it.
//!
//! Each file is one conclusion, a pure function of the events.

mod alike;
mod arrows;
mod canon;
mod causes;
#[cfg(test)]
mod example;
mod holders;
mod idle;
mod losses;
mod order;
mod ports;
mod recent;
mod shares;
mod shown;
mod sockets;
mod under_way;

pub use alike::EACH_ITS_OWN;
pub use arrows::{Arrow, Cause};
