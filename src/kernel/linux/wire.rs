//! The wire: packets captured on the loopback interface (`packet(7)`).

use super::clock::Clock;
use super::files::out_of_the_way;
use super::socket::{option, set_number};
use crate::sentence;
use crate::terminal::say;
use libc::c_int;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::netdevice::name_to_index;
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socket_with};
use std::fs::File;
use std::io;
use std::mem::{MaybeUninit, zeroed};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::{Duration, Instant};

/// The room for packets that we have not read yet, in bytes. Who is not privileged gets less.
const ROOM: c_int = 16 << 20;

/// The largest frame of loopback: its MTU is 65,536, and an Ethernet header stands before that.
const LARGEST: usize = (64 << 10) + 64;

/// How long we try whether packets are stamped, and how long it is at most from one trial to the
/// next. A work queue of the kernel sees to it, and a busy machine may let it wait.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How long we try in silence.
const LONGEST_SILENCE: Duration = Duration::from_secs(1);

/// How long one turn of waiting for a packet lasts at most, and how many turns there are.
const PATIENCE: (Timespec, u32) = (Timespec { tv_sec: 0, tv_nsec: 1_000_000 }, 50);

/// A socket that is given a copy of every packet on loopback. Only the observer calls its methods.
pub struct Wire {
    socket: OwnedFd,
    clock: Clock,
    /// `/proc/net/dev`, held open: how many packets were sent.
    counters: Option<File>,
    /// How many packets have come here.
    seen: u64,
    /// How many had crossed before the first that was seen.
    before: u64,
    lost: u64,
    buffer: Box<[u8]>,
}

/// A packet as it was captured.
pub struct Captured {
    /// When it was sent.
    pub at: Instant,
    /// The same by the machine's clock: nanoseconds since 1970.
    pub stamp: u64,
    pub frame: Vec<u8>,
    /// How long the frame was; all of it is there unless it was longer than any of loopback is.
    pub length: usize,
}

impl Wire {
    /// Opens it, away from the student's descriptors. What crosses from now on is captured.
    ///
    /// # Errors
    /// `EPERM` without the capability `CAP_NET_RAW`; others of `socket(2)`, `setsockopt(2)` and
    /// `bind(2)`.
    pub fn open() -> io::Result<Wire> {
        // Protocol 0: nothing is captured before bind has named the interface.
        let (family, kind) = (AddressFamily::PACKET, SocketType::RAW);
        let made = socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
        let socket = OwnedFd::from(out_of_the_way(File::from(made)));
        let set = |level, name, value| set_number(socket.as_raw_fd(), level, name, value);
        let room = set(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, ROOM);
        room.or_else(|_| set(libc::SOL_SOCKET, libc::SO_RCVBUF, ROOM))?;
        set(libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
        // Loopback shows each packet twice, going out and coming in.
        set(libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, 1)?;
        let counters = File::open("/proc/self/net/dev").ok().map(out_of_the_way);
        let buffer = vec![0; LARGEST].into();
        let mut wire =
            Wire { socket, clock: Clock::read(), counters, seen: 0, before: 0, lost: 0, buffer };
        wire.before = wire.crossed().unwrap_or(0);
        bind_to_loopback(&wire.socket)?;
        wire.wait_for_stamps()?;
        Ok(wire)
    }

    /// The kernel begins to stamp packets a moment after it was asked to. Until then a packet gets
    /// the time at which it is read, so we send a frame to nobody, and look whether its time is
    /// from before we read it.
    fn wait_for_stamps(&mut self) -> io::Result<()> {
        let (begun, mut pause, mut is_silent) = (Instant::now(), Duration::from_millis(1), true);
        while begun.elapsed() < LONGEST_WAIT {
            if is_silent && begun.elapsed() > LONGEST_SILENCE {
                is_silent = false;
                let longest = LONGEST_WAIT.as_secs();
                say(sentence!(
                    "Waiting until the kernel stamps packets, for {longest} seconds at most.",
                    longest
                ));
            }
            self.probe()?;
            let sent = Clock::now();
            while let Ok(packet) = self.take() {
                self.seen += 1;
                if packet.stamp <= sent {
                    return Ok(());
                }
            }
            thread::park_timeout(pause);
            pause = LONGEST_PAUSE.min(pause * 2);
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the kernel does not say when packets were sent",
        ))
    }

    /// Sends a frame of a type that is nobody's: `ETH_P_LOOPBACK`, the Ethernet configuration test.
    fn probe(&self) -> io::Result<()> {
        let mut frame = [0_u8; 60];
        frame[12..14].copy_from_slice(&(libc::ETH_P_LOOPBACK as u16).to_be_bytes());
        Ok(send(&self.socket, &frame, SendFlags::empty()).map(drop)?)
    }

