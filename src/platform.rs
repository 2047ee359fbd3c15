//! What a lesson needs of the machine.

use crate::catalogue::Sentence;
use crate::manual::errno::Errno;
use crate::sentence;
use rustix::system::uname;
use rustix::thread::{CapabilitySet, capabilities};
use std::env::{self, temp_dir};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

/// Something that a lesson cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// IPv6 on the loopback interface: the address `::1`.
    Ipv6,
    /// The name `localhost`, which this machine knows by itself: nobody else is asked.
    Localhost,
    /// The kernel's own files about the network, below `/proc/sys/net` and `/sys/class/net`.
    KernelFiles,
    /// A directory in which it may make files.
    TemporaryDirectory,
    /// A network that nobody else uses, if that may be had; if not, the machine's own loopback has
    /// to do. With [`Need::RawSockets`] it does not do: they would hear everybody's packets.
    OwnNetwork,
    /// The right to throw away what arrives for a socket. Some kernels give it to everybody, others
    /// where one has a network of one's own.
    Filters,
    /// The right to open raw sockets. Wants [`Need::OwnNetwork`], too.
    RawSockets,
}

impl Need {
    /// Why this machine does not have it, if it has not. What cannot be found out without trying is
    /// taken to be there.
    pub fn missing(self) -> Option<Sentence> {
        match self {
            Need::OwnNetwork | Need::Filters => None,
            Need::Ipv6 => ipv6_is_missing(),
            Need::Localhost => localhost_is_missing(),
            Need::KernelFiles => kernel_files_are_missing(),
            Need::TemporaryDirectory => temporary_directory_is_missing(),
            Need::RawSockets => (!has_capability(CapabilitySet::NET_RAW)).then(|| {
                sentence!(
                    "raw sockets need the capability CAP_NET_RAW, and this program does not have it"
                )
            }),
        }
    }
}

/// Whether this process has a capability (`capabilities(7)`).
pub fn has_capability(capability: CapabilitySet) -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(capability))
}

/// Why 127.0.0.1 cannot be reached, if it cannot: a network may have a loopback that is not up.
/// Nothing is sent to find out. A datagram socket that connects only looks for a route.
pub fn loopback_is_down() -> Option<Sentence> {
    let here = (Ipv4Addr::LOCALHOST, 9);
    let tried = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| socket.connect(here));
    let is_down = tried.is_err_and(|error| error.kind() == io::ErrorKind::NetworkUnreachable);
    is_down.then(|| {
        sentence!("the loopback interface is down; `ip link set lo up` brings it up, as root")
    })
}

fn ipv6_is_missing() -> Option<Sentence> {
    let addresses = fs::read_to_string("/proc/net/if_inet6");
    let has_loopback = |text: &str| text.lines().any(|line| line.starts_with(IPV6_LOOPBACK));
    match addresses {
        Ok(text) if has_loopback(&text) => None,
        Err(error) if error.kind() != io::ErrorKind::NotFound => None,
        Err(_) if !Path::new("/proc/net").exists() => None,
        _ => Some(sentence!("no interface has the IPv6 address ::1")),
    }
}

/// `::1`, as `/proc/net/if_inet6` writes it.
const IPV6_LOOPBACK: &str = "00000000000000000000000000000001";

/// `getaddrinfo(3)` asks the services that `nsswitch.conf(5)` lists, one after the other, until one
/// knows the name. `files` is `/etc/hosts`, and `dns` are the name servers.
fn localhost_is_missing() -> Option<Sentence> {
    let read = |path| fs::read(path).unwrap_or_default();
    let [hosts, services] = ["/etc/hosts", "/etc/nsswitch.conf"].map(read);
    if !knows_localhost(&String::from_utf8_lossy(&hosts)) {
        return Some(sentence!(
            "/etc/hosts does not know the name localhost, and a name server shall not be asked"
        ));
    }
    asks_servers_first(&String::from_utf8_lossy(&services)).then(|| {
        sentence!("/etc/nsswitch.conf lets name servers be asked before /etc/hosts is looked at")
    })
}

fn knows_localhost(hosts: &str) -> bool {
    let entries = hosts.lines().filter_map(|line| line.split('#').next());
    entries.into_iter().any(|entry| entry.split_whitespace().skip(1).any(|it| it == "localhost"))
}

fn asks_servers_first(services: &str) -> bool {
    let of_hosts = services.lines().filter_map(|line| line.trim().strip_prefix("hosts:"));
    of_hosts.into_iter().any(|line| {
        line.split_whitespace().take_while(|service| *service != "files").any(|one| one == "dns")
    })
}

fn kernel_files_are_missing() -> Option<Sentence> {
    let missing =
        ["/proc/sys/net", "/sys/class/net"].into_iter().find(|path| !Path::new(path).exists());
    missing.map(|path| {
        sentence!("there is no {path}, where the kernel shows its settings as files", path)
    })
}

fn temporary_directory_is_missing() -> Option<Sentence> {
    let (made, folder) = (tempfile::tempdir(), temp_dir());
    let folder = folder.display();
    match made {
        Err(error) => {
            let errno = plain(error);
            Some(sentence!("no directory can be made in {folder}: {errno}", folder, errno))
        }
        Ok(made) if made.path().as_os_str().len() > LONGEST_DIRECTORY => Some(sentence!(
            "a socket cannot be a file in {folder}: its name would be too long",
            folder
        )),
        Ok(_) => None,
    }
}

/// The kernel's own error: tempfile hides its number behind words. So the same is asked once more.
fn plain(error: io::Error) -> Errno {
    let path = temp_dir().join(format!(".playground-{}", process::id()));
    let made = fs::create_dir(&path);
    if made.is_ok() {
        fs::remove_dir(&path).ok();
    }
    Errno::from(&made.err().unwrap_or(error))
}

/// The name of a socket has at most 107 bytes (`unix(7)`). This leaves room for a slash and 16
/// letters.
const LONGEST_DIRECTORY: usize = 107 - 17;

/// The kernel: its name, release and machine, as `uname(2)` gives them.
pub fn system() -> String {
    let names = uname();
    let names = [names.sysname(), names.release(), names.machine()];
    names.map(|name| name.to_string_lossy().into_owned()).join(" ")
}

/// The time, in seconds since 1970 (UTC); none before that.
pub fn now() -> Option<u64> {
    Some(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// The command that was given: the program's name without its folder, and its arguments.
pub fn command() -> String {
    let mut words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    let name = words.next().unwrap_or_default();
    let name = Path::new(&name).file_name().map_or("".into(), |name| name.to_string_lossy());
    let quoted = |word: String| match word.contains(char::is_whitespace) {
        true => format!("{word:?}"),
        false => word,
    };
    [name.into_owned()].into_iter().chain(words.map(quoted)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_hosts_is_an_address_and_its_names() {
        assert!(knows_localhost("# names\n::1 ip6-localhost localhost # loopback\n"));
        for hosts in ["", "127.0.0.1 here", "localhost 127.0.0.1", "127.0.0.1 # localhost"] {
            assert!(!knows_localhost(hosts), "{hosts}");
        }
    }

    #[test]
    fn services_are_asked_in_their_order() {
        for first in ["", "hosts: files dns\n", "hosts:\tresolve [!UNAVAIL=return] files dns"] {
            assert!(!asks_servers_first(first), "{first}");
        }
        for first in ["hosts: dns files", "passwd: files\n hosts: dns [!UNAVAIL=return] files"] {
            assert!(asks_servers_first(first), "{first}");
        }
    }
}
