//! A lesson that is run step by step, and what `ss` sees of it from outside at each pause.

use super::sockets::Listed;
use super::{PLAYGROUND, run};
use socket_playground::lessons::Lesson;
use socket_playground::trace::{self, Trace};
use std::io::{self, PipeReader, Read, Write};
use std::process::{Command, Stdio};

/// A network of its own, in which nothing else happens.
pub const OWN_NETWORK: &[&str] = &["unshare", "--map-root-user", "--net", "sh", "-c", SET_UP, "sh"];

pub const SET_UP: &str = "ip link set lo up && exec \"$@\"";

/// A lesson, step by step, in a network of its own.
pub fn stepwise(lesson: &Lesson, view: &str) -> Command {
    let mut command = Command::new(OWN_NETWORK[0]);
    command.args(&OWN_NETWORK[1..]).args([
        PLAYGROUND,
        "lesson",
        lesson.name,
        "--step",
        "--view",
        view,
    ]);
    command
}

/// Runs a lesson with `--step`, and looks at each pause at the page so far, and at the sockets in
/// its network. Gives the whole page.
///
/// The command has to become the program, in the same process.
pub fn at_every_pause(command: &mut Command, mut look: impl FnMut(&str, Vec<Listed>)) -> String {
    pausing(command, |text, paused| look(text, paused.ss()))
}

/// The same, for who asks `ss` more than once at a pause, or something else.
pub fn pausing(command: &mut Command, mut look: impl FnMut(&str, Paused)) -> String {
    let (mut page, writer) = io::pipe().unwrap();
    command.stdin(Stdio::piped()).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut running = command.spawn().unwrap();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut keys = running.stdin.take().unwrap();
    let mut text = String::new();
    while reads_up_to_a_pause(&mut page, &mut text) {
        look(&text, Paused { pid: running.id() });
        keys.write_all(b"\n").unwrap();
    }
    assert_eq!(running.wait().unwrap().code(), Some(0), "{text}");
    text
}

/// The lines of JSON on a page. Prompts stand on lines of their own.
pub fn recording(text: &str) -> String {
    text.lines().filter(|line| line.starts_with('{')).map(|line| format!("{line}\n")).collect()
}

/// The run up to now.
pub fn so_far(text: &str) -> Trace {
    trace::read(&recording(text)).unwrap()
}

/// A program that waits for a key.
#[derive(Clone, Copy)]
pub struct Paused {
    pub pid: u32,
}

impl Paused {
    /// The sockets of TCP in its network.
    pub fn ss(self) -> Vec<Listed> {
        self.lines_of_ss("-tano").iter().map(|line| Listed::read(line)).collect()
    }

    /// What `ss` shows in its network, asked like that.
    pub fn lines_of_ss(self, flags: &str) -> Vec<String> {
        let pid = self.pid.to_string();
        let enter = ["--preserve-credentials", "--user", "--net", "--target", &pid];
        let ran = run(Command::new("nsenter").args(enter).args(["ss", "-H", flags]));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out.lines().map(String::from).collect()
    }
}

/// Reads until the page waits for Enter. False when the program has ended.
fn reads_up_to_a_pause(page: &mut PipeReader, text: &mut String) -> bool {
    let mut bytes = std::mem::take(text).into_bytes();
    let mut byte = [0];
    let paused = loop {
        match page.read(&mut byte).unwrap() {
            0 => break false,
            _ => bytes.push(byte[0]),
        }
        if bytes.ends_with(b"   Enter] ") {
            break true;
        }
    };
    *text = String::from_utf8(bytes).unwrap();
    paused
}
