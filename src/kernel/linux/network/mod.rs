//! A network of our own: a namespace that holds nothing but loopback (`network_namespaces(7)`).

mod loopback;

pub use loopback::{bring_up, resemble_ethernet};

use crate::manual::errno::Errno;
use crate::platform::has_capability;
use rustix::process::{getgid, getuid};
use rustix::thread::{CapabilitySet, UnshareFlags, unshare_unsafe};
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Moves this process into a network namespace of its own. Its loopback interface is down yet:
/// [`bring_up`].
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
    unshare(UnshareFlags::NEWNET)
}

/// Whether [`enter`] and [`bring_up`] would succeed. A child of this process tries it,
/// and is gone again.
///
/// # Errors
/// Why it would not.
pub fn can_be_entered() -> io::Result<()> {
    // What the child becomes afterwards does not matter. Every machine has a shell there, also
    // without /proc.
    let mut child = Command::new("/bin/sh");
    let enter = || enter().and_then(|()| bring_up());
    // SAFETY: between fork and exec the child has one thread. What `enter` allocates there is a few
    // short strings: glibc's allocator may be used after fork.
    unsafe { child.pre_exec(enter) };
    child.args(["-c", ":"]).stdin(Stdio::null()).stdout(Stdio::null()).status().map(drop)
}

/// Why there is no network of our own, in words. The kernel's number for "too many namespaces" is
/// that of a full device.
pub fn why(error: &io::Error) -> String {
    let errno = Errno::from(error);
    match errno.name() {
        "ENOSPC" => "ENOSPC: this machine allows no more namespaces (user_namespaces(7))".into(),
        _ => errno.to_string(),
    }
}

/// Every user and group keeps its number.
fn become_root_of_a_user_namespace() -> io::Result<()> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    unshare(UnshareFlags::NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn unshare(what: UnshareFlags) -> io::Result<()> {
    // SAFETY: no other thread runs yet, and none shares this one's open files or its memory.
    Ok(unsafe { unshare_unsafe(what) }?)
}
