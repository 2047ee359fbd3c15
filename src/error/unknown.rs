//! A name that stands for nothing: what is said of it, by what it should name.

use crate::catalogue::Sentence;
use crate::sentence;

/// What a name should be the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Lesson,
    Command,
    Errno,
    Option,
    State,
}

/// How much of a name is told again, in characters.
const LONGEST_ECHO: usize = 60;

impl Thing {
    /// That there is none of that name.
    pub(super) fn unknown(self, given: &str) -> Sentence {
        let short: String = given.chars().take(LONGEST_ECHO).collect();
        let given = if short == given { format!("{given:?}") } else { format!("{short:?}…") };
        match self {
            Thing::Lesson => sentence!("there is no lesson {given}", given),
            Thing::Command => sentence!("there is no command {given}", given),
            Thing::Errno => sentence!("I know no error {given}", given),
            Thing::Option => sentence!("I know no option {given}", given),
            Thing::State => sentence!("TCP has no state {given}", given),
        }
    }

    /// That none has a name that reads much like it.
    pub(super) fn unlike_all(self) -> Sentence {
        match self {
            Thing::Lesson => sentence!("no lesson has a name like that"),
            Thing::Command => sentence!("no command has that name"),
            Thing::Errno => sentence!("it is not among those that sockets meet"),
            Thing::Option => sentence!("no option of a socket has a name like that"),
            Thing::State => sentence!("none of its eleven states has a name like that"),
        }
    }

    /// What to type instead: the name that reads much like it, or what lists them all.
    pub(super) fn instead(self, nearest: Option<&str>) -> Sentence {
        match (self, nearest) {
            (Thing::Lesson, Some(name)) => sentence!("playground lesson {name}", name),
            (Thing::Lesson, None) => sentence!("playground lesson    (lists them)"),
            (Thing::Command, _) => sentence!("playground --help    (lists them)"),
            (Thing::Errno, Some(name)) => sentence!("playground errno {name}", name),
            (Thing::Errno, None) => sentence!("playground errno    (lists them), or man 3 errno"),
            (Thing::Option, Some(name)) => sentence!("playground options {name}", name),
            (Thing::Option, None) => sentence!("playground options --quiet    (lists them)"),
            (Thing::State, Some(name)) => sentence!("playground state {name}", name),
            (Thing::State, None) => sentence!("playground state    (lists them)"),
        }
    }
}
