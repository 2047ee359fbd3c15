//! The program as its users meet it: in a terminal, in a pipe, mistyped, without privileges, on a poor machine.

mod support;
#[path = "support/terminal.rs"]
mod terminal;

use socket_playground::lessons::LESSONS;
use std::io::{self, BufRead, BufReader, PipeReader, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use support::{PLAYGROUND, Ran, anywhere, playground, run, trial, works};
use terminal::on_terminal;

fn main() -> ExitCode {
    support::main(vec![
        trial("without_a_command_it_lists_the_lessons", anywhere, lists_the_lessons),
        trial("help_names_every_command", anywhere, helps),
        trial("a_misspelt_lesson_suggests_the_nearest", anywhere, suggests),
        trial("a_wrong_flag_exits_2", anywhere, wrong_flag),
        trial("a_place_that_cannot_be_written_is_an_error", anywhere, unwritable),
        trial("a_mistake_loses_no_file", anywhere, loses_nothing),
        trial("show_prints_the_source", anywhere, shows),
        trial("replay_tells_the_same_story", anywhere, replays),
        trial("a_file_that_is_no_run_is_refused", anywhere, refuses),
        trial("a_reader_who_leaves_early_is_no_error", anywhere, closed_pipe),
        trial("a_full_device_is_an_error", anywhere, full_device),
        trial("colours_only_where_they_are_wanted", anywhere, colours),
        trial("colour_carries_no_meaning", anywhere, colour_is_decoration),
        trial("the_question_is_asked_on_a_terminal", anywhere, asks),
        trial("the_keys_of_a_presenter", anywhere, keys),
        trial("a_signal_leaves_the_terminal_as_it_was", anywhere, signal_restores),
        trial("the_ladder_fits_a_terminal", anywhere, ladder_fits),
        trial("python_is_a_dialect", anywhere, dialect),
        trial("without_a_terminal_steps_end_with_the_input", anywhere, steps_without_terminal),
        trial("few_descriptors_are_an_error_or_enough", anywhere, few_descriptors),
        trial("a_user_without_privileges", || works(&[UNPRIVILEGED, &["true"]].concat()), unprivileged),
        trial("without_proc_it_runs_freely", || works(&[NO_PROC, &["true"]].concat()), without_proc),
        trial("under_strace", || works(&["strace", "-f", "-o", "/dev/null", "true"]), under_strace),
        trial("at_every_pause_ss_shows_what_the_page_shows", ss_can_look, pauses_hold_everything_still),
    ])
}

const UNPRIVILEGED: &[&str] = &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const NO_PROC: &[&str] =
    &["unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"];
/// A network of its own, in which nothing else happens.
const OWN_NETWORK: &[&str] =
    &["unshare", "--map-root-user", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];

fn is_error(ran: &Ran, code: i32, what: &str) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 3, "what, why, what to try: {}", ran.err);
    assert!(ran.err.starts_with(&format!("error: {what}")), "{}", ran.err);
    assert!(ran.err.contains("\n  try:  "), "{}", ran.err);
}

fn through(wrapper: &[&str], arguments: &[&str]) -> Ran {
    run(Command::new(wrapper[0]).args(&wrapper[1..]).arg(PLAYGROUND).args(arguments).stdin(Stdio::null()))
}

fn lists_the_lessons() {
    for arguments in [&[][..], &["lesson"]] {
        let ran = run(&mut playground(arguments));
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        let places: Vec<_> =
            LESSONS.iter().map(|lesson| ran.out.find(lesson.name).expect(lesson.name)).collect();
        assert!(places.is_sorted(), "in the order of the syllabus");
    }
    assert_eq!(run(&mut playground(&[])).out.matches("\n  playground ").count(), 3, "three examples");
}

fn helps() {
    let ran = run(&mut playground(&["--help"]));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    for command in ["lesson", "show", "replay"] {
        assert!(ran.out.contains(&format!("\n  {command} ")), "{}", ran.out);
        assert_eq!(run(&mut playground(&[command, "--help"])).code, Some(0));
    }
}

