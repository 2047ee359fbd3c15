//! The story: your comment, your code and the kernel's answer, one below the other.

use super::comments::Comments;
use super::inquiry::Inquiry;
use super::marks::{Mark, Marks};
use super::page::Page;
use super::refrain::{Brevity, Refrain};
use super::repeats::{Repeats, Telling};
use super::sockets::sockets;
use super::table;
use super::theme::Meaning;
use super::words::{Dialect, Speaker, enters, leaves, manner, origin, sleeps, troubles, woken};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{
    Bookmarks, Ending, Event, Fact, Manner, Moment, Name, Playbill, Sink, Step, Verdict,
};
use std::io::{self, Write};

/// Writes a run as text to be read from top to bottom. Nothing that is written is ever taken back.
pub struct Story<W> {
    page: Page<W>,
    /// How wide a table may be, if that has an end.
    room: Option<usize>,
    marks: Marks,
    dialect: Dialect,
    speaker: Speaker,
    bookmarks: Bookmarks,
    /// If the run fails, it ends with the sockets that there are then.
    moment: Moment,
    inquiry: Inquiry,
    /// Whether the lanes take turns. If not, a call that another lane overtakes need not sleep.
    turns: bool,
    /// The lane of the line written last.
    lane: Option<Name>,
    comments: Comments,
    /// The place of the step written last.
    step: Option<usize>,
    brevity: Brevity,
    repeats: Repeats,
    /// Which steps were told before. None if they are told in full each time.
    refrain: Option<Refrain>,
    /// What was told last was done by a timer, while the run rested.
    meanwhile: bool,
    /// A call that has not returned, and is not on the page yet. If another lane speaks first, it
    /// sleeps.
    open: Option<(Name, String)>,
}

impl<W: Write> Story<W> {
    pub fn new(page: Page<W>, dialect: Dialect) -> Story<W> {
        Story {
            page,
            room: None,
            marks: Marks::default(),
            dialect,
            speaker: Speaker::default(),
            bookmarks: Bookmarks::default(),
            moment: Moment::default(),
            inquiry: Inquiry::default(),
            turns: true,
            lane: None,
            comments: Comments::default(),
            step: None,
            brevity: Brevity::default(),
            repeats: Repeats::default(),
            refrain: None,
            meanwhile: false,
            open: None,
        }
    }

    /// The same with room for tables that are so wide.
    pub fn with_room(self, room: Option<usize>) -> Story<W> {
        Story { room, ..self }
    }

    /// The same, in which a live command is told so briefly.
    pub fn with_brevity(self, brevity: Brevity) -> Story<W> {
        Story { brevity, ..self }
    }

    /// The same, in which the comment of a step comes after its first answer.
    pub fn as_a_quiz(self, quiz: bool) -> Story<W> {
        Story { comments: Comments::new(quiz), ..self }
    }

    /// From here on nothing counts as told: what was written before is not seen.
    pub fn begin_page(&mut self) {
        (self.lane, self.step, self.open) = (None, None, None);
        self.marks = Marks::default();
        self.comments.forget();
    }

    /// Whether an event is told in one line, or in none: it belongs to a step that was told
    /// before, or it answers a call of a lane that others have overtaken.
    fn is_brief(&mut self, event: &Event) -> bool {
        let is_gap = matches!(event.fact, Fact::Missed { .. });
        let Some(refrain) = self.refrain.as_mut().filter(|_| !is_gap) else { return false };
        let overtaken = event.answer().is_some() && self.lane.as_ref() != Some(&event.actor);
        refrain.knows(event) || overtaken
    }

