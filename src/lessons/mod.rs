//! What students read: the lessons, in the order of the syllabus.
//!
//! In this directory `//` speaks to the student and `///` to whoever maintains the lesson.

mod accept_queue;
mod addresses;
mod byte_stream;
mod families;
mod framing;
mod layers;
mod options;
mod ports;
mod raw_icmp;
mod raw_iphdr;
mod seqpacket;
mod tcp_client;
mod tcp_server;
mod thread_per_client;
mod types;
mod udp;
mod unix_socket;

use crate::error::Error;
use crate::platform::Need;
use crate::sinks::{self, Sink};
use crate::stage::{self, Play, Stage, Tapping};
use crate::trace::{Manner, Playbill, Question, Script, Trace};
use std::io;

/// A lesson: ordinary socket code, and what it takes to run and show it.
pub struct Lesson {
    /// Its name on the command line.
    pub name: &'static str,
    pub title: &'static str,
    /// The name of the first actor.
    pub lead: &'static str,
    pub question: Question,
    /// What the machine has to have.
    pub needs: &'static [Need],
    /// Its source file, as `rustc` names it, and the text of it.
    pub file: &'static str,
    pub source: &'static str,
    /// The stored run, for machines on which it cannot run.
    pub recorded: &'static str,
    /// The part of the first actor.
    pub run: fn(&Stage) -> io::Result<()>,
}

/// The syllabus.
pub const LESSONS: &[Lesson] = &[
    layers::LESSON,
    addresses::LESSON,
    ports::LESSON,
    tcp_server::LESSON,
    tcp_client::LESSON,
    accept_queue::LESSON,
    thread_per_client::LESSON,
    byte_stream::LESSON,
    framing::LESSON,
    families::LESSON,
    types::LESSON,
    options::LESSON,
    udp::LESSON,
    unix_socket::LESSON,
    seqpacket::LESSON,
    raw_icmp::LESSON,
    raw_iphdr::LESSON,
];

/// The lessons that end with their first datagram, taken apart, if packets are shown.
const TAKE_APART: [&str; 1] = ["layers"];

/// The lessons in which it matters how many segments a send becomes.
const ABOUT_SEGMENTS: [&str; 1] = ["byte-stream"];

impl Lesson {
    /// The lesson of that name.
    ///
    /// # Errors
    /// There is none. The error knows the lesson whose name is nearest.
    pub fn named(name: &str) -> Result<&'static Lesson, Error> {
        LESSONS.iter().find(|lesson| lesson.name == name).ok_or_else(|| {
            let distance = |lesson: &&Lesson| strsim::damerau_levenshtein(lesson.name, name);
            let nearest = LESSONS
                .iter()
                .min_by_key(distance)
                .filter(|lesson| distance(lesson) <= lesson.name.len() / 2);
            Error::NoSuchLesson { name: name.into(), nearest: nearest.map(|lesson| lesson.name) }
        })
    }

    /// Whether a network of its own should cut a stream into segments as most networks do. Loopback
    /// takes much at once.
    pub fn is_about_segments(&self) -> bool {
        ABOUT_SEGMENTS.contains(&self.name)
    }

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
            Some(why) => Err(Error::NotHere { lesson: self.name.into(), why }),
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
        let mut trace = sinks::read(self.recorded).map_err(fails)?;
        trace.playbill.recorded = Some(why.into());
        Ok(trace)
    }

    /// Runs it at `place`, and shows the run to `sink`: with the kernel's own state if `kernel`
    /// says so, and with the packets if the wire is to be tapped. `free` says why the lanes shall
    /// not take turns.
    ///
    /// # Errors
    /// Those of [`stage::perform`].
    pub fn perform(
        &'static self,
        place: Option<String>,
        kernel: bool,
        free: Option<String>,
        tapping: Option<Tapping>,
        sink: Box<dyn Sink>,
    ) -> (Trace, Result<(), Error>) {
        let real_time = self.needs.contains(&Need::RealTime);
        let about_time =
            real_time.then(|| "this lesson is about time, and time does not wait for turns".into());
        let playbill = Playbill {
            lesson: self.name.into(),
            title: self.title.into(),
            question: Some(self.question.asked()),
            manner: about_time.or(free).map_or(Manner::Turns, Manner::Free),
            place,
            script: self.script(),
            ..Playbill::default()
        };
        let (lead, question) = (self.lead, Some(&self.question));
        let dissects = TAKE_APART.contains(&self.name);
        stage::perform(Play { playbill, kernel, lead, question, tapping, dissects }, self.run, sink)
    }
}
