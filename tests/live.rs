//! serve and connect, with peers that are real, in Python and in Rust.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use support::server::{Server, greets};
use support::{PLAYGROUND, anywhere, playground, project, run, trial, works};

fn main() -> ExitCode {
    let python = || works(&["python3", "--version"]);
    support::main(vec![
        trial("the_tutorials_client_talks_to_serve", python, python_client),
        trial("connect_talks_to_the_tutorials_server", python, python_server),
        trial("the_python_programs_of_the_book_work", python, python_of_the_book),
        trial("connect_talks_to_serve", anywhere, connect_to_serve),
        trial(
            "every_address_of_a_name_is_tried",
            || works(&[&OWN_NAMES[..], &["true"]].concat()),
            tries_every_address,
        ),
        trial("a_server_that_never_speaks_is_bounded", anywhere, silent_server),
        trial("a_server_that_closes_is_told_apart", anywhere, closing_server),
        trial("what_is_no_address_is_an_error", anywhere, no_address),
        trial("a_port_that_is_taken_names_its_owner", anywhere, busy_port),
        trial("signals_stop_it_and_it_restarts_at_once", anywhere, signals),
        trial("a_stop_and_go_interrupts_no_conversation", anywhere, stop_and_go),
        trial("a_closed_output_ends_it_quietly", anywhere, closed_output),
        trial("the_pause_is_waited_for", anywhere, delay),
        trial("json_narrates_for_tools", anywhere, json),
        trial("listen_shows_what_a_client_sends", anywhere, listen_to_one),
        trial("listen_makes_curl_content", || works(&["curl", "--version"]), listen_to_curl),
        trial("listen_has_bounds", anywhere, listen_with_bounds),
        trial("listen_takes_a_reset_for_a_result", anywhere, listen_to_a_reset),
        trial("listen_hints_at_itself", anywhere, listen_to_a_taken_port),
        trial("listen_shows_the_queue_fill", anywhere, listen_and_hold),
        trial("beyond_loopback_is_announced", anywhere, beyond_loopback),
    ])
}

/// A machine on which two.test has two addresses.
const OWN_NAMES: [&str; 6] = [
    "unshare",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    "f=$(mktemp) && echo '::1 two.test\n127.0.0.1 two.test' > $f && mount --bind $f /etc/hosts && \
     rm $f; \"$0\" \"$@\"",
];

const DIALOGUE: &str = "Welcome!\nHello, Rose!\nHello, Think!\nHello, Babala!\n";

fn python_client() {
    let server = Server::start(&["--quiet"]);
    let script = project("tests/peers/client.py");
    let ran = run(Command::new("python3").arg(script).arg(server.address.port().to_string()));
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (DIALOGUE, ""));
}

fn python_server() {
    let script = project("tests/peers/server.py");
    let mut python =
        Command::new("python3").arg(script).arg("0.1").stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(python.stdout.as_mut().unwrap()).read_line(&mut port).unwrap();
    let address = format!("127.0.0.1:{}", port.trim());
    let quiet = run(&mut playground(&["connect", &address, "--quiet"]));
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), DIALOGUE, ""));
    let told = run(&mut playground(&["connect", &address, "--dialect", "python"]));
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert!(told.out.contains("# b'Hello, Babala!'"), "{}", told.out);
    python.kill().unwrap();
    python.wait().unwrap();
}

/// The book's server, its client, and the playground's: every pair says the same.
fn python_of_the_book() {
    let script = |name: &str| project(&format!("lessons/python/{name}"));
    let mut server = Command::new("python3")
        .arg(script("server.py"))
        .arg("0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let port: String =
        line.rsplit_once(", ").unwrap().1.chars().filter(char::is_ascii_digit).collect();
    let serve = Server::start(&["--quiet"]);
    for port in [port, serve.address.port().to_string()] {
        let ran = run(Command::new("python3").arg(script("client.py")).arg(&port));
        assert_eq!((ran.out.as_str(), ran.err.as_str()), (DIALOGUE, ""));
        let ran = run(&mut playground(&["connect", &format!("127.0.0.1:{port}"), "--quiet"]));
        assert_eq!((ran.out.as_str(), ran.err.as_str()), (DIALOGUE, ""));
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

fn connect_to_serve() {
    let server = Server::start(&["--quiet"]);
    let address = server.address.to_string();
    let ran = run(&mut playground(&["connect", &address, "--quiet", "你好", "it's \u{1b}[2J"]));
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "Welcome!\nHello, 你好!\nHello, it\\'s \\u{1b}[2J!\n")
    );
}

fn tries_every_address() {
    let server = Server::start(&["--quiet"]);
    let address = format!("two.test:{}", server.address.port());
    let ran = run(Command::new(OWN_NAMES[0])
        .args(&OWN_NAMES[1..])
        .args([PLAYGROUND, "connect", &address]));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let first = ran.out.find("connect(3, [::1]:").expect("the first address is tried");
    let second = ran.out.find("connect(3, 127.0.0.1:").expect("the second address is tried");
    assert!(first < second && ran.out[first..second].contains("ECONNREFUSED"), "{}", ran.out);
}

fn silent_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let ran = run(&mut playground(&["connect", &address, "--timeout", "0.1"]));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.starts_with("error: no word in 100ms: waited for the server's welcome\n"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 3);
}

