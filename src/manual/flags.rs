//! The flags of calls, as Linux numbers them.

/// `MSG_…` of `recv(2)` and `send(2)`.
const OF_MESSAGES: [(i32, &str); 5] = [
    (0x1, "MSG_OOB"),
    (0x2, "MSG_PEEK"),
    (0x20, "MSG_TRUNC"),
    (0x40, "MSG_DONTWAIT"),
    (0x100, "MSG_WAITALL"),
];

/// `POLL…` of `poll(2)`, in the order in which `strace(1)` writes them.
const OF_EVENTS: [(i32, &str); 6] = [
    (0x1, "POLLIN"),
    (0x2, "POLLPRI"),
    (0x4, "POLLOUT"),
    (0x8, "POLLERR"),
    (0x10, "POLLHUP"),
    (0x2000, "POLLRDHUP"),
];

/// `O_NONBLOCK` of `fcntl(2)`, which `SOCK_NONBLOCK` of `socket(2)` has the value of.
pub const NONBLOCK: i32 = 0o4000;

/// `MSG_PEEK|MSG_TRUNC`; `0` if there are none.
pub fn message_flags(flags: i32) -> String {
    names(&OF_MESSAGES, flags)
}

/// `POLLIN|POLLHUP`; `0` if there are none.
pub fn events(events: i16) -> String {
    names(&OF_EVENTS, events.into())
}

fn names(table: &[(i32, &str)], flags: i32) -> String {
    let set = table.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name);
    let names: Vec<&str> = set.collect();
    if names.is_empty() { "0".into() } else { names.join("|") }
}

/// `O_RDWR|O_NONBLOCK`: the flags of an open socket.
pub fn file_flags(flags: i32) -> &'static str {
    if flags & NONBLOCK == 0 { "O_RDWR" } else { "O_RDWR|O_NONBLOCK" }
}
