//! A queue before a sink that may be slow: whoever acts never waits for whoever reads.

use crate::trace::{Ending, Event, Fact, Playbill, Sink};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// How many events may wait: some megabytes at most. Three hundred clients that all come at once do
/// not fill it.
const ROOM: usize = 16_384;

/// Shows a run to a sink on a thread of its own. What finds no room is counted, and the sink is
/// shown how many events are missing.
pub struct Queue {
    to_show: SyncSender<Shown>,
    /// The first event since the last that found room, and how many there were.
    missed: Option<(Event, u64)>,
    /// Why the sink could not write. It is shown nothing more then.
    failure: Arc<Mutex<Option<io::Error>>>,
    thread: Option<JoinHandle<()>>,
}

enum Shown {
    Opens(Box<Playbill>),
    Event(Box<Event>),
    Closes(Box<Ending>),
}

impl Queue {
    /// # Errors
    /// The machine gives no thread.
    pub fn new(sink: Box<dyn Sink>) -> io::Result<Queue> {
        Queue::with_room(ROOM, sink)
    }

    fn with_room(room: usize, sink: Box<dyn Sink>) -> io::Result<Queue> {
        let (to_show, shown) = sync_channel(room);
        let failure = Arc::new(Mutex::new(None));
        let failed = failure.clone();
        let show = move || {
            if let Err(error) = show_all(&shown, sink) {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        };
        let thread = Some(Builder::new().name("narrator".into()).spawn(show)?);
        Ok(Queue { to_show, missed: None, failure, thread })
    }

    /// An error that the sink had, the first time that it is asked for.
    fn failure(&self) -> io::Result<()> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }

    /// Whether there was room for an event.
    fn takes(&self, event: Event) -> bool {
        !matches!(self.to_show.try_send(Shown::Event(event.into())), Err(TrySendError::Full(_)))
    }

    /// What stands for the events that are missing.
    fn gap(first: &Event, events: u64) -> Event {
        Event::new(first.actor.clone(), first.at, Fact::Missed { events })
    }
}

fn show_all(shown: &Receiver<Shown>, mut sink: Box<dyn Sink>) -> io::Result<()> {
    for shown in shown {
        match shown {
            Shown::Opens(playbill) => sink.opens(&playbill)?,
            Shown::Event(event) => sink.event(&event)?,
            Shown::Closes(ending) => sink.closes(&ending)?,
        }
    }
    Ok(())
}

impl Sink for Queue {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        self.to_show.send(Shown::Opens(playbill.clone().into())).ok();
        self.failure()
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Some((first, events)) = self.missed.take() {
            let gap = Queue::gap(&first, events);
            self.missed = (!self.takes(gap)).then_some((first, events));
        }
        if let Some((_, events)) = &mut self.missed {
            *events += 1;
        } else if !self.takes(event.clone()) {
            self.missed = Some((event.clone(), 1));
        }
        self.failure()
    }

    fn still_writes(&mut self) -> io::Result<()> {
        self.failure()
    }

    /// Waits until everything is shown.
    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        if let Some((first, events)) = self.missed.take() {
            self.to_show.send(Shown::Event(Queue::gap(&first, events).into())).ok();
        }
        self.to_show.send(Shown::Closes(ending.clone().into())).ok();
        (self.to_show, _) = sync_channel(0);
        self.thread.take().map(JoinHandle::join);
        self.failure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};

    /// It tells what it was shown, and shows an event only when it is allowed to.
    struct Slow(Sender<Fact>, Receiver<()>);

    impl Sink for Slow {
        fn opens(&mut self, _: &Playbill) -> io::Result<()> {
            Ok(())
        }

        fn event(&mut self, event: &Event) -> io::Result<()> {
            self.0.send(event.fact.clone()).unwrap();
            self.1.recv().map_err(|_| io::ErrorKind::BrokenPipe.into())
        }

        fn closes(&mut self, _: &Ending) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let (shows, shown) = channel();
        let (allow, allowed) = channel();
        let mut queue = Queue::with_room(2, Box::new(Slow(shows, allowed))).unwrap();
        let left = Event::new("Lily".into(), 7, Fact::Left);
        queue.event(&left).unwrap();
        assert_eq!(shown.recv().unwrap(), Fact::Left, "the first one is being shown");
        for _ in 0..5 {
            queue.event(&left).unwrap();
        }
        (0..4).for_each(|_| allow.send(()).unwrap());
        queue.closes(&Ending::default()).unwrap();
        let rest: Vec<Fact> = shown.into_iter().collect();
        assert_eq!(rest, [Fact::Left, Fact::Left, Fact::Missed { events: 3 }]);
    }

    #[test]
    fn a_reader_that_has_gone_ends_the_run() {
        let (shows, shown) = channel();
        let (allow, allowed) = channel();
        let mut queue = Queue::new(Box::new(Slow(shows, allowed))).unwrap();
        let left = Event::new("Lily".into(), 7, Fact::Left);
        queue.event(&left).unwrap();
        shown.recv().unwrap();
        drop(allow);
        let closed = queue.closes(&Ending::default());
        assert_eq!(closed.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
