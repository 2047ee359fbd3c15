//! "This is plain socket2 code" as a test: the same lesson files, compiled against bare socket2,
//! plain threads and the standard `drop`, without turns, a hundred times each.
//!
//! Each lesson runs in a process of its own: this program again, with the lesson's name in its
//! environment. So a lesson that wants a network of its own can have it, which has to be made
//! before any thread starts.

mod support;

use socket_playground::kernel::network;
use std::io;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;
use support::{can_run, trial};

#[path = "../src/net/linux.rs"]
#[allow(clippy::missing_errors_doc, dead_code, reason = "the lessons use a part of it")]
mod linux;

#[path = "../src/net/address.rs"]
mod address;

/// What the lessons know as `crate::net`: socket2 itself, and what it does not have.
#[allow(dead_code, unused_imports, reason = "the lessons use a part of it")]
mod net {
    pub use crate::address::at;
    use crate::linux;
    pub use crate::linux::PeerCredentials;
    pub use libc::*;
    pub use socket_playground::kernel::{AcceptQueue, TcpInfo};
    pub use socket_playground::net::{Interface, addresses_of, interfaces};
    pub use socket_playground::trace::{Condition, TcpState};
    pub use socket2::{Domain, Protocol, RecvFlags, SockAddr, Type};
    pub use std::fs::read_to_string;
    pub use std::mem::drop;

    use crate::kernel;
    use socket_playground::trace::Awaited;
    use socket2::MaybeUninitSlice;
    use std::io::{self, IoSliceMut, Read, Write};
    use std::mem::MaybeUninit;
    use std::ops::Deref;
    use std::os::fd::AsRawFd;
    use std::os::unix::thread::JoinHandleExt;
    use std::process::ExitStatus;
    use std::sync::Arc;
    use std::thread::JoinHandle;
    use std::time::Duration;

    /// socket2's socket. Its receiving methods take memory that need not be initialized; here they
    /// take bytes.
    #[derive(Debug)]
    pub struct Socket(socket2::Socket);

    impl Socket {
        pub fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<Socket> {
            socket2::Socket::new(domain, kind, protocol).map(Socket)
        }

        pub fn pair(
            domain: Domain,
            kind: Type,
            protocol: Option<Protocol>,
        ) -> io::Result<(Socket, Socket)> {
            socket2::Socket::pair(domain, kind, protocol).map(|(a, b)| (Socket(a), Socket(b)))
        }

        pub fn accept(&self) -> io::Result<(Socket, SockAddr)> {
            self.0.accept().map(|(socket, peer)| (Socket(socket), peer))
        }

        pub fn local_addr_bytes(&self) -> io::Result<Vec<u8>> {
            self.0.local_addr().map(|address| vec![0; address.len() as usize])
        }

        pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
            (&self.0).read(buffer)
        }

