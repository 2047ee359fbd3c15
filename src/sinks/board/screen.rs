//! The board on a terminal, updated in place.

use super::Board;
use super::frame::View;
use crate::sinks::theme::{Meaning, Theme};
use crate::sinks::words::troubles;
use crate::terminal::{self, Happened, Key, Window};
use crate::trace::{Ending, Event, Playbill, Sink};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Shows the board on a screen of its own, for as long as the run lasts. Whoever acts waits for no
/// terminal: a thread of its own draws what has changed.
pub struct Screen {
    shared: Arc<Mutex<Shared>>,
    theme: Theme,
    painter: Option<JoinHandle<io::Result<()>>>,
}

struct Shared {
    board: Board,
    began: Instant,
    /// Something has changed since it was drawn.
    changed: bool,
    over: bool,
}

/// How often it is looked whether there is something to draw: a key is obeyed at once.
const LOOK: Duration = Duration::from_millis(100);

/// How often it is drawn anyway: silences grow, and others may have written on the screen.
const REFRESH: Duration = Duration::from_secs(1);

/// A terminal that does not say how large it is.
const USUAL_SIZE: (usize, usize) = (80, 24);

impl Screen {
    pub fn new(theme: Theme) -> Screen {
        let board = Board::default();
        let shared = Shared { board, began: Instant::now(), changed: true, over: false };
        Screen { shared: Arc::new(Mutex::new(shared)), theme, painter: None }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    /// Lets the painter close the window, and waits until it has.
    fn close(&mut self) -> io::Result<()> {
        self.lock().over = true;
        self.painter.take().and_then(|painter| painter.join().ok()).unwrap_or(Ok(()))
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.close().ok();
    }
}

/// Draws until the run is over, or the reader has ended it.
fn paint(shared: &Mutex<Shared>, theme: Theme) -> io::Result<()> {
    let mut window = Window::open(io::stdout())?;
    let mut page = 0;
    let mut drawn: Option<(Instant, (usize, usize))> = None;
    while !lock(shared).over {
        let size = terminal::size().unwrap_or(USUAL_SIZE);
        let is_fresh = drawn.is_some_and(|(at, was)| at.elapsed() < REFRESH && was == size);
        if std::mem::take(&mut lock(shared).changed) || !is_fresh {
            window.draw(&frame(shared, size, page, theme))?;
            drawn = Some((Instant::now(), size));
        }
        match window.wait(LOOK)? {
            Happened::Nothing => continue,
            Happened::CameBack => {}
            Happened::Closed => return Ok(()),
            Happened::Pressed(Key::Quit) => terminal::interrupt(),
            Happened::Pressed(key) => page = turned(page, key, lock(shared).board.pages(size.1)),
        }
        drawn = None;
    }
    Ok(())
}

fn frame(shared: &Mutex<Shared>, size: (usize, usize), page: usize, theme: Theme) -> Vec<String> {
    let shared = lock(shared);
    let view = View { width: size.0, height: size.1, page, now: shared.began.elapsed() };
    shared.board.frame(view, theme)
}

fn turned(page: usize, key: Key, pages: usize) -> usize {
    match key {
        Key::Next => (page + 1).min(pages - 1),
        // There is no dark board: here b goes back, as it does in less(1).
        Key::Back | Key::Dark => page.min(pages - 1).saturating_sub(1),
        _ => page,
    }
}

impl Sink for Screen {
    fn opens(&mut self, _: &Playbill) -> io::Result<()> {
        self.lock().began = Instant::now();
        let (shared, theme) = (self.shared.clone(), self.theme);
        let paint = move || paint(&shared, theme);
        self.painter = Some(Builder::new().name("painter".into()).spawn(paint)?);
        Ok(())
    }

    /// A terminal that cannot be drawn on ends the run.
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut shared = self.lock();
        shared.board.learn(event);
        shared.changed = true;
        drop(shared);
        match self.painter.take_if(|painter| painter.is_finished()).map(JoinHandle::join) {
            Some(Ok(Err(error))) => Err(error),
            _ => Ok(()),
        }
    }

    /// What is left on the usual screen is the summary.
    fn closes(&mut self, ending: &Ending) -> io::Result<()> {
        self.close()?;
        let summary = self.lock().board.summary();
        writeln!(io::stdout(), "{}", self.theme.mark(Meaning::Title, &summary.to_string()))?;
        troubles(ending).into_iter().try_for_each(|it| writeln!(io::stdout(), "{it}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_turn_the_page_and_never_past_an_end() {
        let after = |page, keys: &[Key]| keys.iter().fold(page, |page, &key| turned(page, key, 3));
        assert_eq!(after(0, &[Key::Next, Key::Next, Key::Next]), 2);
        assert_eq!(after(2, &[Key::Back, Key::Dark, Key::Back]), 0, "b goes back, too");
        assert_eq!(after(9, &[Key::Dark]), 1, "there were more pages before");
        assert_eq!(after(1, &[Key::Help]), 1);
    }
}
