//! The story: your comment, your code and the kernel's answer, one below the other.

use super::refrain::Refrain;
use super::table;
use super::words::{Dialect, Speaker, origin, troubles};
use super::{Ids, Theme};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{
    Asked, Bookmarks, Ending, Event, Fact, Manner, Name, Playbill, Sink, Step, Verdict,
};
use std::collections::HashSet;
use std::io::{self, Write};

/// Writes a run as text to be read from top to bottom. Nothing that is written is ever taken back.
pub struct Story<W> {
    out: W,
    theme: Theme,
    /// How wide the page is, if it has a width.
    room: Option<usize>,
    dialect: Dialect,
    speaker: Speaker,
    guess: Guess,
    bookmarks: Bookmarks,
    ids: Ids,
    question: Option<Asked>,
    /// What was told of each event: any may turn out to be the proof. Kept only if there is a
    /// question.
    told_events: Vec<String>,
    /// Whether the lanes take turns. If not, a call that another lane overtakes need not sleep.
    turns: bool,
    /// The lane of the line written last.
    lane: Option<Name>,
    /// The steps whose prose was written, by their places.
    told: HashSet<usize>,
    /// The place of the step written last.
    step: Option<usize>,
    /// Whether every step is told in full.
    full: bool,
    /// Which steps were told before. None if they are told in full each time.
    refrain: Option<Refrain>,
    /// A call that has not returned, and is not on the page yet. If another lane speaks first, it
    /// sleeps.
    open: Option<(Name, String)>,
}

/// What the reader predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// They were not asked: the question stands at the head of the story.
    NotAsked,
    /// They were asked, and would rather wait and see.
    None,
    /// This choice.
    Choice(usize),
}

impl<W: Write> Story<W> {
    pub fn new(out: W, theme: Theme, dialect: Dialect, guess: Guess) -> Story<W> {
        Story {
            out,
            theme,
            room: None,
            dialect,
            speaker: Speaker::default(),
            guess,
            bookmarks: Bookmarks::default(),
            ids: Ids::default(),
            question: None,
            told_events: Vec::new(),
            turns: true,
            lane: None,
            told: HashSet::new(),
            step: None,
            full: false,
            refrain: None,
            open: None,
        }
    }

    /// The same on a page that is so wide.
    pub fn within(self, room: Option<usize>) -> Story<W> {
        Story { room, ..self }
    }

    /// The same, in which a step of a live command is told in full however often it comes.
    pub fn in_full(self, full: bool) -> Story<W> {
        Story { full, ..self }
    }

    /// Whether an event is told in one line, or in none: it belongs to a step that was told
    /// before, or it answers a call of a lane that others have overtaken.
    fn is_brief(&mut self, event: &Event) -> bool {
        let Some(refrain) = &mut self.refrain else { return false };
        let overtaken = event.answer().is_some() && self.lane.as_ref() != Some(&event.actor);
        refrain.knows(event) || overtaken
    }

    /// Tells the answer of a call in one line, with its lane in front. Nothing else is told.
    fn briefly(&mut self, event: &Event) -> io::Result<()> {
        self.bookmarks.remove(&event.actor);
        let Some(answer) = event.answer() else { return Ok(()) };
        self.sleeps()?;
        self.lane = None;
        let (actor, line) = (self.theme.actor(&event.actor), self.speaker.say(event));
        match answer.succeeded() {
            true => writeln!(self.out, "{actor}  {}", self.theme.done(&format!("✓ {line}")))?,
            false => writeln!(self.out, "{actor}  {}", self.theme.refused(&format!("✗ {line}")))?,
        }
        self.out.flush()
    }

    /// `by` has started another actor, at the line of the event.
    fn entered(&mut self, event: &Event, by: &Name) -> io::Result<()> {
        self.sleeps()?;
        self.step(by, event)?;
        let words = sentence!("{actor} enters, on a thread of its own", actor = event.actor);
        writeln!(self.out, "{}", self.theme.aside(&format!("    + {words}")))
    }

