//! When the comment of a step is told: once, before its code or after its first answer.

use crate::trace::{Name, Step};
use std::collections::HashSet;

/// Knows which comments were told, and keeps one back.
#[derive(Debug, Default)]
pub struct Comments {
    /// Whether a comment comes after the first answer, so that readers can predict it.
    after: bool,
    /// The steps that were met, by their places.
    met: HashSet<usize>,
    /// The comment that is kept back, and whose step it is.
    kept_back: Option<(Name, Step)>,
}

impl Comments {
    /// They are told before the code, or `after` the first answer.
    pub fn new(after: bool) -> Comments {
        Comments { after, ..Comments::default() }
    }

    /// An actor comes to a step: gives whether its comment is to be told now.
    pub fn meet(&mut self, actor: &Name, place: usize, step: &Step) -> bool {
        let is_new = self.met.insert(place);
        if is_new && self.after {
            self.kept_back = Some((actor.clone(), step.clone()));
        }
        is_new && !self.after
    }

    /// Nothing was told yet.
    pub fn forget(&mut self) {
        self.met.clear();
    }

    /// It is known what became of an actor's call: gives its step, if the comment was kept back.
    pub fn answered(&mut self, actor: &Name) -> Option<Step> {
        self.kept_back.take_if(|(own, _)| own == actor).map(|(_, step)| step)
    }

    /// The step whose comment is kept back: nothing more will be known of it.
    pub fn left(&mut self) -> Option<Step> {
        self.kept_back.take().map(|(_, step)| step)
    }
}
