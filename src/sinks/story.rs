//! The story: your comment, your code and the kernel's answer, one below the other.

use super::dialect::{Dialect, Speaker};
use super::{Sink, Theme, table, wire};
use crate::harmless::harmless;
use crate::trace::{
    Asked, Bookmarks, Ending, Event, Fact, Manner, Name, Playbill, Step, Verdict, Wire,
};
use std::collections::HashSet;
use std::io::{self, BufRead, Write};

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
    question: Option<Asked>,
    /// What was told of each event: any may turn out to be the proof. Kept only if there is a
    /// question.
    told_events: Vec<String>,
    /// Whether the lanes take turns. If not, a call that another lane overtakes need not sleep.
    turns: bool,
    /// The lane of the line written last.
    lane: Option<Name>,
    told: HashSet<u32>,
    /// The first line of the step written last.
    step: Option<u32>,
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
            question: None,
            told_events: Vec::new(),
            turns: true,
            lane: None,
            told: HashSet::new(),
            step: None,
            open: None,
        }
    }

    /// The same on a page that is so wide.
    pub fn within(self, room: Option<usize>) -> Story<W> {
        Story { room, ..self }
    }

    /// `actor` has started another one, at `line`.
    fn entered(&mut self, actor: &Name, by: &Name, line: Option<u32>) -> io::Result<()> {
        self.sleeps()?;
        self.step(by, line)?;
        let text = format!("    + {} enters, on a thread of its own", harmless(actor));
        writeln!(self.out, "{}", self.theme.aside(&text))
    }

    fn left(&mut self, actor: &Name) -> io::Result<()> {
        self.sleeps()?;
        self.lane(actor)?;
        self.bookmarks.remove(actor);
        writeln!(self.out, "{}", self.theme.aside(&format!("    - {} leaves", harmless(actor))))
    }

    fn called(&mut self, event: &Event, line: &str) -> io::Result<()> {
        self.sleeps()?;
        self.step(&event.actor, event.line)?;
        let sleeps = match &event.fact {
            Fact::Waits(_) => line.into(),
            _ if self.turns => format!("{line} waits"),
            _ => format!("{line} is called"),
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
        let after = if slept && self.turns { ", after waiting" } else { "" };
        match refused {
            true => writeln!(self.out, "{}", self.theme.refused(&format!("    ✗ {line}{after}"))),
            false => writeln!(self.out, "{}", self.theme.done(&format!("    ✓ {line}{after}"))),
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
        writeln!(self.out, "\n{}", self.theme.actor(&harmless(actor)))?;
        Ok(true)
    }

    /// Writes the step at `line`, if the actor comes to it. What a step says is written once, its
    /// code each time; once, too, if a loop does nothing else.
    fn step(&mut self, actor: &Name, line: Option<u32>) -> io::Result<()> {
        let named = self.lane(actor)?;
        let Some(step) = self.bookmarks.turn_to(actor, line).cloned() else { return Ok(()) };
        let again = self.step.replace(step.lines.0) == Some(step.lines.0);
        if !named {
            if again {
                return Ok(());
            }
            writeln!(self.out)?;
        }
        self.write_step(&step)
    }

    fn write_step(&mut self, step: &Step) -> io::Result<()> {
        if self.told.insert(step.lines.0) {
            for line in &step.prose {
                writeln!(self.out, "  {}", self.theme.prose(&harmless(line)))?;
            }
        }
        for line in &step.code {
            writeln!(self.out, "      {}", self.theme.code(&harmless(line)))?;
        }
        Ok(())
    }

    fn verdict(&mut self, question: &Asked, verdict: Verdict) -> io::Result<()> {
        let right = choice(question, verdict.choice);
        writeln!(self.out, "\n{}", self.theme.title("The question was:"))?;
        write_text(&mut self.out, &question.ask)?;
        match self.guess {
            Guess::Choice(guess) if guess == verdict.choice => {
                writeln!(self.out, "  You predicted it: {right}")?
            }
            Guess::Choice(guess) => {
                writeln!(self.out, "  You predicted: {}", choice(question, guess))?;
                writeln!(self.out, "  The kernel says: {right}")?;
            }
            Guess::None | Guess::NotAsked => writeln!(self.out, "  The kernel's answer: {right}")?,
        }
        let Some(proof) = self.told_events.get(verdict.proof) else { return Ok(()) };
        writeln!(self.out, "  The proof: {proof}")
    }
}

impl<W: Write + Send> Sink for Story<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.bookmarks = Bookmarks::new(playbill.script.clone());
        self.speaker = Speaker::new(self.dialect, playbill.script.clone());
        self.question = playbill.question.clone();
        let title = format!("{}: {}", harmless(&playbill.lesson), harmless(&playbill.title));
        writeln!(self.out, "{}", self.theme.title(&title))?;
        write_origin(&mut self.out, playbill)?;
        self.turns = playbill.manner == Manner::Turns;
        if let Manner::Free(why) = &playbill.manner {
            writeln!(self.out, "The threads do not take turns: {}.", harmless(why))?;
            writeln!(self.out, "It is shown when it is over, each cause before its effect.")?;
        }
        if let (Some(question), Guess::NotAsked) = (&self.question, self.guess) {
            write_question(&mut self.out, question)?;
        }
        self.out.flush()
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        let line = self.speaker.say(event);
        let line = harmless(&line);
        if self.question.is_some() {
            let place = event.line.map_or(String::new(), |line| format!(", line {line}"));
            self.told_events.push(format!("{}{place}: {line}", harmless(&event.actor)));
        }
        match &event.fact {
            Fact::Entered { by: Some(by), .. } => self.entered(&event.actor, by, event.line)?,
            Fact::Entered { by: None, .. } => {}
            Fact::Left => self.left(&event.actor)?,
            Fact::Called(_) | Fact::Waits(_) => self.called(event, &line)?,
            Fact::Returned { .. } | Fact::Waited(_) => self.returned(event, &line)?,
            Fact::Changed(_) => {
                let line = format!("      ~ {line}");
                writeln!(self.out, "{}", self.theme.aside(&line))?;
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
        wire::troubles(ending).try_for_each(|line| writeln!(self.out, "\n{line}"))?;
        self.out.flush()
    }
}

/// Where a run was made, if that is not simply here.
pub fn write_origin(out: &mut dyn Write, playbill: &Playbill) -> io::Result<()> {
    if let Some(why) = &playbill.recorded {
        writeln!(
            out,
            "RECORDED on {}: this is not a run of your machine.",
            harmless(&playbill.system)
        )?;
        return writeln!(out, "It cannot run here: {}.", harmless(why));
    }
    playbill.place.iter().try_for_each(|place| writeln!(out, "It runs {}.", harmless(place)))?;
    if let Some(why) = &playbill.unseen {
        writeln!(out, "What changes in the kernel cannot be seen here: {}.", harmless(why))?;
    }
    match &playbill.wire {
        Some(Wire::Hidden(why)) => writeln!(out, "No packets are shown: {}.", harmless(why)),
        Some(Wire::Seen) | None => Ok(()),
    }
}

/// Asks the question, and reads the prediction: a letter, or nothing for a reader who would rather
/// wait.
///
/// # Errors
/// The terminal could not be written to or read.
pub fn ask(question: &Asked, talk: &mut dyn Write, keys: &mut dyn BufRead) -> io::Result<Guess> {
    write_question(talk, question)?;
    writeln!(talk)?;
    loop {
        write!(talk, "Your prediction (a letter, or Enter to wait and see): ")?;
        talk.flush()?;
        let mut line = Vec::new();
        let end = !matches!(keys.read_until(b'\n', &mut line), Ok(1..));
        let line = String::from_utf8_lossy(&line);
        let typed = line.trim().trim_end_matches(')');
        let guess = (0..question.choices.len()).find(|&i| typed.eq_ignore_ascii_case(&letter(i)));
        if end || guess.is_some() || typed.is_empty() {
            return Ok(guess.map_or(Guess::None, Guess::Choice));
        }
        writeln!(talk, "That is none of the letters above.")?;
    }
}

fn write_question(out: &mut dyn Write, question: &Asked) -> io::Result<()> {
    writeln!(out, "\nBefore it runs, predict:")?;
    write_text(out, &question.ask)?;
    for i in 0..question.choices.len() {
        writeln!(out, "    {}", choice(question, i))?;
    }
    Ok(())
}

fn write_text(out: &mut dyn Write, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "  {}", harmless(line)))
}

/// `a) It is refused at once.`
fn choice(question: &Asked, i: usize) -> String {
    format!("{}) {}", letter(i), question.choices.get(i).map_or("".into(), |text| harmless(text)))
}

fn letter(i: usize) -> String {
    char::from(b'a' + (i % 26) as u8).to_string()
}
