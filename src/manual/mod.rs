//! What the manual says: the names and numbers of errors, families, types, flags and options, and
//! the states of TCP.
//!
//! It is plain data. Nothing here asks a kernel or names a library of sockets, so it can name what
//! any program does, and what another system has recorded.

pub mod errno;
pub mod families;
pub mod flags;
pub mod needs;
pub mod options;
pub mod states;
pub mod types;
