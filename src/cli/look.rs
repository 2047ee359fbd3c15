//! How a run is shown: which view, which steps and at which pace.

use super::page::{Page, Target};
use crate::catalogue::Sentence;
use crate::error::Error;
use crate::sentence;
use crate::sinks::{
    self, Chosen, Drawing, Excerpt, Gate, Growth, Html, Json, Pace, Pages, Rest, Steps,
};
use crate::terminal;
use crate::trace::{Asked, Prediction, Sink, Trace};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::time::Duration;

/// How a run is shown.
#[derive(Args)]
pub struct Look {
    /// As a story to read, as a ladder with one column a thread, as the same ladder in SVG, as a
    /// page of HTML that one steps through, or as JSON, one object a line
    #[arg(long, value_name = "VIEW", value_enum, default_value = "story")]
    #[arg(default_value_if("open", "true", "html"))]
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
    /// Show these steps alone, as for a slide: 4..12, 4, 4.. or ..12
    #[arg(long, value_name = "STEPS", conflicts_with_all = ["step", "quiz", "pace"])]
    steps: Option<String>,
    #[command(flatten)]
    pub page: Page,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    Story,
    Ladder,
    Svg,
    Html,
    Json,
}

impl Look {
    /// Asks for a prediction, if somebody sits there to make one.
    pub fn predict(&self, question: &Asked) -> Result<Option<Prediction>, Error> {
        let is_read = self.view == View::Story && self.page.is_shown() && self.steps.is_none();
        if !is_read || !terminal::can_be_asked() {
            return Ok(None);
        }
        let asked = sinks::ask(question, self.page.width());
        asked.map(Some).map_err(|source| Error::Output { source })
    }

    /// Steps, if somebody sits there to press keys, and nothing else is asked for.
    pub fn step_on_a_terminal(&mut self) {
        let is_read = matches!(self.view, View::Story | View::Ladder) && self.page.is_shown();
        let is_asked = self.no_step || self.pace.is_some() || self.steps.is_some();
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
            None => sinks.push(self.view(out, false, self.excerpt(like)?)),
            Some(rest) => {
                let pages = Pages::new(out);
                sinks.push(self.view(Box::new(pages.clone()), true, None));
                sinks.push(Box::new(Pace::new(rest, pages, &like()?)));
            }
        }
        Ok(Box::new(sinks))
    }

    /// Which steps are shown, if not all.
    fn excerpt(
        &self,
        like: impl FnOnce() -> Result<Trace, Error>,
    ) -> Result<Option<Excerpt>, Error> {
        let Some(given) = &self.steps else { return Ok(None) };
        let wrong = |why: Sentence| {
            let what =
                sentence!("the steps {given} cannot be shown alone", given = format!("{given:?}"));
            Error::unfit(what, why, sentence!("--steps 1..5 --view story, ladder or svg"))
        };
        match self.view {
            View::Json => return Err(wrong(sentence!("JSON is the whole run"))),
            View::Html => {
                return Err(wrong(sentence!("a page of HTML has all of them: follow #…-step-4")));
            }
            View::Story | View::Ladder | View::Svg => {}
        }
        let excerpt: Excerpt = given.parse().map_err(wrong)?;
        let steps = Steps::of(&like()?);
        match excerpt.is_in(steps) {
            true => Ok(Some(excerpt)),
            false => Err(wrong(sentence!("there are {steps} steps", steps))),
        }
    }

    /// What shows a run: one that `grows` is read meanwhile.
    fn view(
        &self,
        out: Box<dyn Write + Send>,
        grows: bool,
        excerpt: Option<Excerpt>,
    ) -> Box<dyn Sink> {
        match (self.view, excerpt) {
            (View::Story, Some(excerpt)) => {
                let gate = Gate::default();
                let story = self.page.story(gate.before(out));
                Box::new(Chosen::new(excerpt, gate, story))
            }
            (View::Story, None) => Box::new(self.page.story(out).as_a_quiz(self.quiz)),
            (View::Ladder, excerpt) => {
                let growth = if grows { self.page.growth() } else { Growth::Not };
                Box::new(Drawing::ladder(out, self.page.width(), growth).of(excerpt))
            }
            (View::Svg, excerpt) => Box::new(Drawing::svg(out, self.page.paper()).of(excerpt)),
            (View::Html, _) => Box::new(Html::new(out)),
            (View::Json, _) => Box::new(Json::new(out)),
        }
    }

    fn rest(&self) -> Result<Option<Rest>, Error> {
        let for_a_while = self.pace.map(|ms| Rest::For(Duration::from_millis(ms)));
        let rest = self.steps().then_some(Rest::ForKey).or(for_a_while);
        match (rest, self.view) {
            (Some(_), View::Svg) => Err(Error::unfit(
                sentence!("an SVG cannot be shown step by step"),
                sentence!("it is drawn when the run is over"),
                sentence!("--view ladder: the same picture as text"),
            )),
            (Some(_), View::Html) => Err(Error::unfit(
                sentence!("a page cannot be shown step by step here"),
                sentence!("it is written when the run is over"),
                sentence!("-o run.html, and step through it in a browser"),
            )),
            (rest, _) => Ok(rest),
        }
    }
}
