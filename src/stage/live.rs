//! A command that is narrated like a lesson, from its own source, and that takes no turns.

use super::actor::Stage;
use super::perform::{Play, perform};
use crate::account::Tapping;
use crate::error::{Error, Subject};
use crate::trace::{Manner, Playbill, Script, Sink};
use std::io;

/// A command that makes calls of its own, and may last for days: lanes act as they come.
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
        self.perform_with(sink, None)
    }

    /// The same, and the packets of the wire are narrated, too, if that is wanted.
    ///
    /// # Errors
    /// What ended it.
    fn perform_with(
        self,
        sink: Option<Box<dyn Sink>>,
        tapping: Option<Tapping>,
    ) -> Result<(), Error> {
        let subject = Subject::Command(Self::NAME.into());
        let Some(sink) = sink else {
            let played = self.play(&Stage::unwatched());
            return played.map_err(|error| subject.failed(error, None));
        };
        let (file, source) = Self::SOURCE;
        let playbill = Playbill {
            lesson: Self::NAME.into(),
            title: self.title(),
            manner: Manner::Live,
            script: Script::parse(file, source),
            ..Playbill::default()
        };
        let play = Play { tapping, ..Play::new(playbill, subject, Self::LEAD) };
        perform(play, move |stage| self.play(stage), sink).1
    }
}
