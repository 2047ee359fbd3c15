//! The state of a socket, as the kernel tells it.

use super::option;
use crate::trace::{Awaited, Condition};
use libc::tcp_info;
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
        Condition::Unread(bytes) => unread(fd).map(|unread| unread >= bytes),
        Condition::Acknowledged => unacknowledged(fd).map(|bytes| bytes == 0),
        Condition::State(state) => tcp_info(fd).map(|info| info.tcpi_state == state as u8),
        Condition::Queued(number) => tcp_info(fd).map(|info| info.tcpi_unacked >= number),
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
        assert!(
            Instant::now() < deadline,
            "still not so after ten seconds: {} {}",
            awaited.fd,
            awaited.until
        );
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// `TCP_INFO` of `tcp(7)`. An older kernel gives less: the rest is 0.
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn tcp_info(fd: i32) -> io::Result<tcp_info> {
    // SAFETY: `tcp_info` is plain numbers, for which all zeros is a value, and all others are, too.
    unsafe { option::get(fd, libc::IPPROTO_TCP, libc::TCP_INFO) }
}

/// The number that no other socket has, and that it keeps as long as the kernel knows it:
/// `SO_COOKIE` of `socket(7)`.
///
/// # Errors
/// Those of `getsockopt(2)`; it may be no socket.
pub fn cookie(fd: i32) -> io::Result<u64> {
    // SAFETY: it is a number.
    unsafe { option::get(fd, libc::SOL_SOCKET, libc::SO_COOKIE) }
}

/// Whether a listener keeps a connection from `accept(2)` until something has arrived on it:
/// `TCP_DEFER_ACCEPT` of `tcp(7)`.
pub fn defers_accept(fd: i32) -> bool {
    // SAFETY: it is a number.
    unsafe { option::get::<libc::c_int>(fd, libc::IPPROTO_TCP, libc::TCP_DEFER_ACCEPT) }
        .is_ok_and(|seconds| seconds > 0)
}

/// Whether what arrives on it comes in datagrams, one for each receiving call: `SO_TYPE` of
/// `socket(7)`.
pub fn is_of_datagrams(fd: i32) -> bool {
    // SAFETY: it is a number.
    unsafe { option::get::<libc::c_int>(fd, libc::SOL_SOCKET, libc::SO_TYPE) }
        .is_ok_and(|kind| [libc::SOCK_DGRAM, libc::SOCK_RAW].contains(&kind))
}

/// How many datagrams were dropped because there was no room for them: the last of the numbers of
/// `SO_MEMINFO` (`linux/sock_diag.h`).
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn drops(fd: i32) -> io::Result<u32> {
    const SO_MEMINFO: libc::c_int = 55;
    // SAFETY: it is nine numbers.
    let counters: io::Result<[u32; 9]> = unsafe { option::get(fd, libc::SOL_SOCKET, SO_MEMINFO) };
    counters.map(|counters| counters[8])
}

/// How many bytes have arrived and are not read: `FIONREAD`, which `tcp(7)` calls `SIOCINQ`. Of
/// datagrams it counts the next one only (`udp(7)`).
///
/// # Errors
/// Those of `ioctl(2)`.
pub fn unread(fd: i32) -> io::Result<u32> {
    count(fd, libc::FIONREAD)
}

/// How many bytes are sent, or wait to be, and are not acknowledged: `SIOCOUTQ` of `tcp(7)`, which
/// has the number of `TIOCOUTQ`.
///
/// # Errors
/// Those of `ioctl(2)`.
pub fn unacknowledged(fd: i32) -> io::Result<u32> {
    count(fd, libc::TIOCOUTQ)
}

fn count(fd: i32, request: libc::Ioctl) -> io::Result<u32> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: both requests write one int, and `bytes` is valid for writing for the duration of the
    // call.
    match unsafe { libc::ioctl(fd, request, &raw mut bytes) } {
        0 => Ok(bytes.unsigned_abs()),
        _ => Err(io::Error::last_os_error()),
    }
}
