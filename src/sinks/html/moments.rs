//! What the kernel has, step by step: each socket as it was, from one step to another.

use crate::sentence;
use crate::sinks::markup::escape;
use crate::sinks::words::{asleep, holders, kind, near, state, waiting};
use crate::trace::{Address, Moment, Socket, UnixName};
use std::collections::HashSet;

/// What is said of something: of which socket, how that is called, and what is so.
type Said = (usize, String, String);

/// Something that is so from one step on.
struct Version {
    said: Said,
    from: usize,
    /// The first step at which it is not so any more.
    to: Option<usize>,
}

/// What the kernel has during some steps of a run.
#[derive(Default)]
pub struct Moments {
    sockets: Vec<Version>,
    sleepers: Vec<Version>,
    steps: usize,
}

impl Moments {
    /// The next step leads to that moment.
    pub fn add(&mut self, moment: &Moment) {
        self.steps += 1;
        let sockets = moment
            .sockets
            .iter()
            .map(|socket| (socket.number, escape(&holders(socket).to_string()), cells(socket)));
        follow(&mut self.sockets, self.steps, sockets.collect());
        let sleepers = moment.in_calls().iter().map(asleep);
        let sleepers = sleepers.map(|who| (0, String::new(), escape(&who.to_string())));
        follow(&mut self.sleepers, self.steps, sleepers.collect());
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
        let mut sockets: Vec<&Version> = self.sockets.iter().collect();
        sockets.sort_by_key(|version| (version.said.0, version.from));
        let rows: String = sockets.iter().map(|version| self.row(version, first)).collect();
        let asleep = sentence!("asleep").to_string();
        let sleeper = |version: &Version| {
            let (.., who) = &version.said;
            format!("<li{}>{asleep}: {who}</li>\n", dates(version))
        };
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
        let (dates, (_, name, is)) = (dates(version), &version.said);
        format!("<tr{dates}><td>{name} <i>{steps}</i>{is}</tr>\n")
    }
}

fn dates(version: &Version) -> String {
    let to = version.to.map_or(String::new(), |to| format!(" data-to=\"{to}\""));
    format!(" data-from=\"{}\"{to}", version.from)
}

/// What is so after a step. What was so before and is not any more ends with it.
fn follow(versions: &mut Vec<Version>, step: usize, now: Vec<Said>) {
    let still: HashSet<&Said> = now.iter().collect();
    let mut before = HashSet::new();
    for version in versions.iter_mut().filter(|version| version.to.is_none()) {
        match still.contains(&version.said) {
            true => _ = before.insert(version.said.clone()),
            false => version.to = Some(step),
        }
    }
    let new = now.into_iter().filter(|said| !before.contains(said));
    versions.extend(new.map(|said| Version { said, from: step, to: None }));
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
        || *address == Address::Unix(UnixName::Unnamed)
}