    /// All packets that were sent before this was called, in the order in which they were sent.
    ///
    /// A busy processor may hand a packet on a moment after the call that sent it has returned; the
    /// interface has counted it by then, and that is waited for.
    pub fn drain(&mut self) -> Vec<Captured> {
        let sent = self.crossed().map_or(0, |crossed| crossed.saturating_sub(self.before));
        let mut packets = Vec::new();
        self.clock.check();
        for _ in 0..PATIENCE.1 {
            while let Ok(packet) = self.take() {
                self.seen += 1;
                packets.push(packet);
            }
            if self.seen + self.lost >= sent {
                break;
            }
            self.lost += self.newly_lost();
            self.wait();
        }
        // Of the machine's own loopback, where others send, too, the first count may have been of a
        // moment too early.
        self.before += sent.saturating_sub(self.seen + self.lost);
        packets.sort_by_key(|packet| packet.stamp);
        packets
    }

    /// How many packets the kernel had no room for, and whether the clock was set meanwhile.
    pub fn troubles(&mut self) -> (u64, bool) {
        self.lost += self.newly_lost();
        (self.lost, self.clock.was_set())
    }

    /// How many packets were ever sent on loopback: `proc_net_dev(5)`.
    fn crossed(&self) -> Option<u64> {
        let mut text = [0; 4096];
        let length = self.counters.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = str::from_utf8(&text[..length]).ok()?;
        let numbers = text.lines().find_map(|line| line.trim_start().strip_prefix("lo:"))?;
        numbers.split_whitespace().nth(9)?.parse().ok()
    }

    /// `PACKET_STATISTICS`: the kernel counts from 0 again each time that it is asked.
    fn newly_lost(&self) -> u64 {
        let (fd, name) = (self.socket.as_raw_fd(), libc::PACKET_STATISTICS);
        // SAFETY: `tpacket_stats` is two numbers, for which any bytes are a value.
        let counts = unsafe { option::<libc::tpacket_stats>(fd, libc::SOL_PACKET, name) };
        counts.map_or(0, |counts| counts.tp_drops.into())
    }

    fn wait(&self) {
        poll(&mut [PollFd::new(&self.socket, PollFlags::IN)], Some(&PATIENCE.0)).ok();
    }

    /// The next packet.
    ///
    /// # Errors
    /// `EAGAIN` if there is none.
    fn take(&mut self) -> io::Result<Captured> {
        let mut part =
            libc::iovec { iov_base: self.buffer.as_mut_ptr().cast(), iov_len: self.buffer.len() };
        let mut control = MaybeUninit::<[u64; 32]>::uninit();
        // SAFETY: `msghdr` is pointers and numbers, for which zeros are a value.
        let mut message: libc::msghdr = unsafe { zeroed() };
        (message.msg_iov, message.msg_iovlen) = (&raw mut part, 1);
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = size_of_val(&control) as _;
        let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
        // SAFETY: the message points at `part`, which points at the whole of `buffer`, and at
        // `control`; all are valid for writing and outlive the call.
        let length = unsafe { libc::recvmsg(self.socket.as_raw_fd(), &raw mut message, flags) };
        let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
        // SAFETY: recvmsg has just filled in the message, and `control` is still there.
        let stamp = unsafe { stamp(&message) }.unwrap_or_else(Clock::now);
        let frame = self.buffer[..length.min(self.buffer.len())].to_vec();
        Ok(Captured { at: self.clock.instant(stamp), stamp, frame, length })
    }
}

/// The time in the control messages: `SCM_TIMESTAMPNS`, in nanoseconds.
///
/// # Safety
/// `recvmsg` has filled in the message, and what it points at is still there.
unsafe fn stamp(message: &libc::msghdr) -> Option<u64> {
    // SAFETY: the caller vouches for the message.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
    // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR give a header inside of the control messages, or null.
    while let Some(found) = unsafe { header.as_ref() } {
        if (found.cmsg_level, found.cmsg_type) == (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) {
            // SAFETY: `header` is a header of this message.
            let data = unsafe { libc::CMSG_DATA(header) };
            // SAFETY: the data of this control message is a timespec; it need not be aligned.
            let time = unsafe { data.cast::<libc::timespec>().read_unaligned() };
            return Some(super::clock::nanoseconds(&time));
        }
        // SAFETY: `header` is one of this message.
        header = unsafe { libc::CMSG_NXTHDR(message, header) };
    }
    None
}

fn bind_to_loopback(socket: &OwnedFd) -> io::Result<()> {
    let index = name_to_index(socket, "lo")?;
    // SAFETY: `sockaddr_ll` is plain numbers, for which zeros are a value.
    let mut address: libc::sockaddr_ll = unsafe { zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
    address.sll_ifindex = index as c_int;
    let length = size_of_val(&address) as libc::socklen_t;
    // SAFETY: `address` is valid for reading `length` bytes for the duration of the call.
    check(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) }).map(drop)
}

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
