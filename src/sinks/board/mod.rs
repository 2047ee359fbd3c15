//! The board: one row for each client of a server.

mod client;
mod frame;
mod news;
mod screen;

pub use news::News;
pub use screen::Screen;

use crate::trace::{Address, Call, Does, Event, Fact};
use client::{Client, State};
use std::collections::VecDeque;
use std::time::Duration;

/// How many clients that have gone are kept: who came last can still be read. All are counted.
const KEPT_GONE: usize = 200;

/// What is known of a server and its clients.
#[derive(Debug, Default)]
pub struct Board {
    /// Where the server listens.
    address: Option<Address>,
    /// Whom accept has given, and who has no lane yet.
    accepted: Option<Address>,
    /// In the order in which they came.
    clients: VecDeque<Client>,
    totals: Totals,
}

/// What all clients have done, also those that are forgotten.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    came: usize,
    gone: usize,
    bytes: (u64, u64),
}

impl Board {
    /// Learns from an event. Gives the client it is about, if it is about one.
    pub fn learn(&mut self, event: &Event) -> Option<&Client> {
        if let Fact::Entered { by: Some(_), .. } = &event.fact {
            self.enters(event);
        }
        let Some(place) = self.clients.iter().rposition(|client| client.name == event.actor) else {
            self.learn_of_the_server(event);
            return None;
        };
        let client = &mut self.clients[place];
        let before = client.bytes;
        client.learn(event);
        let (received, sent) = client.bytes;
        self.totals.bytes.0 += received - before.0;
        self.totals.bytes.1 += sent - before.1;
        if event.fact == Fact::Left {
            self.totals.gone += 1;
        }
        self.clients.get(place)
    }

    fn learn_of_the_server(&mut self, event: &Event) {
        if !event.succeeded() {
            return;
        }
        match event.call().and_then(Call::does) {
            Some(Does::Accept) => {
                self.accepted = event.answer().and_then(|answer| answer.address()).cloned();
            }
            Some(Does::Bind | Does::Listen) => {
                let names = event.names().and_then(|names| names.local.clone());
                self.address = names.or(self.address.take());
            }
            _ => {}
        }
    }

    /// A lane enters. It is a client's if somebody was accepted.
    fn enters(&mut self, event: &Event) {
        let Some(from) = self.accepted.take() else { return };
        self.totals.came += 1;
        let at = Duration::from_nanos(event.at);
        self.clients.push_back(Client::new(event.actor.clone(), Some(from), at));
        let gone = |client: &Client| client.state == State::Gone;
        if self.clients.iter().filter(|client| gone(client)).count() > KEPT_GONE {
            let first = self.clients.iter().position(gone);
            first.map(|place| self.clients.remove(place));
        }
    }

    /// The clients in the order of the board `now`, since the run began: first those in trouble,
    /// then those that trouble has ended a moment ago, then those that are there, then those that
    /// have gone; of these the newest first.
    fn in_order(&self, now: Duration) -> Vec<&Client> {
        let mut all: Vec<&Client> = self.clients.iter().rev().collect();
        all.sort_by_key(|client| match (client.state, client.trouble) {
            (State::Gone, Some(_)) if client.has_just_ended_in_trouble(now) => 1,
            (State::Gone, _) => 3,
            (_, Some(_)) => 0,
            (_, None) => 2,
        });
        all
    }
}
