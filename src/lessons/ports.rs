//! Protocol, two addresses and two ports lead to a socket; a port alone does not.
//!
//! `IP_LOCAL_PORT_RANGE` is there from Linux 6.3 on. With a range of two ports the kernel takes
//! either one first (6.18: 13 times in 20 the second), so the range here is one port: the one that
//! a client has.

use super::{Lesson, Packets};
use crate::net::{
    Domain, EADDRINUSE, EADDRNOTAVAIL, ETIMEDOUT, Protocol, SockAddr, Socket, Type, at, drop,
    read_to_string,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;

fn run(_stage: &Stage) -> io::Result<()> {
    // # One server, two clients
    // Two settings of this machine: the ports that the kernel chooses from when nobody names
    // one, and the first port that everybody may bind: those below need a privilege.
    read_to_string("/proc/sys/net/ipv4/ip_local_port_range")?;
    read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")?;

    let (server, address) = listen()?;

    // The first client. connect chooses a port for it, and accept makes a socket for the
    // server's end.
    let first_client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    first_client.connect(&address)?;
    let (first_connection, _) = server.accept()?;

    // The second client gets a port of its own.
    let second_client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second_client.connect(&address)?;
    let (second_connection, _) = server.accept()?;

    // Each client has its port. But the server's three sockets have one between them: accept
    // takes no new port for a connection.
    let first_name = first_client.local_addr()?;
    second_client.local_addr()?;
    first_connection.local_addr()?;
    second_connection.local_addr()?;

    // So the port alone does not lead to a socket. The kernel goes by the protocol, by both
    // addresses and by both ports: what the second client sends comes to its own connection.
    second_client.send(b"It is me")?;
    second_connection.recv(&mut [0; 1024])?;

    // The second client leaves, and its connection is closed. The first client stays.
    drop(second_client);
    drop(second_connection);

    // The protocol counts, too. UDP has ports of its own, and there the same number is free.
    let datagrams = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    datagrams.bind(&address)?;
    drop(datagrams);

    let (other_server, other_address) = listen()?;
    one_port_is_enough(&first_name, &address, &other_address)?;
    two_that_share(&address, &other_address)?;

    // The first client closes, then its connection, then the servers.
    drop(first_client);
    drop(first_connection);
    drop(server);
    drop(other_server);

    Ok(())
}

fn listen() -> io::Result<(Socket, SockAddr)> {
    // A server asks for its port with bind. A fixed number may be taken, and bind fails then;
    // with 0 it asks for any that is free.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    listener.listen(5)?;

    Ok((listener, address))
}

fn one_port_is_enough(
    taken: &SockAddr,
    server: &SockAddr,
    other_server: &SockAddr,
) -> io::Result<()> {
    // # A client with one port to choose from
    // On a busy machine all the ports that connect may choose from can be in use. Here it may
    // choose from one port, and that is the first client's.
    let port = taken.as_socket().unwrap().port();
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_local_port_range(port, port)?;

    // bind does not know yet who the peer will be. It wants a port that nobody has, and there
    // is none.
    client.bind(&at("127.0.0.1", 0)).unwrap_err();

    // connect knows both ends. A second connection between the same two addresses and the same
    // two ports could not be told from the first one. It fails, with another error than bind.
    client.connect(server).unwrap_err();

    // Now to another server. The port is in use, but with another peer: the kernel can tell the
    // two connections apart.
    client.connect(other_server)?;
    client.local_addr()?;
    drop(client);

    Ok(())
}

fn two_that_share(server: &SockAddr, other_server: &SockAddr) -> io::Result<()> {
    // # Two clients that share a port on purpose
    // bind can give one port to two clients, too, if each of them has set this option before.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_reuse_address(true)?;
    client.bind(&at("127.0.0.1", 0))?;
    let shared = client.local_addr()?;
    let second_client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second_client.set_reuse_address(true)?;
    second_client.bind(&shared)?;

    // Now their peers have to differ. The second one cannot have the same server as the first,
    // but it can have the other.
    client.connect(server)?;
    second_client.connect(server).unwrap_err();
    second_client.connect(other_server)?;

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "ports",
    title: "how the kernel finds the right socket",
    lead: "program",
    question: Question {
        ask: "A second client may use only one local port: the one that the first client has.\n\
              It connects to another server. What happens?",
        decided_by: |trace| trace.answers("program", "connect").nth(3),
        choices: &[
            Choice(
                "It fails at once: a port belongs to one socket.",
                |answer| answer.failed_with(EADDRINUSE) || answer.failed_with(EADDRNOTAVAIL),
                "No two connections may be alike, and these differ: they have other servers.",
            ),
            Choice(
                "It is connected, from a port that is in use.",
                |answer| answer.succeeded(),
                "No two connections may be alike, and these differ: they have other servers.",
            ),
            Choice(
                "It waits until the first client closes.",
                |answer| answer.failed_with(ETIMEDOUT),
                "connect does not wait for a port. It has one at once, or it fails.",
            ),
        ],
    },
    needs: &[Need::KernelFiles, Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("ports.rs"),
    recorded: include_str!("../../lessons/traces/ports.jsonl"),
    run,
};
