//! Our own open files, kept out of the student's way, and how many there may be.

use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::stdio::stdin;
use std::fs::{self, File};
use std::io;

/// Our descriptors live from here on, so that a student's first socket is number 3.
pub const OURS: i32 = 500;

/// Moves an open file to a high descriptor. Where the limit of open files is too low for that, it
/// stays where it is.
pub fn out_of_the_way(file: File) -> File {
    fcntl_dupfd_cloexec(&file, OURS).map_or(file, File::from)
}

/// Lets the table of open files grow as far as our descriptors. Now, while there is one thread,
/// that takes no time. Later the kernel would wait until no other thread can see the old table: for
/// some milliseconds.
pub fn make_room() {
    fcntl_dupfd_cloexec(stdin(), OURS).ok();
}

/// Raises the soft limit of open files to the hard one, and gives it (`getrlimit(2)`,
/// `RLIMIT_NOFILE`).
///
/// # Errors
/// Those of `setrlimit(2)`.
pub fn raise_limit() -> io::Result<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(maximum.unwrap_or(u64::MAX))
}

/// How many files this process has open, as far as `/proc` tells. The one that is open to find out
/// does not count.
pub fn how_many_are_open() -> u64 {
    fs::read_dir("/proc/self/fd").map_or(0, |files| files.count().saturating_sub(1) as u64)
}
