//! The board as lines of text: what is on the screen at one moment.

use super::client::{Client, State};
use super::{Board, Totals};
use crate::catalogue::Sentence;
use crate::sentence;
use crate::sinks::picture::columns::cut;
use crate::sinks::theme::{Meaning, Theme};
use crate::trace::{Address, Bytes, Value};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// How large the screen is, which page of the board it shows, and how long the run has lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    pub width: usize,
    pub height: usize,
    /// The first is 0.
    pub page: usize,
    pub now: Duration,
}

/// The lines that are no row: the summary, the head, an empty one and the keys.
const OTHERS: usize = 4;

impl Board {
    /// How many pages there are on a screen that is so high.
    pub fn pages(&self, height: usize) -> usize {
        self.clients.len().div_ceil(rows(height)).max(1)
    }

    /// The lines of the screen, none wider than it is.
    pub fn frame(&self, view: View, theme: Theme) -> Vec<String> {
        let (page, pages) = (view.page.min(self.pages(view.height) - 1), self.pages(view.height));
        let mark = |meaning, text: &str| theme.mark(meaning, &cut(text, view.width)).into_owned();
        let all = self.in_order(view.now).into_iter().skip(page * rows(view.height));
        let shown: Vec<&Client> = all.take(rows(view.height)).collect();
        let widest = shown.iter().map(|client| from(client).width()).max().unwrap_or(0).max(15);
        let line = |cells| columns(cells, widest, view.width);
        let mut lines = vec![
            mark(Meaning::Title, &self.summary().to_string()),
            mark(Meaning::Aside, &line(head())),
        ];
        lines.extend(shown.iter().map(|it| mark(meaning(it), &line(row(it, view.now)))));
        lines.resize(view.height.saturating_sub(1).max(lines.len()), String::new());
        let number = page + 1;
        let keys = match pages {
            1 => sentence!("Ctrl-C: stop the server"),
            _ => sentence!("page {number} of {pages}   n, p: turn   Ctrl-C: stop", number, pages),
        };
        lines.push(mark(Meaning::Aside, &keys.to_string()));
        lines.truncate(view.height.max(1));
        lines
    }

    /// Where the server is, and how many clients there are.
    pub fn summary(&self) -> Sentence {
        let Totals { came, gone, bytes: (received, sent) } = self.totals;
        let is_in_trouble = |it: &&Client| it.trouble.is_some() && it.state != State::Gone;
        let troubled = self.clients.iter().filter(is_in_trouble).count();
        let address = self.address.as_ref().map_or_else(|| "…".into(), Address::to_string);
        let here = came - gone;
        sentence!(
            "serve on {address}: {here} here, {troubled} in trouble, {gone} gone; {received} in, \
             {sent} out",
            address,
            here,
            troubled,
            gone,
            received = size(received),
            sent = size(sent)
        )
    }
}

fn rows(height: usize) -> usize {
    height.saturating_sub(OTHERS).max(1)
}

fn meaning(client: &Client) -> Meaning {
    match (client.state, client.trouble) {
        (_, Some(_)) => Meaning::Refused,
        (State::Gone, None) => Meaning::Aside,
        (_, None) => Meaning::Plain,
    }
}

/// The number of a client is that of its lane: `client 7`.
pub fn number(client: &Client) -> &str {
    client.name.rsplit(' ').next().unwrap_or(&client.name)
}

fn head() -> [String; 7] {
    [
        sentence!("#"),
        sentence!("from"),
        sentence!("state"),
        sentence!("in"),
        sentence!("out"),
        sentence!("silent"),
        sentence!("last words"),
    ]
    .map(|word| word.to_string())
}

/// Where a client has come from.
pub fn from(client: &Client) -> String {
    client.from.as_ref().map(Address::to_string).unwrap_or_default()
}

fn row(client: &Client, now: Duration) -> [String; 7] {
    let silent = now.saturating_sub(client.heard).as_secs();
    let state = client.trouble.map_or_else(|| client.state.sentence(), |it| it.sentence());
    let silent = if client.state == State::Gone { String::new() } else { format!("{silent} s") };
    let (received, sent) = (size(client.bytes.0), size(client.bytes.1));
    [number(client).into(), from(client), state.to_string(), received, sent, silent, words(client)]
}

/// What it has said last, and what it was told: `"Rose" → "Hello, Rose!"`.
pub fn words(client: &Client) -> String {
    let quoted = |data: &Bytes| Value::Bytes(data.clone()).to_string();
    match (&client.said, &client.told) {
        (Some(said), Some(told)) => format!("{} → {}", quoted(said), quoted(told)),
        (None, Some(told)) => format!("→ {}", quoted(told)),
        (Some(said), None) => quoted(said),
        (None, None) => String::new(),
    }
}

