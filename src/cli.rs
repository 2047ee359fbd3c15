//! The command line.

use crate::error::Error;
use crate::kernel::descriptor::out_of_the_way;
use crate::lessons::{LESSONS, Lesson};
use crate::sinks::{self, Guess, Json, Pace, Rest, Sink, Story, Theme};
use crate::terminal;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indoc::indoc;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

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
      playground show tcp-server            the lesson's source, to read and to change
"};

#[derive(Subcommand)]
enum Command {
    /// Run a lesson. Without a name: list the lessons
    Lesson {
        /// The lesson's name
        name: Option<String>,
        /// Let all threads act at the same time, as they would without the playground
        #[arg(long)]
        free: bool,
        #[command(flatten)]
        look: Look,
    },
    /// Print the source of a lesson
    Show {
        /// The lesson's name
        name: String,
    },
    /// Show a run that `lesson --view json -o FILE` has stored
    Replay {
        /// The stored run
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
}

/// How a run is shown.
#[derive(Args)]
struct Look {
    /// As a story to read, or as JSON, one object a line
    #[arg(long, value_name = "VIEW", value_enum, default_value = "story")]
    view: View,
    /// Wait for Enter before each step
    #[arg(long)]
    step: bool,
    /// Wait this many milliseconds before each step
    #[arg(long, value_name = "MS", conflicts_with = "step")]
    pace: Option<u64>,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum View {
    Story,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// If the terminal shows them, and NO_COLOR is not set
    Auto,
    Always,
    Never,
}

/// Does what the command line asks, and gives the exit code: 0 done, 1 it failed, 2 it was not understood.
pub fn main() -> ExitCode {
    match perform(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough: `playground lesson tcp-server | head -3`.
        Err(error) if error.is_closed_output() => ExitCode::SUCCESS,
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
        Some(Command::Lesson { name: Some(name), free, look }) => lesson(&name, free, look),
        Some(Command::Show { name }) => print(Lesson::named(&name)?.source),
        Some(Command::Replay { file, look }) => replay(&file, look),
    }
}

fn lesson(name: &str, free: bool, look: Look) -> Result<(), Error> {
    let lesson = Lesson::named(name)?;
    let out = look.open()?;
    let guess = look.predict(lesson)?;
    let free = free.then(|| "--free lets them act at the same time".into());
    lesson.perform(free, look.sink(out, guess)).1
}

fn replay(path: &Path, look: Look) -> Result<(), Error> {
    let name = path.display().to_string();
    let text = fs::read(path).map_err(|source| Error::File { doing: "read", path: name.clone(), source })?;
    let text = String::from_utf8(text).map_err(|_| "it is not text".to_string());
    let trace =
        text.and_then(|text| sinks::read(&text)).map_err(|why| Error::NotATrace { path: name, why })?;
    let mut sink = look.sink(look.open()?, Guess::NotAsked);
    sinks::show(&trace, &mut *sink).map_err(|source| Error::Output { source })?;
    if trace.ending.is_none() {
        writeln!(io::stderr(), "The recording stops here: the run was cut off.").ok();
    }
    Ok(())
}

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

impl Look {
    /// Opens the place to write to.
    fn open(&self) -> Result<Box<dyn Write + Send>, Error> {
        let Some(path) = &self.output else { return Ok(Box::new(io::stdout())) };
        let failed = |source| Error::File { doing: "write", path: path.display().to_string(), source };
        Ok(Box::new(out_of_the_way(File::create(path).map_err(failed)?)))
    }

    /// Asks for a prediction, if somebody sits there to make one.
    fn predict(&self, lesson: &Lesson) -> Result<Guess, Error> {
        if self.view != View::Story || self.output.is_some() || !terminal::can_be_asked() {
            return Ok(Guess::NotAsked);
        }
        let asked = sinks::ask(&lesson.question.asked(), &mut io::stderr(), &mut io::stdin().lock());
        asked.map_err(|source| Error::Output { source })
    }

    fn sink(&self, out: Box<dyn Write + Send>, guess: Guess) -> Box<dyn Sink> {
        let view: Box<dyn Sink> = match self.view {
            View::Story => Box::new(Story::new(out, self.theme(), guess)),
            View::Json => Box::new(Json::new(out)),
        };
        match self.rest() {
            Some(rest) => Box::new(vec![view, Box::new(Pace::new(rest))]),
            None => view,
        }
    }

    fn rest(&self) -> Option<Rest> {
        let enter = self.step.then(|| Rest::ForEnter(Box::new(BufReader::new(io::stdin()))));
        enter.or(self.pace.map(|ms| Rest::For(Duration::from_millis(ms))))
    }

    fn theme(&self) -> Theme {
        let colours = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.output.is_none() && terminal::wants_colours(),
        };
        if colours { Theme::coloured() } else { Theme::PLAIN }
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
