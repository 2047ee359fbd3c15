//! `--open`: shows the page of a run in the browser.

use super::page::Page;
use crate::error::{Doing, Error};
use crate::kernel::files::out_of_the_way;
use crate::sentence;
use crate::terminal::say;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::env;
use std::fs::File;
use std::io::{self, Write, stdin};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tempfile::TempPath;

/// Another process of this program that waits for the page. It is started before the run: a run
/// may move to a network of its own, and a browser that is started there reaches nobody.
pub struct Browser {
    waiting: Child,
    /// What tells it of the page. The first socket of a run is 3: this has another number.
    pipe: File,
    page: PathBuf,
    /// The same, if nobody has named it: then it is gone again if nothing is written.
    made: Option<TempPath>,
}

impl Browser {
    /// Makes ready to open the page, if that is wanted.
    ///
    /// # Errors
    /// There is no room for a page, or no process to wait for it.
    pub fn ready(page: &mut Page) -> Result<Option<Browser>, Error> {
        if !page.open {
            return Ok(None);
        }
        let cannot = |source| Error::File {
            doing: Doing::Write,
            path: env::temp_dir().display().to_string(),
            source,
        };
        let made = page.make_output().map_err(cannot)?;
        let path = page.path_to_open();
        let program = env::current_exe().map_err(cannot)?;
        let mut command = Command::new(program);
        let mut waiting = command.arg("open-page").stdin(Stdio::piped()).spawn().map_err(cannot)?;
        let pipe = waiting.stdin.take().expect("its input is a pipe");
        let pipe = out_of_the_way(File::from(OwnedFd::from(pipe)));
        Ok(Some(Browser { waiting, pipe, page: path, made }))
    }

    /// The page is written: says where it is, and lets it be opened. If nothing was written, there
    /// is no page.
    pub fn show(mut self) {
        if self.page.metadata().is_ok_and(|data| data.len() > 0) {
            self.made.map(TempPath::keep);
            say(sentence!("The page is {page}", page = self.page.display()));
            _ = self.pipe.write_all(self.page.as_os_str().as_encoded_bytes());
        }
        drop(self.pipe);
        _ = self.waiting.wait();
    }
}

/// Waits until a page is named on standard input, and opens it. Who interrupts the run means the
/// run: its page is opened all the same.
pub fn open_page() {
    for signal in [SIGINT, SIGTERM] {
        _ = signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)));
    }
    let mut page = Vec::new();
    match io::copy(&mut stdin(), &mut page) {
        Ok(length) if length > 0 => {}
        _ => return,
    }
    let page = String::from_utf8_lossy(&page);
    if let Err(error) = open::that_detached(&*page) {
        let why = error.to_string();
        say(sentence!("No browser can be started here: {why}. Open the file yourself.", why));
    }
}
