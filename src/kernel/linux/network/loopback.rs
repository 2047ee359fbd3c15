//! The loopback interface of a network of our own (`netdevice(7)`).

use libc::{
    IFF_UP, SIOCETHTOOL, SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFMTU, c_char, c_int, c_short, ifreq,
};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use std::fs;
use std::io;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, OwnedFd};

/// The longest packet of Ethernet, in bytes.
const ETHERNET_MTU: c_int = 1500;

/// `ETHTOOL_STSO`, `ETHTOOL_SGSO` and `ETHTOOL_SGRO` (`linux/ethtool.h`): whether the kernel hands
/// on many segments as one.
const OFFLOADS: [u32; 3] = [0x1f, 0x24, 0x2c];

/// Brings it up.
///
/// # Errors
/// Those of `socket(2)` and `ioctl(2)`.
pub fn bring_up() -> io::Result<()> {
    let socket = any_socket()?;
    let mut request = about_loopback();
    ioctl(&socket, SIOCGIFFLAGS as libc::Ioctl, &mut request)?;
    // SAFETY: SIOCGIFFLAGS has just filled in the flags.
    let flags = unsafe { request.ifr_ifru.ifru_flags };
    request.ifr_ifru.ifru_flags = flags | IFF_UP as c_short;
    ioctl(&socket, SIOCSIFFLAGS as libc::Ioctl, &mut request)
}

/// Makes it carry what an Ethernet would: packets of at most 1500 bytes, each segment of TCP in one
/// of its own. By itself it takes 65,536 bytes at once.
///
/// # Errors
/// Those of `socket(2)` and `ioctl(2)`; those of writing to `/proc/sys`. Its packets are as long as
/// before then.
pub fn resemble_ethernet() -> io::Result<()> {
    // Some kinds pace what they send, bbr for one: a segment may leave when the call that sent it
    // is over. This one does not.
    fs::write("/proc/sys/net/ipv4/tcp_congestion_control", "reno")?;
    let socket = any_socket()?;
    OFFLOADS.into_iter().try_for_each(|offload| turn_off(&socket, offload))?;
    let mut request = about_loopback();
    request.ifr_ifru.ifru_mtu = ETHERNET_MTU;
    ioctl(&socket, SIOCSIFMTU as libc::Ioctl, &mut request)
}

/// `struct ethtool_value` of `linux/ethtool.h`.
#[repr(C)]
struct Offload {
    command: u32,
    value: u32,
}

fn turn_off(socket: &OwnedFd, command: u32) -> io::Result<()> {
    let mut offload = Offload { command, value: 0 };
    let mut request = about_loopback();
    request.ifr_ifru.ifru_data = (&raw mut offload).cast();
    ioctl(socket, SIOCETHTOOL as libc::Ioctl, &mut request)
}

/// An interface is addressed by any socket.
fn any_socket() -> io::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::INET, SocketType::DGRAM);
    Ok(socket_with(family, kind, SocketFlags::CLOEXEC, None)?)
}

fn about_loopback() -> ifreq {
    // SAFETY: `ifreq` is plain numbers, characters and pointers, for which all zeros is a value.
    let mut request: ifreq = unsafe { zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as c_char;
    }
    request
}

fn ioctl(socket: &OwnedFd, request: libc::Ioctl, about: &mut ifreq) -> io::Result<()> {
    // SAFETY: each request reads and writes one `ifreq`, and SIOCETHTOOL what its pointer points
    // at, too: one `Offload`. Both are valid for the duration of the call.
    match unsafe { libc::ioctl(socket.as_raw_fd(), request, std::ptr::from_mut(about)) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
