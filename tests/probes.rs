//! `families`, `types` and `options` agree with what a short Python script finds on the same
//! machine, cell by cell.

mod support;

use serde_json::{Value, json};
use socket_playground::trace::{self, Table, Trace};
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use support::{anywhere, is_error, playground, project, run, trial, works};

fn main() -> ExitCode {
    let python = || works(&["python3", "-c", "import socket"]);
    let mut trials = vec![
        trial("families_agree_with_python", python, families_agree),
        trial("types_agree_with_python", python, types_agree),
        trial("loaded_only_asks_for_what_is_there", anywhere, loaded_only_asks_for_what_is_there),
        trial("a_quiet_probe_shows_its_table", anywhere, a_quiet_probe_shows_its_table),
        trial("a_quiet_probe_in_json_is_its_table", anywhere, a_quiet_probe_in_json),
        trial("what_this_machine_has_not_is_not_here", anywhere, not_here),
    ];
    let raw =
        || works(&["python3", "-c", "import socket; socket.socket(type=socket.SOCK_RAW, proto=1)"]);
    trials
        .push(trial("options_of_inet_raw_agree_with_python", raw, || options_agree("inet", "raw")));
    trials.push(trial("options_of_inet6_raw_agree_with_python", raw, || {
        options_agree("inet6", "raw")
    }));
    for (family, kind) in [
        ("inet", "stream"),
        ("inet6", "stream"),
        ("unix", "stream"),
        ("inet", "dgram"),
        ("unix", "seqpacket"),
    ] {
        let name = format!("options_of_{family}_{kind}_agree_with_python");
        trials.push(trial(&name, python, move || options_agree(family, kind)));
    }
    support::main(trials)
}

/// What a probe did, and the table at its end.
fn probe(arguments: &[&str]) -> (Trace, Table) {
    let ran = run(playground(arguments).args(["--view", "json"]));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let trace = trace::read(&ran.out).unwrap();
    let table =
        trace.ending.as_ref().and_then(|ending| ending.table.clone()).expect("a table at its end");
    (trace, table)
}

fn python(arguments: &[&str], input: &Value) -> Value {
    let mut script = Command::new("python3");
    script
        .arg(project("tests/peers/probes.py"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    serde_json::from_slice(&done.stdout).unwrap()
}

fn families_agree() {
    let (trace, table) = probe(&["families"]);
    let found = python(&["families"], &Value::Null);
    assert_eq!(table.rows.len(), 46);
    for row in &table.rows {
        assert_eq!(found["answers"][&row[1]], json!(row[3]), "{row:?}");
        // AF_NETLINK is AF_ROUTE, too.
        let named = found["named"].get(&row[1]).and_then(Value::as_array);
        assert!(
            named.is_none_or(|names| names.contains(&json!(row[0].to_uppercase()))),
            "{row:?}: {named:?}"
        );
    }
    let asked = trace.events.iter().filter(|event| event.answers("socket")).count();
    assert!(asked >= table.rows.len(), "each of them was asked for");
}

fn types_agree() {
    let (_, table) = probe(&["types"]);
    assert_eq!(json!(table.rows), python(&["types"], &Value::Null));
}

fn options_agree(family: &str, kind: &str) {
    let (_, table) = probe(&["options", "--family", family, "--type", kind]);
    let column = |name: &str| table.head.iter().position(|head| head == name).unwrap();
    let columns = [column("Default"), column("Read back"), column("After accept")];
    let asked =
        table.rows.iter().map(|row| (row[0].clone(), json!(row[column("Asked")]))).collect();
    let (family, kind) =
        (format!("AF_{}", family.to_uppercase()), format!("SOCK_{}", kind.to_uppercase()));
    let found = python(&["options", &family, &kind], &Value::Object(asked));
    for row in &table.rows {
        let cells = columns.map(|column| json!(row[column]));
        let found = found[&row[0]].as_array().unwrap();
        match &*row[0] {
            // No two sockets have the same.
            "SO_COOKIE" => {}
            // After accept it is the processor that happened to handle the last packet.
            // The kernel changes it by itself (tcp(7)).
            "TCP_QUICKACK" => assert_eq!(cells[..2], found[..2]),
            "SO_INCOMING_CPU" => assert_eq!(cells[..2], found[..2]),
            name => assert_eq!(cells[..], found[..], "{name}"),
        }
    }
    assert!(table.rows.len() > 40, "every option that socket2 has");
}

fn loaded_only_asks_for_what_is_there() {
    let (trace, table) = probe(&["families", "--loaded-only"]);
    let calls = |name: &str| trace.events.iter().filter(|event| event.answers(name)).count();
    let unasked = table.rows.iter().filter(|row| row[3] == "not asked").count();
    assert!(unasked > 0, "no machine has all of them");
    let refused = |event: &&socket_playground::trace::Event| event.failed_with(libc::EAFNOSUPPORT);
    assert_eq!(trace.events.iter().find(refused), None, "nothing is asked for that is not there");
    assert_eq!(calls("close"), table.rows.len() - unasked);
}

/// One object: what reads JSON reads it.
fn a_quiet_probe_in_json() {
    let ran = run(&mut playground(&["types", "--quiet", "--view", "json"]));
    assert_eq!(ran.code, Some(0));
    let ending: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ending["closes"]["table"]["head"][0], json!("Family"));
}

/// Nobody is at the other end of such a socket, and nobody is blamed.
fn not_here() {
    let ran = run(&mut playground(&["options", "--type", "seqpacket", "-q"]));
    is_error(&ran, 3, "options cannot be done on this machine");
    assert!(
        ran.err.contains("ESOCKTNOSUPPORT") && ran.err.contains("playground doctor"),
        "{}",
        ran.err
    );
}

fn a_quiet_probe_shows_its_table() {
    let ran = run(&mut playground(&["types", "--quiet"]));
    assert_eq!(ran.code, Some(0));
    let first = ran.out.lines().find(|line| !line.is_empty()).unwrap();
    assert!(first.starts_with("Family    Type"), "{first}");
    assert!(!ran.out.contains("socket("));
}
