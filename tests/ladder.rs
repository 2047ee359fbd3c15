//! The ladder of `tcp-server --wire`, line by line, for a user without privileges: strace saw each
//! call, tshark reads each packet, and `ss` shows each state. It is one run, and all three look at
//! it from outside.

mod support;

use socket_playground::sinks::ladder;
use socket_playground::trace::Ending;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use support::pauses::{at_every_pause, recording, so_far};
use support::sockets::Listed;
use support::{NOBODY, PublicCopy, playground, run, trial, works};

fn main() -> ExitCode {
    let witnesses = || {
        let looks = [&["strace", "-V"][..], &["tshark", "--version"], &["ss", "--version"]];
        looks.into_iter().try_for_each(works)?;
        works(&[NOBODY, &["unshare", "--map-root-user", "--net", "true"]].concat())
    };
    support::main(vec![trial("every_line_of_the_ladder_was_seen_by_others", witnesses, every_line)])
}

fn every_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let [log, capture] = ["strace", "run.pcapng"].map(|name| folder.path().join(name));
    let copy = PublicCopy::new();
    // With -D strace is not the parent, but a child of the program. The page ends when both have
    // ended.
    let mut watched = Command::new("strace");
    watched
        .args(["-D", "-ff", "--decode-fds=socket", "-e", "trace=%network,close", "-o"])
        .arg(&log);
    watched.args(NOBODY).arg(copy.path());
    watched.args("lesson tcp-server --wire --step --view json --pcap".split(' ')).arg(&capture);
    let mut seen_by_ss = BTreeSet::new();
    let page = at_every_pause(&mut watched, |page, listed| {
        seen_by_ss.extend(states_agree(&Ladder::read(&so_far_drawn(page)), &listed));
    });
    for state in ["LISTEN", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-2", "TIME-WAIT"] {
        assert!(seen_by_ss.contains(state), "ss never saw {state}");
    }
    let stored = folder.path().join("run.jsonl");
    fs::write(&stored, recording(&page)).unwrap();
    let drawn = run(&mut playground(&["replay", stored.to_str().unwrap(), "--view", "ladder"])).out;
    let ladder = Ladder::read(&drawn);
    assert_eq!(ladder.calls.len(), 3, "{drawn}");
    let threads = seen_by_strace(folder.path());
    for calls in &ladder.calls {
        assert!(calls.len() > 1 && threads.contains(calls), "{calls:#?} is none of {threads:#?}");
    }
    assert_eq!(ladder.packets, seen_by_tshark(&capture, &ladder.calls[0]), "{drawn}");
    assert!(ladder.packets.len() > 10, "{drawn}");
}

/// The ladder of a run that is not over.
fn so_far_drawn(page: &str) -> String {
    let mut trace = so_far(page);
    trace.ending.get_or_insert(Ending::default());
    ladder(&trace)
}

/// What stands in a ladder.
#[derive(Debug, Default)]
struct Ladder {
    /// The calls of each lane that have returned: `bind :0`.
    calls: Vec<Vec<String>>,
    /// What crossed, and whether it went to the right: `SYN-ACK`. Of a packet in one lane that is
    /// not shown.
    packets: Vec<(String, Option<bool>)>,
    /// The state of each socket, by its descriptor; in brackets if it is closed.
    states: BTreeMap<String, String>,
    /// How many wait in a listener's queue, and how many may.
    queue: Option<(u32, u32)>,
}

impl Ladder {
    /// Reads it as it is printed: the names of the lanes, a row for each thing that happened, a
    /// blank line, and what the signs mean.
    fn read(drawn: &str) -> Ladder {
        let mut rows = drawn.lines().skip_while(|line| !line.starts_with("server"));
        let names = rows.next().expect("the names of the lanes");
        let begins = |(place, _): &(usize, char)| *place == 0 || names[..*place].ends_with("  ");
        let letters = names.char_indices().filter(|(_, letter)| *letter != ' ');
        let lanes: Vec<usize> = letters.filter(begins).map(|(place, _)| place).collect();
        let mut ladder = Ladder { calls: vec![Vec::new(); lanes.len()], ..Ladder::default() };
        for row in rows.take_while(|row| !row.is_empty()) {
            match row.contains(['▶', '◀']) {
                true => ladder.arrow(row),
                false => ladder.texts(&row.chars().collect::<Vec<_>>(), &lanes),
            }
        }
        ladder
    }

    /// `│── data 8 ──▶┊`; without a label it starts a thread.
    fn arrow(&mut self, row: &str) {
        let label = row.trim_matches(|sign| "│┊─▶◀ ".contains(sign));
        if !label.is_empty() {
            self.packets.push((label.into(), Some(row.contains('▶'))));
        }
    }

    fn texts(&mut self, row: &[char], lanes: &[usize]) {
        for (lane, &place) in lanes.iter().enumerate() {
            let end = lanes.get(lane + 1).copied().unwrap_or(row.len()).min(row.len());
            let Some((sign, text)) = row.get(place..end).and_then(|part| part.split_first()) else {
                continue;
            };
            let text: String = text.iter().collect();
            match (sign, text.trim().strip_prefix("~ ")) {
                ('●' | '✗', _) => self.calls[lane].push(text.trim().into()),
                (_, Some(seen)) => self.seen(seen),
                _ => {}
            }
        }
    }

