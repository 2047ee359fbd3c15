//! The account of a run: what has happened, shown as it happens and kept.
//!
//! Whoever witnesses a run tells it here, whether it is a lesson on our stage or another program.

mod tap;

pub use tap::{Tap, Tapping, tap};

use crate::error::Error;
use crate::kernel::Captured;
use crate::packets::first_datagram;
use crate::trace::{
    Ending, Event, Fact, Manner, Name, Playbill, Question, Sink, Table, Tally, Trace, Verdict, show,
};
use std::io;
use std::time::Instant;

/// What is known of a run so far, and whom it is shown to.
pub struct Account {
    trace: Trace,
    sink: Box<dyn Sink>,
    /// Tells the packets, if they were asked for.
    tap: Option<Tap>,
    began: Instant,
    /// The run is over: nobody acts any more.
    over: bool,
    /// Why it was over before its lanes had ended.
    failure: Option<Error>,
    /// What the run has found out.
    table: Option<Table>,
    question: Option<&'static Question>,
    /// What has decided it, as soon as that is shown.
    verdict: Option<Verdict>,
}

impl Account {
    /// Begins the account of a run, and shows what is going to be performed.
    pub fn open(
        playbill: Playbill,
        question: Option<&'static Question>,
        tap: Option<Tap>,
        sink: Box<dyn Sink>,
    ) -> Account {
        let (trace, began) = (Trace::new(playbill), Instant::now());
        let (over, failure, table, verdict) = (false, None, None, None);
        let mut account =
            Account { trace, sink, tap, began, over, failure, table, question, verdict };
        if account.shows_at_once() {
            account.show(|sink, trace| sink.opens(&trace.playbill));
        }
        account
    }

    /// The run as far as it is kept.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether the run has ended, or has to end.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Ends the run. What went wrong first is what went wrong.
    pub fn end(&mut self, failure: Error) {
        self.over = true;
        self.failure.get_or_insert(failure);
    }

    /// What the run has found out, to be shown at its end.
    pub fn conclude(&mut self, table: Table) {
        self.table = Some(table);
    }

    /// Tells what happens now, after the packets that have crossed before it.
    pub fn tell(&mut self, actor: Name, line: Option<u32>, fact: Fact) {
        let now = self.tell_packets();
        let at = self.moment(now);
        self.keep(Event { line, ..Event::new(actor, at, fact) });
    }

    /// Closes it: lets the trace decide the question, and shows the ending.
    ///
    /// # Errors
    /// The trace comes with what went wrong.
    pub fn close(&mut self, dissects: bool) -> (Trace, Result<(), Error>) {
        let wire = self.close_tap();
        if let Manner::Free(_) = self.trace.playbill.manner {
            self.trace.put_in_causal_order();
        }
        let verdict = match (&self.failure, self.question) {
            (None, Some(question)) => question.decide(&self.trace).map(Some),
            _ => Ok(None),
        };
        let verdict = verdict.unwrap_or_else(|why| {
            self.end(Error::Question { lesson: self.trace.playbill.lesson.clone(), why });
            None
        });
        let taken_apart = wire.filter(|_| dissects).and_then(|_| first_datagram(&self.trace));
        let table = taken_apart.or(self.table.take());
        let failure = self.failure.as_ref().map(Error::to_string);
        self.trace.ending = Some(Ending { failure, verdict, table, wire });
        self.show_the_end();
        self.over = true;
        let trace = std::mem::replace(&mut self.trace, Trace::new(Playbill::default()));
        (trace, self.failure.take().map_or(Ok(()), Err))
    }

    /// A run that was kept back is shown now.
    fn show_the_end(&mut self) {
        match self.shows_at_once() {
            true => self.show(|sink, trace| {
                trace.ending.as_ref().map_or(Ok(()), |ending| sink.closes(ending))
            }),
            false => self.show(|sink, trace| show(trace, sink)),
        }
    }

