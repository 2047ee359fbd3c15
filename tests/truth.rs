//! The trace is what the kernel saw: each lesson under `strace`, the same run, call by call, thread
//! by thread.

mod support;

use socket_playground::lessons::LESSONS;
use socket_playground::trace::{
    self, Address, Answer, Call, Event, Fact, Name, Trace, UnixName, Value,
};
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, ExitCode};
use support::{PLAYGROUND, can_run, run, trial, works};

/// Everything that may touch a socket.
const CALLS: &str = "trace=%network,read,write,readv,writev,close,dup,dup2,dup3,fcntl,ioctl,poll,\
     ppoll,select,kill,tgkill,wait4,\
                     pselect6,epoll_ctl,epoll_wait,epoll_pwait,sendfile,splice,openat";

fn main() -> ExitCode {
    let strace_works = || works(&["strace", "-f", "-o", "/dev/null", "true"]);
    let mut trials = Vec::new();
    for lesson in LESSONS {
        let possible = move || strace_works().and_then(|()| can_run(lesson.name));
        let name = format!("strace_agrees_with_{}", lesson.name);
        trials.push(trial(&name, possible, || agree(&["lesson", lesson.name])));
        let name = format!("strace_agrees_with_{}_on_the_wire", lesson.name);
        trials.push(trial(&name, possible, || agree(&["lesson", lesson.name, "--wire"])));
    }
    for probe in PROBES {
        let name = format!("strace_agrees_with_the_probe_{}", probe.join("_").replace("--", ""));
        let possible = move || match probe.contains(&"raw") {
            true => strace_works().and_then(|()| works(&["python3", "-c", RAW])),
            false => strace_works(),
        };
        trials.push(trial(&name, possible, || agree(probe)));
    }
    support::main(trials)
}

/// Whether raw sockets are allowed here.
const RAW: &str = "import socket; socket.socket(type=socket.SOCK_RAW, proto=1)";

const PROBES: &[&[&str]] = &[
    &["families"],
    &["types"],
    &["options"],
    &["options", "--family", "inet6", "--type", "dgram"],
    &["options", "--family", "inet", "--type", "raw"],
    &["options", "--family", "unix", "--type", "seqpacket"],
];

/// One line of strace: the call, the number of its socket, and what came back.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    fd: Option<i32>,
    /// A number, or the name of an error.
    result: String,
}

fn agree(command: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (trace, mut seen) = run_under_strace(command, folder.path());
    let lanes: HashMap<Name, i32> = trace.cast().map(|(name, tid)| (name.clone(), tid)).collect();
    for (name, tid) in &lanes {
        let lines = seen.remove(tid).unwrap_or_default();
        let told = told_by(&trace, name);
        let names: Vec<&Seen> = told.iter().map(|(seen, _)| seen).collect();
        let parsed: Vec<Seen> = lines.iter().map(|line| parse(line)).collect();
        assert_eq!(parsed.iter().collect::<Vec<_>>(), names, "lane {name}");
        for ((_, details), line) in told.iter().zip(&lines) {
            let missing: Vec<&String> =
                details.iter().filter(|detail| !line.contains(*detail)).collect();
            assert!(missing.is_empty(), "lane {name}: {line}\nlacks {missing:?}");
        }
    }
    let observed = seen.remove(&trace.playbill.observer).unwrap_or_default();
    let looks_up = |event: &Event| event.call().is_some_and(|call| call.name == "getaddrinfo");
    let looks_up = trace.events.iter().any(looks_up);
    let only_asks = |line: &&String| is_observation(line) || looks_up && is_about_a_name(line);
    assert_eq!(observed.iter().find(|line| !only_asks(line)), None, "the observer only asks");
    let prepared = seen.remove(&trace.playbill.director).unwrap_or_default();
    assert_eq!(
        prepared.iter().find(|line| !is_preparation(line)),
        None,
        "the director only makes a network"
    );
    children(&trace).for_each(|child| _ = seen.remove(&child));
    assert_eq!(seen, HashMap::new(), "these threads are no lanes");
}

/// The processes that a run has started: other programs, of which nothing is told.
fn children(trace: &Trace) -> impl Iterator<Item = i32> {
    let started = trace.events.iter().filter(|event| event.answers("posix_spawn"));
    started.filter_map(|event| event.number()?.try_into().ok())
}

/// What the observer may do: ask for names, for the state of a socket, for bytes in a queue, for
/// interfaces, and for packets.
fn is_observation(line: &str) -> bool {
    let asks = ["getsockname(", "getpeername(", "ioctl("].iter().any(|call| line.starts_with(call));
    // if_nametoindex(3), a part of the list of interfaces, uses any socket.
    // A child gets a descriptor of its own for its output.
    let for_a_child = line.contains("F_DUPFD_CLOEXEC, 3)");
    let for_a_name = line.starts_with("socket(AF_UNIX, SOCK_DGRAM") || line.starts_with("close(");
    const STATE: [&str; 6] =
        ["TCP_INFO", "TCP_DEFER_ACCEPT", "SO_GET_FILTER", "SO_COOKIE", "SO_MEMINFO", "SO_TYPE"];
    let about_state =
        line.starts_with("getsockopt(") && STATE.iter().any(|option| line.contains(option));
    let about_state = about_state || line.contains("NETLINK");
    // The end of the process may interrupt it.
    let is_cut_off = line.starts_with("???(");
    asks || for_a_name
        || for_a_child
        || is_about_packets(line)
        || about_state
        || is_cut_off
        || line.starts_with("openat(")
}