fn suggests() {
    let ran = run(&mut playground(&["lesson", "tcp-sevrer"]));
    is_error(&ran, 2, "there is no lesson \"tcp-sevrer\"");
    assert!(ran.err.contains("did you mean tcp-server?"), "{}", ran.err);
    is_error(&run(&mut playground(&["show", "tcp-cleint"])), 2, "there is no lesson");
    let nothing_like_it = run(&mut playground(&["lesson", "\x1b[2Jzzzzzzzzzz"]));
    is_error(&nothing_like_it, 2, "there is no lesson");
    assert!(!nothing_like_it.err.contains("did you mean") && !nothing_like_it.err.contains('\x1b'));
}

fn wrong_flag() {
    for arguments in
        [&["lesson", "tcp-server", "--stpe"][..], &["sing"], &["lesson", "tcp-server", "--view", "opera"]]
    {
        let ran = run(&mut playground(arguments));
        assert_eq!((ran.code, &*ran.out), (Some(2), ""), "{arguments:?}");
    }
}

fn unwritable() {
    let ran = run(&mut playground(&["lesson", "tcp-server", "-o", "/nowhere/run"]));
    is_error(&ran, 1, "cannot write \"/nowhere/run\"");
    assert_eq!(ran.out, "");
}

fn loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("precious");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "precious").unwrap();
    run(&mut playground(&["lesson", "tcp-sevrer", "-o", path]));
    run(&mut playground(&["replay", "/nowhere", "-o", path]));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    run(&mut playground(&["lesson", "tcp-server", "--view", "json", "-o", path]));
    let stored = std::fs::read_to_string(&file).unwrap();
    assert!(socket_playground::sinks::read(&stored).unwrap().ending.is_some());
}

fn shows() {
    for lesson in LESSONS {
        assert_eq!(run(&mut playground(&["show", lesson.name])).out, lesson.source);
    }
}

fn replays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let path = file.to_str().unwrap();
    assert_eq!(run(&mut playground(&["lesson", "tcp-client", "--view", "json", "-o", path])).code, Some(0));
    let again = run(&mut playground(&["replay", path, "--view", "json"]));
    assert_eq!((again.code, again.out), (Some(0), std::fs::read_to_string(&file).unwrap()));
    let story = run(&mut playground(&["replay", path])).out;
    let live = run(&mut playground(&["lesson", "tcp-client"])).out;
    let steps =
        |story: &str| story.lines().filter(|line| !line.contains("127.0.0.1")).map(String::from).collect();
    let (story, live): (Vec<String>, Vec<String>) = (steps(&story), steps(&live));
    assert_eq!(story, live);
}

fn refuses() {
    is_error(&run(&mut playground(&["replay", "/nowhere"])), 1, "cannot read \"/nowhere\"");
    is_error(&run(&mut playground(&["replay", "/"])), 1, "cannot read \"/\"");
    is_error(
        &run(&mut playground(&["replay", PLAYGROUND])),
        1,
        &format!("{PLAYGROUND:?} is not a stored run"),
    );
    let cargo = support::project("Cargo.toml");
    is_error(
        &run(&mut playground(&["replay", cargo.to_str().unwrap()])),
        1,
        &format!("{cargo:?} is not a stored run"),
    );
}

fn closed_pipe() {
    for view in ["story", "json"] {
        let mut child = playground(&["lesson", "tcp-client", "--view", view]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]), "{view}");
    }
}

fn full_device() {
    for arguments in
        [&["lesson", "tcp-server"][..], &["lesson", "tcp-client", "--view", "json"], &["lesson"], &[]]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut child = playground(arguments);
        let ran = child.stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        is_error(&Ran { code: ran.status.code(), out: String::new(), err }, 1, "cannot write the output");
    }
}

fn colours() {
    let lesson = || playground(&["lesson", "tcp-server"]);
    let has_colours = |(screen, code): (String, Option<i32>)| {
        assert_eq!(code, Some(0), "{screen}");
        assert!(screen.contains("127.0.0.1:0) = ok"), "{screen}");
        screen.contains('\x1b')
    };
    assert!(has_colours(on_terminal(&mut lesson(), 80, &["\n"])), "a terminal");
    assert!(!has_colours(on_terminal(&mut lesson(), 0, &["\n"])), "a terminal of width 0");
    assert!(!has_colours(on_terminal(lesson().env("NO_COLOR", "1"), 80, &["\n"])), "NO_COLOR");
    assert!(!has_colours(on_terminal(lesson().env("TERM", "dumb"), 80, &["\n"])), "TERM=dumb");
    assert!(!has_colours(on_terminal(lesson().args(["--color", "never"]), 80, &["\n"])), "--color never");
    assert!(!run(&mut lesson()).out.contains('\x1b'), "a pipe");
    assert!(run(lesson().args(["--color", "always"])).out.contains('\x1b'), "a pipe, with --color always");
}