    fn left(&mut self, actor: &Name) -> io::Result<()> {
        self.sleeps()?;
        if self.refrain.is_none() {
            self.lane(actor)?;
        }
        self.bookmarks.remove(actor);
        let words = sentence!("{actor} leaves", actor);
        writeln!(self.out, "{}", self.theme.aside(&format!("    - {words}")))
    }

    fn called(&mut self, event: &Event, line: &str) -> io::Result<()> {
        self.sleeps()?;
        self.step(&event.actor, event)?;
        let sleeps = match &event.fact {
            Fact::Waits(_) => line.into(),
            _ if self.turns => sentence!("{line} waits", line).to_string(),
            _ => sentence!("{line} is called", line).to_string(),
        };
        self.open = Some((event.actor.clone(), sleeps));
        Ok(())
    }

    fn returned(&mut self, event: &Event, line: &str) -> io::Result<()> {
        let slept = self.open.as_ref().is_none_or(|(actor, _)| *actor != event.actor);
        if slept {
            self.sleeps()?;
            self.lane(&event.actor)?;
        }
        self.open = None;
        let refused = event.answer().is_some_and(|answer| !answer.succeeded());
        let line = match slept && self.turns {
            true => sentence!("{line}, after waiting", line).to_string(),
            false => line.into(),
        };
        match refused {
            true => writeln!(self.out, "{}", self.theme.refused(&format!("    ✗ {line}"))),
            false => writeln!(self.out, "{}", self.theme.done(&format!("    ✓ {line}"))),
        }
    }

    /// A packet crossed: during the call that is open, or else while all lanes sleep.
    fn crossed(&mut self, actor: &Name, line: &str) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|(open, _)| open != actor) {
            self.sleeps()?;
            self.lane(actor)?;
        }
        writeln!(self.out, "{}", self.theme.aside(&format!("    ~ {line}")))
    }

    /// Another lane acts while a call is open: with turns, that call sleeps in the kernel.
    fn sleeps(&mut self) -> io::Result<()> {
        let Some((_, call)) = self.open.take() else { return Ok(()) };
        let line = format!("    … {call}");
        writeln!(self.out, "{}", self.theme.aside(&line))
    }

    /// Names the lane, if the line before was in another one.
    fn lane(&mut self, actor: &Name) -> io::Result<bool> {
        if self.lane.as_ref() == Some(actor) {
            return Ok(false);
        }
        self.lane = Some(actor.clone());
        writeln!(self.out, "\n{}", self.theme.actor(actor))?;
        Ok(true)
    }

    /// Writes the step of an event, if the actor comes to it. What a step says is written once, its
    /// code each time; once, too, if a loop does nothing else.
    fn step(&mut self, actor: &Name, event: &Event) -> io::Result<()> {
        let named = self.lane(actor)?;
        let Some((place, step)) = self.bookmarks.turn_to(actor, event) else { return Ok(()) };
        let step = step.clone();
        let again = self.step.replace(place) == Some(place);
        if !named {
            if again {
                return Ok(());
            }
            writeln!(self.out)?;
        }
        let is_told = !self.told.insert(place);
        self.write_step(&step, is_told)
    }

    fn write_step(&mut self, step: &Step, is_told: bool) -> io::Result<()> {
        if !is_told {
            for line in &step.prose {
                writeln!(self.out, "  {}", self.theme.prose(line))?;
            }
        }
        for line in &step.code {
            writeln!(self.out, "      {}", self.theme.code(line))?;
        }
        Ok(())
    }

    fn verdict(&mut self, question: &Asked, verdict: Verdict) -> io::Result<()> {
        let right = choice(question, verdict.choice);
        let head = sentence!("The question was:").to_string();
        writeln!(self.out, "\n{}", self.theme.title(&head))?;
        write_text(&mut self.out, self.theme, &question.ask)?;
        let words = match self.guess {
            Guess::Choice(guess) if guess == verdict.choice => {
                vec![sentence!("You predicted it: {right}", right)]
            }
            Guess::Choice(guess) => vec![
                sentence!("You predicted: {guess}", guess = choice(question, guess)),
                sentence!("The kernel says: {right}", right),
            ],
            Guess::None | Guess::NotAsked => {
                vec![sentence!("The kernel's answer: {right}", right)]
            }
        };
        let proof = self.told_events.get(verdict.proof);
        let proof = proof.map(|proof| sentence!("The proof: {proof}", proof));
        words
            .into_iter()
            .chain(proof)
            .try_for_each(|line| writeln!(self.out, "  {}", self.theme.plain(&line.to_string())))
    }

    fn plain_lines(&mut self, lines: impl IntoIterator<Item = Sentence>) -> io::Result<()> {
        let mut lines = lines.into_iter();
        lines.try_for_each(|line| writeln!(self.out, "{}", self.theme.plain(&line.to_string())))
    }
}

