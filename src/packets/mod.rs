//! What packets say, byte by byte. Nothing here asks a kernel.

mod dissect;
mod fields;
mod frame;

pub use dissect::{dissect, first_datagram};
pub use frame::{Reader, ports_in_error};
