//! What talks to the outside: the tutorial's server and its client, for real peers.
//!
//! They are ordinary socket code like the lessons, and narrated by the same means: a comment is a step. Their lanes
//! take no turns, since real peers do not wait.

mod address;
mod clients;
mod connect;
mod doctor;
mod families;
mod listen;
mod options;
mod serve;
mod types;

pub use address::{addresses, announce};
pub use connect::Connect;
pub use doctor::Doctor;
pub use families::Families;
pub use listen::Listen;
pub use options::Options;
pub use serve::Serve;
pub use types::Types;

use crate::error::Error;
use crate::sinks::Sink;
use crate::stage::{self, Play, Stage};
use crate::trace::{Manner, Playbill, Script};
use std::io::{self, Write};

/// Makes a call again that a signal interrupted: a socket with a time-out returns `EINTR` when the program is stopped and
/// goes on, `signal(7)`.
fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Talk goes to standard error. Nobody may be there to hear it.
fn say(text: &str) {
    writeln!(io::stderr(), "{text}").ok();
}

/// A command that talks to the outside.
pub trait Live: Send + Sized + 'static {
    const NAME: &'static str;
    /// The name of its first actor.
    const LEAD: &'static str;
    /// Its source file, as `rustc` names it, and the text of it.
    const SOURCE: (&'static str, &'static str);

    /// What it does, in a few words.
    fn title(&self) -> String;

    /// The part of its first actor.
    ///
    /// # Errors
    /// What ends it; an [`Error`] of ours stands inside of an [`io::Error`].
    fn play(self, stage: &Stage) -> io::Result<()>;

    /// Does it, and narrates it to `sink`; quietly if there is none.
    ///
    /// # Errors
    /// What ended it.
    fn perform(self, sink: Option<Box<dyn Sink>>) -> Result<(), Error> {
        let Some(sink) = sink else {
            return self.play(&Stage::unwatched()).map_err(|error| Error::of_command(error, Self::NAME));
        };
        let (file, source) = Self::SOURCE;
        let playbill = Playbill {
            lesson: Self::NAME.into(),
            title: self.title(),
            manner: Manner::Live,
            script: Script::parse(file, source),
            ..Playbill::default()
        };
        let play = Play { playbill, lead: Self::LEAD, ..Play::default() };
        stage::perform(play, move |stage| self.play(stage), sink).1
    }
}
