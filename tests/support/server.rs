//! `playground serve`, running for a test.

use super::playground;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    talk: BufReader<ChildStderr>,
}

impl Server {
    /// Starts it on a free port, and waits until it listens.
    pub fn start(arguments: &[&str]) -> Server {
        Server::start_by(playground(&["serve"]).args(arguments))
    }

    pub fn start_by(command: &mut Command) -> Server {
        command.stderr(Stdio::piped());
        if !command.get_args().any(|argument| argument.to_string_lossy().contains("127.0.0.1:")) {
            command.arg("127.0.0.1:0");
        }
        let mut child = command.spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        talk.read_line(&mut line).unwrap();
        let address = line.strip_prefix("Listening on ").and_then(|line| line.split(". ").next());
        let address = address.unwrap_or_else(|| panic!("it listens: {line}")).parse().unwrap();
        Server { child, address, talk }
    }

    /// A client that has been greeted.
    pub fn greeted(&self) -> TcpStream {
        let mut client = self.connect();
        assert_eq!(&read(&mut client, 8), b"Welcome!");
        client
    }

    pub fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.address).unwrap();
        // Whatever goes wrong, a test ends.
        client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        client
    }

    /// A line that it says on standard error.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.talk.read_line(&mut line).unwrap();
        line
    }

    /// Sends it a signal, and gives its exit code and all that it still said.
    pub fn stop(mut self, signal: libc::c_int) -> (Option<i32>, String) {
        let pid = i32::try_from(self.child.id()).unwrap();
        // SAFETY: kill takes two numbers; the child is ours and not waited for yet.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        self.talk.read_to_string(&mut said).unwrap();
        (code, said)
    }

    pub fn threads(&self) -> usize {
        fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().count()
    }

    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Its resident memory, in kilobytes.
    pub fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// How much processor time it has used, in clock ticks.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let words: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        words[11].parse::<u64>().unwrap() + words[12].parse::<u64>().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Exactly so many bytes.
pub fn read(client: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut data = vec![0; length];
    client.read_exact(&mut data).unwrap();
    data
}

/// Says a word and expects the tutorial's answer.
pub fn greets(client: &mut TcpStream, word: &[u8]) {
    client.write_all(word).unwrap();
    let answer = [b"Hello, ", word, b"!"].concat();
    assert_eq!(read(client, answer.len()), answer);
}

/// Waits until something is so. What is polled is the state of the kernel; it fails after a minute.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}, but it is not so");
        std::thread::yield_now();
    }
}
