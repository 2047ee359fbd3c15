//! serve, with peers that are hostile, or many.

mod support;

use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use support::server::{Server, eventually, greets, read};
use support::{PLAYGROUND, anywhere, playground, runs, trial};

fn main() -> ExitCode {
    support::main(vec![
        trial("bytes_of_a_peer_are_escaped", anywhere, hostile_bytes),
        trial("a_crowd_fits_on_a_few_pages", anywhere, crowd),
        trial("a_client_that_never_reads_holds_up_nobody", anywhere, never_reads),
        trial("a_reset_at_any_stage_ends_one_client_only", anywhere, resets),
        trial("clients_that_leave_leave_nothing_behind", anywhere, connect_and_leave),
        trial("a_thousand_idle_clients", anywhere, idle_clients),
        trial("idle_bounds_silence_and_sends", anywhere, idle_limit),
        trial("at_the_limit_nobody_is_accepted", anywhere, max_clients),
        trial("without_descriptors_it_waits_and_goes_on", anywhere, few_descriptors),
        trial("a_page_that_nobody_reads_can_be_ended", anywhere, stalled_output),
    ])
}

fn hostile_bytes() {
    let page = tempfile::NamedTempFile::new().unwrap();
    let server = Server::start(&["-o", page.path().to_str().unwrap()]);
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut client = server.greeted();
    for message in
        [&every_byte[..], b"\x1b]0;owned\x07\x1b[2J", b"\xc2\x9b31m", b"\xe4\xbd", b"\r\nroot@"]
    {
        greets(&mut client, message);
    }
    drop(client);
    assert_eq!(server.stop(libc::SIGTERM).0, Some(0));
    let told = std::fs::read_to_string(page.path()).unwrap();
    assert!(told.contains(r"\u{1b}]0;owned\u{7}"), "{told}");
    let raw: Vec<char> = told.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert_eq!(raw, [], "control characters reach the terminal");
}

/// Eight clients of four words: a class has thirty.
fn crowd() {
    let told = |arguments: &[&str]| {
        let page = tempfile::NamedTempFile::new().unwrap();
        let server = Server::start(&[&["-o", page.path().to_str().unwrap()], arguments].concat());
        let mut clients: Vec<TcpStream> = (0..8).map(|_| server.greeted()).collect();
        for word in ["Rose", "Think", "Babala"] {
            clients.iter_mut().for_each(|client| greets(client, word.as_bytes()));
        }
        for mut client in clients {
            client.write_all(b"exit").unwrap();
            assert_eq!(client.read(&mut [0]).unwrap(), 0);
        }
        assert_eq!(server.stop(libc::SIGINT).0, Some(0));
        std::fs::read_to_string(page.path()).unwrap()
    };
    let brief = told(&[]);
    assert!(brief.lines().count() <= 150, "{} lines:\n{brief}", brief.lines().count());
    let answers = brief.lines().filter(|line| line.contains("send(") && line.contains("Babala"));
    assert!(answers.clone().count() == 8, "{brief}");
    assert!(answers.clone().all(|line| line.starts_with("client ")), "{brief}");
    let full = told(&["--full"]);
    assert!(full.matches("Answer with the very bytes that came.").count() == 1);
    assert!(full.matches("connection.write_all(&[b\"Hello, \", message").count() > 8, "{full}");
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
    eventually("their descriptors are closed", || server.descriptors() <= files);
    assert_eq!(server.stop(libc::SIGINT).0, Some(0));
}

/// `PLAYGROUND_RUNS=100` for 100,000 clients.
fn connect_and_leave() {
    const HOW: [&[&str]; 3] =
        [&["--quiet"], &["-o", "/dev/null"], &["--view", "html", "-o", "/dev/null"]];
    for how in HOW {
        let server = Server::start(how);
        let (threads, files) = (server.threads(), server.descriptors());
        // Most leave without a look; one in ten is greeted, so that the others cannot fill the
        // queue.
        let come = |number: usize| {
            if number.is_multiple_of(10) { server.greeted() } else { server.connect() }
        };
        let come_and_go = |clients: usize| (0..clients).for_each(|number| drop(come(number)));
        come_and_go(1000);
        eventually("all have left", || server.threads() == threads);
        let before = server.memory();
        come_and_go(1000 * runs(2));
        greets(&mut server.greeted(), b"Rose");
        eventually("all have left", || {
            server.threads() == threads && server.descriptors() <= files
        });
        let after = server.memory();
        let figures = format!("{} clients: {before} kB, then {after} kB", 1000 * runs(2));
        std::io::stderr()
            .write_all(format!("serve {}: {figures}\n", how.join(" ")).as_bytes())
            .unwrap();
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
    assert_eq!(server.says(), "There is room for 2 at once.\n");
    let (first, _second) = (server.greeted(), server.greeted());
    let mut third = server.connect();
    assert!(server.says().starts_with("It is full (--max-clients 2): nobody is accepted"));
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
    // A second for the server, in which it has nothing to do: a ratio, since the machine may be
    // slow.
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

/// The narration has filled its pipe: the server waits for its reader. The second signal ends it
/// all the same.
fn stalled_output() {
    [libc::SIGINT, libc::SIGTERM].into_iter().for_each(end_a_stalled_one);
}

/// A second signal ends it at once, and a shell sees by which it was.
fn end_a_stalled_one(signal: libc::c_int) {
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
    let kill = || assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    kill();
    while !server.says().contains("Stopping") {}
    kill();
    assert_eq!(server.child.wait().unwrap().code(), Some(128 + signal));
}
