//! Options of sockets, read and set: `getsockopt(2)` and `setsockopt(2)`.

use libc::{c_int, socklen_t};
use std::io;
use std::mem::MaybeUninit;

/// The value of an option. Of what the kernel does not fill in every byte is 0.
///
/// # Safety
/// Whatever bytes the kernel writes, all zeros included, have to be a `T`: a number, an array or a
/// structure of numbers.
///
/// # Errors
/// Those of `getsockopt(2)`.
pub unsafe fn get<T: Copy>(fd: i32, level: c_int, name: c_int) -> io::Result<T> {
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
pub fn set(fd: i32, level: c_int, name: c_int, value: c_int) -> io::Result<()> {
    let (from, length) = ((&raw const value).cast(), size_of_val(&value) as socklen_t);
    // SAFETY: `value` is valid for reading `length` bytes for the duration of the call.
    match unsafe { libc::setsockopt(fd, level, name, from, length) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
