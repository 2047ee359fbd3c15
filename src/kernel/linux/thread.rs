//! What a thread is doing, as `/proc` tells it.

use super::files::out_of_the_way;
use rustix::io::Errno;
use rustix::thread::gettid;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A thread of this program.
#[derive(Debug)]
pub struct Thread {
    tid: i32,
    files: Option<Files>,
}

/// Its `stat` and `syscall` in `/proc/self/task/TID`, held open: opening them later would take a
/// descriptor's number for a moment. Not every kernel has `syscall`.
#[derive(Debug)]
struct Files {
    stat: File,
    syscall: Option<File>,
}

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It sleeps in the kernel until something wakes it: `S` in `proc(5)`.
    Sleeping,
    /// It runs, or would like to, or a debugger holds it.
    Running,
    /// It has ended.
    Gone,
}

impl Thread {
    /// The thread that calls this.
    pub fn current() -> Thread {
        Thread { tid: gettid().as_raw_pid(), files: None }
    }

    /// The thread that calls this, so that others can see what it is doing.
    ///
    /// # Errors
    /// `/proc` cannot be read, or no descriptor is free.
    pub fn watched() -> io::Result<Thread> {
        let Thread { tid, .. } = Thread::current();
        let open = |name| File::open(format!("/proc/self/task/{tid}/{name}")).map(out_of_the_way);
        let files = Files { stat: open("stat")?, syscall: open("syscall").ok() };
        Ok(Thread { tid, files: Some(files) })
    }

    /// Whether this machine tells what a thread is doing.
    ///
    /// # Errors
    /// `/proc` is not there, or may not be read.
    pub fn can_be_watched() -> io::Result<()> {
        File::open(format!("/proc/self/task/{}/stat", Thread::current().tid)).map(drop)
    }

    /// Its thread id, as `gettid(2)` gives it.
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// What it is doing. A thread that is not watched seems to run.
    pub fn doing(&self) -> Doing {
        let Some(files) = &self.files else { return Doing::Running };
        let mut text = [0; 512];
        match files.stat.read_at(&mut text, 0) {
            Ok(length) => match parse(&text[..length]) {
                Doing::Sleeping if files.is_about_to() => Doing::Running,
                doing => doing,
            },
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => Doing::Gone,
            Err(_) => Doing::Running,
        }
    }
}

impl Files {
    /// Whether a thread that seems to sleep has not left the processor yet. It calls itself
    /// sleeping a moment before, and may still find out that it need not. `syscall` waits for that
    /// moment to pass, and says `running` then.
    fn is_about_to(&self) -> bool {
        let mut text = [0; 7];
        let read = self.syscall.as_ref().map(|syscall| syscall.read_at(&mut text, 0));
        matches!(read, Some(Ok(_))) && &text == b"running"
    }
}

/// Reads `proc_pid_stat(5)`: the state is the letter after the name, which stands in parentheses
/// and may hold any character.
fn parse(stat: &[u8]) -> Doing {
    let after_name = stat.iter().rposition(|&byte| byte == b')').map(|end| &stat[end + 1..]);
    match after_name {
        Some([b' ', b'S', ..]) => Doing::Sleeping,
        Some([b' ', b'X' | b'Z', ..]) => Doing::Gone,
        _ => Doing::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_stands_after_the_name() {
        assert_eq!(parse(b"12 (early (S) client) S 1 1"), Doing::Sleeping);
        assert_eq!(parse(b"12 (S) R 1 1"), Doing::Running);
        assert_eq!(parse(b"12 (server) t 1 1"), Doing::Running);
        assert_eq!(parse(b""), Doing::Running);
    }

    #[test]
    fn a_thread_that_ended_is_gone() {
        let ended = std::thread::spawn(|| Thread::watched().unwrap());
        assert_eq!(ended.join().unwrap().doing(), Doing::Gone);
        assert_eq!(Thread::watched().unwrap().doing(), Doing::Running);
    }
}
