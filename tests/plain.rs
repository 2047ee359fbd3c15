//! "This is plain socket2 code" as a test: the same lesson files, compiled against bare socket2, plain threads and the
//! standard `drop`, without turns, a hundred times each.

use std::io;
use std::sync::mpsc::channel;
use std::time::Duration;

/// What the lessons know as `crate::net`: socket2 itself.
mod net {
    pub use libc::{ECONNREFUSED, ETIMEDOUT};
    pub use socket2::{Domain, Protocol, SockAddr, Type};
    pub use std::mem::drop;

    use std::io::{self, Read};
    use std::ops::Deref;

    /// socket2's socket. Its `recv` takes memory that need not be initialized; here it takes bytes.
    #[derive(Debug)]
    pub struct Socket(socket2::Socket);

    impl Socket {
        pub fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<Socket> {
            socket2::Socket::new(domain, kind, protocol).map(Socket)
        }

        pub fn accept(&self) -> io::Result<(Socket, SockAddr)> {
            self.0.accept().map(|(socket, peer)| (Socket(socket), peer))
        }

        pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
            (&self.0).read(buffer)
        }

        pub fn read_exact(&self, buffer: &mut [u8]) -> io::Result<()> {
            (&self.0).read_exact(buffer)
        }

        pub fn try_clone(&self) -> io::Result<Socket> {
            self.0.try_clone().map(Socket)
        }
    }

    impl Deref for Socket {
        type Target = socket2::Socket;

        fn deref(&self) -> &socket2::Socket {
            &self.0
        }
    }
}

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

/// The lesson files themselves.
#[path = "../src/lessons"]
mod lessons {
    pub mod tcp_client;
    pub mod tcp_server;
    pub mod thread_per_client;

    /// As in `src/lessons/mod.rs`, but with the plain stage.
    #[allow(dead_code, reason = "a plain run uses the name and the part")]
    pub struct Lesson {
        pub name: &'static str,
        pub title: &'static str,
        pub lead: &'static str,
        pub question: crate::trace::Question,
        pub needs: &'static [crate::platform::Need],
        pub file: &'static str,
        pub source: &'static str,
        pub run: fn(&crate::stage::Stage) -> std::io::Result<()>,
    }

    pub const LESSONS: &[Lesson] = &[tcp_server::LESSON, tcp_client::LESSON, thread_per_client::LESSON];
}

use lessons::LESSONS;

#[test]
fn every_lesson_is_here() {
    let real = socket_playground::lessons::LESSONS.iter().map(|lesson| lesson.name);
    assert!(real.eq(LESSONS.iter().map(|lesson| lesson.name)), "name each lesson in tests/plain.rs, too");
}

#[test]
fn every_lesson_is_plain_socket2_code() {
    for lesson in LESSONS {
        for i in 0..100 {
            let (send, ended) = channel();
            std::thread::spawn(move || send.send((lesson.run)(&stage::Stage)));
            let ended: Result<io::Result<()>, _> = ended.recv_timeout(Duration::from_secs(60));
            let done = ended.unwrap_or_else(|_| panic!("{}, run {i}: it panicked or hangs", lesson.name));
            done.unwrap_or_else(|error| panic!("{}, run {i}: {error}", lesson.name));
        }
    }
}
