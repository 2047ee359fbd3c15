//! Where a lesson runs: its actors, and the one door that every event passes.
//!
//! - [`Stage`] is what a lesson sees of it: a way to start actors.
//! - [`perform`] runs a lesson to its end and gives its trace.
//! - `witness` is the door: each call to the kernel goes through it and comes out with its answer.
//! - `turns` decides whose turn it is. One lane acts at a time, until it ends or falls asleep in
//!   the kernel.

mod actor;
mod lane;
mod live;
mod perform;
mod run;
mod turns;
mod witness;

pub use actor::Stage;
pub use live::Live;
pub use perform::{Play, perform};
pub use witness::{
    ask_observer, port_known_before, until_asleep, wait_until, witness, witness_names,
};
