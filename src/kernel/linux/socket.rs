//! What the kernel tells of one socket: its state, its queues, its options.

use crate::kernel::{AcceptQueue, TcpInfo};
use crate::manual::options::SO_MEMINFO;
use crate::trace::TcpState;
use libc::{c_int, socklen_t, tcp_info};
use std::io;
use std::mem::MaybeUninit;

/// The state of a TCP socket. None for a state that RFC 9293 does not know.
///
/// # Errors
/// Those of `getsockopt(2)`: it may be no TCP socket.
pub fn state(fd: i32) -> io::Result<Option<TcpState>> {
    info(fd).map(|info| TcpState::from_number(info.tcpi_state))
}

/// How many segments with data went each way.
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn tcp_info(fd: i32) -> io::Result<TcpInfo> {
    let info = info(fd)?;
    let (data_segments_in, data_segments_out) = (info.tcpi_data_segs_in, info.tcpi_data_segs_out);
    Ok(TcpInfo { data_segments_in, data_segments_out })
}

/// The queue of a listener. Of a listener `TCP_INFO` counts other things than of a connection, in
/// the same places.
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn accept_queue(fd: i32) -> io::Result<AcceptQueue> {
    info(fd).map(|info| AcceptQueue { waiting: info.tcpi_unacked, limit: info.tcpi_sacked })
}

/// `TCP_INFO` of `tcp(7)`. An older kernel gives less: the rest is 0.
fn info(fd: i32) -> io::Result<tcp_info> {
    // SAFETY: `tcp_info` is plain numbers, for which all zeros is a value, and all others are, too.
    unsafe { option(fd, libc::IPPROTO_TCP, libc::TCP_INFO) }
}

/// The number that no other socket has, and that it keeps as long as the kernel knows it:
/// `SO_COOKIE` of `socket(7)`.
///
/// # Errors
/// Those of `getsockopt(2)`; it may be no socket.
pub fn cookie(fd: i32) -> io::Result<u64> {
    // SAFETY: it is a number.
    unsafe { option(fd, libc::SOL_SOCKET, libc::SO_COOKIE) }
}

/// Whether a listener keeps a connection from `accept(2)` until something has arrived on it:
/// `TCP_DEFER_ACCEPT` of `tcp(7)`.
pub fn defers_accept(fd: i32) -> bool {
    number(fd, libc::IPPROTO_TCP, libc::TCP_DEFER_ACCEPT).is_ok_and(|seconds| seconds > 0)
}

/// Whether what arrives on it comes in datagrams, one for each receiving call: `SO_TYPE` of
/// `socket(7)`.
pub fn is_of_datagrams(fd: i32) -> bool {
    let kind = number(fd, libc::SOL_SOCKET, libc::SO_TYPE);
    kind.is_ok_and(|kind| [libc::SOCK_DGRAM, libc::SOCK_RAW].contains(&kind))
}

/// Whether a filter looks at what arrives for it: `SO_ATTACH_FILTER` of `socket(7)`.
pub fn has_filter(fd: i32) -> bool {
    let (nowhere, mut instructions) = (std::ptr::null_mut(), 0);
    // SAFETY: there is room for no instruction, so the kernel writes none: it only says how many
    // there are, into `instructions`, which is valid for the duration of the call.
    let told = unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_GET_FILTER, nowhere, &raw mut instructions)
    };
    told == 0 && instructions > 0
}

/// How many datagrams were dropped because there was no room for them: the last of the numbers of
/// `SO_MEMINFO` (`linux/sock_diag.h`).
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn drops(fd: i32) -> io::Result<u32> {
    // SAFETY: it is nine numbers.
    let counters: io::Result<[u32; 9]> = unsafe { option(fd, libc::SOL_SOCKET, SO_MEMINFO.number) };
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

/// How many of those are not sent yet: `SIOCOUTQNSD` of `tcp(7)`.
///
/// # Errors
/// Those of `ioctl(2)`.
pub fn unsent(fd: i32) -> io::Result<u32> {
    // `linux/sockios.h` has it; the crate libc has not.
    const SIOCOUTQNSD: libc::Ioctl = 0x894b;
    count(fd, SIOCOUTQNSD)
}

fn count(fd: i32, request: libc::Ioctl) -> io::Result<u32> {
    let mut bytes: c_int = 0;
    // SAFETY: each of the requests writes one int, and `bytes` is valid for writing for the
    // duration of the call.
    match unsafe { libc::ioctl(fd, request, &raw mut bytes) } {
        0 => Ok(bytes.unsigned_abs()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The value of an option that is a number.
///
/// # Errors
/// Those of `getsockopt(2)`.
pub fn number(fd: i32, level: c_int, name: c_int) -> io::Result<c_int> {
    // SAFETY: it is a number.
    unsafe { option(fd, level, name) }
}

/// The value of an option. Of what the kernel does not fill in every byte is 0.
///
/// # Safety
/// Whatever bytes the kernel writes, all zeros included, have to be a `T`: a number, an array or a
/// structure of numbers.
pub(super) unsafe fn option<T: Copy>(fd: i32, level: c_int, name: c_int) -> io::Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>() as socklen_t;
    let to = value.as_mut_ptr().cast();
    // SAFETY: `value` is valid for writing `length` bytes for the duration of the call.
    match unsafe { libc::getsockopt(fd, level, name, to, &raw mut length) } {
        // SAFETY: any bytes are a `T`, as whoever called this has promised.
        0 => Ok(unsafe { value.assume_init() }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sets an option that is a number.
///
/// # Errors
/// Those of `setsockopt(2)`.
pub fn set_number(fd: i32, level: c_int, name: c_int, value: c_int) -> io::Result<()> {
    let (from, length) = ((&raw const value).cast(), size_of_val(&value) as socklen_t);
    // SAFETY: `value` is valid for reading `length` bytes for the duration of the call.
    match unsafe { libc::setsockopt(fd, level, name, from, length) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
