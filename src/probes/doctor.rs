//! What this machine allows, and which lessons that affects.

use crate::kernel::{Thread, network};
use crate::lessons::{LESSONS, Lesson};
use crate::manual::errno::Errno;
use crate::net::{Domain, Protocol, Socket, Type, at, drop, read_to_string};
use crate::platform::{self, Need};
use crate::stage::{Live, Stage};
use crate::trace::Table;
use std::io;

/// Tries what the lessons need.
pub struct Doctor;

impl Live for Doctor {
    const NAME: &'static str = "doctor";
    const LEAD: &'static str = "doctor";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("doctor.rs"));

    fn title(&self) -> String {
        format!("what this machine allows ({})", platform::system())
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        let mut table = Table::new(["What", "Here", "Lessons that need it"]);
        let mut examine = |what: &str, found: Result<String, String>, lessons: &str| {
            let here = found.map_or_else(|why| format!("no: {why}"), |how| format!("yes{how}"));
            table.row([what, &here, lessons]);
        };
        examine("TCP on 127.0.0.1", tcp(), "most of them");
        examine("/proc, to take turns", turns(), "all; without it they run freely");
        examine("IPv6: the address ::1", ipv6(), &lessons_that(Need::Ipv6));
        for (what, need) in [
            ("the name localhost, without a server", Need::Localhost),
            ("the kernel's files about networks", Need::KernelFiles),
            ("a temporary directory", Need::TemporaryDirectory),
        ] {
            let found = need.missing().map_or(Ok(String::new()), |why| Err(why.to_string()));
            examine(what, found, &lessons_that(need));
        }
        examine("raw sockets", raw(), &lessons_that(Need::RawSockets));
        examine("filters on sockets", filters(), &lessons_that(Need::Filters));
        let listens = |lesson: &Lesson| lesson.needs.contains(&Need::RawSockets);
        let wants = |lesson: &Lesson| lesson.needs.contains(&Need::OwnNetwork) && !listens(lesson);
        let wished =
            format!("{}; without it, loopback has to do for {}", names(listens), names(wants));
        examine("a network of one's own", own_network(), &wished);
        for (what, path) in SETTINGS {
            table.row([what, &setting(path), ""]);
        }
        stage.concludes(table);
        Ok(())
    }
}

/// What an administrator sets, and chapters speak of.
const SETTINGS: [(&str, &str); 6] = [
    ("ports that connect chooses from", "/proc/sys/net/ipv4/ip_local_port_range"),
    ("first port that anyone may bind", "/proc/sys/net/ipv4/ip_unprivileged_port_start"),
    ("longest queue of a listener", "/proc/sys/net/core/somaxconn"),
    ("largest receive buffer to ask for", "/proc/sys/net/core/rmem_max"),
    ("largest send buffer to ask for", "/proc/sys/net/core/wmem_max"),
    ("groups that may ping without raw", "/proc/sys/net/ipv4/ping_group_range"),
];

fn tcp() -> Result<String, String> {
    // What most lessons do: a listener on loopback, a client, and an accepted connection.
    let tried = || -> io::Result<()> {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        listener.bind(&at("127.0.0.1", 0))?;
        listener.listen(1)?;
        let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        client.connect(&listener.local_addr()?)?;
        let (connection, _) = listener.accept()?;
        drop(connection);
        Ok(())
    };

    answer(tried())
}

fn turns() -> Result<String, String> {
    answer(Thread::can_be_watched())
}

fn ipv6() -> Result<String, String> {
    // IPv6 may be switched off as a whole, or be there without an address. (A lesson's need is
    // judged by a file of /proc, for nobody may make a socket before it. Here we see the error.)
    let tried = || -> io::Result<()> {
        let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
        socket.bind(&at("::1", 0))
    };

    answer(tried())
}

fn raw() -> Result<String, String> {
    // A raw socket needs a privilege, here or in a network of one's own.
    let here = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4));

    here_or_there(here.map(drop))
}

fn filters() -> Result<String, String> {
    // Some kernels want a privilege for a filter, here or in a network of one's own.
    let tried = || -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.drop_arriving()
    };

    here_or_there(tried())
}

/// What is refused here may be allowed in a network of one's own.
fn here_or_there(tried: io::Result<()>) -> Result<String, String> {
    match tried {
        Err(_) if own_network().is_ok() => Ok(", in a network of one's own".into()),
        tried => answer(tried),
    }
}

/// A process cannot come back from such a network, so another one tries.
fn own_network() -> Result<String, String> {
    network::can_be_entered().map(|()| String::new()).map_err(|error| network::why(&error))
}

fn answer(tried: io::Result<()>) -> Result<String, String> {
    tried.map(|()| String::new()).map_err(|error| Errno::from(&error).to_string())
}

fn setting(path: &str) -> String {
    // The kernel shows its settings as files.
    let read = read_to_string(path);

    read.map_or_else(
        |error| Errno::from(&error).to_string(),
        |text| text.split_whitespace().collect::<Vec<_>>().join(" to "),
    )
}

/// The names of the lessons that have this need.
fn lessons_that(need: Need) -> String {
    names(|lesson| lesson.needs.contains(&need))
}

fn names(meant: impl Fn(&Lesson) -> bool) -> String {
    let names: Vec<&str> =
        LESSONS.iter().filter(|lesson| meant(lesson)).map(|lesson| lesson.name).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
