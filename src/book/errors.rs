//! The table of every error, and the lessons that show it.

use super::Book;
use crate::lessons::LESSONS;
use crate::manual::errno::{Errno, known_errors};
use crate::trace::Event;

impl Book {
    pub(super) fn errors(&self) -> String {
        let row = |errno: Errno| {
            let explained = errno.explanation().expect("each of them is explained");
            let lessons = self.lessons_with(|event| event.failed_with(errno.code()));
            let (name, code) = (errno.name(), errno.code());
            let (meaning, when) = (explained.meaning, explained.when);
            format!("| `{name}` | {code} | {meaning} | {when} | {lessons} |\n")
        };
        let rows: String = known_errors().map(row).collect();
        let head = "| Error | Number | What it means | Who gives it, and when | Shown by |";
        format!("{head}\n|---|---|---|---|---|\n{rows}")
    }

    /// Links to the lessons in whose stored run there is such an event.
    fn lessons_with(&self, is_such: impl Fn(&Event) -> bool) -> String {
        let shows = |name: &&str| self.stored(name).events.iter().any(&is_such);
        let lessons = LESSONS.iter().map(|lesson| lesson.name).filter(shows);
        lessons.map(|name| format!("[{name}]({name}.md)")).collect::<Vec<_>>().join(", ")
    }
}
