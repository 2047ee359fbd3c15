//! The program on a terminal: colours, the question, keys, and a second terminal that looks on
//! while it waits.

mod support;

use socket_playground::lessons::LESSONS;
use std::collections::BTreeSet;
use std::process::ExitCode;
use support::pauses::{OWN_NETWORK, at_every_pause, so_far, stepwise};
use support::sockets::{self, Listed};
use support::terminal::{self, on_terminal};
use support::{anywhere, can_run, playground, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("colours_only_where_they_are_wanted", anywhere, colours),
        trial("the_question_is_asked_on_a_terminal", anywhere, asks),
        trial("the_keys_of_a_presenter", anywhere, keys),
        trial("a_prompt_is_gone_when_its_key_was_pressed", anywhere, prompts_go),
        trial("other_keys_tell_more", anywhere, more_keys),
        trial("a_ladder_grows_step_by_step", anywhere, ladder_grows),
        trial("a_signal_leaves_the_terminal_as_it_was", anywhere, signal_restores),
        trial(
            "at_every_pause_ss_shows_what_the_page_shows",
            ss_can_look,
            pauses_hold_everything_still,
        ),
        trial(
            "the_kernel_view_is_what_ss_shows",
            ss_can_look_at_each,
            the_kernel_view_is_what_ss_shows,
        ),
    ])
}

fn colours() {
    let lesson = || playground(&["lesson", "tcp-server", "--no-step"]);
    let has_colours = |(screen, code): (String, Option<i32>)| {
        assert_eq!(code, Some(0), "{screen}");
        assert!(screen.contains("127.0.0.1:0) = ok"), "{screen}");
        screen.contains('\x1b')
    };
    assert!(has_colours(on_terminal(&mut lesson(), 80, &["\n"])), "a terminal");
    assert!(!has_colours(on_terminal(&mut lesson(), 0, &["\n"])), "a terminal of width 0");
    assert!(!has_colours(on_terminal(lesson().env("NO_COLOR", "1"), 80, &["\n"])), "NO_COLOR");
    assert!(!has_colours(on_terminal(lesson().env("TERM", "dumb"), 80, &["\n"])), "TERM=dumb");
    assert!(
        !has_colours(on_terminal(lesson().args(["--color", "never"]), 80, &["\n"])),
        "--color never"
    );
    assert!(!run(&mut lesson()).out.contains('\x1b'), "a pipe");
    assert!(
        run(lesson().args(["--color", "always"])).out.contains('\x1b'),
        "a pipe, with --color always"
    );
}

fn asks() {
    let lesson = || playground(&["lesson", "tcp-server", "--no-step"]);
    let (screen, _) = on_terminal(&mut lesson(), 80, &["x\n", "A)\n"]);
    assert_eq!(
        screen.matches("Your prediction").count(),
        2,
        "x is no choice: it asks again\n{screen}"
    );
    assert_eq!(screen.matches("Before it runs, predict:").count(), 1, "{screen}");
    assert!(screen.contains("You predicted it: a) It is refused at once."), "{screen}");
    let (screen, _) = on_terminal(&mut lesson(), 80, &["b\n"]);
    let said = ["You predicted: b)", "A port that is taken is only a name.", "The kernel says: a)"];
    let places: Vec<usize> = said.iter().map(|said| screen.find(said).expect(said)).collect();
    assert!(places.is_sorted(), "the reason stands between the two\n{screen}");
    assert!(screen.contains(" of tcp_server.rs: "), "{screen}");
    let piped = run(&mut playground(&["lesson", "tcp-server"])).out;
    assert!(
        piped.contains("Before it runs, predict:") && piped.contains("The kernel's answer: a)"),
        "{piped}"
    );
}

fn keys() {
    let step = || playground(&["lesson", "tcp-server"]);
    let keys = ["\n", " ", "\r", "\x1b[6~", "\x1b[5~", "\x1b[6~", "q"];
    let (screen, code) = on_terminal(&mut step(), 80, &keys);
    assert_eq!(code, Some(0), "{screen}");
    let prompts = ["1 of 18", "2 of 18", "3 of 18", "4 of 18", "3 of 18, again", "4 of 18"];
    let prompts = prompts.map(|place| format!("[step {place}   Enter: next   ?: keys] "));
    let asked: Vec<&str> =
        screen.split('[').filter(|part| part.starts_with("step ")).map(up_to_key).collect();
    let wanted: Vec<&str> = prompts.iter().map(|prompt| &prompt[1..]).collect();
    assert_eq!(asked, wanted, "{screen}");
    assert!(
        !screen.contains("is_listener") && !screen.contains("error"),
        "q ends it there\n{screen}"
    );
    let (screen, code) = on_terminal(&mut step(), 80, &["\n", " ", "\x03"]);
    assert_eq!(
        (code, screen.matches("[step").count()),
        (Some(0), 2),
        "Ctrl-C ends it, too\n{screen}"
    );
}

/// A prompt, without what came after it.
fn up_to_key(part: &str) -> &str {
    &part[..part.find("] ").expect("a prompt ends") + 2]
}

/// A prompt is gone when its key was pressed; a terminal that cannot do so keeps it.
fn prompts_go() {
    let step = || playground(&["lesson", "tcp-server"]);
    let (screen, _) = on_terminal(&mut step(), 80, &["\n", " ", "q"]);
    assert_eq!(screen.matches("?: keys] \r\x1b[K").count(), 2, "{screen:?}");
    let (screen, _) = on_terminal(step().env("TERM", "dumb"), 80, &["\n", " ", "q"]);
    assert_eq!(screen.matches("?: keys] \n").count(), 2, "{screen:?}");
}

