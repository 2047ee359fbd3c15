//! Whether what is waited for is so.

use super::socket;
use crate::trace::{Awaited, Condition, Waiting};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// Whether it is so now.
///
/// # Errors
/// The kernel does not tell: the socket has no such state, or nobody may ask.
pub fn holds(awaited: Awaited) -> io::Result<bool> {
    let Awaited { fd, until } = awaited;
    match until {
        Condition::Unread(bytes) => socket::unread(fd).map(|unread| unread >= bytes),
        Condition::Acknowledged => socket::unacknowledged(fd).map(|bytes| bytes == 0),
        Condition::State(state) => socket::state(fd).map(|now| now == Some(state)),
        Condition::Queued(number) => socket::accept_queue(fd).map(|queue| queue.waiting >= number),
    }
}

/// Asks again and again until it is so. For threads that nobody watches: a lane leaves this to the
/// observer.
///
/// # Panics
/// It does not come about in ten seconds, or the kernel does not tell.
pub fn wait_until(awaited: Awaited) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds(awaited).expect("the kernel tells the state of a socket") {
        let late = || awaited.sentence(Waiting::Waits, &awaited.fd.to_string());
        assert!(Instant::now() < deadline, "ten seconds are over: it {}", late());
        thread::park_timeout(Duration::from_millis(1));
    }
}
