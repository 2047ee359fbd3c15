//! The command line as it is typed: commands, arguments and what they may be.

use super::look::Look;
use super::packets::Packets;
use super::page::Page;
use super::talk::Talk;
use crate::manual::families::{Family, family};
use crate::manual::options::Opt;
use crate::net::Type;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use indoc::indoc;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Runs real sockets on your machine and shows, step by step, what the kernel answered.
#[derive(Parser)]
#[command(name = "playground", version, after_help = EXAMPLES, max_term_width = 90)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

pub const EXAMPLES: &str = indoc! {"
    Examples:
      playground lesson tcp-server          run a lesson
      playground lesson tcp-server --view ladder    the same run as a picture
      playground serve                      the tutorial's server, for real clients
"};

#[derive(Subcommand)]
pub enum Command {
    /// Run a lesson. Without a name: list the lessons
    Lesson {
        /// The lesson's name, or its number in the list
        name: Option<String>,
        #[command(flatten)]
        run: Run,
        #[command(flatten)]
        packets: Packets,
        #[command(flatten)]
        look: Look,
    },
    /// Print the source of a lesson, with the numbers of its lines
    Show {
        /// The lesson's name, or its number in the list
        name: String,
        /// As it stands in the file
        #[arg(long)]
        no_numbers: bool,
    },
    /// Serve real clients as the tutorial's server does: one thread each
    Serve {
        /// Where to listen; a port alone is one of 127.0.0.1
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// Wait this long before each answer, in milliseconds. The tutorial waits 1000
        #[arg(long, value_name = "MS", default_value = "0")]
        delay: u64,
        /// End a client that is silent, or does not read, for this long
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        idle: Option<Duration>,
        /// Accept nobody while there are this many clients
        #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
        #[arg(value_parser = at_least_one)]
        max_clients: usize,
        /// Narrate the client of this number, and no other
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        only: Option<u64>,
        #[command(flatten)]
        packets: Packets,
        #[command(flatten)]
        talk: Talk,
    },
    /// Talk to a server as the tutorial's client does
    Connect {
        /// Where the server listens; each address of a name is tried in turn. A port alone is
        /// one of 127.0.0.1
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// What to say before exit
        #[arg(value_name = "WORD", default_values = ["Rose", "Think", "Babala"])]
        #[arg(value_parser = word)]
        words: Vec<String>,
        /// How long to wait for the server, each time
        #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
        timeout: Duration,
        /// Who speaks first
        #[arg(long, value_name = "WHO", value_enum, default_value = "server")]
        first: Speaker,
        /// Send what is typed or piped, line by line, and show what comes. Ctrl-D ends the sending
        #[arg(long, conflicts_with_all = ["words", "first"])]
        talk: bool,
        #[command(flatten)]
        packets: Packets,
        #[command(flatten)]
        look: Talk,
    },
    /// Listen for one real client of yours: nc, curl, a browser, Python
    Listen {
        /// Where to listen; a port alone is one of 127.0.0.1
        #[arg(default_value = TUTORIAL_ADDRESS, value_name = "ADDR")]
        address: String,
        /// How many connections may wait to be accepted
        #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true)]
        backlog: i32,
        /// Accept nobody for this long, and show how the queue fills
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        hold: Option<Duration>,
        /// End a client that is silent for this long
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        idle: Option<Duration>,
        /// Receive so many bytes at most
        #[arg(long, value_name = "N", default_value_t = u64::MAX, hide_default_value = true)]
        bytes: u64,
        #[command(flatten)]
        packets: Packets,
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
    /// Read and set the options of a socket, or say all of one
    Options {
        /// The option: SO_REUSEADDR. Without it: all of them
        #[arg(value_name = "OPTION")]
        option: Option<String>,
        /// The family: inet, inet6 or unix. Without it: inet, or the one that has the option
        #[arg(long, value_name = "FAMILY", value_parser = family_of_options)]
        family: Option<Family>,
        /// The type: stream, dgram, seqpacket or raw
        #[arg(long = "type", value_name = "TYPE", default_value = "stream", value_parser = kind)]
        kind: Type,
        #[command(flatten)]
        talk: Talk,
    },
    /// Explain an error. Without one: list them
    #[command(visible_alias = "explain")]
    Errno {
        /// Its name, its number on any system, a Python exception, its words or a whole traceback;
        /// - reads standard input
        #[arg(value_name = "ERROR", allow_negative_numbers = true)]
        error: Vec<OsString>,
    },
    /// Explain a state of TCP. Without one: list them
    State {
        /// Its name: TIME-WAIT, time_wait, ESTAB
        state: Option<String>,
    },
    /// Say what this machine allows, and which lessons that affects
    Doctor {
        #[command(flatten)]
        talk: Talk,
    },
    /// Print what a shell reads to complete commands and options
    Completions {
        /// Your shell
        shell: Shell,
    },
    /// Print a page of the manual, as man reads it: playground man | man -l -
    Man {
        /// The command that it is about. Without one: the program
        command: Option<String>,
    },
    /// Show a run that `lesson --record FILE` has stored, or one that is in a page of --view html
    Replay {
        /// The stored run, or the page; - is standard input
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Open the page that is named on standard input
    #[command(hide = true)]
    OpenPage,
}

impl Command {
    /// What it is written on, if that is asked for.
    pub fn page(&mut self) -> Option<&mut Page> {
        match self {
            Command::Lesson { look, .. } | Command::Replay { look, .. } => Some(&mut look.page),
            Command::Connect { look: talk, .. }
            | Command::Serve { talk, .. }
            | Command::Listen { talk, .. }
            | Command::Families { talk, .. }
            | Command::Types { talk }
            | Command::Options { talk, .. }
            | Command::Doctor { talk } => Some(&mut talk.page),
            _ => None,
        }
    }
}

/// Who speaks first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Speaker {
    Client,
    Server,
}

/// How a lesson is run.
#[derive(Args)]
pub struct Run {
    /// Let all threads act at the same time, as they would without the playground. What changes in
    /// the kernel is not shown then: that can be told only between turns
    #[arg(long)]
    pub free: bool,
    /// Leave out what changes in the kernel
    #[arg(long)]
    pub no_kernel: bool,
    /// Bind the first socket that asks for any port to this one: then a second terminal knows
    /// where to look
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
}

/// Where the tutorial's server listens.
const TUTORIAL_ADDRESS: &str = "127.0.0.1:1234";

/// A whole number of seconds, or a part of one; more than none.
fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 =
        text.parse().map_err(|_| "want a number of seconds, such as 10 or 0.5".to_string())?;
    let time = Duration::try_from_secs_f64(number).map_err(|error| error.to_string())?;
    // The kernel takes 0 for "as long as it takes", which nobody means who writes 0.
    if time < Duration::from_millis(1) { Err("want at least 0.001".into()) } else { Ok(time) }
}

/// The family whose sockets have an option; AF_INET has most of them.
pub fn usual_family(option: Option<&Opt>) -> Family {
    let name = match option {
        Some(opt) if opt.level == "IPPROTO_IPV6" => "inet6",
        Some(opt) if opt.page == "unix(7)" => "unix",
        _ => "inet",
    };
    family(name).expect("it is one of Linux")
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