/// What `getaddrinfo(3)` does for a name that this machine knows: it asks a daemon that keeps
/// names, if there is one, and from where each of several addresses would be reached. To connect a
/// socket of datagrams sends nothing; a name server has port 53.
fn is_about_a_name(line: &str) -> bool {
    let asks_a_daemon = line.starts_with("socket(AF_UNIX, SOCK_STREAM") || line.contains("<UNIX-");
    let compares = line.starts_with("socket(AF_INET") && line.contains("SOCK_DGRAM")
        || line.starts_with("connect(")
            && ["port=htons(0)", "AF_UNSPEC"].iter().any(|to| line.contains(to));
    asks_a_daemon || compares
}

/// A packet socket is made, and moved to our own descriptors, from 500 on. strace does not know it
/// before it is bound.
fn is_about_packets(line: &str) -> bool {
    let descriptor =
        line.split_once("fd=").or(line.split_once('(')).map(|(_, rest)| rest).unwrap_or_default();
    let digits: String = descriptor.chars().take_while(char::is_ascii_digit).collect();
    let is_ours = line.contains('<') && digits.parse().is_ok_and(|fd: i32| fd >= 500);
    let is_moved = line.contains("F_DUPFD_CLOEXEC, 500)") || line.contains("F_GETFD)");
    is_ours || is_moved || line.contains("AF_PACKET") || line.contains("<PACKET")
}

/// What the director may do before the first lane enters: look what there is, and make the loopback
/// of a new network ready.
fn is_preparation(line: &str) -> bool {
    // strace does not show which interface SIOCETHTOOL is about.
    let about_loopback = line.contains("\"lo\"") || line.contains("SIOCETHTOOL");
    let about_loopback = about_loopback
        && ["IFFLAGS", "SIOCSIFMTU", "SIOCETHTOOL"].iter().any(|what| line.contains(what));
    let by_a_socket = line.starts_with("socket(AF_INET, SOCK_DGRAM") || line.starts_with("close(");
    // A debug build looks at a descriptor before it closes it.
    let by_a_socket = by_a_socket || line.contains("F_GETFD");
    about_loopback || by_a_socket || line.starts_with("openat(")
}

/// Runs a command under strace. Gives what the program told, and strace's lines about sockets for
/// each thread.
fn run_under_strace(command: &[&str], folder: &Path) -> (Trace, HashMap<i32, Vec<String>>) {
    let (log, story) = (folder.join("strace"), folder.join("run.jsonl"));
    let mut strace = Command::new("strace");
    strace.args(["-ff", "--decode-fds=socket", "-e", CALLS, "-o"]).arg(&log);
    strace.arg(PLAYGROUND).args(command).args(["--view", "json", "-o"]).arg(&story);
    let ran = run(&mut strace);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let trace = trace::read(&std::fs::read_to_string(story).unwrap()).unwrap();
    let mut seen = HashMap::new();
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let tid = file.extension().and_then(|tid| tid.to_str()?.parse().ok());
        let Some(tid) = tid else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<String> =
            text.lines().filter(|line| is_about_sockets(line)).map(String::from).collect();
        if !lines.is_empty() {
            seen.insert(tid, lines);
        }
    }
    (trace, seen)
}

/// A network call, or another call on a descriptor that strace knows for a socket:
/// `close(4<TCP:[97094]>)`.
fn is_about_sockets(line: &str) -> bool {
    const DESCRIPTORS: [&str; 12] = [
        "read(",
        "write(",
        "readv(",
        "writev(",
        "close(",
        "dup(",
        "dup2(",
        "dup3(",
        "fcntl(",
        "ioctl(",
        "sendfile(",
        "splice(",
    ];
    const WAITS: [&str; 8] = [
        "poll(",
        "ppoll(",
        "select(",
        "pselect6(",
        "epoll_ctl(",
        "epoll_wait(",
        "epoll_pwait(",
        "epoll_create1(",
    ];
    let is_one_of = |calls: &[&str]| calls.iter().any(|call| line.starts_with(call));
    if line.starts_with("openat(") {
        return ["\"/proc/sys", "\"/proc/net", "\"/sys/class"]
            .iter()
            .any(|path| line.contains(path));
    }
    let is_call = line.contains('(') && !line.starts_with("+++") && !line.starts_with("---");
    let names_a_socket =
        ["<TCP", "<UDP", "<UNIX", "<RAW", "<PING", "<NETLINK", "<PACKET", "<socket:"]
            .iter()
            .any(|kind| line.contains(kind));
    is_call && (names_a_socket || !(is_one_of(&DESCRIPTORS) || is_one_of(&WAITS)))
}

