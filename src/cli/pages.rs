//! What other programs read about the command line: a shell its completions, `man(1)` its pages.

use super::command::Cli;
use crate::error::{Error, Thing};
use crate::lessons::LESSONS;
use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

/// What a shell reads to complete our commands, options and lessons.
pub fn completions(shell: Shell) -> Vec<u8> {
    let names = || PossibleValuesParser::new(LESSONS.iter().map(|lesson| lesson.name));
    let of_lessons = |command: Command| command.mut_arg("name", |name| name.value_parser(names()));
    let command = Cli::command().mut_subcommand("lesson", of_lessons);
    let mut command = command.mut_subcommand("show", of_lessons);
    let (name, mut script) = (command.get_name().to_string(), Vec::new());
    generate(shell, &mut command, name, &mut script);
    script
}

/// The page of the manual about the program, or about one of its commands, as `man(1)` reads it.
///
/// # Errors
/// There is no such command.
pub fn manual(name: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut program = Cli::command();
    program.build();
    let page = match name {
        None => Some(program),
        Some(name) => program.find_subcommand(name).cloned(),
    };
    let page = page.ok_or_else(|| Error::Unknown {
        thing: Thing::Command,
        given: name.unwrap_or_default().into(),
        nearest: None,
    })?;
    let mut text = Vec::new();
    Man::new(page).render(&mut text).map_err(|source| Error::Output { source })?;
    Ok(text)
}
