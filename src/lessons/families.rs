//! A `sockaddr` of three families, byte by byte: `AF_INET` is about addresses, not about servers.
//!
//! The port whose bytes are swapped is 80: 20480 lies outside of the usual range of
//! `ip_local_port_range`, so no port that the kernel chooses for a run is the same number.
//! `connect` on UDP sends nothing.

use super::{Lesson, Packets};
use crate::net::{Domain, EADDRNOTAVAIL, EAFNOSUPPORT, Protocol, SockAddr, Socket, Type, at, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use tempfile::tempdir;

fn run(_stage: &Stage) -> io::Result<()> {
    three_addresses()?;
    wrong_addresses()?;
    two_equal_ends()
}

fn three_addresses() -> io::Result<()> {
    // # What an address looks like
    // An IPv4 address for the kernel: 16 bytes. The family, 2 bytes in the order of this CPU;
    // the port, 2 bytes, the high one first; the IP address, 4 bytes; 8 bytes of nothing.
    let v4 = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    v4.bind(&at("127.0.0.1", 0))?;
    v4.local_addr_bytes()?;

    // The same once more, decoded. Find the port in the bytes above: high byte times 256, plus
    // low byte. The network's order is the one in which we write numbers on paper.
    v4.local_addr()?;

    // An IPv6 address: 28 bytes. Family and port stand in the same places. Then come 4 bytes of
    // flow label (a mark for routers), the 16 bytes of the IP address, and 4 bytes that may
    // name an interface.
    let v6 = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    v6.bind(&at("::1", 0))?;
    v6.local_addr_bytes()?;
    v6.local_addr()?;

    // A socket of the family UNIX has no name at first. Its address is the family, 2 bytes, and
    // nothing behind it. The trace shows it as text.
    let unix = Socket::new(Domain::UNIX, Type::DGRAM, None)?;
    unix.local_addr_bytes()?;

    // bind gives it a path for a name, with a zero byte at the end, and no port. The address is
    // as long as its path. So every call that takes an address has to be told its length, too.
    let directory = tempdir()?;
    let path = directory.path().join("rose");
    unix.bind(&SockAddr::unix(&path)?)?;
    unix.local_addr_bytes()?;

    // Three families, and the calls were the same. Only the addresses differ.
    drop(v4);
    drop(v6);
    drop(unix);

    directory.close()
}

fn wrong_addresses() -> io::Result<()> {
    // # Addresses of the wrong family
    // A socket keeps the family it was made with. This one is for IPv4, and ::1 is a perfectly
    // good address of this machine, but of the other family.
    let v4 = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    v4.bind(&at("::1", 0)).unwrap_err();

    // The other way round the error is another one. The kernel looks at the length first, and
    // 16 bytes are too few for IPv6: it does not get as far as the family.
    let v6 = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    v6.bind(&at("127.0.0.1", 0)).unwrap_err();

    // Nothing checks the order of the port's bytes. Port 80 is 00 50. On most CPUs the low byte
    // lies first, and a C program that forgets htons, which swaps them, writes 50 00: a port
    // like any other. UDP sends nothing when it connects: the kernel notes the address down.
    let forgot_htons = u16::from_be_bytes(80_u16.to_le_bytes());
    v4.connect(&at("127.0.0.1", forgot_htons))?;
    v4.peer_addr()?;

    // None of these mistakes has broken the sockets. They could go on.
    drop(v4);
    drop(v6);

    Ok(())
}

fn two_equal_ends() -> io::Result<()> {
    // # Two equal ends
    // AF_INET does not mean servers. Here are two sockets of it, in one thread of one program.
    let rose = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    rose.bind(&at("127.0.0.1", 0))?;
    let babala = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    babala.bind(&at("127.0.0.1", 0))?;

    // All that one has to know of the other is an address.
    let address = babala.local_addr()?;
    rose.send_to(b"Are you there?", &address)?;

    // The address of the sender comes with the message: those 16 bytes again. So the answer
    // finds its way, and neither end is the server.
    let mut buffer = [0; 1024];
    let (_, sender) = babala.recv_from(&mut buffer)?;
    babala.send_to(b"Where else?", &sender)?;
    rose.recv_from(&mut buffer)?;

    // Both are done.
    drop(rose);
    drop(babala);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "families",
    title: "what an address looks like in memory",
    lead: "program",
    question: Question {
        ask: "An IPv4 socket is told to bind ::1, the IPv6 address of this machine's own \
              loopback.\n\
              What does the kernel say?",
        decided_by: |trace| trace.answers("program", "bind").nth(3),
        choices: &[
            Choice(
                "Done: it takes 127.0.0.1, which is the same place.",
                |answer| answer.succeeded(),
                "The kernel translates no address. It reads it as the family that it names.",
            ),
            Choice(
                "EADDRNOTAVAIL: it has looked for the address and not found it.",
                |answer| answer.failed_with(EADDRNOTAVAIL),
                "It does not look for it: the family comes first, and it is the wrong one.",
            ),
            Choice(
                "EAFNOSUPPORT: the address is of the wrong family.",
                |answer| answer.failed_with(EAFNOSUPPORT),
                "The kernel looks at the family first, before it looks for the address.",
            ),
        ],
    },
    needs: &[Need::Ipv6, Need::TemporaryDirectory],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("families.rs"),
    recorded: include_str!("../../lessons/traces/families.jsonl"),
    run,
};
