//! What a run is written on, in which dialect and in which colours.

use crate::error::{Doing, Error};
use crate::kernel::files::out_of_the_way;
use crate::sinks::{self, Dialect, Growth, Json, Paper, Story, Theme};
use crate::terminal;
use crate::trace::Sink;
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;
use tempfile::{Builder, TempPath};

/// What is written, and where.
#[derive(Args)]
pub struct Page {
    /// How calls are written: as strace writes them, or in Python
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value = "c")]
    dialect: Language,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show it in the browser when it is over: a page that one steps through, if no other view is
    /// asked for
    #[arg(long)]
    pub open: bool,
    /// Store the run in FILE, too, as --view json writes it: for replay
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// On what an SVG is drawn: light or dark, for programs that take no colour from the page
    #[arg(long, value_name = "THEME", value_enum)]
    theme: Option<Ground>,
    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: Color,
}

/// What a run is written on: a file that is open, or standard output.
pub struct Target {
    file: Option<File>,
    /// Where it is stored besides.
    record: Option<File>,
}

impl Target {
    /// Whether what was written is gone when something else is.
    pub fn can_be_wiped(&self) -> bool {
        self.file.as_ref().is_some_and(is_regular)
    }

    /// To be written on from its beginning. What a terminal or a pipe has taken remains.
    pub fn blank(&self) -> Result<Box<dyn Write + Send>, Error> {
        let Some(file) = &self.file else { return Ok(Box::new(io::stdout())) };
        wiped(file).map_err(|source| Error::Output { source })
    }

    /// What stores a run besides, from its beginning, if that is wanted.
    pub fn recorder(&self) -> Result<Option<Box<dyn Sink>>, Error> {
        let Some(file) = &self.record else { return Ok(None) };
        let file = wiped(file).map_err(|source| Error::Output { source })?;
        Ok(Some(Box::new(Json::new(file))))
    }
}

fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|data| data.is_file())
}

/// The file, to be written on from its beginning. What is no regular file has none.
fn wiped(file: &File) -> io::Result<Box<dyn Write + Send>> {
    let mut file = file.try_clone()?;
    if is_regular(&file) {
        file.set_len(0)?;
        file.rewind()?;
    }
    Ok(Box::new(out_of_the_way(file)))
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    C,
    Python,
}

/// The ground of an SVG, if it is not the page's.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ground {
    Light,
    Dark,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// If the terminal shows them, and NO_COLOR is not set
    Auto,
    Always,
    Never,
}

impl Page {
    /// Whether it goes to whoever started the program, and not to a file.
    pub fn is_shown(&self) -> bool {
        self.output.is_none()
    }

    /// Makes a file to write to, if none is named.
    pub fn make_output(&mut self) -> io::Result<Option<TempPath>> {
        if self.output.is_some() {
            return Ok(None);
        }
        let file = Builder::new().prefix("socket-playground-").suffix(".html").tempfile()?;
        let made = file.into_temp_path();
        self.output = Some(made.to_path_buf());
        Ok(Some(made))
    }

    /// Where a browser finds what is written.
    pub fn path_to_open(&self) -> PathBuf {
        let path = self.output.clone().unwrap_or_default();
        std::path::absolute(&path).unwrap_or(path)
    }

    /// Opens the place to write to.
    pub fn begin(&self) -> Result<Box<dyn Write + Send>, Error> {
        self.target()?.blank()
    }

    /// Opens the place to write to, for one run or more.
    pub fn target(&self) -> Result<Target, Error> {
        let create = |path: &PathBuf| {
            let path_name = path.display().to_string();
            let failed = |source| Error::File { doing: Doing::Write, path: path_name, source };
            File::create(path).map(out_of_the_way).map_err(failed)
        };
        let open = |path: &Option<PathBuf>| path.as_ref().map(create).transpose();
        Ok(Target { file: open(&self.output)?, record: open(&self.record)? })
    }

    /// How a picture grows: in its place, where that can be.
    pub fn growth(&self) -> Growth {
        match terminal::screen_height().filter(|_| self.is_shown()) {
            Some(height) => Growth::OnScreen(height),
            None => Growth::Below,
        }
    }

    pub fn story(&self, out: Box<dyn Write + Send>) -> Story<Box<dyn Write + Send>> {
        Story::new(self.written_on(out), self.dialect()).with_room(self.room())
    }

    pub fn written_on(&self, out: Box<dyn Write + Send>) -> sinks::Page<Box<dyn Write + Send>> {
        sinks::Page::new(out, self.theme(), Some(self.width()))
    }

    pub fn paper(&self) -> Paper {
        match self.theme {
            None => Paper::Page,
            Some(Ground::Light) => Paper::Light,
            Some(Ground::Dark) => Paper::Dark,
        }
    }

    /// How wide lines are, in columns.
    pub fn width(&self) -> usize {
        self.room().unwrap_or_else(terminal::usual_width)
    }

    /// How wide the screen is, if it is one. What is no screen has room for any table.
    pub fn room(&self) -> Option<usize> {
        if self.is_shown() { terminal::width() } else { None }
    }

    pub fn dialect(&self) -> Dialect {
        match self.dialect {
            Language::C => Dialect::C,
            Language::Python => Dialect::Python,
        }
    }

    pub fn theme(&self) -> Theme {
        let colours = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.is_shown() && terminal::wants_colours(),
        };
        if colours { Theme::coloured() } else { Theme::Plain }
    }
}
