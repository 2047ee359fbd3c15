//! `serve --view board`, and what else a teacher looks at while a class talks.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{ExitCode, Stdio};
use support::server::{Server, greets, read};
use support::terminal::{goes_on_when_stopped, look_on, signal};
use support::{anywhere, playground, trial};

fn main() -> ExitCode {
    support::main(vec![
        trial("the_board_is_whole_after_ctrl_z_and_gone_after_q", anywhere, on_a_terminal),
        trial("the_start_is_short_on_a_terminal", anywhere, short_start),
        trial("in_a_pipe_the_board_is_lines", anywhere, in_a_pipe),
        trial("one_client_can_be_narrated_alone", anywhere, only_one),
        trial("what_is_said_a_thousand_times_is_counted", anywhere, repeats),
        trial("nobody_else_has_a_board", anywhere, no_board),
    ])
}

/// The address on a screen or a page, if it is there.
fn address(screen: &str) -> Option<String> {
    let (_, behind) = screen.split_once("127.0.0.1:")?;
    let (port, _) = behind.split_once(|sign: char| !sign.is_ascii_digit())?;
    (port != "0").then(|| format!("127.0.0.1:{port}"))
}

/// A client that is greeted and says a word.
fn student(address: &str) -> TcpStream {
    let mut student = TcpStream::connect(address).unwrap();
    assert_eq!(read(&mut student, 8), b"Welcome!");
    greets(&mut student, b"Rose");
    student
}

fn on_a_terminal() {
    let mut command = playground(&["serve", "127.0.0.1:0", "--view", "board"]);
    // A group whose parent is in another one of the session may be stopped by a signal.
    command.process_group(0);
    let (mut students, mut step) = (Vec::new(), 0);
    let (screen, code) = look_on(&mut command, 80, |screen, master, child| {
        let text = String::from_utf8_lossy(screen);
        let since = |mark: &str| text.rsplit(mark).next().unwrap().to_string();
        let shows = |what: &str| since("\x1b[H").contains(what);
        match step {
            0 if shows("0 here") && address(&since("\x1b[H")).is_some() => {
                students.push(student(&address(&since("\x1b[H")).unwrap()));
                step = 1;
            }
            1 if shows("1 here") && shows("\"Rose\" → \"Hello, Rose!\"") => {
                signal(child, libc::SIGTSTP);
                goes_on_when_stopped(master, child);
                step = 2;
            }
            2 if text.matches("\x1b[?1049h").count() >= 2 && shows("1 here") => {
                master.write_all(b"q").unwrap();
                step = 3;
            }
            _ => {}
        }
    });
    assert_eq!((code, step), (Some(0), 3), "{screen}");
    assert_eq!(screen.matches("\x1b[?25h\x1b[?1049l").count(), 2, "closed twice");
    let (_, left) = screen.rsplit_once("\x1b[?1049l").unwrap();
    assert!(left.contains("0 here, 0 in trouble, 1 gone"), "{left:?}");
}

/// The calls of the server are a line each, so that it can be read where it listens.
fn short_start() {
    let mut command = playground(&["serve", "127.0.0.1:0", "--color", "never"]);
    let mut done = false;
    let (screen, code) = look_on(&mut command, 80, |screen, _, child| {
        let text = String::from_utf8_lossy(screen);
        if text.contains("There is room for") && text.contains("listener.accept()") && !done {
            done = true;
            signal(child, libc::SIGINT);
        }
    });
    assert_eq!(code, Some(0), "{screen}");
    let words: Vec<&str> = screen.split_whitespace().collect();
    assert!(words.join(" ").contains(". Ctrl-C stops it."), "said in one piece\n{screen}");
    let (start, _) = screen.split_once("listener.accept()").unwrap();
    assert!(start.contains("server  ✓ bind(3, 127.0.0.1:0) = ok"), "{start}");
    assert!(start.lines().count() < 16 && !start.contains("bind takes the port"), "{start}");
}

/// What a server writes on standard output until it is stopped by a client's last word.
fn written(arguments: &[&str], talk: impl FnOnce(&Server)) -> String {
    let mut command = playground(&["serve"]);
    let mut server = Server::start_by(command.args(arguments).stdout(Stdio::piped()));
    let mut out = BufReader::new(server.child.stdout.take().unwrap());
    talk(&server);
    let mut text = String::new();
    // Whoever has left is told of.
    while !text.contains("leaves") && out.read_line(&mut text).unwrap() > 0 {}
    assert_eq!(server.stop(libc::SIGINT).0, Some(0));
    out.read_to_string(&mut text).unwrap();
    text
}

fn in_a_pipe() {
    let text = written(&["--view", "board"], |server| {
        let mut student = server.greeted();
        greets(&mut student, b"Rose\n");
        greets(&mut student, b"Thi");
        greets(&mut student, b"\xff\x1b[2J");
        student.shutdown(Shutdown::Write).unwrap();
        assert_eq!(student.read(&mut [0; 9]).unwrap(), 0);
    });
    for line in [
        "client 1 comes from 127.0.0.1:",
        "client 1: \"Rose\\n\" → \"Hello, Rose\\n!\"",
        "client 1: \"Thi\" → \"Hello, Thi!\" (half a line)",
        "(not UTF-8)",
        "client 1 has closed",
        "client 1 leaves: 13 bytes in, 45 out",
        "0 here, 0 in trouble, 1 gone; 13 B in, 45 B out",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains('\x1b'), "{text:?}");
}

fn only_one() {
    let text = written(&["--only", "2"], |server| {
        let (mut first, mut second) = (server.greeted(), server.greeted());
        greets(&mut first, b"Rose");
        greets(&mut second, b"Think");
        drop(first);
    });
    assert!(text.contains("\"Think\"") && !text.contains("\"Rose\""), "{text}");
    assert!(text.contains("client 2") && !text.contains("client 1"), "{text}");
    let server = Server::start(&["--only", "7"]);
    let (_, said) = server.stop(libc::SIGINT);
    assert!(said.contains("Nobody came as client 7."), "{said}");
}

fn repeats() {
    let text = written(&[], |server| {
        let mut student = server.greeted();
        (0..1000).for_each(|_| greets(&mut student, &[b'x'; 1000]));
    });
    assert!(text.contains("client 1  … the same again: 1000 more calls"), "{text}");
    assert!(text.lines().count() < 150, "{} lines", text.lines().count());
}

fn no_board() {
    for command in ["connect", "families"] {
        let ran = support::run(&mut playground(&[command, "--view", "board"]));
        support::is_error(&ran, 2, "there is no board of this");
    }
}
