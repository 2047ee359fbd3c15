//! Who listens on a port.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The process that listens where `address` would: `pid 4711, python3`. None if the system does not
/// tell: another user's descriptors are hidden from us.
///
/// It reads `/proc/net/tcp` and `/proc/PID/fd` (`proc(5)`). That is slow, and meant for an error
/// message.
pub fn of(address: SocketAddr) -> Option<String> {
    let files = ["/proc/net/tcp", "/proc/net/tcp6"];
    let tables = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    let inodes: Vec<String> = tables.flat_map(|table| listeners(&table, address)).collect();
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let is_process =
        |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit);
    let mut processes = entries.filter(is_process).map(|entry| entry.path());
    let owner = processes.find(|process| inodes.iter().any(|inode| holds(process, inode)));
    owner.map(|process| name(&process))
}

/// The inodes of the listening sockets in a table of `/proc/net` that hold the port of `address`.
fn listeners(table: &str, address: SocketAddr) -> Vec<String> {
    let holds = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, local, _, "0A", ..] = words[..] else { return false };
        parse(local)
            .is_some_and(|own| own.port() == address.port() && overlap(own.ip(), address.ip()))
    };
    let inode = |line: &str| line.split_whitespace().nth(9).map(String::from);
    table.lines().skip(1).filter(holds).filter_map(inode).collect()
}

/// Two addresses of one port are in each other's way if they are equal, or one is the wildcard.
fn overlap(a: IpAddr, b: IpAddr) -> bool {
    a == b || a.is_unspecified() || b.is_unspecified()
}

/// `0100007F:04D2` is 127.0.0.1:1234: each four bytes as a number of this machine, the port as it
/// is written.
fn parse(address: &str) -> Option<SocketAddr> {
    let (ip, port) = address.split_once(':')?;
    let words = ip
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok());
    let bytes: Vec<u8> =
        words.collect::<Option<Vec<u32>>>()?.into_iter().flat_map(u32::to_ne_bytes).collect();
    let ip = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        _ => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical(),
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// Whether a process, by its folder in `/proc`, has the socket of that inode open.
fn holds(process: &Path, inode: &str) -> bool {
    let wanted = format!("socket:[{inode}]");
    let Ok(files) = fs::read_dir(process.join("fd")) else { return false };
    files
        .flatten()
        .any(|file| fs::read_link(file.path()).is_ok_and(|link| link.to_str() == Some(&wanted)))
}

fn name(process: &Path) -> String {
    let pid = process.file_name().unwrap_or_default().to_string_lossy();
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    format!("pid {pid}, {}", name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_owner_of_a_listening_port_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let own = format!("pid {},", std::process::id());
        assert!(of(address).is_some_and(|owner| owner.starts_with(&own)));
        assert!(
            of(([0, 0, 0, 0], address.port()).into()).is_some(),
            "the wildcard is in its way, too"
        );
        assert_eq!(of(([127, 0, 0, 2], address.port()).into()), None);
    }

    #[test]
    fn addresses_of_the_kernel_tables_are_read() {
        assert_eq!(parse("0100007F:04D2"), Some(([127, 0, 0, 1], 1234).into()));
        assert_eq!(
            parse("00000000000000000000000001000000:0050"),
            Some("[::1]:80".parse().unwrap())
        );
        assert_eq!(
            parse("0000000000000000FFFF00000100007F:0050"),
            Some(([127, 0, 0, 1], 80).into())
        );
        assert_eq!(parse("xyz"), None);
    }
}