/// A row, with addresses so wide: numbers to the right, words to the left.
fn columns(cells: [String; 7], widest: usize, width: usize) -> String {
    let [number, from, state, received, sent, silent, words] = cells;
    let line = format!(
        "{number:>3} {from:widest$} {state:12} {received:>7} {sent:>7} {silent:>6}  {words}"
    );
    cut(&line, width)
}

/// `12 B`, `3.4 kB`, `5.6 MB`
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let unit = (1..=4).rev().find(|&power| bytes >= 1000_u64.pow(power));
    match unit {
        None => format!("{bytes} B"),
        Some(power) => {
            let whole = bytes as f64 / 1000_f64.powi(power.cast_signed());
            format!("{whole:.1} {}", units[power as usize - 1])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual::errno::known_errors;
    use crate::trace::{Answer, Call, Event, Fact};

    fn with(clients: u16) -> Board {
        let mut board = Board::default();
        for number in 1..=clients {
            let name = format!("client {number}");
            let from = Value::Address(Address::Inet(([127, 0, 0, 1], 50_000 + number).into()));
            let answer = Answer::Ok(vec![Value::Fd(6), from]);
            let accept = Fact::Returned { call: Call::on(3, "accept"), answer, names: None };
            board.learn(&Event::new("server".into(), 1, accept));
            let by = Some("server".into());
            let enters = Fact::Entered { tid: 1, by, process: None };
            board.learn(&Event::new(name.as_str().into(), 2, enters));
            says(&mut board, number, "Rose 你好\x1b[2J");
        }
        board
    }

    fn says(board: &mut Board, number: u16, words: &str) {
        let name = format!("client {number}");
        let data = Value::Bytes(Bytes::new(words.as_bytes()));
        let answer = Answer::Ok(vec![Value::Number(words.len() as i64), data]);
        let recv = Fact::Returned { call: Call::on(6, "recv"), answer, names: None };
        board.learn(&Event::new(name.as_str().into(), 3, recv));
    }

    fn view(page: usize) -> View {
        View { width: 80, height: 24, page, now: Duration::from_secs(5) }
    }

    #[test]
    fn a_class_of_thirty_is_two_pages_and_three_hundred_are_fifteen() {
        for (clients, pages) in [(0, 1), (20, 1), (30, 2), (300, 15)] {
            let board = with(clients);
            assert_eq!(board.pages(24), pages);
            for page in 0..pages + 2 {
                let frame = board.frame(view(page), Theme::Plain);
                assert_eq!(frame.len(), 24);
                let wide = frame.iter().find(|line| line.width() > 80 || line.contains('\x1b'));
                assert_eq!(wide, None);
            }
        }
        let all: Vec<String> =
            (0..15).flat_map(|page| with(300).frame(view(page), Theme::Plain)).collect();
        for port in 50_001..=50_300 {
            assert!(all.iter().any(|line| line.contains(&format!(":{port} "))), "{port}");
        }
    }

    #[test]
    fn the_newest_stand_on_top_and_above_them_those_in_trouble() {
        let mut board = with(5);
        says(&mut board, 2, "Rose\n");
        says(&mut board, 2, "Thi");
        board.learn(&Event::new("client 5".into(), 4, Fact::Left));
        let numbers: Vec<&str> = board.in_order(Duration::ZERO).into_iter().map(number).collect();
        assert_eq!(numbers, ["2", "4", "3", "1", "5"]);
        let frame = board.frame(view(0), Theme::Plain);
        assert!(frame[0].contains("4 here, 1 in trouble, 1 gone"), "{frame:?}");
        assert!(frame[2].contains("half a line"), "{frame:?}");
    }

    #[test]
    fn a_client_that_was_reset_is_seen_for_a_minute() {
        let mut board = with(300);
        let reset = known_errors().find(|errno| errno.name() == "ECONNRESET").unwrap();
        let answer = Answer::Error(reset.clone());
        let recv = Fact::Returned { call: Call::on(6, "recv"), answer, names: None };
        board.learn(&Event::new("client 3".into(), 4, recv));
        board.learn(&Event::new("client 3".into(), 5, Fact::Left));
        says(&mut board, 2, "\n");
        says(&mut board, 2, "Thi");
        let first = |seconds| {
            let all = board.in_order(Duration::from_secs(seconds)).into_iter();
            all.map(number).take(3).collect::<Vec<_>>()
        };
        assert_eq!(first(5), ["2", "3", "300"], "below those that can still be helped");
        assert_eq!(first(61), ["2", "300", "299"], "later it has gone like others");
        assert!(board.frame(view(0), Theme::Plain)[3].contains(" reset "));
    }
}