fn closing_server() {
    let server = Server::start(&["--quiet"]);
    let ran = run(&mut playground(&["connect", &server.address.to_string(), "exit"]));
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.starts_with("error: the other end closed: waited for an answer to \"exit\"\n"),
        "{}",
        ran.err
    );
    drop(server);
}

fn no_address() {
    for (given, why) in [
        ("127.0.0.1", "it has no port"),
        ("99999", "it has no port"),
        ("127.0.0.1:99999", "is no port"),
        ("::1", "is not an address"),
        ("\u{1b}[2J:1", "is not an address"),
    ] {
        for command in ["serve", "connect"] {
            let ran = run(&mut playground(&[command, given]));
            assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 3), "{given}: {}", ran.err);
            assert!(ran.err.contains(why) && !ran.err.contains('\u{1b}'), "{given}: {}", ran.err);
        }
    }
    for arguments in [&["--idle", "0"][..], &["--max-clients", "0"], &["--idle", "x"]] {
        assert_eq!(run(playground(&["serve"]).args(arguments)).code, Some(2), "{arguments:?}");
    }
    assert_eq!(
        run(&mut playground(&["connect", "127.0.0.1:1", ""])).code,
        Some(2),
        "an empty word"
    );
}

fn busy_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ran = run(&mut playground(&["serve", &address.to_string(), "--quiet"]));
    assert_eq!(ran.code, Some(1));
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    let owner = format!("pid {}, {}", std::process::id(), name.trim());
    let want = format!(
        "error: cannot bind {address}\n  EADDRINUSE: another socket is already listening there \
         ({owner})\n  \
         try:  playground serve 127.0.0.1:0\n"
    );
    assert_eq!(ran.err, want);
}

fn signals() {
    for signal in [libc::SIGINT, libc::SIGTERM] {
        for quiet in [&["--quiet"][..], &["-o", "/dev/null"]] {
            let server = Server::start(quiet);
            let (address, mut client) = (server.address, server.greeted());
            let (code, said) = server.stop(signal);
            assert_eq!(code, Some(0));
            let goodbye = "Stopped. It had one client. Every thread has ended.";
            assert!(said.contains(goodbye), "{said}");
            assert_eq!(client.read(&mut [0]).unwrap(), 0, "the client gets its end of stream");
            drop(client);
            // The server closed first: its port is in TIME_WAIT now.
            let again = Server::start(&[&address.to_string(), "--quiet"]);
            assert_eq!(again.address, address);
            greets(&mut again.greeted(), b"Rose");
        }
    }
}

