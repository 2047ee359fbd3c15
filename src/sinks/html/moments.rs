//! What the kernel has, step by step: each socket as it was, from one step to another.

use crate::sentence;
use crate::sinks::markup::escape;
use crate::sinks::words::{asleep, holders, kind, near, state, waiting};
use crate::trace::{Address, Moment, Socket, Trace};
use std::ops::Range;

/// Something that is so from one step on.
struct Version {
    /// What it is about: versions of one thing follow each other.
    of: usize,
    from: usize,
    /// The first step at which it is not so any more.
    to: Option<usize>,
    /// What it is called, and what is said of it.
    name: String,
    is: String,
}

/// What the kernel has during some steps of a run.
pub struct Moments {
    sockets: Vec<Version>,
    sleepers: Vec<Version>,
    steps: usize,
}

impl Moments {
    /// After each of these steps. `moment` is what there was before them.
    pub fn of(trace: &Trace, steps: &[Range<usize>], moment: &mut Moment) -> Moments {
        let mut moments = Moments { sockets: vec![], sleepers: vec![], steps: 0 };
        moments.go_on(trace, steps, moment);
        moments
    }

    /// The same of the steps after these.
    pub fn go_on(&mut self, trace: &Trace, steps: &[Range<usize>], moment: &mut Moment) {
        for events in steps {
            self.steps += 1;
            let step = self.steps;
            trace.events[events.clone()].iter().for_each(|event| moment.follow(event));
            let sockets = moment.sockets.iter().map(|socket| {
                let name = escape(&holders(socket).to_string());
                (socket.number, name, cells(socket))
            });
            follow(&mut self.sockets, step, sockets.collect());
            let sleepers = moment.in_calls().iter().map(|open| {
                let lane = trace.cast().position(|(name, _)| *name == open.lane);
                (lane.unwrap_or_default(), String::new(), escape(&asleep(open).to_string()))
            });
            follow(&mut self.sleepers, step, sleepers.collect());
        }
        self.sockets.sort_by_key(|version| (version.of, version.from));
    }

    /// As a table, and a list of who sleeps. `first` is the number that the first step has in the
    /// run.
    pub fn html(&self, first: usize) -> String {
        let [caption, socket, ends, has] = [
            sentence!("What the kernel has"),
            sentence!("Socket"),
            sentence!("From → to"),
            sentence!("State, and what waits"),
        ]
        .map(|words| words.to_string());
        let rows: String = self.sockets.iter().map(|version| self.row(version, first)).collect();
        let asleep = sentence!("asleep").to_string();
        let sleeper =
            |version: &Version| format!("<li{}>{asleep}: {}</li>\n", dates(version), version.is);
        let sleepers: String = self.sleepers.iter().map(sleeper).collect();
        let sleepers = match sleepers.is_empty() {
            true => String::new(),
            false => format!("<ul>\n{sleepers}</ul>\n"),
        };
        format!(
            "<aside><table><caption>{caption}</caption>\n<thead><tr><th>{socket}</th>\
             <th>{ends}</th><th>{has}</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n\
             {sleepers}</aside>\n"
        )
    }

    /// A version of a socket, with the steps at which it is so for those who read all at once.
    fn row(&self, version: &Version, first: usize) -> String {
        let last = version.to.map_or(self.steps, |to| to - 1);
        let [from, last] = [version.from, last].map(|step| first + step - 1);
        let steps = match last == from {
            true => sentence!("step {from}", from),
            false => sentence!("steps {from}–{last}", from, last),
        };
        let (dates, Version { name, is, .. }) = (dates(version), version);
        format!("<tr{dates}><td>{name} <i>{steps}</i>{is}</tr>\n")
    }
}

fn dates(version: &Version) -> String {
    let to = version.to.map_or(String::new(), |to| format!(" data-to=\"{to}\""));
    format!(" data-from=\"{}\"{to}", version.from)
}

/// What is so after a step. What was so before and is not any more ends with it.
fn follow(versions: &mut Vec<Version>, step: usize, now: Vec<(usize, String, String)>) {
    for version in versions.iter_mut().filter(|version| version.to.is_none()) {
        let same = |(of, name, is): &(usize, String, String)| {
            *of == version.of && *name == version.name && *is == version.is
        };
        if !now.iter().any(same) {
            version.to = Some(step);
        }
    }
    for (of, name, is) in now {
        let goes_on = |version: &Version| version.of == of && version.to.is_none();
        if !versions.iter().any(goes_on) {
            versions.push(Version { of, from: step, to: None, name, is });
        }
    }
}

/// What is said of a socket: the rest of its first cell, and its other cells.
fn cells(socket: &Socket) -> String {
    let ends = [&socket.local, &socket.peer].map(|end| end.as_ref().filter(|end| !is_none(end)));
    let ends = match ends {
        [None, None] => String::new(),
        [Some(local), None] => near(local),
        [local, Some(peer)] => format!("{} → {}", local.map_or(String::new(), near), near(peer)),
    };
    let waits = waiting(socket).into_iter().map(|words| words.to_string());
    let has: Vec<String> = [state(socket)].into_iter().chain(waits).collect();
    let has: Vec<String> =
        has.iter().filter(|words| !words.is_empty()).map(|words| escape(words)).collect();
    format!(
        "<small>{}</small></td><td>{}</td><td>{}</td>",
        escape(&kind(socket)),
        escape(&ends),
        has.join("<br>")
    )
}

/// Whether it only says that nobody has called bind.
fn is_none(address: &Address) -> bool {
    address.port() == Some(0) && address.ip().is_some_and(|ip| ip.is_unspecified())
        || *address == Address::Unix(crate::trace::UnixName::Unnamed)
}
