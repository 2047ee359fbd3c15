//! How a live command is shown, while it lasts.

use super::page::Page;
use crate::error::Error;
use crate::sentence;
use crate::sinks::{Brevity, Conclusion, Html, Json, News, Only, Queue, Screen};
use crate::trace::Sink;
use clap::{Args, ValueEnum};
use std::io::Write;

/// How a live command is shown.
#[derive(Args)]
pub struct Talk {
    /// Narrate nothing
    #[arg(short, long)]
    pub quiet: bool,
    /// As a story to read, as a page of HTML that one steps through when it is over, as JSON, one
    /// object a line, or as a board of all clients of a server
    #[arg(long, value_name = "VIEW", value_enum, default_value = "story")]
    #[arg(default_value_if("open", "true", "html"))]
    view: LiveView,
    /// Tell each step in full, however often it comes. Otherwise the calls alone tell it again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    pub page: Page,
}

/// The views that need not know how it ends.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LiveView {
    Story,
    Html,
    Json,
    /// One row for each client of serve
    Board,
}

impl Talk {
    /// What narrates it. If it is quiet, nobody has to be told what happens, unless it is
    /// `wanted` for something else.
    pub fn sink(&self, wanted: bool) -> Result<Option<Box<dyn Sink>>, Error> {
        self.sink_of(wanted, |out| self.narrator(out, false))
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
                _ => self.narrator(out, on_screen)?,
            };
            Ok(match only {
                Some(number) => Box::new(Only::new(format!("client {number}"), view)),
                None => view,
            })
        })
    }

    /// What tells one thing after the other.
    fn narrator(
        &self,
        out: Box<dyn Write + Send>,
        on_screen: bool,
    ) -> Result<Box<dyn Sink>, Error> {
        match self.view {
            LiveView::Story => {
                Ok(Box::new(self.page.story(out).with_brevity(self.brevity(on_screen))))
            }
            LiveView::Html => Ok(Box::new(Html::new(out))),
            LiveView::Json => Ok(Box::new(Json::new(out))),
            LiveView::Board => Err(no_board()),
        }
    }

    fn brevity(&self, is_on_screen: bool) -> Brevity {
        match (self.full, is_on_screen) {
            (true, _) => Brevity::Full,
            (false, true) => Brevity::Start,
            (false, false) => Brevity::Refrain,
        }
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
        let told = self.sink(false)?;
        let table: Option<Box<dyn Sink>> = match self.view {
            _ if !self.quiet => None,
            LiveView::Story => Some(Box::new(Conclusion::new(
                self.page.begin()?,
                self.page.theme(),
                self.page.room(),
            ))),
            LiveView::Json => Some(Box::new(Json::of_the_ending(self.page.begin()?))),
            LiveView::Html => Some(Box::new(Html::new(self.page.begin()?))),
            LiveView::Board => return Err(no_board()),
        };
        Ok(Box::new(told.into_iter().chain(table).collect::<Vec<_>>()))
    }
}

fn no_board() -> Error {
    Error::unfit(
        sentence!("there is no board of this"),
        sentence!("a board has a row for each client, and only serve has many"),
        sentence!("playground serve --view board"),
    )
}