impl<W: Write + Send> Sink for Story<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.bookmarks = Bookmarks::new(playbill.script.clone());
        self.ids = Ids::new(playbill);
        self.speaker = Speaker::new(self.dialect, playbill.script.clone());
        self.question = playbill.question.clone();
        let title = format!("{}: {}", playbill.lesson, playbill.title);
        writeln!(self.out, "{}", self.theme.title(&title))?;
        self.plain_lines(origin(playbill))?;
        self.turns = playbill.manner == Manner::Turns;
        let is_brief = playbill.manner == Manner::Live && !self.full;
        self.refrain = is_brief.then(|| Refrain::new(playbill.script.clone()));
        if let Manner::Free(why) = &playbill.manner {
            self.plain_lines([
                sentence!("The threads do not take turns: {why}.", why),
                sentence!("It is shown when it is over, each cause before its effect."),
            ])?;
        }
        if let (Some(question), Guess::NotAsked) = (&self.question, self.guess) {
            write_question(&mut self.out, self.theme, question)?;
        }
        self.out.flush()
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.is_brief(event) {
            return self.briefly(event);
        }
        let line = self.speaker.say(event);
        if self.question.is_some() {
            let actor = &event.actor;
            let told = match event.line {
                Some(number) => sentence!("{actor}, line {number}: {line}", actor, number, line),
                None => sentence!("{actor}: {line}", actor, line),
            };
            self.told_events.push(told.to_string());
        }
        match &event.fact {
            Fact::Entered { by: Some(by), .. } => self.entered(event, by)?,
            Fact::Entered { by: None, .. } => {}
            Fact::Left => self.left(&event.actor)?,
            Fact::Called(_) | Fact::Waits(_) => self.called(event, &line)?,
            Fact::Returned { .. } | Fact::Waited(_) => self.returned(event, &line)?,
            Fact::Changed(_) => {
                let line = format!("      ~ {line}");
                let line = match self.ids.give(event) {
                    Some(id) => self.theme.aside_at(&id, &line),
                    None => self.theme.aside(&line),
                };
                writeln!(self.out, "{line}")?;
            }
            Fact::Packet(_) => self.crossed(&event.actor, &line)?,
        }
        self.out.flush()
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.sleeps()?;
        if let (Some(question), Some(verdict)) = (self.question.take(), ending.verdict) {
            self.verdict(&question, verdict)?;
        }
        if let Some(table) = &ending.table {
            table::write(&mut self.out, self.theme, self.room, table)?;
        }
        for line in troubles(ending) {
            writeln!(self.out)?;
            self.plain_lines([line])?;
        }
        self.out.flush()
    }
}

pub(super) fn write_question(
    out: &mut dyn Write,
    theme: Theme,
    question: &Asked,
) -> io::Result<()> {
    writeln!(out, "\n{}", sentence!("Before it runs, predict:"))?;
    write_text(out, theme, &question.ask)?;
    let mut choices = (0..question.choices.len()).map(|i| choice(question, i));
    choices.try_for_each(|choice| writeln!(out, "    {}", theme.plain(&choice)))
}

fn write_text(out: &mut dyn Write, theme: Theme, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "  {}", theme.plain(line)))
}

/// `a) It is refused at once.`
fn choice(question: &Asked, i: usize) -> String {
    format!("{}) {}", letter(i), question.choices.get(i).map_or("", String::as_str))
}

pub(super) fn letter(i: usize) -> String {
    char::from(b'a' + (i % 26) as u8).to_string()
}
