//! The program as its users meet it: in a pipe, mistyped, with a reader who leaves.

mod support;

use socket_playground::lessons::LESSONS;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{ExitCode, Stdio};
use support::{PLAYGROUND, anywhere, is_error, playground, run, trial};

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
        trial("what_is_left_of_a_recording_is_shown", anywhere, replays_what_is_left),
        trial("a_file_that_is_no_run_is_refused", anywhere, refuses),
        trial("a_reader_who_leaves_early_is_no_error", anywhere, closed_pipe),
        trial("a_full_device_is_an_error", anywhere, full_device),
        trial("colour_carries_no_meaning", anywhere, colour_is_decoration),
        trial("the_ladder_fits_a_terminal", anywhere, ladder_fits),
        trial("python_is_a_dialect", anywhere, dialect),
        trial("shells_and_man_have_their_pages", anywhere, pages),
        trial("an_error_is_explained", anywhere, explains_errors),
        trial("without_a_terminal_steps_end_with_the_input", anywhere, steps_without_terminal),
    ])
}

fn lists_the_lessons() {
    for arguments in [&[][..], &["lesson"]] {
        let ran = run(&mut playground(arguments));
        assert_eq!((ran.code, &*ran.err), (Some(0), ""));
        let lines: Vec<&str> = ran.out.lines().skip(1).collect();
        for (lesson, (line, number)) in LESSONS.iter().zip(lines.into_iter().zip(1..)) {
            let start = format!("{number:4}  {} ", lesson.name);
            assert!(line.starts_with(&start), "in the order of the syllabus: {line}");
        }
    }
    assert_eq!(
        run(&mut playground(&[])).out.matches("\n  playground ").count(),
        3,
        "three examples"
    );
}

fn helps() {
    let ran = run(&mut playground(&["--help"]));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    for command in [
        "lesson", "show", "replay", "serve", "connect", "listen", "families", "types", "options",
        "errno", "doctor",
    ] {
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
    for arguments in [
        &["lesson", "tcp-server", "--stpe"][..],
        &["sing"],
        &["lesson", "tcp-server", "--view", "opera"],
    ] {
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
    assert!(socket_playground::trace::read(&stored).unwrap().ending.is_some());
}

fn shows() {
    for lesson in LESSONS {
        let bare = run(&mut playground(&["show", lesson.name, "--no-numbers"])).out;
        assert_eq!(bare, lesson.source);
        let numbered = run(&mut playground(&["show", lesson.name])).out;
        for ((line, source), number) in numbered.lines().zip(bare.lines()).zip(1..) {
            let (first, rest) = line.trim_start().split_once("  ").unwrap_or((line.trim(), ""));
            assert_eq!((first.parse(), rest), (Ok(number), source), "{}", lesson.name);
        }
    }
}

fn replays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let path = file.to_str().unwrap();
    assert_eq!(
        run(&mut playground(&["lesson", "tcp-client", "--view", "json", "-o", path])).code,
        Some(0)
    );
    let again = run(&mut playground(&["replay", path, "--view", "json"]));
    assert_eq!((again.code, again.out), (Some(0), std::fs::read_to_string(&file).unwrap()));
    let story = run(&mut playground(&["replay", path])).out;
    let live = run(&mut playground(&["lesson", "tcp-client"])).out;
    let steps = |story: &str| {
        let same = |line: &&str| !line.contains("127.0.0.1") && !line.contains("forgotten in");
        story.lines().filter(same).map(String::from).collect()
    };
    let (story, live): (Vec<String>, Vec<String>) = (steps(&story), steps(&live));
    assert_eq!(story, live);
}

/// A killed run, a full disk: the last line is cut, here within the first of its characters.
fn replays_what_is_left() {
    let whole = fs::read(support::project("lessons/traces/tcp-client.jsonl")).unwrap();
    let cut = [b"\xef\xbb\xbf", &whole[..whole.len() / 2], b"\xe4\xbd"].concat();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, cut).unwrap();
    let ran = run(playground(&["replay", "-"]).stdin(fs::File::open(file.path()).unwrap()));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("✓ socket("), "{}", ran.out);
    assert_eq!(ran.err, "The recording stops here: the run was cut off.\n");
    fs::write(&file, b"\x1f\x8b\x08").unwrap();
    let name = file.path().to_str().unwrap();
    let packed = run(&mut playground(&["replay", name]));
    is_error(&packed, 1, &format!("{name:?} is packed"));
    let hint = format!("try:  gunzip -c {name:?} | playground replay -\n");
    assert!(packed.err.ends_with(&hint), "{}", packed.err);
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
    for arguments in [
        &["lesson", "tcp-server"][..],
        &["lesson", "tcp-client", "--view", "json"],
        &["lesson"],
        &[],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut child = playground(arguments);
        let ran =
            child.stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        is_error(
            &support::Ran { code: ran.status.code(), out: String::new(), err },
            1,
            "cannot write the output",
        );
    }
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
        "✗ listener.recv(1024)",
        "# OSError: [Errno 107] Transport endpoint is not connected",
        "~ listener: CLOSED → LISTEN",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
}

fn steps_without_terminal() {
    let ran = run(&mut playground(&["lesson", "tcp-server", "--step"]));
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.err,
        "To look in from another terminal:  ss -tan\n[step 1 of 18   Enter] \n\
         The input has ended: going on without pauses.\n"
    );
    assert!(ran.out.contains("The proof:"));
}

fn pages() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = run(&mut playground(&["completions", shell])).out;
        // These two complete no arguments.
        let lesson = if ["fish", "powershell"].contains(&shell) { "" } else { "thread-per-client" };
        let names = ["no-step", "replay", lesson];
        names.iter().for_each(|name| assert!(script.contains(name), "{shell}: {name}"));
    }
    let page = run(&mut playground(&["man"])).out;
    assert!(page.contains(".TH playground 1 "), "{page}");
    let page = run(&mut playground(&["man", "lesson"])).out;
    assert!(page.contains(".TH playground-lesson 1 ") && page.contains("no\\-step"), "{page}");
    is_error(&run(&mut playground(&["man", "lessen"])), 2, "there is no command \"lessen\"");
}

fn explains_errors() {
    let [by_name, by_number] =
        ["econnrefused", "111"].map(|error| run(&mut playground(&["errno", error])).out);
    assert_eq!(by_name, by_number);
    assert!(by_name.starts_with("ECONNREFUSED (111): nobody listens"), "{by_name}");
    let shown = by_name.lines().find(|line| line.starts_with("  shown by: "));
    assert!(shown.is_some_and(|shown| shown.contains(" tcp-server")), "{by_name}");
    for (alias, name) in [("EWOULDBLOCK", "EAGAIN (11): "), ("enotsup", "EOPNOTSUPP (95): ")] {
        let ran = run(&mut playground(&["errno", alias]));
        assert!(ran.code == Some(0) && ran.out.starts_with(name), "{}", ran.err);
    }
    is_error(&run(&mut playground(&["errno", "EVERYTHING"])), 2, "I know no error \"EVERYTHING\"");
    let all = run(&mut playground(&["errno"])).out;
    assert!(all.lines().count() > 35 && all.contains(" 111  ECONNREFUSED"), "{all}");
}
