//! How a run is shown: which view, on which page, in which dialect and at which pace.

use crate::error::{Doing, Error};
use crate::kernel::files::out_of_the_way;
use crate::sentence;
use crate::sinks::{
    self, Conclusion, Dialect, Drawing, Json, News, Only, Pace, Pages, Paper, Queue, Rest, Screen,
    Story, Theme,
};
use crate::terminal;
use crate::trace::{Asked, Prediction, Sink, Trace};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::PathBuf;
use std::time::Duration;

/// How a live command is shown.
#[derive(Args)]
pub struct Talk {
    /// Narrate nothing
    #[arg(short, long)]
    pub quiet: bool,
    /// As a story to read, as JSON, one object a line, or as a board of all clients of a server
    #[arg(long, value_name = "VIEW", value_enum, default_value = "story")]
    view: LiveView,
    /// Tell each step in full, however often it comes. Otherwise the calls alone tell it again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    pub page: Page,
}

/// How a run is shown.
#[derive(Args)]
pub struct Look {
    /// As a story to read, as a ladder with one column a thread, as the same ladder in SVG, or as
    /// JSON, one object a line
    #[arg(long, value_name = "VIEW", value_enum, default_value = "story")]
    pub view: View,
    /// Wait for a key before each step: Enter goes on, ? tells the other keys. On a terminal a
    /// lesson does so by itself
    #[arg(long)]
    step: bool,
    /// Step, and show the comment of each step after its first answer, so that you can predict it
    #[arg(long, conflicts_with_all = ["view", "no_step", "pace"])]
    quiz: bool,
    /// Show all at once, on a terminal, too
    #[arg(long, conflicts_with = "step")]
    no_step: bool,
    /// Wait this many milliseconds before each step
    #[arg(long, value_name = "MS", conflicts_with = "step")]
    pace: Option<u64>,
    #[command(flatten)]
    pub page: Page,
}

