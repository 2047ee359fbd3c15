//! A network of our own: a namespace that holds nothing but loopback (`network_namespaces(7)`).

use super::loopback;
use crate::manual::errno::Errno;
use crate::platform::has_capability;
use rustix::process::{getgid, getuid};
use rustix::thread::CapabilitySet;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Moves this process into a network namespace of its own. Its loopback interface is down yet:
/// [`loopback::bring_up`].
///
/// Who may not simply do so gets a user namespace first, in which it may (`user_namespaces(7)`). It
/// has to be called before any thread starts, and is not taken back.
///
/// # Errors
/// The machine does not allow it; then this process is where it was, as far as its network goes.
pub fn enter() -> io::Result<()> {
    if !has_capability(CapabilitySet::SYS_ADMIN) {
        become_root_of_a_user_namespace()?;
    }
    unshare(libc::CLONE_NEWNET)
}

/// Whether [`enter`] and [`loopback::bring_up`] would succeed. A child of this process tries it,
/// and is gone again.
///
/// # Errors
/// Why it would not.
pub fn can_be_entered() -> io::Result<()> {
    // What the child becomes afterwards does not matter. Every machine has a shell there, also
    // without /proc.
    let mut child = Command::new("/bin/sh");
    let enter = || enter().and_then(|()| loopback::bring_up());
    // SAFETY: between fork and exec the child has one thread. What `enter` allocates there is a few
    // short strings: glibc's allocator may be used after fork.
    unsafe { child.pre_exec(enter) };
    child.args(["-c", ":"]).stdin(Stdio::null()).stdout(Stdio::null()).status().map(drop)
}

/// Why there is no network of our own, in words. The kernel's number for "too many namespaces" is
/// that of a full device.
pub fn why(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOSPC) => {
            "ENOSPC: this machine allows no more namespaces (user_namespaces(7))".into()
        }
        _ => Errno::from(error).to_string(),
    }
}

/// Every user and group keeps its number.
fn become_root_of_a_user_namespace() -> io::Result<()> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    unshare(libc::CLONE_NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn unshare(what: libc::c_int) -> io::Result<()> {
    // SAFETY: unshare touches no memory of ours; no other thread runs yet.
    match unsafe { libc::unshare(what) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