/// `connect(4<TCP:[93]>, {sa_family=AF_INET, …}, 16) = -1 ECONNREFUSED (Connection refused)`
fn parse(line: &str) -> Seen {
    let (call, result) = line.rsplit_once(" = ").expect("a call has a result");
    let (name, arguments) = call.split_once('(').expect("a call has arguments");
    let digits: String = arguments.chars().take_while(char::is_ascii_digit).collect();
    let is_of_processes = ["kill", "tgkill", "wait4"].contains(&name.trim());
    let mut words = result.split([' ', '<']);
    let result = match words.next() {
        Some("-1") => words.next().unwrap_or_default(),
        // Flags, which stand in words behind it, or the number of a file that is closed again.
        Some(flags) if flags.starts_with("0x") || name == "openat" => "0",
        number => number.unwrap_or_default(),
    };
    Seen {
        name: name.trim().into(),
        fd: digits.parse().ok().filter(|_| !is_of_processes),
        result: result.into(),
    }
}

/// What the trace says that a lane did, as strace would say it, with details that strace's line has
/// to hold.
fn told_by(trace: &Trace, lane: &Name) -> Vec<(Seen, Vec<String>)> {
    let own = trace.events.iter().filter(|event| event.actor == *lane);
    own.filter_map(|event| match &event.fact {
        // The observer asks for interfaces and names, and starts a child, in many calls.
        Fact::Returned { call, .. }
            if ["getifaddrs", "getaddrinfo", "posix_spawn"].contains(&&*call.name) =>
        {
            None
        }
        Fact::Returned { call, answer, .. } => Some((told(call, answer), details(call, answer))),
        _ => None,
    })
    .collect()
}

fn told(call: &Call, answer: &Answer) -> Seen {
    let name = match &*call.name {
        "accept" => "accept4",
        "send" => "sendto",
        "recv" => "recvfrom",
        "open" => "openat",
        // The library makes the newer one of the two.
        "poll" => "ppoll",
        same => same,
    };
    // These answer through memory; the call itself gives 0.
    const BY_MEMORY: [&str; 5] =
        ["getsockopt", "getsockname", "getpeername", "ioctl", "socketpair"];
    let by_memory = BY_MEMORY.contains(&name);
    let result = match answer {
        Answer::Error(errno) => errno.name().to_string(),
        Answer::Ok(_) if by_memory => "0".into(),
        Answer::Ok(values) => match values.first().map(Value::bare) {
            Some(Value::Fd(number)) => number.to_string(),
            Some(Value::Number(number)) => number.to_string(),
            _ => "0".into(),
        },
    };
    Seen { name: name.into(), fd: call.fd, result }
}

/// Every port, constant, number and value that the trace tells of a call, as strace writes it.
fn details(call: &Call, answer: &Answer) -> Vec<String> {
    let is_about = |name: &str| call.arguments.contains(&Value::Constant(name.to_string().into()));
    // What is read from a file is no argument of the call that opens it, strace takes a cookie for
    // text, and shows a part of SO_MEMINFO only.
    let untold = call.name == "open" || is_about("SO_COOKIE") || is_about("SO_MEMINFO");
    let answers = if untold { &[] } else { answer.values() };
    // A name of four letters may be a number to it, too.
    let is_name =
        |value: &&Value| is_about("TCP_CONGESTION") && matches!(value.bare(), Value::Bytes(_));
    let values = call.arguments.iter().chain(answers).filter(|value| !is_name(value));
    values.filter_map(|value| detail(&call.name, value.bare())).collect()
}

fn is_plain(byte: &u8) -> bool {
    byte.is_ascii_graphic() || *byte == b' '
}

fn detail(call: &str, value: &Value) -> Option<String> {
    match value {
        Value::Address(Address::Inet(address)) => Some(format!("port=htons({})", address.port())),
        Value::Address(Address::Unix(UnixName::Path(path))) => Some(format!("sun_path=\"{path}\"")),
        // strace does not know it, and these are our own words for a structure.
        Value::Constant(name) if name == "IP_LOCAL_PORT_RANGE" || name.contains(' ') => None,
        Value::Constant(name)
            if ["none", "off"].contains(&&**name) || name.parse::<IpAddr>().is_ok() =>
        {
            None
        }
        Value::Constant(level) if call.ends_with("sockopt") && level.starts_with("IPPROTO_") => {
            Some(level.replace("IPPROTO_", "SOL_"))
        }
        // 0 is IPPROTO_IP, NETLINK_ROUTE and more: each family has its own word.
        Value::Number(0) if call.starts_with("socket") => None,
        // It has the same number.
        Value::Constant(name) if name == "SIOCOUTQ" => Some("TIOCOUTQ".into()),
        Value::Constant(name) => Some(name.to_string()),
        Value::Number(number) if call.ends_with("sockopt") => Some(format!("[{number}]")),
        Value::Number(number) => Some(number.to_string()),
        // strace shows 32 bytes, and has its own way of writing what is no letter.
        Value::Bytes(bytes) if bytes.length() <= 32 && bytes.kept().iter().all(is_plain) => {
            // The name in an option may have a zero behind it.
            Some(bytes.to_string().trim_end_matches('"').to_string())
        }
        _ => None,
    }
}
