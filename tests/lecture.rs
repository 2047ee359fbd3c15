//! A lesson on a projector: a class votes, a remote turns the pages, a second terminal looks on.

mod support;

use socket_playground::syllabus::named;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use support::pauses::{OWN_NETWORK, SET_UP, at_every_pause, pausing, stepwise};
use support::terminal::{self, on_terminal};
use support::{anywhere, playground, run, trial, works};

fn main() -> ExitCode {
    support::main(vec![
        trial("a_class_votes", anywhere, votes),
        trial("a_recording_is_asked_about_too", anywhere, replay_asks),
        trial("a_quiz_tells_the_comment_after_the_answer", anywhere, quiz),
        trial("ctrl_z_stops_it_and_it_goes_on", anywhere, stops_and_goes_on),
        trial("what_timers_do_at_a_pause_is_told_first", ss_can_look, timers_are_told),
        trial("some_steps_make_a_slide", anywhere, steps_alone),
        trial("who_leaves_early_leaves_nothing_behind", anywhere, leaves_nothing),
        trial("a_port_can_be_known_before", ss_can_look, port_is_known),
        trial("the_line_for_a_second_terminal_fits_the_lesson", anywhere, way_in_fits),
    ])
}

fn ss_can_look() -> Result<(), String> {
    works(&["ss", "--version"])?;
    works(&[OWN_NETWORK, &["true"]].concat())
}

/// The keys of a remote do the same as those of a keyboard, and no harm where a letter is asked
/// for. At the first step there is no step before.
fn votes() {
    let lesson = || playground(&["lesson", "tcp-server", "--no-step"]);
    let (screen, _) = on_terminal(&mut lesson(), 80, &["\x1b[6~\x1b[5~\x1b[Ca 3 b 17 ｃ ５\n"]);
    assert!(!screen.contains("^["), "{screen}");
    let said = [
        "The votes: 3 for a, 17 for b, 5 for c.",
        "Most predicted: b)",
        "A port that is taken is only a name.",
        "The kernel says: a)",
        "The proof: early client",
        "    - early client leaves",
        "    ✓ listen(3, 5)",
    ];
    let places: Vec<usize> = said.iter().map(|said| screen.find(said).expect(said)).collect();
    assert!(places.is_sorted(), "it is decided where its proof stands\n{screen}");
    let (screen, code) = on_terminal(&mut lesson(), 80, &["q"]);
    assert_eq!((code, screen.contains("socket(")), (Some(0), false), "{screen}");
    let (screen, _) = on_terminal(&mut lesson(), 80, &["d\n", "xb\x7f\x7fa\n"]);
    assert!(screen.contains("from a to c") && screen.contains("You predicted it: a)"), "{screen}");
}

/// What was predicted is stored with the run, and asked for again when that is shown step by step.
fn replay_asks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.jsonl");
    let mut lesson = playground(&["lesson", "tcp-server", "--no-step", "--record"]);
    on_terminal(lesson.arg(&path), 80, &["a 1 b 2\n"]);
    let shown = run(playground(&["replay"]).arg(&path)).out;
    assert!(shown.contains("The votes: 1 for a, 2 for b, 0 for c."), "{shown}");
    let mut replay = playground(&["replay", "--step"]);
    let (screen, _) = on_terminal(replay.arg(&path), 80, &["c\n", "\x1b[A", "n", ". ", "a"]);
    assert!(screen.contains("This is the first step."), "{screen}");
    assert!(screen.contains("\x1b[?1049l") && screen.contains("[step 2 of 18 "), "{screen}");
    assert!(screen.contains("You predicted: c)"), "{screen}");
}

fn quiz() {
    let (screen, _) =
        on_terminal(&mut playground(&["lesson", "1", "--quiz"]), 80, &["\n", "n", "q"]);
    let said = ["Socket::new", "[step 1 of 18", "✓ socket(", "A socket is an object", "local_addr"];
    let places: Vec<usize> = said.iter().map(|said| screen.find(said).expect(said)).collect();
    assert!(places.is_sorted(), "{screen}");
}

/// Ctrl-Z gives the terminal back; when the program goes on, it asks again.
fn stops_and_goes_on() {
    let (screen, code) = terminal::stopped(&mut playground(&["lesson", "tcp-server"]), "\n", "q");
    assert_eq!((code, screen.matches("[step 1 of 18").count()), (Some(0), 2), "{screen}");
}