    /// Tells the answer of a call in one line, with its lane in front. Nothing else is told.
    fn briefly(&mut self, event: &Event) -> io::Result<()> {
        self.bookmarks.remove(&event.actor);
        let Some(answer) = event.answer() else { return Ok(()) };
        self.sleeps()?;
        self.lane = None;
        let line = self.speaker.say(event);
        match self.repeats.says(&event.actor, &line) {
            Telling::Line(untold) => self.tell_repeats(&event.actor, untold)?,
            Telling::Count(untold) => return self.tell_repeats(&event.actor, Some(untold)),
            Telling::Nothing => return Ok(()),
        }
        let mark = if answer.succeeded() { Mark::Done } else { Mark::Refused };
        self.marks.learn(mark);
        let lead = format!("{}  {}", event.actor, mark.lead().trim_start());
        self.page.code(mark.meaning(), &lead, &line)?;
        self.page.flush()
    }

    /// Tells how many calls of a lane were the same as those before them, and were not told.
    fn tell_repeats(&mut self, actor: &Name, untold: Option<u64>) -> io::Result<()> {
        let Some(calls) = untold else { return Ok(()) };
        let said = sentence!("{actor}  … the same again: {calls} more calls", actor, calls);
        self.page.prose(Meaning::Aside, "", &said.to_string())?;
        self.page.flush()
    }

    /// `by` has started another actor, at the line of the event.
    fn entered(&mut self, event: &Event, by: &Name) -> io::Result<()> {
        self.sleeps()?;
        self.step(by, event)?;
        self.mark(Mark::Enters, &enters(&event.actor).to_string())?;
        self.tell_comment_of(by)
    }

    fn left(&mut self, actor: &Name) -> io::Result<()> {
        self.sleeps()?;
        let untold = self.repeats.leaves(actor);
        self.tell_repeats(actor, untold)?;
        if self.refrain.is_none() {
            self.lane(actor)?;
        }
        self.bookmarks.remove(actor);
        self.mark(Mark::Leaves, &leaves(actor).to_string())
    }

    fn called(&mut self, event: &Event, line: &str) -> io::Result<()> {
        self.sleeps()?;
        self.step(&event.actor, event)?;
        let sleeps = match &event.fact {
            Fact::Waits(_) => line.into(),
            _ => sleeps(line, self.turns).to_string(),
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
            true => woken(line).to_string(),
            false => line.into(),
        };
        self.mark(if refused { Mark::Refused } else { Mark::Done }, &line)?;
        self.tell_comment_of(&event.actor)
    }

    /// A packet crossed: during the call that is open, or else while all lanes sleep.
    fn crossed(&mut self, actor: &Name, line: &str) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|(open, _)| open != actor) {
            self.sleeps()?;
            self.lane(actor)?;
        }
        self.mark(Mark::Crossed, line)
    }

    /// Another lane acts while a call is open: with turns, that call sleeps in the kernel.
    fn sleeps(&mut self) -> io::Result<()> {
        let Some((actor, call)) = self.open.take() else { return Ok(()) };
        if self.refrain.as_ref().is_some_and(Refrain::has_begun) {
            return Ok(());
        }
        self.mark(if self.turns { Mark::Sleeps } else { Mark::Called }, &call)?;
        self.tell_comment_of(&actor)
    }

    /// Names the lane, if the line before was in another one.
    fn lane(&mut self, actor: &Name) -> io::Result<bool> {
        if self.lane.as_ref() == Some(actor) {
            return Ok(false);
        }
        self.lane = Some(actor.clone());
        self.page.blank()?;
        self.page.prose(Meaning::Actor, "", actor)?;
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
            self.page.blank()?;
        }
        let left = self.comments.left();
        self.write_comment(left)?;
        let due = self.comments.meet(actor, place, &step);
        self.write_comment(due.then(|| step.clone()))?;
        step.code.iter().try_for_each(|line| self.page.code(Meaning::Code, "      ", line))
    }

    /// It is known what became of a call: if the comment was kept back until then, it is told now.
    fn tell_comment_of(&mut self, actor: &Name) -> io::Result<()> {
        let step = self.comments.answered(actor);
        self.write_comment(step)
    }

    fn write_comment(&mut self, step: Option<Step>) -> io::Result<()> {
        step.map_or(Ok(()), |step| self.page.prose(Meaning::Prose, "  ", &step.prose.join(" ")))
    }

    /// A line behind a sign, which will be explained.
    fn mark(&mut self, mark: Mark, line: &str) -> io::Result<()> {
        self.marks.learn(mark);
        mark.write(&mut self.page, line)
    }

    /// Some events are not shown: what was open before may be over.
    fn missed(&mut self, line: &str) -> io::Result<()> {
        (self.open, self.lane) = (None, None);
        self.page.blank()?;
        self.page.prose(Meaning::Aside, "", line)
    }

    /// While the reader read, timers went on. That was no call's doing, and gets a heading.
    fn tell_meanwhile(&mut self, event: &Event) -> io::Result<()> {
        let is_meanwhile = matches!(&event.fact, Fact::Changed(change) if change.meanwhile);
        if !std::mem::replace(&mut self.meanwhile, is_meanwhile) && is_meanwhile {
            let said = sentence!("While this page waited, timers of the kernel went on:");
            self.page.prose(Meaning::Aside, "    ", &said.to_string())?;
        }
        Ok(())
    }

    fn plain_lines(&mut self, lines: impl IntoIterator<Item = Sentence>) -> io::Result<()> {
        let mut lines = lines.into_iter();
        lines.try_for_each(|line| self.page.prose(Meaning::Plain, "", &line.to_string()))
    }
}

