//! The board where nothing can be updated in place: a line for each thing worth telling.

use super::client::{Client, State};
use super::frame::{number, words};
use super::{Board, frame};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::sinks::page::Page;
use crate::sinks::theme::Meaning;
use crate::sinks::words::troubles;
use crate::trace::{Call, Does, Ending, Event, Fact, Playbill, Sink};
use std::io::{self, Write};

/// Writes a line when a client comes, speaks, gets into trouble or leaves, and the summary at last.
pub struct News<W> {
    page: Page<W>,
    board: Board,
}

impl<W: Write> News<W> {
    pub fn new(page: Page<W>) -> News<W> {
        News { page, board: Board::default() }
    }
}

/// What is worth telling of an event.
fn news(client: &Client, event: &Event) -> Option<Sentence> {
    let number = number(client);
    let does = event.call().filter(|_| event.answer().is_some()).and_then(Call::does);
    let refused = event.answer().is_some_and(|answer| !answer.succeeded());
    match (&event.fact, does) {
        (Fact::Entered { .. }, _) => {
            let from = frame::from(client);
            Some(sentence!("client {number} comes from {from}", number, from))
        }
        (Fact::Left, _) => {
            let (received, sent) = client.bytes;
            Some(sentence!(
                "client {number} leaves: {received} bytes in, {sent} out",
                number,
                received,
                sent
            ))
        }
        (_, Some(Does::Receive | Does::Send)) if refused => {
            let trouble = client.trouble?.sentence();
            Some(sentence!("client {number}: {trouble}", number, trouble))
        }
        (_, Some(Does::Receive)) if client.state == State::CloseWait => {
            Some(sentence!("client {number} has closed", number))
        }
        (_, Some(Does::Send)) => {
            let words = words(client);
            Some(match client.trouble {
                Some(it) => sentence!(
                    "client {number}: {words} ({trouble})",
                    number,
                    words,
                    trouble = it.sentence()
                ),
                None => sentence!("client {number}: {words}", number, words),
            })
        }
        _ => None,
    }
}

impl<W: Write + Send> Sink for News<W> {
    fn opens(&mut self, playbill: &Playbill) -> io::Result<()> {
        let title = format!("{}: {}", playbill.lesson, playbill.title);
        self.page.prose(Meaning::Title, "", &title)?;
        self.page.flush()
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        let told = match (&event.fact, self.board.learn(event)) {
            (Fact::Missed { events }, _) => Some(sentence!("({events} events not shown)", events)),
            (_, Some(client)) => news(client, event),
            _ => None,
        };
        let Some(told) = told else { return Ok(()) };
        self.page.prose(Meaning::Plain, "", &told.to_string())?;
        self.page.flush()
    }

    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.page.prose(Meaning::Title, "", &self.board.summary().to_string())?;
        for line in troubles(ending) {
            self.page.prose(Meaning::Plain, "", &line.to_string())?;
        }
        self.page.flush()
    }
}
