//! `playground errno` takes what a learner has in hand, and obeys none of it.

mod support;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::process::Stdio;
use support::{Ran, is_error, playground, run};

fn explained(words: &[&str]) -> String {
    let ran = run(playground(&[&["errno"], words].concat()).env("COLUMNS", "300"));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""), "{words:?}");
    ran.out
}

fn from_input(bytes: &[u8]) -> Ran {
    let mut child = playground(&["errno", "-"]);
    let child = child
        .env("COLUMNS", "300")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    Ran { code: ended.status.code(), out: text(ended.stdout), err: text(ended.stderr) }
}

#[test]
fn an_entry_says_what_each_system_calls_it() {
    let entry = explained(&["ECONNRESET"]);
    assert!(entry.starts_with("ECONNRESET (104): the other end broke"), "{entry}");
    let called = "ConnectionResetError in Python, 104 on Linux, 54 on macOS, WSAECONNRESET (10054)";
    assert!(entry.contains(called), "{entry}");
    assert!(entry.contains("shown by:") && entry.contains(" reset,"), "{entry}");
}

#[test]
fn explain_is_the_same_command() {
    let ran =
        run(playground(&["explain", "Address", "already", "in", "use"]).env("COLUMNS", "300"));
    assert_eq!((ran.code, ran.out), (Some(0), explained(&["[Errno 98] Address already in use"])));
    assert!(run(&mut playground(&["--help"])).out.contains("explain"));
}

#[test]
fn an_ambiguous_number_says_whose_each_meaning_is() {
    let [linux, macos] = ["EAGAIN (11): ", "11 on macOS:\nEAI_SYSTEM (-11): "];
    let said = explained(&["11"]);
    assert!(said.starts_with(linux) && said.contains(macos), "{said}");
    let said = explained(&["61"]);
    assert!(said.starts_with("61 on macOS:\nECONNREFUSED (111): "), "{said}");
    assert!(said.ends_with("\n61 on Linux is ENODATA, which is not explained here.\n"), "{said}");
}

#[test]
fn a_traceback_on_standard_input_is_explained_by_its_end() {
    let traceback = "Traceback (most recent call last):\n  File \"server.py\", line 12, in <module>\
                     \n    s.bind(('', 1234))\nOSError: [Errno 98] Address already in use\n";
    assert_eq!(from_input(traceback.as_bytes()).out, explained(&["EADDRINUSE"]));
    let mut log = vec![b'x'; 3 << 20];
    log.extend(b"\n\xff\xfe recv: Connection reset by peer\n");
    assert_eq!(from_input(&log).out, explained(&["ECONNRESET"]));
}

#[test]
fn a_mistyped_name_suggests_the_nearest() {
    let ran = run(&mut playground(&["errno", "ECONREFUSED"]));
    is_error(&ran, 2, "I know no error \"ECONREFUSED\"");
    assert!(ran.err.contains("did you mean ECONNREFUSED?"), "{}", ran.err);
}

/// Whatever is given, it answers or says in three short lines that it does not know.
fn is_answered(ran: &Ran, given: &[u8]) {
    let given = String::from_utf8_lossy(given);
    let obeyed = |c: char| c.is_control() && c != '\n';
    assert!(!ran.out.contains(obeyed) && !ran.err.contains(obeyed), "{given:?}: {}", ran.err);
    match ran.code {
        Some(0) => assert!(ran.err.is_empty() && ran.out.contains("  try:"), "{given:?}"),
        _ => is_error(ran, 2, "I know no error"),
    }
    assert!(ran.err.len() < 2000, "{given:?} is not echoed whole");
}

#[test]
fn whatever_is_shown_to_it_nothing_of_it_is_obeyed() {
    let pieces: [&[u8]; 16] = [
        b"\x1b[2J",
        b"\x1b]0;x\x07",
        b"\xff\xfe",
        b"\xc2\x9b",
        b"[Errno ",
        b"98",
        b"WSA",
        b"\n",
        b"\r",
        b"-",
        b"99999999999999",
        b"ECONN",
        b"\xe2\x80\xae",
        b"'",
        b" ",
        b"wsa\xc3\xa9",
    ];
    let mut seed = 15_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) as usize % below
    };
    for _ in 0..150 {
        let count = 1 + random(12);
        let given: Vec<u8> = (0..count).flat_map(|_| pieces[random(16)].repeat(2)).collect();
        // A first "-" would be a flag or standard input: that is another door.
        let given = [b"?", &*given].concat();
        is_answered(&from_input(&given), &given);
        let word = OsString::from_vec(given.clone());
        is_answered(&run(playground(&["errno"]).arg(word)), &given);
    }
}

#[test]
fn a_long_line_is_no_trouble() {
    for line in ["x".repeat(100_000), "é".repeat(50_000), "1".repeat(100_000)] {
        is_answered(&run(playground(&["errno"]).arg(OsStr::new(&line))), b"a long line");
    }
}

#[test]
fn a_state_says_who_is_in_it_and_how_it_comes_and_goes() {
    let told = |name| run(playground(&["state", name]).env("COLUMNS", "300")).out;
    let entry = told("TIME-WAIT");
    for said in ["60 seconds on Linux", "FIN-WAIT-2 (FIN / ACK)", "ss -tan state time-wait"] {
        assert!(entry.contains(said), "{said}\n{entry}");
    }
    assert!(entry.contains("shown by:      tcp-server, "), "{entry}");
    assert_eq!((told("time_wait"), told("estab")), (entry, told("ESTABLISHED")));
    let ran = run(&mut playground(&["state", "TIME-WHAT"]));
    is_error(&ran, 2, "TCP has no state \"TIME-WHAT\"");
    assert!(ran.err.contains("did you mean TIME-WAIT?"), "{}", ran.err);
    assert_eq!(
        run(&mut playground(&["state"])).out.lines().filter(|line| !line.starts_with(' ')).count(),
        11
    );
}

#[test]
fn an_option_says_what_it_does_and_what_becomes_of_it() {
    let ran = run(playground(&["options", "so_reuseaddr", "--quiet"]).env("COLUMNS", "300"));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""));
    for said in ["Default          0\n", "Read back        1\n", "inherited", "tcp-server"] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.out);
    }
    let ran = run(&mut playground(&["options", "SO_REUSEADR"]));
    is_error(&ran, 2, "I know no option \"SO_REUSEADR\"");
    let long = run(&mut playground(&["options", &"x".repeat(5000)]));
    assert!(long.code == Some(2) && long.err.len() < 400, "{}", long.err.len());
}

#[test]
fn nothing_at_all_is_an_error() {
    is_error(&from_input(b""), 2, "I know no error \"\"");
    is_error(&run(&mut playground(&["errno", ""])), 2, "I know no error \"\"");
}