    /// `packet SYN → :36035`, `3 queue 0 of 5`, `(5) → TIME-WAIT`
    fn seen(&mut self, text: &str) {
        if let Some(packet) = text.strip_prefix("packet ") {
            return self.packets.push((packet.split_once(" → ").unwrap().0.into(), None));
        }
        if let Some((_, numbers)) = text.split_once(" queue ") {
            let (waiting, limit) = numbers.split_once(" of ").unwrap();
            self.queue = Some((waiting.parse().unwrap(), limit.parse().unwrap()));
            return;
        }
        let (socket, state) = text.split_once(" → ").unwrap();
        self.states.remove(socket.trim_matches(['(', ')']));
        match state {
            "gone" => _ = self.states.remove(socket),
            state => _ = self.states.insert(socket.into(), state.into()),
        }
    }
}

/// The states in the ladder are those in the list, socket by socket. Gives them.
fn states_agree(ladder: &Ladder, listed: &[Listed]) -> Vec<String> {
    let named =
        |socket: &Listed| socket.state.replace("ESTAB", "ESTABLISHED").replace("WAIT-1", "WAIT-2");
    let in_list = listed.iter().filter(|socket| socket.state != "UNCONN");
    let mut in_list: Vec<String> = in_list.map(named).collect();
    let mut in_ladder: Vec<String> =
        ladder.states.values().map(|state| state.replace("WAIT-1", "WAIT-2")).collect();
    in_list.sort();
    in_ladder.sort();
    assert_eq!(in_ladder, in_list);
    for listener in listed.iter().filter(|socket| socket.state == "LISTEN") {
        assert_eq!(ladder.queue, Some((listener.receive_queue, listener.send_queue)));
    }
    in_ladder
}

/// The calls of each thread, in the words of a ladder.
fn seen_by_strace(folder: &Path) -> Vec<Vec<String>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_strace = files.filter(|file| file.file_stem().is_some_and(|stem| stem == "strace"));
    of_strace
        .map(|file| fs::read_to_string(file).unwrap().lines().filter_map(in_brief).collect())
        .collect()
}

/// `connect(4<TCP:[93]>, {sa_family=AF_INET, sin_port=htons(8), sin_addr=inet_addr("127.0.0.1")},
/// 16) = 0` is `connect :8`.
fn in_brief(line: &str) -> Option<String> {
    let (call, result) = line.rsplit_once(" = ")?;
    let (name, arguments) = call.trim_end().trim_end_matches(')').split_once('(')?;
    let result = result.split([' ', '<']).collect::<Vec<_>>();
    let between = |begin: &str, end: &str| Some(arguments.split_once(begin)?.1.split_once(end)?.0);
    let address = || match (between("inet_addr(\"", "\"")?, between("htons(", ")")?) {
        ("127.0.0.1", port) => Some(format!(":{port}")),
        (ip, port) => Some(format!("{ip}:{port}")),
    };
    let option = || Some((arguments.split(", ").nth(2)?, between(", [", "]")?));
    let name = name.trim_end_matches('4').replace("sendto", "send").replace("recvfrom", "recv");
    if result[0] == "-1" {
        return Some(format!("{name} {}", result[1]));
    }
    Some(match &*name {
        "socket" | "accept" => format!("{name} = {}", result[0]),
        "setsockopt" => option().map(|(name, value)| format!("{name} {value}"))?,
        "getsockopt" => option().map(|(name, value)| format!("{name} = {value}"))?,
        "bind" | "connect" | "getsockname" | "getpeername" => format!("{name} {}", address()?),
        "listen" => format!("{name} {}", arguments.split_once(", ")?.1),
        "send" | "recv" if result[0] == "0" => format!("{name} 0"),
        "send" | "recv" => format!("{name} {} \"{}\"", result[0], between("\"", "\"")?),
        "close" => format!("{name} {}", arguments.split_once('<')?.0),
        other => other.into(),
    })
}

/// The packets in the capture file, in the words of a ladder. The server, whose lane is the first,
/// goes to the right.
fn seen_by_tshark(file: &Path, server: &[String]) -> Vec<(String, Option<bool>)> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(file).args("-T fields -e tcp.flags -e tcp.len -e tcp.srcport".split(' '));
    let ran = run(&mut tshark);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let port =
        server.iter().filter_map(|call| call.strip_prefix("getsockname :")).next_back().unwrap();
    let rows = ran.out.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let flags = u32::from_str_radix(fields[0].trim_start_matches("0x"), 16).unwrap();
        (label(flags, fields[1]), fields[2] == port)
    });
    let rows: Vec<(String, bool)> = rows.collect();
    // Before there is a connection, packets belong to one lane alone: nobody listens.
    let first = rows.iter().position(|(label, _)| label == "SYN-ACK").unwrap() - 1;
    rows.into_iter()
        .enumerate()
        .map(|(i, (label, right))| (label, (i >= first).then_some(right)))
        .collect()
}

/// `SYN-ACK`, `data 8`
fn label(flags: u32, length: &str) -> String {
    const BITS: [(u32, &str); 3] = [(2, "SYN"), (1, "FIN"), (4, "RST")];
    if length != "0" {
        return format!("data {length}");
    }
    let word = BITS.into_iter().find(|(bit, _)| flags & bit != 0).map(|(_, word)| word);
    match word {
        Some("SYN") if flags & 16 != 0 => "SYN-ACK".into(),
        Some(word) => word.into(),
        None => "ACK".into(),
    }
}
