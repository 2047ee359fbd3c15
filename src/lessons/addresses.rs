//! Addresses belong to interfaces; a server answers at the addresses it is bound to.
//!
//! The MAC of routers and ARP stand in the chapter only: no call of ours shows them. Of the three
//! networks for examples (RFC 5737) the third is used: some test machines have an address in the
//! first.
//! `net.ipv4.ip_nonlocal_bind` = 1 would allow that `bind`, and stop the lesson.

use super::{Lesson, Packets};
use crate::net::{
    Domain, EADDRINUSE, EADDRNOTAVAIL, Protocol, Socket, Type, at, drop, interfaces, read_to_string,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    // # Which addresses this machine has
    // Addresses belong to interfaces, and a machine may have many of those. Here is each one:
    // its name, its hardware address (MAC) if it has one, and its IP addresses: several, or
    // none.
    interfaces()?;

    // lo is in every machine: loopback, where programs of one machine meet. There is no card
    // and no cable, so its hardware address is all zeros. 772 is its kind; Ethernet is 1.
    read_to_string("/sys/class/net/lo/address")?;
    read_to_string("/sys/class/net/lo/type")?;

    two_servers()?;
    any_address()
}

fn two_servers() -> io::Result<()> {
    // # Two servers, two addresses
    // A server on 127.0.0.1, as in the tutorial. Other machines have a 127.0.0.1 of their own,
    // so none of them can reach this one.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&at("127.0.0.1", 0))?;
    server.listen(5)?;
    let port = server.local_addr()?.as_socket().unwrap().port();

    // A client tries the right port of the wrong address. All addresses that begin with 127,
    // but the last one, are this machine, and the server has one of them. The client is
    // refused.
    let neighbour = at("127.0.0.2", port);
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&neighbour).unwrap_err();
    drop(client);

    // A second server wants that port, of that address: two servers on one machine with one
    // port number, and without any option.
    let second_server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second_server.bind(&neighbour)?;
    second_server.listen(5)?;

    // A third one wants the same address and the same port. That is taken.
    let third_server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    third_server.bind(&neighbour).unwrap_err();

    // 203.0.113.77 is kept for examples in books, and no interface has it. The kernel has a
    // table of the addresses that are its own, so it can say no without asking the network.
    third_server.bind(&at("203.0.113.77", 0)).unwrap_err();

    Ok(())
}

fn any_address() -> io::Result<()> {
    // # Every address at once
    // 0.0.0.0 stands for every address that this machine has, on every interface. A server on
    // it is open to the network, so this one is tied to loopback before.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind_device(Some(b"lo"))?;
    server.bind(&at("0.0.0.0", 0))?;
    server.listen(5)?;
    let port = server.local_addr()?.as_socket().unwrap().port();

    // Every router on the way takes one from a packet's TTL, and throws the packet away at 0.
    // With a TTL of 1 it does not pass a single router.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_ttl_v4(1)?;

    // The packets arrive all the same. 127.0.0.3 is this machine, so the packets do not leave
    // it, and meet no router.
    client.connect(&at("127.0.0.3", port))?;
    let (connection, _) = server.accept()?;

    // A connection is between two addresses, and 0.0.0.0 is none. The server's end has the one
    // that the client asked for; the client's end has the one that the kernel chose.
    connection.local_addr()?;
    client.local_addr()?;

    // The client closes first, then the server.
    drop(client);
    drop(connection);
    drop(server);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "addresses",
    title: "which address, and whose",
    lead: "program",
    question: Question {
        ask: "A server listens on a port of 127.0.0.1. On the same machine, a second server binds\n\
              the same port of 127.0.0.2. What does bind say?",
        decided_by: |trace| trace.answers("program", "bind").nth(1),
        choices: &[
            Choice(
                "It has it: the same port of another address is another port.",
                |answer| answer.succeeded(),
                "A port belongs to an address. Each address has all of them.",
            ),
            Choice(
                "The port is in use: a machine has it once.",
                |answer| answer.failed_with(EADDRINUSE),
                "It is in use at the same address only, and at 0.0.0.0, which is every address.",
            ),
            Choice(
                "No such address: nobody gave 127.0.0.2 to this machine.",
                |answer| answer.failed_with(EADDRNOTAVAIL),
                "On Linux all of 127.0.0.0/8 is this machine. Nobody has to give it 127.0.0.2.",
            ),
        ],
    },
    needs: &[Need::KernelFiles],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("addresses.rs"),
    recorded: include_str!("../../lessons/traces/addresses.jsonl"),
    run,
};