    /// Shows an event, and keeps it: of a run that may last for days only what its packets want.
    fn keep(&mut self, event: Event) {
        if self.shows_at_once() {
            self.show(|sink, _| sink.event(&event));
        }
        match (&self.trace.playbill.manner, &mut self.tap) {
            (Manner::Live, None) => {}
            (Manner::Live, Some(tap)) => {
                self.trace.events.push(event);
                tap.tidy(&mut self.trace);
            }
            _ => {
                self.trace.events.push(event);
                self.decide();
            }
        }
    }

    /// Shows what has decided the question, as soon as something has.
    fn decide(&mut self) {
        let is_answer = self.trace.events.last().is_some_and(|event| event.answer().is_some());
        let Some(question) = self.question.filter(|_| is_answer && self.shows_at_once()) else {
            return;
        };
        if self.verdict.is_none() {
            self.verdict = question.decide(&self.trace).ok();
            if let Some(verdict) = self.verdict {
                self.show(|sink, _| sink.decided(verdict));
            }
        }
    }

    /// Lets whoever reads the run rest. True if time has passed: what has happened meanwhile is to
    /// be told, and then it is asked again.
    pub fn rests(&mut self) -> bool {
        let mut rested = false;
        if self.shows_at_once() {
            self.show(|sink, _| sink.rests().map(|rests| rested = rests));
        }
        rested
    }

    /// Ends the run if the sink cannot write any more: it may find out when nothing happens.
    pub fn look_after_sink(&mut self) {
        self.show(|sink, _| sink.still_writes());
    }

    /// Whether each event is shown when it happens.
    fn shows_at_once(&self) -> bool {
        !matches!(self.trace.playbill.manner, Manner::Free(_))
    }

    /// Lets the sink speak, unless it has failed before: its first error ends the run.
    fn show(&mut self, what: impl FnOnce(&mut dyn Sink, &Trace) -> io::Result<()>) {
        if matches!(self.failure, Some(Error::Output { .. })) {
            return;
        }
        if let Err(source) = what(&mut *self.sink, &self.trace) {
            self.end(Error::Output { source });
        }
    }

    /// A moment, in nanoseconds since the run began.
    fn moment(&self, moment: Instant) -> u64 {
        moment.saturating_duration_since(self.began).as_nanos() as u64
    }
}

impl Account {
    /// Tells the packets that have crossed up to now, and gives the moment. In a free run they are
    /// kept until it is over.
    ///
    /// While they are collected others may cross: those are told after the event that happens now.
    fn tell_packets(&mut self) -> Instant {
        let now = Instant::now();
        let crossed = match (&mut self.tap, &self.trace.playbill.manner) {
            (None, _) => return now,
            (Some(tap), Manner::Free(_)) => {
                tap.drain();
                return now;
            }
            (Some(tap), _) => tap.crossed_until(now),
        };
        self.tell_these(crossed);
        now
    }

    fn tell_these(&mut self, packets: Vec<Captured>) {
        for captured in packets {
            let at = self.moment(captured.at);
            let Some(tap) = &mut self.tap else { return };
            let Some((packet, place)) = tap.read(&captured, at, &self.trace) else { continue };
            let by = &self.trace.events[place];
            let (actor, line, file) = (by.actor.clone(), by.line, by.file.clone());
            let stored = tap.store(&captured, by);
            stored.unwrap_or_else(|source| self.end(Error::Output { source }));
            self.keep(Event { line, file, ..Event::new(actor, at, Fact::Packet(packet)) });
        }
    }

    /// Tells the last packets, and takes the tap off. The events of a free run are put in the order
    /// of time.
    fn close_tap(&mut self) -> Option<Tally> {
        self.tell_packets();
        let later = self.tap.as_mut()?.all_that_is_left();
        self.tell_these(later);
        if !self.shows_at_once() {
            self.trace.events.sort_by_key(|event| event.at);
        }
        Some(self.tap.take()?.close())
    }
}