        pub fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.peek(uninitialized(buffer))
        }

        pub fn recv_with_flags(&self, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
            self.0.recv_with_flags(uninitialized(buffer), flags)
        }

        pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SockAddr)> {
            self.0.recv_from(uninitialized(buffer))
        }

        pub fn recv_vectored(&self, buffers: &mut [IoSliceMut]) -> io::Result<(usize, RecvFlags)> {
            let slices =
                buffers.iter_mut().map(|buffer| MaybeUninitSlice::new(uninitialized(buffer)));
            self.0.recv_vectored(&mut slices.collect::<Vec<_>>())
        }

        pub fn read_exact(&self, buffer: &mut [u8]) -> io::Result<()> {
            (&self.0).read_exact(buffer)
        }

        pub fn write_all(&self, data: &[u8]) -> io::Result<()> {
            (&self.0).write_all(data)
        }

        pub fn try_clone(&self) -> io::Result<Socket> {
            self.0.try_clone().map(Socket)
        }

        pub fn send_with_socket(&self, data: &[u8], passed: &Socket) -> io::Result<usize> {
            linux::send_with_descriptor(&self.0, data, &passed.0)
        }

        pub fn recv_with_socket(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<Socket>)> {
            let (length, passed) = linux::recv_with_descriptor(&self.0, buffer)?;
            Ok((length, passed.map(|passed| Socket(passed.into()))))
        }

        pub fn peer_credentials(&self) -> io::Result<PeerCredentials> {
            linux::peer_credentials(&self.0)
        }

        pub fn mtu(&self) -> io::Result<u32> {
            linux::mtu(&self.0)
        }

        pub fn drops(&self) -> io::Result<u32> {
            kernel::socket::drops(self.0.as_raw_fd())
        }

        pub fn dropped_requests(&self) -> io::Result<u32> {
            self.drops()
        }

        pub fn tcp_info(&self) -> io::Result<TcpInfo> {
            kernel::socket::tcp_info(self.0.as_raw_fd())
        }

        pub fn accept_queue(&self) -> io::Result<AcceptQueue> {
            kernel::socket::accept_queue(self.0.as_raw_fd())
        }

        pub fn drop_arriving(&self) -> io::Result<()> {
            linux::drop_arriving(&self.0)
        }

        pub fn set_tcp_keepalive_time(&self, time: Duration) -> io::Result<()> {
            linux::set_keepalive_time(&self.0, time)
        }

        pub fn set_tcp_keepalive_interval(&self, time: Duration) -> io::Result<()> {
            linux::set_keepalive_interval(&self.0, time)
        }

        pub fn set_tcp_keepalive_retries(&self, probes: u32) -> io::Result<()> {
            linux::set_keepalive_retries(&self.0, probes)
        }

        pub fn unread(&self) -> io::Result<u32> {
            kernel::socket::unread(self.0.as_raw_fd())
        }

        pub fn unacknowledged(&self) -> io::Result<u32> {
            kernel::socket::unacknowledged(self.0.as_raw_fd())
        }

        pub fn unsent(&self) -> io::Result<u32> {
            kernel::socket::unsent(self.0.as_raw_fd())
        }

        pub fn set_local_port_range(&self, first: u16, last: u16) -> io::Result<()> {
            linux::set_local_port_range(&self.0, first, last)
        }

        pub fn set_defer_accept(&self, seconds: u16) -> io::Result<()> {
            linux::set_defer_accept(&self.0, seconds)
        }

        pub fn set_receive_errors(&self, receive: bool) -> io::Result<()> {
            linux::set_receive_errors(&self.0, receive)
        }
    }

    impl Deref for Socket {
        type Target = socket2::Socket;

        fn deref(&self) -> &socket2::Socket {
            &self.0
        }
    }

    /// Another program, whose output is a socket.
    pub struct Child(std::process::Child);

    impl Child {
        pub fn spawn(program: &[&str], output: &Socket) -> io::Result<Child> {
            linux::spawn(program, output.0.try_clone()?.into()).map(Child)
        }

        pub fn kill(&mut self) -> io::Result<()> {
            self.0.kill()
        }

        pub fn wait(&mut self) -> io::Result<ExitStatus> {
            self.0.wait()
        }
    }

    /// Sends the signal again and again until the thread has ended: it may come too early.
    pub fn interrupt<T>(thread: &JoinHandle<T>) -> io::Result<()> {
        signal_hook::flag::register(SIGUSR1, Arc::default())?;
        while !thread.is_finished() {
            // SAFETY: it has not been joined, so this is the name of a thread.
            unsafe { libc::pthread_kill(thread.as_pthread_t(), SIGUSR1) };
            std::thread::park_timeout(Duration::from_millis(1));
        }
        Ok(())
    }

    pub fn poll(asked: &[(&Socket, i16)], longest: Option<Duration>) -> io::Result<Vec<i16>> {
        let bare: Vec<_> = asked.iter().map(|(socket, events)| (&socket.0, *events)).collect();
        linux::poll(&bare, longest)
    }

    pub fn wait_until(socket: &Socket, until: Condition) {
        kernel::wait_until(Awaited { fd: socket.as_raw_fd(), until });
    }

    fn uninitialized(buffer: &mut [u8]) -> &mut [MaybeUninit<u8>] {
        // SAFETY: `MaybeUninit<u8>` has the layout of `u8`, and socket2 promises to write only
        // initialized bytes into it.
        unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) }
    }
}

/// What `linux.rs` knows as `crate::kernel` and `crate::manual`.
use socket_playground::{kernel, manual};

/// What the lessons know as `crate::stage`: plain threads.
mod stage {
    use std::io;
    use std::thread::{self, JoinHandle};

    #[derive(Clone)]
    pub struct Stage;

    impl Stage {
        pub fn actor<T, F>(&self, _name: &str, part: F) -> JoinHandle<io::Result<T>>
        where
            T: Send + 'static,
            F: FnOnce() -> io::Result<T> + Send + 'static,
        {
            thread::spawn(part)
        }
    }
}

mod platform {
    pub use socket_playground::platform::Need;
}

mod trace {
    pub use socket_playground::trace::{Choice, Question};
}

/// The lesson files themselves, and their list.
#[path = "../src/lessons/mod.rs"]
#[allow(dead_code, reason = "a plain run uses the name and the part")]
mod lessons;

use lessons::{LESSONS, Lesson};

/// In the environment of a process that is to run one lesson.
const LESSON: &str = "PLAYGROUND_PLAIN_LESSON";

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(LESSON) {
        run_many_times(LESSONS.iter().find(|lesson| lesson.name == name).unwrap());
        return ExitCode::SUCCESS;
    }
    let trials = LESSONS.iter().map(|lesson| {
        let name = format!("{}_is_plain_socket2_code", lesson.name);
        trial(&name, || can_run(lesson.name), || is_plain_socket2_code(lesson))
    });
    support::main(trials.collect())
}

/// A hundred runs. Some lessons wait for the kernel, so several processes share them, each in a
/// network of its own.
fn is_plain_socket2_code(lesson: &Lesson) {
    let start = |_| {
        let mut own = Command::new(std::env::current_exe().unwrap());
        own.env(LESSON, lesson.name).stderr(Stdio::piped()).spawn().unwrap()
    };
    let processes: Vec<Child> = (0..100 / RUNS).map(start).collect();
    for process in processes {
        let ran = process.wait_with_output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// How many runs each process makes.
const RUNS: usize = 20;

fn run_many_times(lesson: &'static Lesson) {
    // Not every machine allows it; a lesson that cannot do without has been left out already.
    network::enter().and_then(|()| network::bring_up()).ok();
    for i in 0..RUNS {
        let (send, ended) = channel();
        std::thread::spawn(move || send.send((lesson.run)(&stage::Stage)));
        let ended: Result<io::Result<()>, _> = ended.recv_timeout(Duration::from_secs(60));
        let done =
            ended.unwrap_or_else(|_| panic!("{}, run {i}: it panicked or hangs", lesson.name));
        done.unwrap_or_else(|error| panic!("{}, run {i}: {error}", lesson.name));
    }
}