/// While it waits, other keys tell more, or go on to the end.
fn more_keys() {
    let step = || playground(&["lesson", "tcp-server"]);
    let listens = ["\n", " ", " ", " ", " ", " ", " ", " ", " ", " ", "s", "?", "a"];
    let (screen, code) = on_terminal(&mut step(), 80, &listens);
    assert_eq!(code, Some(0), "{screen}");
    let (_, sockets) = screen.split_once("Recv-Q").expect("a table of sockets");
    assert!(sockets.lines().nth(1).is_some_and(|row| row.contains("LISTEN")), "{screen}");
    assert!(screen.contains("a: all that is left, without stopping"), "{screen}");
    assert!(screen.contains("The proof: early client"), "it went on to the end\n{screen}");
}

/// A ladder grows step by step, and ends as the one that is drawn at the end.
fn ladder_grows() {
    let ladder = || playground(&["lesson", "tcp-server", "--view", "ladder"]);
    let (screen, code) = on_terminal(&mut ladder(), 80, &[" ", " ", " ", "q"]);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("● socket = 3") && screen.contains("● SO_REUSEADDR 1"), "{screen}");
    assert!(!screen.contains("● bind"), "nothing is drawn before it has happened\n{screen}");
    let (screen, _) = on_terminal(&mut ladder(), 80, &["a"]);
    assert!(screen.contains("● listen") && screen.contains("inferred"), "{screen}");
}

/// A signal that ends the program while it waits for a key leaves the terminal as it was.
fn signal_restores() {
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
        let (screen, code) =
            terminal::signalled(&mut playground(&["lesson", "tcp-server"]), "\n", signal);
        assert_eq!(code, None, "the signal ended it\n{screen}");
    }
}

fn ss_can_look() -> Result<(), String> {
    works(&["ss", "--version"])?;
    works(&[OWN_NETWORK, &["true"]].concat())
}

fn ss_can_look_at_each() -> Result<(), String> {
    ss_can_look()?;
    WITH_STATES.iter().copied().try_for_each(can_run)
}

/// The lessons with listeners and connections of TCP, and nothing that is refused on purpose after
/// it has begun.
const ABOUT_CONNECTIONS: [&str; 4] =
    ["tcp-server", "tcp-client", "thread-per-client", "byte-stream"];

/// What a second terminal sees at a pause may lag behind the page, and never run ahead of it.
fn pauses_hold_everything_still() {
    for lesson in LESSONS.iter().filter(|lesson| ABOUT_CONNECTIONS.contains(&lesson.name)) {
        let mut seen = Vec::new();
        at_every_pause(&mut stepwise(lesson, "story"), |text, sockets| {
            shows_no_more_than(text, &sockets);
            seen.extend(sockets);
        });
        for state in ["LISTEN", "ESTAB"] {
            assert!(
                seen.iter().any(|socket| socket.state == state),
                "{}: ss never saw {state}",
                lesson.name
            );
        }
    }
}

/// Socket by socket, what the page has told up to a pause is what `ss` lists at the same moment.
fn the_kernel_view_is_what_ss_shows() {
    let mut seen = BTreeSet::new();
    for lesson in LESSONS.iter().filter(|lesson| WITH_STATES.contains(&lesson.name)) {
        let mut compared = 0;
        at_every_pause(&mut stepwise(lesson, "json"), |text, listed| {
            let told = sockets::told(&so_far(text));
            sockets::agree(&told, &listed).unwrap_or_else(|why| panic!("{}: {why}", lesson.name));
            compared += told.len();
            seen.extend(listed.into_iter().map(|socket| (socket.state, socket.receive_queue > 0)));
        });
        assert!(compared > 5, "{}: there was something to compare", lesson.name);
    }
    for state in ["LISTEN", "ESTAB", "CLOSE-WAIT"] {
        assert!(seen.contains(&(state.into(), true)), "{state}: there was a number to compare");
    }
}

/// The lessons with sockets of TCP that listen or connect, but for those that fill a buffer: there
/// timers move what is unread while one looks.
const WITH_STATES: &[&str] = &[
    "layers",
    "addresses",
    "ports",
    "tcp-server",
    "tcp-client",
    "accept-queue",
    "thread-per-client",
    "stopping",
    "byte-stream",
    "framing",
    "lengths",
    "half-close",
    "reset",
    "time-wait",
    "reuse-port",
    "blocking",
    "nagle",
    "half-open",
    "options",
    "dual-stack",
];

fn shows_no_more_than(page: &str, sockets: &[Listed]) {
    let count =
        |states: &[&str]| sockets.iter().filter(|socket| states.contains(&&*socket.state)).count();
    let shown = |call: &str| page.matches(&format!("✓ {call}(")).count();
    let begun = |call: &str| page.matches(&format!(" {call}(")).count();
    let ended = ["FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "LAST-ACK", "CLOSING", "TIME-WAIT"];
    let connected = [&["ESTAB", "SYN-SENT", "SYN-RECV"][..], &ended].concat();
    assert!(count(&["UNCONN"]) <= shown("bind"), "bound before the page says so\n{page}");
    assert!(count(&["LISTEN"]) <= shown("listen"), "listens before the page says so\n{page}");
    assert!(count(&connected) <= 2 * shown("connect"), "connected before the page says so\n{page}");
    let closed = shown("close") + shown("shutdown") + shown("kill");
    assert!(count(&ended) <= 2 * closed, "ended before the page says so\n{page}");
    let unread =
        sockets.iter().filter(|socket| socket.state == "ESTAB" && socket.receive_queue > 0).count();
    assert!(unread <= shown("send"), "sent before the page says so\n{page}");
    assert!(count(&["ESTAB"]) == 0 || begun("connect") > 0);
}
