//! connect, with servers that split, glue, break off, or do not speak first.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::thread::{self, JoinHandle};
use support::server::Server;
use support::{PLAYGROUND, Ran, anywhere, is_error, playground, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("an_answer_that_came_apart_is_told", anywhere, apart),
        trial("a_reset_is_told_with_its_call", anywhere, reset),
        trial("a_client_may_speak_first", anywhere, first_client),
        trial(
            "a_silent_name_server_is_not_waited_for",
            || works(&["unshare", "--map-root-user", "--net", "--mount", "python3", "--version"]),
            silent_names,
        ),
        trial("what_is_piped_is_sent_and_what_comes_is_shown", anywhere, talk),
    ])
}

/// A machine whose only name server takes every question, and answers none.
fn silent_names() {
    const MACHINE: &str = "ip link set lo up && printf 'nameserver 127.0.0.9\n' > \"$1/resolv\" && \
                           printf 'hosts: dns\n' > \"$1/services\" && mount --bind \"$1/resolv\" \
                           /etc/resolv.conf && mount --bind \"$1/services\" /etc/nsswitch.conf && \
                           shift && exec python3 -c \"$@\"";
    const SERVER: &str = "import socket, subprocess, sys\n\
                          server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
                          server.bind(('127.0.0.9', 53))\n\
                          sys.exit(subprocess.run(sys.argv[1:]).returncode)";
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--net", "--mount", "sh", "-c", MACHINE, "sh"]);
    command.arg(folder.path()).args([SERVER, PLAYGROUND, "connect", "some.name.test:80"]);
    let ran = run(command.args(["--timeout", "0.2"]).stdin(Stdio::null()));
    is_error(&ran, 1, "no word in 200ms: asked for the addresses of \"some.name.test:80\"");
}

/// A server for one client, and its address.
fn serve(part: impl FnOnce(TcpStream) + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (address, thread::spawn(move || part(listener.accept().unwrap().0)))
}

/// What connect says to a greeter that answers Rose so, and then is silent.
fn answered(answer: &'static [u8]) -> Ran {
    let (address, server) = serve(move |mut client| {
        client.write_all(b"Welcome!").unwrap();
        client.read_exact(&mut [0; 4]).unwrap();
        client.write_all(answer).unwrap();
        client.read_to_end(&mut Vec::new()).ok();
    });
    let ran = run(&mut playground(&["connect", &address, "Rose"]));
    server.join().unwrap();
    ran
}

fn apart() {
    for (answer, told) in [
        (&b"Hello, "[..], "an answer to \"Rose\" is cut after 7 of its 12 bytes: \"Hello, \""),
        (b"Hello, Rose!Hello", "an answer to \"Rose\" has more glued to it after its 12 bytes"),
        (b"Rose!", "not an answer to \"Rose\", but another after 0 bytes: \"Rose!\""),
    ] {
        let ran = answered(answer);
        is_error(&ran, 1, told);
        assert!(ran.err.ends_with("try:  playground lesson byte-stream\n"), "{}", ran.err);
    }
    assert_eq!(answered(b"Hello, Rose!").code, Some(0));
}

/// The server closes with a word unread.
fn reset() {
    let (address, server) = serve(|mut client| {
        client.write_all(b"Welcome!").unwrap();
        client.peek(&mut [0]).unwrap();
    });
    is_error(&run(&mut playground(&["connect", &address])), 1, "recv met a reset (ECONNRESET)");
    server.join().unwrap();
}

fn first_client() {
    let (address, server) = serve(|mut client| {
        client.read_exact(&mut [0; 4]).unwrap();
        client.write_all(b"+OK").unwrap();
        client.read_to_end(&mut Vec::new()).ok();
    });
    let ran = run(&mut playground(&["connect", &address, "--first", "client", "-q", "PING"]));
    assert_eq!((ran.code, &*ran.out, &*ran.err), (Some(0), "+OK\n", ""));
    server.join().unwrap();
}

/// The end of the input is said to the server, and what it still says is shown.
fn talk() {
    let (address, server) = serve(|client| {
        let lines: Vec<String> = BufReader::new(&client).lines().map(Result::unwrap).collect();
        (&client).write_all(format!("{lines:?}\x1b").as_bytes()).unwrap();
    });
    let mut command = playground(&["connect", &address, "--talk"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Rose\nBabala\n").unwrap();
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{told}");
    for line in ["\"Rose\\n\"", "\"Babala\\n\"", "SHUT_WR) = ok", "[\\\"Rose\\\", ", "\\u{1b}"] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    server.join().unwrap();
    ends_with_the_server();
}

/// A server that ends is not kept waiting by somebody who types nothing.
fn ends_with_the_server() {
    let server = Server::start(&["--quiet"]);
    let mut command = playground(&["connect", &server.address.to_string(), "--talk", "-q"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let mut welcome = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut welcome).unwrap();
    assert_eq!(welcome, "Welcome!\n");
    assert_eq!(server.stop(libc::SIGTERM).0, Some(0));
    assert!(child.wait().unwrap().success());
    keyboard.write_all(b"nobody reads this\n").ok();
}
