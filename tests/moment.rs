//! The sockets of a moment are those that the kernel has: at each pause of a lesson they are
//! compared, one by one, with `/proc/PID/fd` and with `ss`, and the sleepers with
//! `/proc/PID/task/TID/syscall`.

mod support;

use socket_playground::lessons::LESSONS;
use socket_playground::trace::{Address, Fact, Moment, Open, Pending, Socket, Trace, UnixName};
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use support::pauses::{OWN_NETWORK, Paused, pausing, so_far, stepwise};
use support::{can_run, sockets, trial, works};

/// With threads, with copies of descriptors and a child, of three families and three types.
const COMPARED: [&str; 6] =
    ["tcp-server", "thread-per-client", "half-close", "udp", "unix-socket", "seqpacket"];

fn main() -> ExitCode {
    let trials = COMPARED.map(|lesson| {
        let check = || {
            works(&["ss", "--version"])?;
            works(&[OWN_NETWORK, &["true"]].concat())?;
            can_run(lesson)
        };
        let name = format!("every_moment_of_{lesson}_is_what_the_kernel_has");
        trial(&name, check, || compare(lesson))
    });
    support::main(trials.into())
}

/// How much there was to compare: a test that finds nothing proves nothing.
#[derive(Debug, Default)]
struct Compared {
    descriptors: usize,
    listed: usize,
    sleepers: usize,
}

fn compare(lesson: &str) {
    let lesson = LESSONS.iter().find(|it| it.name == lesson).expect("it is a lesson");
    let mut compared = Compared::default();
    pausing(&mut stepwise(lesson, "json"), |text, paused| {
        let trace = so_far(text);
        let moment = trace.moment(trace.events.len());
        descriptors(&moment, paused, &mut compared);
        listed(&moment, paused, &mut compared);
        sleepers(&trace, &moment, paused, &mut compared);
        let told = sockets::told(&trace);
        sockets::agree(&told, &paused.ss()).unwrap_or_else(|why| panic!("{}: {why}", lesson.name));
    });
    let Compared { descriptors, listed, sleepers } = compared;
    assert!(descriptors > 20 && listed > 10, "{compared:?}");
    assert!(sleepers > 2 || lesson.name != "thread-per-client", "{compared:?}");
}

/// Where our own descriptors begin: a lesson's are below.
const OURS: i32 = 500;

/// The sockets that a process has, by descriptor: the number of each in the file system.
fn of_process(pid: u32) -> BTreeMap<i32, u64> {
    let folder = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let socket = |path: std::path::PathBuf| {
        let fd: i32 = path.file_name()?.to_str()?.parse().ok()?;
        let link = fs::read_link(&path).ok()?;
        let number = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()?;
        Some((fd, number)).filter(|_| fd < OURS)
    };
    folder.filter_map(|entry| socket(entry.unwrap().path())).collect()
}

/// Each descriptor that is told is one of that socket, and no other is there.
fn descriptors(moment: &Moment, paused: Paused, compared: &mut Compared) {
    let mut untold = of_process(paused.pid);
    let mut numbers = BTreeMap::new();
    for socket in &moment.sockets {
        for held in &socket.held {
            let (process, fd) = (held.descriptor.process, held.descriptor.fd);
            let number = match process {
                0 => untold.remove(&fd),
                child => of_process(child).get(&fd).copied(),
            };
            let number = number.unwrap_or_else(|| panic!("nobody has {fd} of {socket:?}"));
            let known = numbers.entry(number).or_insert(socket.number);
            assert_eq!(*known, socket.number, "{number} is one socket\n{moment:#?}");
            let same = numbers.iter().filter(|(_, own)| **own == socket.number).count();
            assert_eq!(same, 1, "a socket is told as one\n{moment:#?}");
            compared.descriptors += 1;
        }
    }
    // Who has been accepted is told when it is the turn of the lane that has accepted it.
    let accepts = moment.asleep().iter().filter(|open| called(open) == Some("accept")).count();
    assert!(untold.len() <= accepts, "untold: {untold:?}\n{moment:#?}");
}

/// What `ss` knows of a socket that somebody has.
struct Line {
    netid: String,
    unread: bool,
    local: String,
    peer: String,
}