fn colour_is_decoration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let path = file.to_str().unwrap();
    run(&mut playground(&["lesson", "tcp-server", "--view", "json", "-o", path]));
    let plain = run(&mut playground(&["replay", path])).out;
    let coloured = run(&mut playground(&["replay", path, "--color", "always"])).out;
    let mut bare = String::new();
    for (i, part) in coloured.split("\x1b[").enumerate() {
        bare.push_str(if i == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_ne!(coloured, plain);
    assert_eq!(bare, plain);
}

fn asks() {
    let (screen, _) = on_terminal(&mut playground(&["lesson", "tcp-server"]), 80, &["x\n", "A)\n"]);
    assert_eq!(screen.matches("Your prediction").count(), 2, "x is no choice: it asks again\n{screen}");
    assert_eq!(screen.matches("Before it runs, predict:").count(), 1, "{screen}");
    assert!(screen.contains("You predicted it: a) It is refused at once."), "{screen}");
    let (screen, _) = on_terminal(&mut playground(&["lesson", "tcp-server"]), 80, &["b\n"]);
    assert!(screen.contains("You predicted: b)") && screen.contains("The kernel says: a)"), "{screen}");
    assert!(screen.contains("The proof: early client, line "), "{screen}");
    let piped = run(&mut playground(&["lesson", "tcp-server"])).out;
    assert!(
        piped.contains("Before it runs, predict:") && piped.contains("The kernel's answer: a)"),
        "{piped}"
    );
}

fn keys() {
    let step = || playground(&["lesson", "tcp-server", "--step"]);
    let (screen, code) =
        on_terminal(&mut step(), 80, &["\n", " ", "\r", "\x1b[6~", "\x1b[5~", "\x1b[6~", "q"]);
    assert_eq!(code, Some(0), "{screen}");
    assert_eq!(screen.matches("[Enter: next   PageUp: back   q: quit]").count(), 6, "{screen}");
    assert!(
        screen.contains("(Step 3 of 4 so far, again)") && screen.contains("(Step 4 of 4 so far, again)"),
        "{screen}"
    );
    assert!(!screen.contains("is_listener") && !screen.contains("error"), "q ends it there\n{screen}");
    let (screen, code) = on_terminal(&mut step(), 80, &["\n", " ", "\x03"]);
    assert_eq!((code, screen.matches("[Enter").count()), (Some(0), 2), "Ctrl-C ends it, too\n{screen}");
}

/// A signal that ends the program while it waits for a key leaves the terminal as it was.
fn signal_restores() {
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
        let (screen, code) =
            terminal::signalled(&mut playground(&["lesson", "tcp-server", "--step"]), "\n", signal);
        assert_eq!(code, None, "the signal ended it\n{screen}");
    }
}

fn ladder_fits() {
    for lesson in LESSONS {
        let ran = run(&mut playground(&["lesson", lesson.name, "--view", "ladder"]));
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
        assert!(ran.out.contains('▷') && ran.out.contains("inferred"), "{}", ran.out);
    }
}

fn dialect() {
    let ran = run(&mut playground(&["lesson", "tcp-server", "--dialect", "python"]));
    for line in [
        "✓ listener.listen(5)  # None",
        "✗ s4.connect(('127.0.0.1', ",
        "  # ConnectionRefusedError: [Errno 111] Connection refused",
        "✓ connection.send(b'Welcome!')  # 8",
        "✓ s4.recv(1024)  # b'Welcome!', after waiting",
        "✗ listener.recv(1024)  # OSError: [Errno 107] Transport endpoint is not connected",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
}

fn steps_without_terminal() {
    let ran = run(&mut playground(&["lesson", "tcp-server", "--step"]));
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.err, "[Enter] \nThe input has ended: going on without pauses.\n");
    assert!(ran.out.contains("The proof:"));
}