/// What is written, and where.
#[derive(Args)]
pub struct Page {
    /// How calls are written: as strace writes them, or in Python
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value = "c")]
    dialect: Language,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
    fn recorder(&self) -> Result<Option<Box<dyn Sink>>, Error> {
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
pub enum View {
    Story,
    Ladder,
    Svg,
    Json,
}

/// The views that need not know how it ends.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LiveView {
    Story,
    Json,
    /// One row for each client of serve
    Board,
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

impl Talk {
    /// What narrates it. If it is quiet, nobody has to be told what happens, unless it is
    /// `wanted` for something else.
    pub fn sink(&self, wanted: bool) -> Result<Option<Box<dyn Sink>>, Error> {
        self.sink_of(wanted, |out| match self.view {
            LiveView::Story => Ok(Box::new(self.page.story(out).in_full(self.full))),
            LiveView::Json => Ok(Box::new(Json::new(out))),
            LiveView::Board => Err(Error::NoBoard),
        })
    }

    /// What narrates a server: all of it, or one client.
    pub fn server_sink(
        &self,
        wanted: bool,
        only: Option<u64>,
    ) -> Result<Option<Box<dyn Sink>>, Error> {
        let on_screen = self.page.room().is_some();
        self.sink_of(wanted, |out| {
            let view: Box<dyn Sink> = match self.view {
                LiveView::Board if on_screen => Box::new(Screen::new(self.page.theme())),
                LiveView::Board => Box::new(News::new(self.page.written_on(out))),
                LiveView::Story => {
                    let story = self.page.story(out).in_full(self.full);
                    Box::new(story.with_short_start(on_screen))
                }
                LiveView::Json => Box::new(Json::new(out)),
            };
            Ok(match only {
                Some(number) => Box::new(Only::new(format!("client {number}"), view)),
                None => view,
            })
        })
    }

    fn sink_of(
        &self,
        wanted: bool,
        view: impl FnOnce(Box<dyn Write + Send>) -> Result<Box<dyn Sink>, Error>,
    ) -> Result<Option<Box<dyn Sink>>, Error> {
        let target = self.page.target()?;
        if self.quiet {
            let recorder = target.recorder()?;
            let is_told = wanted || recorder.is_some();
            let sinks: Vec<_> = recorder.into_iter().collect();
            return Ok(is_told.then(|| Box::new(sinks) as Box<dyn Sink>));
        }
        let view = view(target.blank()?)?;
        let view = if target.can_be_wiped() { view } else { in_time(view)? };
        Ok(Some(Box::new([view].into_iter().chain(target.recorder()?).collect::<Vec<_>>())))
    }
}

/// Real peers do not wait until a terminal or a pipe has taken what is told of them.
fn in_time(view: Box<dyn Sink>) -> Result<Box<dyn Sink>, Error> {
    let queue = Queue::new(view);
    let what = sentence!("cannot start the narrator's thread");
    Ok(Box::new(queue.map_err(|source| Error::Machine { what, source })?))
}

impl Talk {
    /// For a command that ends in a table: that is shown even if nothing is narrated.
    pub fn probe(&self) -> Result<Box<dyn Sink>, Error> {
        match (self.sink(false)?, self.view) {
            (Some(sink), _) => Ok(sink),
            (None, LiveView::Story) => Ok(Box::new(Conclusion::new(
                self.page.open()?,
                self.page.theme(),
                self.page.room(),
            ))),
            (None, LiveView::Board) => Err(Error::NoBoard),
            (None, LiveView::Json) => Ok(Box::new(Json::of_the_ending(self.page.open()?))),
        }
    }
}

impl Page {
    /// Opens the place to write to.
    pub fn open(&self) -> Result<Box<dyn Write + Send>, Error> {
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

    /// What shows a run in that view: one that `grows` is read meanwhile.
    fn sink(&self, out: Box<dyn Write + Send>, view: View, grows: bool) -> Box<dyn Sink> {
        match view {
            View::Story => Box::new(self.story(out)),
            View::Ladder => Box::new(Drawing::ladder(out, self.width(), grows)),
            View::Svg => Box::new(Drawing::svg(out, self.paper())),
            View::Json => Box::new(Json::new(out)),
        }
    }

    fn story(&self, out: Box<dyn Write + Send>) -> Story<Box<dyn Write + Send>> {
        Story::new(self.written_on(out), self.dialect()).with_room(self.room())
    }

    fn written_on(&self, out: Box<dyn Write + Send>) -> sinks::Page<Box<dyn Write + Send>> {
        sinks::Page::new(out, self.theme(), Some(self.width()))
    }

    fn paper(&self) -> Paper {
        match self.theme {
            None => Paper::Page,
            Some(Ground::Light) => Paper::Light,
            Some(Ground::Dark) => Paper::Dark,
        }
    }

    /// How wide lines are, in columns.
    fn width(&self) -> usize {
        self.room().unwrap_or_else(terminal::usual_width)
    }

    /// How wide the screen is, if it is one. What is no screen has room for any table.
    fn room(&self) -> Option<usize> {
        if self.output.is_none() { terminal::width() } else { None }
    }

    fn dialect(&self) -> Dialect {
        match self.dialect {
            Language::C => Dialect::C,
            Language::Python => Dialect::Python,
        }
    }

    fn theme(&self) -> Theme {
        let colours = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.output.is_none() && terminal::wants_colours(),
        };
        if colours { Theme::coloured() } else { Theme::Plain }
    }
}

impl Look {
    /// Asks for a prediction, if somebody sits there to make one.
    pub fn predict(&self, question: &Asked) -> Result<Option<Prediction>, Error> {
        if self.view != View::Story || self.page.output.is_some() || !terminal::can_be_asked() {
            return Ok(None);
        }
        let asked = sinks::ask(question, self.page.width());
        asked.map(Some).map_err(|source| Error::Output { source })
    }

    /// Steps, if somebody sits there to press keys, and nothing else is asked for.
    pub fn step_on_a_terminal(&mut self) {
        let is_read = matches!(self.view, View::Story | View::Ladder) && self.page.output.is_none();
        let is_asked = self.no_step || self.pace.is_some();
        self.step |= is_read && !is_asked && terminal::can_be_asked();
    }

    /// Whether it waits for a key before each step.
    pub fn steps(&self) -> bool {
        self.step || self.quiz
    }

    /// What shows a run. `like` gives a run that has the same steps.
    ///
    /// # Errors
    /// There are no steps to rest at.
    pub fn sink(
        &self,
        target: &Target,
        like: impl FnOnce() -> Result<Trace, Error>,
    ) -> Result<Box<dyn Sink>, Error> {
        let (rest, out) = (self.rest()?, target.blank()?);
        let mut sinks: Vec<Box<dyn Sink>> = target.recorder()?.into_iter().collect();
        match rest {
            None => sinks.push(self.view(out, false)),
            Some(rest) => {
                let pages = Pages::new(out);
                sinks.push(self.view(Box::new(pages.clone()), true));
                sinks.push(Box::new(Pace::new(rest, pages, &like()?)));
            }
        }
        Ok(Box::new(sinks))
    }

    fn view(&self, out: Box<dyn Write + Send>, grows: bool) -> Box<dyn Sink> {
        match self.quiz {
            true => Box::new(self.page.story(out).as_a_quiz(true)),
            false => self.page.sink(out, self.view, grows),
        }
    }

    fn rest(&self) -> Result<Option<Rest>, Error> {
        let for_a_while = self.pace.map(|ms| Rest::For(Duration::from_millis(ms)));
        let rest = self.steps().then_some(Rest::ForKey).or(for_a_while);
        match (rest, self.view) {
            (Some(_), View::Svg) => Err(Error::NoSteps),
            (rest, _) => Ok(rest),
        }
    }
}
