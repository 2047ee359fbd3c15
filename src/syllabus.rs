//! The syllabus at work: finds a lesson, says whether it can run here, and runs it.

use crate::account::Tapping;
use crate::error::{Error, Subject, Thing};
use crate::lessons::{LESSONS, Lesson, Packets};
use crate::stage::{self, Play};
use crate::trace::{self, Event, Manner, Playbill, Prediction, Script, Sink, Trace};

/// How a lesson is run.
#[derive(Default)]
pub struct How {
    /// Where, in words, if not on the machine's own network.
    pub place: Option<String>,
    /// The port for the first socket that asks for any.
    pub port: Option<u16>,
    /// What was predicted, if somebody was asked.
    pub prediction: Option<Prediction>,
    /// Whether the kernel's own state is shown, too.
    pub kernel: bool,
    /// Why the lanes shall not take turns, if they shall not.
    pub free: Option<String>,
    /// What is to be made of the wire, if it is to be seen.
    pub tapping: Option<Tapping>,
}

/// The lesson of that name, or at that place in the list: `tcp-server`, `TCP_SERVER`, `1`.
///
/// # Errors
/// There is none. The error knows the lesson whose name is nearest.
pub fn named(given: &str) -> Result<&'static Lesson, Error> {
    let name = &*given.to_lowercase().replace('_', "-");
    let place = name.parse().ok().and_then(|place: usize| LESSONS.get(place.checked_sub(1)?));
    place.or(LESSONS.iter().find(|lesson| lesson.name == name)).ok_or_else(|| {
        let nearest = nearest(name, LESSONS.iter().map(|lesson| lesson.name));
        Error::Unknown { thing: Thing::Lesson, given: given.into(), nearest }
    })
}

/// The name that reads most like what was given, in capitals or not, if one does. What is much
/// longer than a name is none.
pub fn nearest(given: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if given.len() > LONGEST_NAME {
        return None;
    }
    let distance =
        |name: &&str| strsim::damerau_levenshtein(&name.to_lowercase(), &given.to_lowercase());
    names.min_by_key(distance).filter(|name| distance(name) <= name.len() / 2)
}

/// In bytes, with room for mistakes.
const LONGEST_NAME: usize = 60;

/// The lessons in whose stored run there is such an event: their names, or that there is none. Only
/// runs that have the word are read.
pub fn lessons_with(word: &str, is_such: impl Fn(&Event) -> bool) -> String {
    let shows = |lesson: &&Lesson| {
        lesson.recorded.contains(word)
            && trace::read(lesson.recorded).is_ok_and(|run| run.events.iter().any(&is_such))
    };
    let lessons: Vec<&str> = LESSONS.iter().filter(shows).map(|lesson| lesson.name).collect();
    if lessons.is_empty() { "no lesson yet".into() } else { lessons.join(", ") }
}

impl Lesson {
    /// Its source, cut into steps.
    pub fn script(&self) -> Script {
        Script::parse(self.file, self.source)
    }

    /// Why it cannot run on this machine, as far as can be told before it has tried.
    ///
    /// # Errors
    /// What it needs, and is not there.
    pub fn can_run(&self) -> Result<(), Error> {
        match self.needs.iter().find_map(|need| need.missing()) {
            Some(why) => Err(Error::NotHere { subject: self.subject(), why: why.to_string() }),
            None => Ok(()),
        }
    }

    /// The stored run, labelled with the reason why it is shown.
    ///
    /// # Errors
    /// It is not what this program stores.
    pub fn recording(&self, why: &str) -> Result<Trace, Error> {
        let fails =
            |why| Error::NotATrace { path: format!("lessons/traces/{}.jsonl", self.name), why };
        let mut trace = trace::read(self.recorded).map_err(fails)?;
        trace.playbill.recorded = Some(why.into());
        Ok(trace)
    }

    /// Runs it, and shows the run to `sink`.
    ///
    /// # Errors
    /// Those of [`stage::perform`].
    pub fn perform(&'static self, how: How, sink: Box<dyn Sink>) -> (Trace, Result<(), Error>) {
        let How { place, port, prediction, kernel, free, tapping } = how;
        let playbill = Playbill {
            lesson: self.name.into(),
            title: self.title.into(),
            question: Some(self.question.asked()),
            prediction,
            port,
            manner: free.map_or(Manner::Turns, Manner::Free),
            place,
            script: self.script(),
            ..Playbill::default()
        };
        let play = Play {
            kernel,
            question: Some(&self.question),
            tapping,
            dissects: self.packets == Packets::TakenApart,
            ..Play::new(playbill, self.subject(), self.lead)
        };
        let (trace, done) = stage::perform(play, self.run, sink);
        (trace, done.map_err(|error| error.blamed_on_machine(self.subject())))
    }

    /// What errors call it.
    pub fn subject(&self) -> Subject {
        Subject::Lesson(self.name.into())
    }
}