/// From no room at all to enough: whatever fails says so, and nothing panics.
fn few_descriptors() {
    let mut codes = Vec::new();
    for limit in 4..14 {
        let shell = format!("ulimit -n {limit}; exec \"$@\"");
        let ran = through(&["sh", "-c", &shell, "sh"], &["lesson", "tcp-server"]);
        assert!(!ran.err.contains("panicked"), "{limit}: {}", ran.err);
        if ran.code != Some(0) {
            is_error(&ran, 1, "");
        }
        codes.push(ran.code);
    }
    assert_eq!((codes[0], codes[9]), (Some(1), Some(0)));
}

fn unprivileged() {
    for lesson in LESSONS {
        let ran = through(UNPRIVILEGED, &["lesson", lesson.name]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The proof:"));
    }
}

fn without_proc() {
    for lesson in LESSONS {
        let ran = through(NO_PROC, &["lesson", lesson.name]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The threads do not take turns: /proc "), "{}", ran.out);
        assert!(ran.out.contains("The proof:"));
    }
}

fn under_strace() {
    for lesson in LESSONS {
        let ran = through(&["strace", "-f", "-o", "/dev/null"], &["lesson", lesson.name]);
        assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{}", lesson.name);
        assert!(ran.out.contains("The proof:"));
    }
}

fn ss_can_look() -> Result<(), String> {
    works(&["ss", "--version"])?;
    works(&[OWN_NETWORK, &["true"]].concat())
}

/// What a second terminal sees at a pause may lag behind the page, and never run ahead of it.
fn pauses_hold_everything_still() {
    for lesson in LESSONS {
        let (mut page, writer) = io::pipe().unwrap();
        let mut child = Command::new(OWN_NETWORK[0]);
        child.args(&OWN_NETWORK[1..]).args([PLAYGROUND, "lesson", lesson.name, "--step"]);
        child.stdin(Stdio::piped()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut running = child.spawn().unwrap();
        child.stdout(Stdio::null()).stderr(Stdio::null());
        let mut keys = running.stdin.take().unwrap();
        let (mut text, mut seen) = (String::new(), Vec::new());
        while reads_up_to_a_pause(&mut page, &mut text) {
            let sockets = ss(running.id());
            shows_no_more_than(&text, &sockets);
            seen.extend(sockets);
            keys.write_all(b"\n").unwrap();
        }
        assert_eq!(running.wait().unwrap().code(), Some(0), "{text}");
        for state in ["LISTEN", "ESTAB"] {
            assert!(seen.iter().any(|socket| socket.state == state), "{}: ss never saw {state}", lesson.name);
        }
    }
}

struct SeenSocket {
    state: String,
    unread: usize,
}

/// What `ss -tan` shows in the network of a process.
fn ss(pid: u32) -> Vec<SeenSocket> {
    let pid = pid.to_string();
    let look = ["--preserve-credentials", "--user", "--net", "--target", &pid, "ss", "-H", "-t", "-a", "-n"];
    let ran = run(Command::new("nsenter").args(look));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let socket = |line: &str| {
        let mut words = line.split_whitespace();
        let state = words.next().unwrap().to_string();
        SeenSocket { state, unread: words.next().unwrap().parse().unwrap() }
    };
    ran.out.lines().map(socket).collect()
}

fn shows_no_more_than(page: &str, sockets: &[SeenSocket]) {
    let count = |states: &[&str]| sockets.iter().filter(|socket| states.contains(&&*socket.state)).count();
    let shown = |call: &str| page.matches(&format!("✓ {call}(")).count();
    let begun = |call: &str| page.matches(&format!(" {call}(")).count();
    let ended = ["FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "LAST-ACK", "CLOSING", "TIME-WAIT"];
    let connected = [&["ESTAB", "SYN-SENT", "SYN-RECV"][..], &ended].concat();
    assert!(count(&["UNCONN"]) <= shown("bind"), "bound before the page says so\n{page}");
    assert!(count(&["LISTEN"]) <= shown("listen"), "listens before the page says so\n{page}");
    assert!(count(&connected) <= 2 * shown("connect"), "connected before the page says so\n{page}");
    assert!(count(&ended) <= 2 * shown("close"), "ended before the page says so\n{page}");
    let unread = sockets.iter().filter(|socket| socket.state == "ESTAB" && socket.unread > 0).count();
    assert!(unread <= shown("send"), "sent before the page says so\n{page}");
    assert!(count(&["ESTAB"]) == 0 || begun("connect") > 0);
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
        if bytes.ends_with(b"[Enter] ") {
            break true;
        }
    };
    *text = String::from_utf8(bytes).unwrap();
    paused
}