/// The lines of `ss`, by the number of the socket.
fn lines(paused: Paused) -> BTreeMap<u64, Line> {
    let read = |line: &String| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [netid, _, queue, _] = words[..4] else { panic!("{line}") };
        // A name of AF_UNIX is two words: the name, and its number.
        let (local, peer, number): (String, _, _) = match netid.starts_with("u_") {
            true => (words[4].into(), String::new(), words[5].parse().ok()?),
            false => {
                let number = words.iter().find_map(|word| word.strip_prefix("ino:"))?;
                (words[4].into(), words[5].into(), number.parse().ok()?)
            }
        };
        // Behind an address may stand the interface that the socket is bound to.
        let local = local.replace("%lo", "");
        Some((number, Line { netid: netid.into(), unread: queue != "0", local, peer }))
    };
    paused.lines_of_ss("-tuxane").iter().filter_map(read).collect()
}

/// Family, type and addresses are those that `ss` lists.
fn listed(moment: &Moment, paused: Paused, compared: &mut Compared) {
    let (lines, numbers) = (lines(paused), of_process(paused.pid));
    for socket in &moment.sockets {
        let own = socket.held.iter().find(|held| held.descriptor.process == 0);
        let number = own.and_then(|held| numbers.get(&held.descriptor.fd));
        // `ss` lists no socket that nobody has bound.
        let Some(line) = number.and_then(|number| lines.get(number)) else { continue };
        compared.listed += 1;
        assert_eq!(netid(socket), line.netid, "{socket:?}");
        match &socket.local {
            Some(Address::Unix(UnixName::Path(path))) => assert_eq!(*path, line.local),
            Some(Address::Unix(UnixName::Abstract(name))) => {
                assert_eq!(format!("@{name}"), line.local);
            }
            Some(Address::Inet(local)) if local.port() != 0 => {
                assert_eq!(local.to_string(), line.local);
                // The other end of a connection that is over is not always listed.
                let peer = socket.peer.as_ref().map_or("0.0.0.0:*".into(), Address::to_string);
                assert!(line.peer == peer || line.peer.ends_with(":*"), "{socket:?}");
                let is_udp = line.netid == "udp";
                assert!(!is_udp || line.unread || socket.unread == 0, "{socket:?}");
            }
            _ => {}
        }
    }
}

/// What `ss` calls a family and a type.
fn netid(socket: &Socket) -> &'static str {
    let kind = socket.kind.as_ref().map(|(family, kind)| (&**family, &**kind));
    match kind.expect("somebody has made it") {
        ("AF_UNIX", "SOCK_STREAM") => "u_str",
        ("AF_UNIX", "SOCK_DGRAM") => "u_dgr",
        ("AF_UNIX", "SOCK_SEQPACKET") => "u_seq",
        (_, "SOCK_STREAM") => "tcp",
        (_, "SOCK_DGRAM") => "udp",
        other => panic!("{other:?}"),
    }
}

/// The calls that lessons sleep in, by their numbers.
const SLEEPING: &[(i64, &str)] = &[
    (libc::SYS_accept4, "accept"),
    (libc::SYS_connect, "connect"),
    (libc::SYS_poll, "poll"),
    (libc::SYS_ppoll, "poll"),
    (libc::SYS_recvfrom, "recv"),
    (libc::SYS_recvmsg, "recvmsg"),
    (libc::SYS_sendto, "send"),
    (libc::SYS_wait4, "wait4"),
];

/// Who is told to sleep in a call is in it, and nobody else is in one.
fn sleepers(trace: &Trace, moment: &Moment, paused: Paused, compared: &mut Compared) {
    for (lane, tid) in trace.cast() {
        let path = format!("/proc/{}/task/{tid}/syscall", paused.pid);
        let text = fs::read_to_string(path).unwrap_or_default();
        let number = text.split(' ').next().and_then(|number| number.parse::<i64>().ok());
        let is_in = SLEEPING.iter().find(|(own, _)| Some(*own) == number).map(|(_, name)| *name);
        let told = moment.asleep().iter().find(|open| open.lane == *lane).and_then(called);
        // Who has woken up waits for its turn to tell so.
        let may_have_woken = is_in.is_none() && number == Some(libc::SYS_futex);
        let agrees = told == is_in || may_have_woken;
        assert!(agrees, "{lane} is in {text}, and this was told: {:?}", moment.asleep());
        compared.sleepers += usize::from(told.is_some() && told == is_in);
    }
    let left = trace.events.iter().filter(|event| event.fact == Fact::Left);
    let gone: Vec<_> = left.map(|event| &event.actor).collect();
    assert!(moment.asleep().iter().all(|open| !gone.contains(&&open.lane)));
}

fn called(open: &Open) -> Option<&str> {
    match &open.what {
        Pending::Call(call) => Some(&call.name),
        Pending::Condition(_) => None,
    }
}
