//! What Linux offers and socket2 does not wrap: the bare calls.
//!
//! `tests/plain.rs` compiles this very file, too.

use crate::kernel::socket::{number, set_number};
use crate::manual::options::IP_LOCAL_PORT_RANGE;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg, sockopt,
};
use socket2::SockFilter;
use std::ffi::OsStr;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Who is at the other end of a socket of `AF_UNIX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerCredentials {
    /// Its process.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}

/// `SO_PEERCRED` of `unix(7)`: as it was when the two ends were connected.
pub fn peer_credentials(socket: impl AsFd) -> io::Result<PeerCredentials> {
    let peer = sockopt::socket_peercred(socket)?;
    let pid = peer.pid.as_raw_pid().unsigned_abs();
    Ok(PeerCredentials { pid, uid: peer.uid.as_raw(), gid: peer.gid.as_raw() })
}

/// `IP_MTU` of `ip(7)`: the longest packet for the way to the peer, in bytes. The socket has to be
/// connected.
pub fn mtu(socket: impl AsFd) -> io::Result<u32> {
    Ok(sockopt::ip_mtu(socket)?)
}

/// `SO_ATTACH_FILTER` of `socket(7)`: a filter of one instruction, "keep 0 bytes of it".
pub fn drop_arriving(socket: &socket2::Socket) -> io::Result<()> {
    const RETURN: u16 = 0x06;
    socket.attach_filter(&[SockFilter::new(RETURN, 0, 0, 0)])
}

/// `IPV6_HDRINCL` of `ipv6(7)`. socket2 0.6.5 sets it, but reads another option: its getter asks
/// for `IP_HDRINCL`, which has another number.
pub fn header_included_v6(socket: &socket2::Socket) -> io::Result<bool> {
    Ok(number(socket.as_raw_fd(), libc::IPPROTO_IPV6, libc::IPV6_HDRINCL)? != 0)
}

/// `IP_LOCAL_PORT_RANGE` of `ip(7)`: the first and the last port that the kernel may choose.
pub fn set_local_port_range(socket: impl AsFd, first: u16, last: u16) -> io::Result<()> {
    let range = (u32::from(last) << 16 | u32::from(first)).cast_signed();
    set_number(socket.as_fd().as_raw_fd(), libc::IPPROTO_IP, IP_LOCAL_PORT_RANGE.number, range)
}

/// `IP_RECVERR` of `ip(7)`: whether errors that packets report are given to a socket that is not
/// connected, too.
pub fn set_receive_errors(socket: impl AsFd, receive: bool) -> io::Result<()> {
    set_number(socket.as_fd().as_raw_fd(), libc::IPPROTO_IP, libc::IP_RECVERR, receive.into())
}

/// `TCP_DEFER_ACCEPT` of `tcp(7)`: for how many seconds a connection on which nothing has arrived
/// is kept from `accept(2)`.
pub fn set_defer_accept(socket: impl AsFd, seconds: u16) -> io::Result<()> {
    set_number(
        socket.as_fd().as_raw_fd(),
        libc::IPPROTO_TCP,
        libc::TCP_DEFER_ACCEPT,
        seconds.into(),
    )
}

/// `TCP_KEEPIDLE` of `tcp(7)`. socket2 has one method for the three, and switches keepalive on with
/// it.
pub fn set_keepalive_time(socket: &socket2::Socket, time: Duration) -> io::Result<()> {
    Ok(sockopt::set_tcp_keepidle(socket, time)?)
}

/// `TCP_KEEPINTVL` of `tcp(7)`.
pub fn set_keepalive_interval(socket: &socket2::Socket, time: Duration) -> io::Result<()> {
    Ok(sockopt::set_tcp_keepintvl(socket, time)?)
}

/// `TCP_KEEPCNT` of `tcp(7)`.
pub fn set_keepalive_retries(socket: &socket2::Socket, probes: u32) -> io::Result<()> {
    Ok(sockopt::set_tcp_keepcnt(socket, probes)?)
}

/// `posix_spawn(3)`: starts a program that reads nothing and writes to `output`.
pub fn spawn(program: &[impl AsRef<OsStr>], output: OwnedFd) -> io::Result<Child> {
    let mut command = Command::new(&program[0]);
    command.args(&program[1..]).stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
    command.spawn()
}

/// `poll(2)`: what each of the sockets is ready for, as soon as one of them is, or when the time is
/// over.
pub fn poll(asked: &[(impl AsFd, i16)], longest: Option<Duration>) -> io::Result<Vec<i16>> {
    let flags = |events: i16| PollFlags::from_bits_retain(events.cast_unsigned());
    let poll_fd = |(socket, events)| PollFd::from_borrowed_fd(socket, flags(events));
    let borrowed = asked.iter().map(|(socket, events)| (socket.as_fd(), *events));
    let mut all: Vec<PollFd> = borrowed.map(poll_fd).collect();
    let longest = longest.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    rustix::event::poll(&mut all, longest.as_ref())?;
    Ok(all.iter().map(|one| one.revents().bits().cast_signed()).collect())
}

/// `sendmsg(2)` with `SCM_RIGHTS` of `unix(7)`: sends bytes, and with them an open file.
pub fn send_with_descriptor(
    socket: impl AsFd,
    data: &[u8],
    descriptor: impl AsFd,
) -> io::Result<usize> {
    let descriptors = [descriptor.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    Ok(sendmsg(socket, &[IoSlice::new(data)], &mut control, SendFlags::empty())?)
}

/// `recvmsg(2)`: takes bytes, and the open file that came with them.
///
/// # Errors
/// Those of the call; and `EMFILE` if there was no number free for the file. The kernel says
/// `MSG_CTRUNC` then, and closes it.
pub fn recv_with_descriptor(
    socket: impl AsFd,
    buffer: &mut [u8],
) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
    let rights = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    match rights {
        None if message.flags.contains(ReturnFlags::CTRUNC) => {
            Err(io::Error::from_raw_os_error(libc::EMFILE))
        }
        rights => Ok((message.bytes, rights)),
    }
}
