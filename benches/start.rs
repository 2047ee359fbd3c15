//! How long it takes from the start of the program to the first thing that it writes, beside a
//! program that does nothing.
//!
//! `cargo bench` prints it. Nothing is asserted: machines are noisy and shared.

#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "figures are printed")]

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 101;

const PLAYGROUND: &str = env!("CARGO_BIN_EXE_playground");

fn main() {
    let stored = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/traces/tcp-server.jsonl");
    let commands: [(&str, &[&str]); 5] = [
        ("/bin/true, to its end", &["/bin/true"]),
        ("replay of a run", &[PLAYGROUND, "replay", stored]),
        ("errno ECONNREFUSED", &[PLAYGROUND, "errno", "ECONNREFUSED"]),
        ("lesson tcp-server", &[PLAYGROUND, "lesson", "tcp-server"]),
        ("lesson byte-stream", &[PLAYGROUND, "lesson", "byte-stream"]),
    ];
    println!("from the start to the first byte, median of {ROUNDS} rounds:");
    // Each round has every command: what slows the machine down slows all of them.
    let mut times = commands.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, words), times) in commands.iter().zip(&mut times) {
            times.push(to_first_byte(words));
        }
    }
    for ((name, _), mut times) in commands.into_iter().zip(times) {
        times.sort();
        println!("  {name:24} {:8.2} ms", times[ROUNDS / 2].as_secs_f64() * 1000.0);
    }
}

/// Until the first byte, or the end.
fn to_first_byte(words: &[&str]) -> Duration {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::piped());
    let began = Instant::now();
    let mut child = command.spawn().expect("the command starts");
    let mut page = child.stdout.take().expect("it has a pipe");
    let _first = page.read(&mut [0]).expect("the pipe can be read");
    let time = began.elapsed();
    page.read_to_end(&mut Vec::new()).expect("the pipe can be read");
    child.wait().expect("the command ends");
    time
}
