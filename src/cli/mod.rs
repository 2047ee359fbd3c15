//! The command line: what is asked, done and answered with an exit code.

mod browser;
mod command;
mod entry;
mod errno;
mod lesson;
mod look;
mod network;
mod packets;
mod page;
mod pages;
mod replay;
mod state;
mod talk;

use crate::error::Error;
use crate::live::{self, Connect, Dialogue, First, Listen, Serve};
use crate::probes::{Doctor, Families, Options, Types, option_named};
use crate::stage::Live;
use crate::syllabus;
use crate::terminal::say;
use browser::{Browser, open_page};
use clap::Parser;
use clap::error::ErrorKind;
use command::{Cli, Command, EXAMPLES, Speaker, usual_family};
use std::env;
use std::ffi::OsString;
use std::io::{self, BufReader, Write};
use std::process::ExitCode;
use std::time::Duration;

/// Does what the command line asks, and gives the exit code: 0 done, 1 it failed, 2 it was not
/// understood, 3 it cannot be done here.
pub fn main() -> ExitCode {
    match perform(parse(env::args_os().collect())) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough: `playground lesson tcp-server | head -3`, or the key q.
        Err(error) if error.is_enough() => ExitCode::SUCCESS,
        Err(Error::Told(error)) => ExitCode::from(error.exit_code()),
        Err(error) => {
            say(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// What is asked. The name of a lesson asks for the lesson, even where a command should stand.
fn parse(mut words: Vec<OsString>) -> Cli {
    let is_lesson =
        |word: &OsString| word.to_str().is_some_and(|name| syllabus::named(name).is_ok());
    match Cli::try_parse_from(&words) {
        Err(error)
            if error.kind() == ErrorKind::InvalidSubcommand
                && words.get(1).is_some_and(is_lesson) =>
        {
            words.insert(1, "lesson".into());
            Cli::parse_from(words)
        }
        parsed => parsed.unwrap_or_else(|error| error.exit()),
    }
}

/// Does what is asked, and shows its page in the browser, if that is wanted.
fn perform(mut cli: Cli) -> Result<(), Error> {
    let page = cli.command.as_mut().and_then(Command::page);
    let browser = page.map(Browser::ready).transpose()?.flatten();
    let done = perform_command(cli);
    browser.into_iter().for_each(Browser::show);
    done
}

fn perform_command(cli: Cli) -> Result<(), Error> {
    match cli.command {
        None => print(format!("{}\n{EXAMPLES}", lesson::syllabus())),
        Some(Command::Lesson { name: None, .. }) => print(lesson::syllabus()),
        Some(Command::Lesson { name: Some(name), run, packets, mut look }) => {
            lesson::run(&name, &run, &packets, &mut look)
        }
        Some(Command::Show { name, no_numbers }) => print(lesson::source(&name, !no_numbers)?),
        Some(Command::Serve { address, delay, idle, max_clients, only, packets, talk }) => {
            // A server listens at one address: the first that the name stands for.
            let address = live::addresses(&address, live::PATIENCE)?[0];
            let serve = Serve { address, delay: Duration::from_millis(delay), idle, max_clients };
            serve.perform_with(talk.server_sink(packets.are_wanted(), only)?, packets.live()?)
        }
        Some(Command::Connect { address, words, timeout, first, talk, packets, look }) => {
            let dialogue = match (talk, first) {
                (true, _) => Dialogue::Typed(Box::new(BufReader::new(io::stdin()))),
                (_, Speaker::Client) => Dialogue::Words(First::Client, words),
                (_, Speaker::Server) => Dialogue::Words(First::Server, words),
            };
            let replies = if look.quiet { Some(look.page.begin()?) } else { None };
            let addresses = live::addresses(&address, timeout)?;
            let connect = Connect { addresses, dialogue, timeout, replies };
            connect.perform_with(look.sink(packets.are_wanted())?, packets.live()?)
        }
        Some(Command::Listen { address, backlog, hold, idle, bytes, packets, talk }) => {
            let address = live::addresses(&address, live::PATIENCE)?[0];
            let hold = hold.unwrap_or_default();
            let listen = Listen { address, backlog, hold, idle, bytes };
            listen.perform_with(Some(talk.probe()?), packets.live()?)
        }
        Some(Command::Families { loaded_only, talk }) => {
            Families { loaded_only }.perform(Some(talk.probe()?))
        }
        Some(Command::Types { talk }) => Types.perform(Some(talk.probe()?)),
        Some(Command::Options { option, family, kind, talk }) => {
            let only = option.map(|name| option_named(&name)).transpose()?;
            let family = family.unwrap_or_else(|| usual_family(only));
            Options { only, family, kind }.perform(Some(talk.probe()?))
        }
        Some(Command::State { state: None }) => print(state::all()),
        Some(Command::State { state: Some(state) }) => print(state::one(&state)?),
        Some(Command::Completions { shell }) => print(pages::completions(shell)),
        Some(Command::Man { command }) => print(pages::manual(command.as_deref())?),
        Some(Command::Errno { error }) if error.is_empty() => print(errno::all()),
        Some(Command::Errno { error }) => print(errno::meant(&error)?),
        Some(Command::Doctor { talk }) => Doctor.perform(Some(talk.probe()?)),
        Some(Command::Replay { file, look }) => replay::run(&file, &look),
        Some(Command::OpenPage) => {
            open_page();
            Ok(())
        }
    }
}

fn print(text: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_ref()).and_then(|()| out.flush());
    written.map_err(|source| Error::Output { source })
}