impl<W: Write + Send> Sink for Story<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.bookmarks = Bookmarks::new(playbill.script.clone());
        self.speaker = Speaker::new(self.dialect, playbill.script.clone());
        self.inquiry = Inquiry::new(playbill);
        let title = format!("{}: {}", playbill.lesson, playbill.title);
        self.page.prose(Meaning::Title, "", &title)?;
        self.plain_lines(origin(playbill))?;
        self.turns = playbill.manner == Manner::Turns;
        self.refrain = Refrain::of(playbill, self.brevity);
        self.plain_lines(manner(playbill))?;
        self.inquiry.open(&mut self.page)?;
        self.page.flush()
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.moment.follow(event);
        if self.is_brief(event) {
            return self.briefly(event);
        }
        self.tell_meanwhile(event)?;
        let line = self.speaker.say(event);
        self.inquiry.told(event, &line);
        match &event.fact {
            Fact::Entered { by: Some(by), .. } => self.entered(event, by)?,
            Fact::Entered { by: None, .. } => {}
            Fact::Left => self.left(&event.actor)?,
            Fact::Called(_) | Fact::Waits(_) => self.called(event, &line)?,
            Fact::Returned { .. } | Fact::Waited(_) => self.returned(event, &line)?,
            Fact::Changed(_) => self.mark(Mark::Changed, &line)?,
            Fact::Missed { .. } => self.missed(&line)?,
            Fact::Packet(_) => self.crossed(&event.actor, &line)?,
        }
        self.page.flush()
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.sleeps()?;
        let left = self.comments.left();
        self.write_comment(left)?;
        if let Some(verdict) = ending.verdict {
            self.inquiry.close(&mut self.page, verdict)?;
        }
        if let Some(table) = &ending.table {
            table::write(&mut self.page.out, self.page.theme, self.room, table)?;
        }
        if ending.failure.is_some() {
            let table = sockets(&self.moment);
            table::write(&mut self.page.out, self.page.theme, self.room, &table)?;
        }
        for line in troubles(ending) {
            self.page.blank()?;
            self.plain_lines([line])?;
        }
        self.marks.explain(&mut self.page)?;
        self.page.flush()
    }
    /// Whoever has predicted something hears at once whether it was right. On a page that nobody
    /// was asked before, it stands at the end.
    fn decided(&mut self, verdict: Verdict) -> io::Result<()> {
        if self.inquiry.decided(&mut self.page, verdict)? {
            self.lane = None;
        }
        self.page.flush()
    }
}
