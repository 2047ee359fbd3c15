//! serve and connect, with peers that are real, and peers that are hostile.

#[path = "support/server.rs"]
mod server;
mod support;

use server::{Server, eventually, greets, read};
use socket2::SockRef;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use support::{PLAYGROUND, anywhere, playground, project, run, runs, trial, works};

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
        trial("bytes_of_a_peer_are_escaped", anywhere, hostile_bytes),
        trial("a_client_that_never_reads_holds_up_nobody", anywhere, never_reads),
        trial("a_reset_at_any_stage_ends_one_client_only", anywhere, resets),
        trial("clients_that_leave_leave_nothing_behind", anywhere, connect_and_leave),
        trial("a_thousand_idle_clients", anywhere, idle_clients),
        trial("idle_bounds_silence_and_sends", anywhere, idle_limit),
        trial("at_the_limit_nobody_is_accepted", anywhere, max_clients),
        trial("without_descriptors_it_waits_and_goes_on", anywhere, few_descriptors),
        trial("signals_stop_it_and_it_restarts_at_once", anywhere, signals),
        trial("a_stop_and_go_interrupts_no_conversation", anywhere, stop_and_go),
        trial("a_page_that_nobody_reads_can_be_ended", anywhere, stalled_output),
        trial("a_closed_output_ends_it_quietly", anywhere, closed_output),
        trial("the_pause_is_waited_for", anywhere, delay),
        trial("json_narrates_for_tools", anywhere, json),
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
    "f=$(mktemp) && echo '::1 two.test\n127.0.0.1 two.test' > $f && mount --bind $f /etc/hosts && rm $f; \"$0\" \"$@\"",
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
    let mut python = Command::new("python3").arg(script).arg("0.1").stdout(Stdio::piped()).spawn().unwrap();
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
    let mut server =
        Command::new("python3").arg(script("server.py")).arg("0").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let port: String = line.rsplit_once(", ").unwrap().1.chars().filter(char::is_ascii_digit).collect();
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
    let ran = run(Command::new(OWN_NAMES[0]).args(&OWN_NAMES[1..]).args([PLAYGROUND, "connect", &address]));
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
    assert!(ran.err.starts_with("error: no word in 100ms: waited for the server's welcome\n"), "{}", ran.err);
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
    assert_eq!(run(&mut playground(&["connect", "127.0.0.1:1", ""])).code, Some(2), "an empty word");
}

fn busy_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let ran = run(&mut playground(&["serve", &address.to_string(), "--quiet"]));
    assert_eq!(ran.code, Some(1));
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    let owner = format!("pid {}, {}", std::process::id(), name.trim());
    let want = format!(
        "error: cannot bind {address}\n  EADDRINUSE: another socket is already listening there ({owner})\n  \
         try:  playground serve 127.0.0.1:0\n"
    );
    assert_eq!(ran.err, want);
}

fn hostile_bytes() {
    let page = tempfile::NamedTempFile::new().unwrap();
    let server = Server::start(&["-o", page.path().to_str().unwrap()]);
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut client = server.greeted();
    for message in [&every_byte[..], b"\x1b]0;owned\x07\x1b[2J", b"\xc2\x9b31m", b"\xe4\xbd", b"\r\nroot@"] {
        greets(&mut client, message);
    }
    drop(client);
    assert_eq!(server.stop(libc::SIGTERM).0, Some(0));
    let told = std::fs::read_to_string(page.path()).unwrap();
    assert!(told.contains(r"\u{1b}]0;owned\u{7}"), "{told}");
    let raw: Vec<char> = told.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert_eq!(raw, [], "control characters reach the terminal");
}

fn never_reads() {
    let server = Server::start(&["--quiet"]);
    let alone = server.threads();
    let deaf = server.connect();
    deaf.set_nonblocking(true).unwrap();
    let mut others = 0;
    let mut left = 100_000_000_usize;
    let junk = vec![b'x'; 1 << 20];
    while left > 0 {
        match (&deaf).write(&junk[..left.min(junk.len())]) {
            Ok(sent) => left -= sent,
            // Both buffers are full: the server has stopped reading, as it cannot send.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
        greets(&mut server.greeted(), b"Rose");
        others += 1;
    }
    greets(&mut server.greeted(), b"Rose");
    assert!(others > 0 && left > 0, "the deaf client is held up, and nobody else");
    assert!(server.memory() < 50_000, "what cannot be sent is not piled up");
    drop(deaf);
    eventually("its thread ends", || server.threads() == alone);
}

/// Closes with a reset: what is unsent is thrown away.
fn reset(client: TcpStream) {
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
}

fn resets() {
    let server = Server::start(&["--quiet"]);
    let (threads, files) = (server.threads(), server.descriptors());
    for _ in 0..runs(20) {
        reset(server.connect());
        reset(server.greeted());
        let mut client = server.greeted();
        client.write_all(b"Rose").unwrap();
        reset(client);
        let mut client = server.greeted();
        greets(&mut client, b"Rose");
        client.shutdown(Shutdown::Write).unwrap();
        reset(client);
    }
    greets(&mut server.greeted(), b"Babala");
    eventually("their threads end", || server.threads() == threads);
    eventually("their descriptors are closed", || server.descriptors() == files);
    assert_eq!(server.stop(libc::SIGINT).0, Some(0));
}

/// `PLAYGROUND_RUNS=100` for 100,000 clients.
fn connect_and_leave() {
    for narrated in [false, true] {
        let server = Server::start(if narrated { &["-o", "/dev/null"] } else { &["--quiet"] });
        let (threads, files) = (server.threads(), server.descriptors());
        // Most leave without a look; one in ten is greeted, so that the others cannot fill the queue.
        let come =
            |number: usize| if number.is_multiple_of(10) { server.greeted() } else { server.connect() };
        let come_and_go = |clients: usize| (0..clients).for_each(|number| drop(come(number)));
        come_and_go(1000);
        eventually("all have left", || server.threads() == threads);
        let before = server.memory();
        come_and_go(1000 * runs(2));
        greets(&mut server.greeted(), b"Rose");
        eventually("all have left", || server.threads() == threads && server.descriptors() == files);
        let after = server.memory();
        let figures = format!("{} clients: {before} kB, then {after} kB", 1000 * runs(2));
        std::io::stderr().write_all(format!("narrated: {narrated}, {figures}\n").as_bytes()).unwrap();
        assert!(after < before + 1000, "memory grows: {before} kB, then {after} kB");
    }
}

fn idle_clients() {
    let server = Server::start(&["--quiet"]);
    let alone = server.threads();
    let clients: Vec<TcpStream> = (0..1000).map(|_| server.greeted()).collect();
    assert_eq!(server.threads(), alone + 1000);
    greets(&mut server.greeted(), b"Rose");
    drop(clients);
    eventually("all have left", || server.threads() == alone);
    let (code, said) = server.stop(libc::SIGTERM);
    assert_eq!(code, Some(0));
    assert!(said.contains("It had 1001 clients, at most 1001 at once."), "{said}");
}

fn idle_limit() {
    let server = Server::start(&["--quiet", "--idle", "0.2"]);
    let mut silent = server.greeted();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0, "a silent client is sent away");
    let alone = server.threads();
    let mut deaf = server.connect();
    // The server cannot send any more, and gives up: then our sends fail.
    let junk = [b'x'; 1 << 16];
    deaf.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    while deaf.write_all(&junk).is_ok() {}
    eventually("its thread ends", || server.threads() <= alone);
    greets(&mut server.greeted(), b"Rose");
}

