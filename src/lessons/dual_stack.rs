//! Who reaches whom: 127.0.0.1, ::1, 0.0.0.0 and ::, one server for both families, and a server for
//! each.
//!
//! `net.ipv6.bindv6only` decides what IPV6_V6ONLY is at first, so each server on `::` says what it
//! wants. What `localhost` stands for differs from machine to machine, and nothing depends on it.

use super::{Lesson, Packets};
use crate::net::{
    Domain, EADDRINUSE, EADDRNOTAVAIL, Protocol, Socket, Type, addresses_of, at, drop,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::{Ipv6Addr, SocketAddrV6};

fn run(_stage: &Stage) -> io::Result<()> {
    // # One name, two addresses
    // localhost is a name, and has to be looked up. /etc/hosts has an address of IPv4 for it, or
    // one of IPv6, or both. A good client tries them in the order of the answer.
    addresses_of("localhost")?;

    one_address()?;
    both_families()?;
    a_server_each()
}

fn one_address() -> io::Result<()> {
    // # A server on one address
    // 127.0.0.1 is this machine in IPv4. The tutorial's server listens there.
    let server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server.bind(&at("127.0.0.1", 0))?;
    server.listen(5)?;
    let port = server.local_addr()?.as_socket().unwrap().port();

    // ::1 is this machine in IPv6. A client that has found this address for localhost asks the
    // right machine for the right port, and nobody is there.
    let client = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&at("::1", port)).unwrap_err();

    // So the port of that address is free. A second server takes it, and the same client tries
    // again. Now it is the order of two addresses that decides whom a client of localhost meets.
    let server_v6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    server_v6.bind(&at("::1", port))?;
    server_v6.listen(5)?;
    client.connect(&at("::1", port))?;
    let (connection_v6, _) = server_v6.accept()?;

    // 0.0.0.0 is nobody's address. Linux takes it for "this machine", and connects to 127.0.0.1.
    // Windows refuses it.
    let to_nobody = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    to_nobody.connect(&at("0.0.0.0", port))?;
    to_nobody.peer_addr()?;
    let (connection, _) = server.accept()?;

    // The first server leaves. Whoever asks 127.0.0.1 now is refused: a server on ::1 does not
    // answer for the other address.
    drop(to_nobody);
    drop(connection);
    drop(server);
    let late = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    late.connect(&at("127.0.0.1", port)).unwrap_err();

    // The others leave, too.
    drop(late);
    drop(client);
    drop(connection_v6);
    drop(server_v6);

    Ok(())
}

fn both_families() -> io::Result<()> {
    // # A server on both families
    // :: is every address of this machine: all of IPv6, and while IPV6_V6ONLY is off, all of
    // IPv4. Linux begins with off, Windows with on, so we say it. Such a server is open to the
    // network. This one is tied to loopback first.
    let server = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    server.bind_device(Some(b"lo"))?;
    server.set_only_v6(false)?;
    server.bind(&at("::", 0))?;
    server.listen(5)?;
    let port = server.local_addr()?.as_socket().unwrap().port();

    // 0.0.0.0 is every address of IPv4. A second server wants the same port there.
    let second_server = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second_server.bind_device(Some(b"lo"))?;
    second_server.bind(&at("0.0.0.0", port)).unwrap_err();

    // A client of IPv4 comes. The server's socket knows addresses of IPv6 only, so the kernel
    // writes the client's as one of those: ::ffff: and behind it the four numbers.
    let client_v4 = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client_v4.connect(&at("127.0.0.1", port))?;
    let (connection_v4, _) = server.accept()?;

    // The connection's own address is the one that the client has asked for. In memory it has
    // four values: behind the family stand port, flow label, IP address and interface.
    connection_v4.local_addr()?;
    connection_v4.local_addr_bytes()?;

    // A client of IPv6 comes, and names all four: IP address, port, flow label, interface. Python
    // gives all four, too, and '%s:%s' % addr, as the tutorial's server has it, fails.
    let address = SocketAddrV6::new(Ipv6Addr::LOCALHOST, port, 0, 0);
    let client_v6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    client_v6.connect(&address.into())?;
    let (connection_v6, _) = server.accept()?;
    connection_v6.local_addr()?;

    // Can the server give up IPv4 now? It is too late: bind has taken the port in both families.
    server.set_only_v6(true).unwrap_err();

    // The clients close first, then the servers.
    drop(client_v4);
    drop(client_v6);
    drop(connection_v4);
    drop(connection_v6);
    drop(second_server);
    drop(server);

    Ok(())
}

fn a_server_each() -> io::Result<()> {
    // # A server for each family
    // The same once more, and IPV6_V6ONLY is switched on before bind.
    let server_v6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    server_v6.bind_device(Some(b"lo"))?;
    server_v6.set_only_v6(true)?;
    server_v6.bind(&at("::", 0))?;
    server_v6.listen(5)?;
    let port = server_v6.local_addr()?.as_socket().unwrap().port();

    // Now :: has nothing to do with IPv4.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&at("127.0.0.1", port)).unwrap_err();

    // So another server may have the port there. It takes it, and the same client tries again.
    let server_v4 = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    server_v4.bind_device(Some(b"lo"))?;
    server_v4.bind(&at("0.0.0.0", port))?;
    server_v4.listen(5)?;
    client.connect(&at("127.0.0.1", port))?;

    // This server is one of IPv4, and sees the client's address as IPv4 writes it.
    let (connection, _) = server_v4.accept()?;

    // The server on :: leaves. 0.0.0.0 never stands for an address of IPv6: nobody is at ::1.
    drop(server_v6);
    let client_v6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    client_v6.connect(&at("::1", port)).unwrap_err();

    // The others leave, too.
    drop(client_v6);
    drop(client);
    drop(connection);
    drop(server_v4);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "dual-stack",
    title: "localhost, 0.0.0.0, :: and ::1",
    lead: "program",
    question: Question {
        ask: "A server listens on a port of ::, which is every address of IPv6. A second server \
              binds\n\
              the same port of 0.0.0.0, which is every address of IPv4. What does bind say?",
        decided_by: |trace| trace.answers("program", "bind").nth(3),
        choices: &[
            Choice(
                "It has it: a port of IPv4 is not a port of IPv6.",
                |answer| answer.succeeded(),
                "It is, once the first server sets IPV6_V6ONLY. By itself :: takes IPv4, too.",
            ),
            Choice(
                "EADDRINUSE: the first server has that port in both.",
                |answer| answer.failed_with(EADDRINUSE),
                "By itself :: takes IPv4, too. With IPV6_V6ONLY it does not.",
            ),
            Choice(
                "EADDRNOTAVAIL: nobody has the address 0.0.0.0.",
                |answer| answer.failed_with(EADDRNOTAVAIL),
                "0.0.0.0 is nobody's address. To bind it means: every address of IPv4.",
            ),
        ],
    },
    needs: &[Need::Ipv6, Need::Localhost, Need::OwnNetwork],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("dual_stack.rs"),
    recorded: include_str!("../../lessons/traces/dual-stack.jsonl"),
    run,
};
