//! The command line.

mod explain;
mod look;
mod network;
mod wire;

use crate::error::Error;
use crate::lessons::{LESSONS, Lesson};
use crate::live::{self, Connect, Listen, Serve};
use crate::manual::families::{Family, family};
use crate::net::Type;
use crate::probes::{Doctor, Families, Options, Types};
use crate::sinks::{self, Guess};
use crate::stage::Live;
use crate::trace::{Ending, Trace};
use clap::{Args, Parser, Subcommand};
use indoc::indoc;
use look::{Look, Paper, Talk, View};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use wire::Packets;

/// Runs real sockets on your machine and shows, step by step, what the kernel answered.
#[derive(Parser)]
#[command(name = "playground", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = indoc! {"
    Examples:
      playground lesson tcp-server          run a lesson
      playground lesson tcp-client --step   one step at a time
      playground serve                      the tutorial's server, for real clients
"};

#[derive(Subcommand)]
enum Command {
    /// Run a lesson. Without a name: list the lessons
    Lesson {
        /// The lesson's name
        name: Option<String>,
        #[command(flatten)]
        run: Run,
        #[command(flatten)]
        packets: Packets,
        #[command(flatten)]
        look: Look,
    },
    /// Print the source of a lesson
    Show {
        /// The lesson's name
        name: String,
    },
    /// Serve real clients as the tutorial's server does: one thread each
    Serve {
        /// Where to listen
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// Wait this long before each answer, in milliseconds. The tutorial waits 1000
        #[arg(long, value_name = "MS", default_value = "0")]
        delay: u64,
        /// End a client that is silent, or does not read, for this long
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        idle: Option<Duration>,
        /// Accept nobody while there are this many clients
        #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true, value_parser = at_least_one)]
        max_clients: usize,
        #[command(flatten)]
        talk: Talk,
    },
    /// Talk to a server as the tutorial's client does
    Connect {
        /// Where the server listens; each address of a name is tried in turn
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// What to say before exit
        #[arg(value_name = "WORD", default_values = ["Rose", "Think", "Babala"], value_parser = word)]
        words: Vec<String>,
        /// How long to wait for the server, each time
        #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
        timeout: Duration,
        #[command(flatten)]
        talk: Talk,
    },
    /// Listen for one real client of yours: nc, curl, a browser, Python
    Listen {
        /// Where to listen
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// How many connections may wait to be accepted
        #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true)]
        backlog: i32,
        /// Accept nobody for this long, and show how the queue fills
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        hold: Option<Duration>,
        #[command(flatten)]
        talk: Talk,
    },
    /// Try which address families this machine knows
    Families {
        /// Do not ask for families that the kernel would have to load a module for
        #[arg(long)]
        loaded_only: bool,
        #[command(flatten)]
        talk: Talk,
    },
    /// Try which family, type and protocol go together
    Types {
        #[command(flatten)]
        talk: Talk,
    },
    /// Read and set every option of a socket
    Options {
        /// The family: inet, inet6 or unix
        #[arg(long, value_name = "FAMILY", default_value = "inet", value_parser = family_of_options)]
        family: Family,
        /// The type: stream, dgram, seqpacket or raw
        #[arg(long = "type", value_name = "TYPE", default_value = "stream", value_parser = kind)]
        kind: Type,
        #[command(flatten)]
        talk: Talk,
    },
    /// Explain an error of the kernel. Without a name: list them
    Errno {
        /// Its name or its number: ECONNREFUSED, 111
        #[arg(value_name = "NAME|NUMBER")]
        error: Option<String>,
    },
    /// Say what this machine allows, and which lessons that affects
    Doctor {
        #[command(flatten)]
        talk: Talk,
    },
    /// Show a run that `lesson --view json -o FILE` has stored
    Replay {
        /// The stored run
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
}

/// How a lesson is run.
#[derive(Args)]
struct Run {
    /// Let all threads act at the same time, as they would without the playground
    #[arg(long)]
    free: bool,
    /// Leave out what changes in the kernel
    #[arg(long)]
    no_kernel: bool,
}

/// Where the tutorial's server listens.
const TUTORIAL_ADDRESS: &str = "127.0.0.1:1234";

/// Does what the command line asks, and gives the exit code: 0 done, 1 it failed, 2 it was not
/// understood, 3 it cannot be done here.
pub fn main() -> ExitCode {
    match perform(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough: `playground lesson tcp-server | head -3`, or the key q.
        Err(error) if error.is_enough() => ExitCode::SUCCESS,
        Err(Error::Told(error)) => ExitCode::from(error.exit_code()),
        Err(error) => {
            writeln!(io::stderr(), "{error}").ok();
            ExitCode::from(error.exit_code())
        }
    }
}

fn perform(cli: Cli) -> Result<(), Error> {
    match cli.command {
        None => print(&format!("{}\n{EXAMPLES}", syllabus())),
        Some(Command::Lesson { name: None, .. }) => print(&syllabus()),
        Some(Command::Lesson { name: Some(name), run, packets, look }) => {
            lesson(&name, &run, &packets, &look)
        }
        Some(Command::Show { name }) => print(Lesson::named(&name)?.source),
        Some(Command::Serve { address, delay, idle, max_clients, talk }) => {
            // A server listens at one address: the first that the name stands for.
            let address = live::addresses(&address)?[0];
            let serve = Serve { address, delay: Duration::from_millis(delay), idle, max_clients };
            serve.perform(talk.sink()?)
        }
        Some(Command::Connect { address, words, timeout, talk }) => {
            let replies = if talk.quiet { Some(talk.page.open()?) } else { None };
            let connect =
                Connect { addresses: live::addresses(&address)?, words, timeout, replies };
            connect.perform(talk.sink()?)
        }
        Some(Command::Listen { address, backlog, hold, talk }) => {
            let address = live::addresses(&address)?[0];
            let hold = hold.unwrap_or_default();
            Listen { address, backlog, hold }.perform(Some(talk.probe()?))
        }
        Some(Command::Families { loaded_only, talk }) => {
            Families { loaded_only }.perform(Some(talk.probe()?))
        }
        Some(Command::Types { talk }) => Types.perform(Some(talk.probe()?)),
        Some(Command::Options { family, kind, talk }) => {
            Options { family, kind }.perform(Some(talk.probe()?))
        }
        Some(Command::Errno { error: None }) => print(&explain::all()),
        Some(Command::Errno { error: Some(error) }) => print(&explain::one(&error)?),
        Some(Command::Doctor { talk }) => Doctor.perform(Some(talk.probe()?)),
        Some(Command::Replay { file, look }) => replay(&file, look),
    }
}

fn lesson(name: &str, run: &Run, packets: &Packets, look: &Look) -> Result<(), Error> {
    let lesson = Lesson::named(name)?;
    let (free, kernel) = (run.free, !run.no_kernel);
    // Opened before anything else: in a network of our own we may be another user, who may not
    // write there.
    let (paper, capture) = (look.page.paper()?, packets.file()?);
    let place = network::own(lesson, packets.are_wanted())
        .and_then(|place| lesson.can_run().map(|()| place));
    let place = match place {
        Ok(place) => place,
        Err(error) => return play_recording(lesson, error, &paper, look),
    };
    let tapping = packets.tapping(capture, place.is_some());
    if place.is_some() && look.steps() {
        writeln!(io::stderr(), "{}", network::way_in()).ok();
    }
    let guess = look.predict(lesson)?;
    let free = free.then(|| "--free lets them act at the same time".into());
    match lesson.perform(place, kernel, free, tapping, look.sink(paper.blank()?, guess)).1 {
        Err(error @ Error::NotHere { .. }) if look.view == View::Json && !paper.can_be_wiped() => {
            writeln!(
                io::stderr(),
                "{error}\nIts stored run is not shown: there is one run already."
            )
            .ok();
            Err(Error::Told(Box::new(error)))
        }
        Err(error @ Error::NotHere { .. }) => play_recording(lesson, error, &paper, look),
        done => done,
    }
}

/// Says why the lesson cannot run here, then shows its stored run. Gives the error back, as told.
fn play_recording(lesson: &Lesson, error: Error, paper: &Paper, look: &Look) -> Result<(), Error> {
    writeln!(io::stderr(), "{error}\nWhat follows was recorded on another machine.").ok();
    let Error::NotHere { why, .. } = &error else { return Err(error) };
    let trace = lesson.recording(why)?;
    let mut sink = look.sink(paper.blank()?, Guess::NotAsked);
    sinks::show(&trace, &mut *sink).map_err(|source| Error::Output { source })?;
    Err(Error::Told(Box::new(error)))
}

fn replay(path: &Path, look: Look) -> Result<(), Error> {
    let trace = read(path)?;
    let mut sink = look.sink(look.page.open()?, Guess::NotAsked);
    sinks::show(&trace, &mut *sink).map_err(|source| Error::Output { source })?;
    if trace.ending.is_none() {
        if look.view != View::Json {
            sink.closes(&Ending::default()).map_err(|source| Error::Output { source })?;
        }
        writeln!(io::stderr(), "The recording stops here: the run was cut off.").ok();
    }
    match trace.ending.and_then(|ending| ending.failure) {
        Some(failure) => Err(Error::StoredFailure { path: path.display().to_string(), failure }),
        None => Ok(()),
    }
}

/// Reads a stored run. No run of a lesson is nearly as large as what is refused here unread.
fn read(path: &Path) -> Result<Trace, Error> {
    let name = path.display().to_string();
    let failed = |source| Error::File { doing: "read", path: name.clone(), source };
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_RUN + 1).read_to_end(&mut text))
        .map_err(failed)?;
    let text = match String::from_utf8(text) {
        Ok(text) if text.len() as u64 > LARGEST_RUN => {
            Err("it is larger than any run of a lesson".to_string())
        }
        Ok(text) => Ok(text),
        Err(_) => Err("it is not text".into()),
    };
    text.and_then(|text| sinks::read(&text)).map_err(|why| Error::NotATrace { path: name, why })
}