/// Ctrl-Z, and fg: a socket with a time-out answers EINTR then.
fn stop_and_go() {
    let server = Server::start(&["--quiet", "--idle", "600"]);
    let mut client = server.greeted();
    let pid = i32::try_from(server.child.id()).unwrap();
    for signal in [libc::SIGSTOP, libc::SIGCONT] {
        // SAFETY: kill takes two numbers; the child is ours and not waited for yet.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    }
    greets(&mut client, b"Rose");
}

fn closed_output() {
    let mut command = playground(&["serve"]);
    let mut server = Server::start_by(command.stdout(Stdio::piped()));
    drop(server.child.stdout.take());
    let mut client = server.connect();
    client.read_to_end(&mut Vec::new()).ok();
    let mut said = String::new();
    while !said.contains("room for") {
        said = server.says();
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(server.says(), "", "quietly");
}

fn delay() {
    let pause = Duration::from_millis(200);
    let server = Server::start(&["--quiet", "--delay", "200"]);
    let mut client = server.greeted();
    let began = Instant::now();
    greets(&mut client, b"Rose");
    assert!(began.elapsed() >= pause, "an answer comes no earlier than it should");
}

fn json() {
    let page = tempfile::NamedTempFile::new().unwrap();
    let server = Server::start(&["--view", "json", "-o", page.path().to_str().unwrap()]);
    greets(&mut server.greeted(), b"Rose");
    assert_eq!(server.stop(libc::SIGINT).0, Some(0));
    let trace =
        socket_playground::trace::read(&std::fs::read_to_string(page.path()).unwrap()).unwrap();
    let cast: Vec<&str> = trace.cast().map(|(name, _)| &**name).collect();
    assert_eq!(cast, ["server", "Ctrl-C", "client 1"]);
    assert_eq!(trace.answers("client 1", "send").count(), 2);
    assert!(trace.ending.is_some());
    let unexplained: Vec<u32> = support::unexplained(&trace, &trace.playbill.script).collect();
    assert_eq!(unexplained, [0; 0], "every call of serve is explained");
}

fn beyond_loopback() {
    let mut child =
        playground(&["serve", "0.0.0.0:0", "--quiet"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let (beyond, found) = (said.next().unwrap(), said.nth(1).unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(beyond.starts_with("Beyond loopback: 0.0.0.0:"), "{beyond}");
    let names_it = found.starts_with("From another machine: playground connect ");
    assert!(names_it || found.starts_with("No other machine can reach this one"), "{found}");
}

fn listen_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page");
    let mut server = Server::start_by(playground(&["listen", "-o"]).arg(&page));
    let mut client = server.connect();
    client.write_all(b"GET / HTTP/1.1\r\n\x1b[2J\xff").unwrap();
    drop(client);
    assert!(server.child.wait().unwrap().success());
    let text = std::fs::read_to_string(page).unwrap();
    assert!(text.contains(r#"= 21, "GET / HTTP/1.1\r\n\u{1b}[2J\xff""#), "{text}");
}

/// All of what curl sends is shown, and curl gets its page.
fn listen_to_curl() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page");
    let mut server = Server::start_by(playground(&["listen", "-o"]).arg(&page));
    let url = format!("http://{}/roses?red=1", server.address);
    let ran = run(Command::new("curl").args(["-sS", "--noproxy", "*", "-d", "Babala", &url]));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("Your request has arrived"), "{}", ran.out);
    assert!(server.child.wait().unwrap().success());
    let text = std::fs::read_to_string(page).unwrap();
    assert!(text.contains("POST /roses?red=1 HTTP/1.1") && text.contains("Babala\""), "{text}");
    assert!(!text.lines().any(|line| line.contains("recv(") && line.contains('…')), "{text}");
}

/// A client that sends twice is heard twice, one that is silent is not waited for, and one that
/// sends too much is heard up to there.
fn listen_with_bounds() {
    let mut server = Server::start_by(&mut playground(&["listen", "-q", "--idle", "0.2"]));
    let mut client = server.connect();
    client.write_all(b"Rose").unwrap();
    client.write_all(b"Think").unwrap();
    assert_eq!(client.read(&mut [0]).unwrap(), 0, "it was silent");
    assert!(server.child.wait().unwrap().success());
    let mut server = Server::start_by(&mut playground(&["listen", "-q", "--bytes", "60"]));
    let mut client = server.connect();
    client.write_all(&[b'x'; 60]).unwrap();
    assert_eq!(client.read(&mut [0]).unwrap(), 0, "so many were asked for");
    assert!(server.child.wait().unwrap().success());
}

/// The client is gone with a reset before anybody reads: that is what it did, and no error of ours.
fn listen_to_a_reset() {
    let mut server = Server::start_by(&mut playground(&[
        "listen",
        "--hold",
        "0.3",
        "--backlog",
        "-1",
        "-q",
        "-o",
        "/dev/null",
    ]));
    let client = socket2::Socket::from(server.connect());
    client.set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    assert!(server.child.wait().unwrap().success());
}

fn listen_to_a_taken_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let ran = run(&mut playground(&["listen", &taken.local_addr().unwrap().to_string()]));
    assert!(ran.err.contains("\n  try:  playground listen 127.0.0.1:0"), "{}", ran.err);
}

/// Nobody is accepted, and two get in where the limit is one: Linux compares before it counts the
/// new one.
fn listen_and_hold() {
    let command = ["listen", "-q", "--backlog", "1", "--hold", "1000"];
    let mut server = Server::start_by(&mut playground(&command));
    assert!(server.says().ends_with(": 0 waiting for accept, the limit is 1.\n"));
    let clients = [server.connect(), server.connect()];
    let filled = (0..2)
        .map(|_| server.says())
        .find(|line| line.contains(": 2 waiting for accept, the limit is 1."));
    assert!(filled.is_some());
    drop(clients);
}
