//! Packets that are on their way inside of this machine.

use super::files::out_of_the_way;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// The room for all of it: a line of 135 bytes for each processor.
const ROOM: usize = 256 << 10;

/// What the processors have taken in and not delivered. A loopback packet is there from its sending
/// to its arrival.
pub struct Backlog {
    /// `/proc/net/softnet_stat`, held open: opening it later would take a descriptor's number for a
    /// moment.
    file: Option<File>,
    text: Box<[u8]>,
}

impl Backlog {
    pub fn open() -> Backlog {
        let file = File::open("/proc/net/softnet_stat").ok().map(out_of_the_way);
        Backlog { file, text: vec![0; ROOM].into() }
    }

    /// Whether nothing is there. The column is `backlog_len` (`net/core/net-procfs.c`); kernels
    /// before 5.10 do not tell.
    pub fn is_empty(&mut self) -> bool {
        const BACKLOG: usize = 11;
        let length = self.read();
        let text = String::from_utf8_lossy(&self.text[..length]);
        let backlog =
            |line: &str| u32::from_str_radix(line.split_whitespace().nth(BACKLOG)?, 16).ok();
        text.lines().filter_map(backlog).all(|length| length == 0)
    }

    /// Reads all of it, and gives how long it is. One call gives a page of memory at most.
    fn read(&mut self) -> usize {
        let Some(file) = &self.file else { return 0 };
        let mut length = 0;
        while let Ok(more @ 1..) = file.read_at(&mut self.text[length..], length as u64) {
            length += more;
        }
        length
    }
}