/// In bytes.
const LARGEST_RUN: u64 = 16 << 20;

fn syllabus() -> String {
    let width = LESSONS.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let line = |lesson: &Lesson| format!("  {:width$}   {}\n", lesson.name, lesson.title);
    format!("Lessons, in the order to take them:\n{}", LESSONS.iter().map(line).collect::<String>())
}

fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|source| Error::Output { source })
}

/// A whole number of seconds, or a part of one; more than none.
fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 =
        text.parse().map_err(|_| "want a number of seconds, such as 10 or 0.5".to_string())?;
    let time = Duration::try_from_secs_f64(number).map_err(|error| error.to_string())?;
    // The kernel takes 0 for "as long as it takes", which nobody means who writes 0.
    if time < Duration::from_millis(1) { Err("want at least 0.001".into()) } else { Ok(time) }
}

/// A family that has sockets with options to set.
fn family_of_options(text: &str) -> Result<Family, String> {
    let known =
        family(text).filter(|family| ["AF_UNIX", "AF_INET", "AF_INET6"].contains(&family.name));
    known.ok_or("want inet, inet6 or unix".into())
}

fn kind(text: &str) -> Result<Type, String> {
    match text.to_ascii_lowercase().trim_start_matches("sock_") {
        "stream" => Ok(Type::STREAM),
        "dgram" => Ok(Type::DGRAM),
        "seqpacket" => Ok(Type::SEQPACKET),
        "raw" => Ok(Type::RAW),
        _ => Err("want stream, dgram, seqpacket or raw".into()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("want at least 1: a server for nobody serves nobody".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

/// A word to say: to send nothing would be to wait for an answer to nothing.
fn word(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("want a word: an empty one sends nothing".into())
    } else {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
