//! What asks the kernel which families, types and options it has, and what this machine allows.
//!
//! They are ordinary socket code like the lessons, and narrated by the same means. Each ends in a
//! table of what it was told.

mod doctor;
mod families;
mod options;
mod types;

pub use doctor::Doctor;
pub use families::Families;
pub use options::{Options, named as option_named};
pub use types::Types;