/// A timer ends FIN-WAIT-2, usually after a minute: here after a second.
fn timers_are_told() {
    let mut command = stepwise(named("tcp-server").unwrap(), "story");
    let shorten = "ip link set lo up && echo 1 >/proc/sys/net/ipv4/tcp_fin_timeout && exec \"$@\"";
    let mut short = Command::new(command.get_program());
    let arguments =
        command.get_args().map(|own| if own == SET_UP { shorten.as_ref() } else { own });
    short.args(arguments);
    command = short;
    let mut waited = 0;
    let text = pausing(&mut command, |text, paused| {
        let waits = text.contains("→ FIN-WAIT-2") && waited == 0;
        while waits && paused.ss().iter().any(|socket| socket.state == "FIN-WAIT-2") {
            waited += 1;
        }
    });
    assert!(waited > 0, "there was something to wait for\n{text}");
    let (_, later) =
        text.split_once("While this page waited, timers of the kernel went on:").unwrap();
    let told = later.lines().nth(1).unwrap();
    assert!(told.contains("~ ") && told.contains("FIN-WAIT-2 → "), "{told}");
    assert_eq!(later.matches("FIN-WAIT-2 →").count(), 1, "it is told once\n{text}");
}

/// The listener has the port that the teacher has told the class.
fn port_is_known() {
    let mut command = stepwise(named("tcp-server").unwrap(), "story");
    let mut listened = false;
    let text = at_every_pause(command.args(["--port", "5123"]), |_, sockets| {
        let is_it = |local: &str| local == "127.0.0.1:5123";
        listened |= sockets.iter().any(|it| it.state == "LISTEN" && is_it(&it.local));
    });
    assert!(listened && text.contains("asks for any port is given 5123"), "{text}");
    let none = run(&mut playground(&["lesson", "tcp-server", "--port", "0"]));
    assert_eq!(none.code, Some(2), "{}", none.err);
}

/// Each kind of socket has a flag of `ss` of its own.
fn way_in_fits() {
    for (lesson, look) in
        [("tcp-server", "ss -tan"), ("udp", "ss -uan"), ("unix-socket", "ss -xan")]
    {
        let said = run(&mut playground(&["lesson", lesson, "--step"])).err;
        assert!(said.lines().any(|line| line.ends_with(look)), "{lesson}: {said}");
    }
}

/// Each view can be cut to some steps; a range that is not there is an error that says how many
/// there are.
fn steps_alone() {
    let show = |more: &[&str]| {
        let lesson = ["lesson", "tcp-server", "--steps"];
        run(&mut playground(&[&lesson, more].concat()))
    };
    let story = show(&["7..8"]).out;
    assert!(story.contains("early client\n") && story.contains("ECONNREFUSED"), "{story}");
    assert!(story.contains("✓ listen(3, 5)") && !story.contains("✓ bind"), "{story}");
    assert!(!story.contains("accept()") && !story.contains("The question was"), "{story}");
    let ladder = show(&["7..8", "--view", "ladder"]).out;
    assert!(ladder.contains("● listen 5") && !ladder.contains("bind"), "{ladder}");
    assert!(ladder.lines().nth(1).unwrap().starts_with("│ "), "the server is there\n{ladder}");
    let svg = show(&["7..8", "--view", "svg", "--theme", "dark"]).out;
    let picture = roxmltree::Document::parse(&svg).unwrap();
    let size = |name| picture.root_element().attribute(name).unwrap().parse::<f64>().unwrap();
    assert!((size("width") / size("height") - 16.0 / 9.0).abs() < 0.01, "{svg}");
    assert!(svg.contains("listen 5") && !svg.contains(">bind"), "{svg}");
    for wrong in ["8..7", "7..99", "19", "x"] {
        let ran = show(&[wrong]);
        support::is_error(&ran, 2, "the steps");
        assert!(wrong == "x" || ran.err.contains("there are 18 steps"), "{}", ran.err);
    }
    support::is_error(&show(&["7", "--view", "json"]), 2, "the steps");
}

/// By q, by Ctrl-C and by a signal, while it waits and while it runs.
fn leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let lesson = |name, more: &str| {
        let mut command = playground(&["lesson", name, more]);
        command.env("TMPDIR", directory.path());
        command
    };
    let is_empty = |what: &str| {
        let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert!(left.is_empty(), "{what}: {left:?}");
    };
    for name in ["unix-socket", "seqpacket"] {
        for key in ["q", "\x03"] {
            let keys = ["\n", " ", " ", " ", " ", key];
            let (screen, code) = on_terminal(&mut lesson(name, "--step"), 80, &keys);
            assert_eq!(code, Some(0), "{screen}");
            is_empty(&format!("{name}, {key:?}"));
        }
        let (screen, code) = terminal::signalled(&mut lesson(name, "--step"), "\n", libc::SIGTERM);
        assert_eq!(code, None, "the signal ended it\n{screen}");
        is_empty(name);
        let mut running = lesson(name, "--pace=600000").stdout(Stdio::piped()).spawn().unwrap();
        let mut page = BufReader::new(running.stdout.take().unwrap()).lines();
        assert!(page.any(|line| line.unwrap().contains("Socket::")), "the first step is there");
        terminal::signal(&running, libc::SIGINT);
        assert_eq!(running.wait().unwrap().code(), None);
        is_empty(name);
    }
}