fn max_clients() {
    let mut server = Server::start(&["--quiet", "--max-clients", "2"]);
    assert_eq!(server.says(), "There is room for 2 clients.\n");
    let (first, _second) = (server.greeted(), server.greeted());
    let mut third = server.connect();
    assert!(server.says().starts_with("2 clients: nobody is accepted until one leaves"));
    third.set_nonblocking(true).unwrap();
    assert_eq!(third.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    third.set_nonblocking(false).unwrap();
    drop(first);
    assert_eq!(&read(&mut third, 8), b"Welcome!");
    assert_eq!(server.stop(libc::SIGINT).0, Some(0), "it also stops while it is full");
}

fn few_descriptors() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$@\"", "sh", PLAYGROUND, "serve", "--quiet"]);
    let mut server = Server::start_by(&mut shell);
    assert!(server.says().starts_with("There is room for "));
    let mut clients: Vec<TcpStream> = (0..80).map(|_| server.connect()).collect();
    assert!(server.says().starts_with("No descriptor is free"));
    // A second for the server, in which it has nothing to do: a ratio, since the machine may be slow.
    let (began, ticks) = (Instant::now(), server.ticks());
    eventually("a second has passed", || began.elapsed() >= Duration::from_secs(1));
    let used = (server.ticks() - ticks) as f64 / 100.0 / began.elapsed().as_secs_f64();
    assert!(used < 0.2, "it burns {used} of a core");
    for client in clients.drain(..40) {
        drop(client);
    }
    for client in &mut clients {
        assert_eq!(&read(client, 8), b"Welcome!");
    }
    assert_eq!(server.stop(libc::SIGTERM).0, Some(0));
}

fn signals() {
    for signal in [libc::SIGINT, libc::SIGTERM] {
        for quiet in [&["--quiet"][..], &["-o", "/dev/null"]] {
            let server = Server::start(quiet);
            let (address, mut client) = (server.address, server.greeted());
            let (code, said) = server.stop(signal);
            assert_eq!(code, Some(0));
            assert!(
                said.contains("Stopped. It had 1 clients, at most 1 at once. Every thread has ended."),
                "{said}"
            );
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

/// The narration has filled its pipe: the server waits for its reader. The second signal ends it all the same.
fn stalled_output() {
    let mut server = Server::start_by(playground(&["serve"]).stdout(Stdio::piped()));
    let pid = i32::try_from(server.child.id()).unwrap();
    let address = server.address;
    let crowd = std::thread::spawn(move || {
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(1));
        (0..600).map_while(|i| connect(i).ok()).collect::<Vec<TcpStream>>()
    });
    let clients = crowd.join().unwrap();
    assert!(clients.len() > 100);
    // SAFETY: kill takes two numbers; the child is ours and not waited for yet.
    let kill = || assert_eq!(unsafe { libc::kill(pid, libc::SIGTERM) }, 0);
    kill();
    while !server.says().contains("Stopping") {}
    kill();
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
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
    let trace = socket_playground::sinks::read(&std::fs::read_to_string(page.path()).unwrap()).unwrap();
    let cast: Vec<&str> = trace.cast().map(|(name, _)| &**name).collect();
    assert_eq!(cast, ["server", "Ctrl-C", "client 1"]);
    assert_eq!(trace.answers("client 1", "send").count(), 2);
    assert!(trace.ending.is_some());
    let unexplained: Vec<u32> = support::unexplained(&trace, &trace.playbill.script).collect();
    assert_eq!(unexplained, [0; 0], "every call of serve is explained");
}

fn beyond_loopback() {
    let mut child = playground(&["serve", "0.0.0.0:0", "--quiet"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.starts_with("Beyond loopback: 0.0.0.0:"), "{said}");
}
