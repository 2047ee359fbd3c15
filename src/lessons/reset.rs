//! How a connection ends out of order: RST, and what the calls say of it.

use super::{Lesson, Packets};
use crate::net::{
    Child, Condition, Domain, ECONNRESET, EPIPE, Protocol, Socket, TcpState, Type, at, drop,
    wait_until,
};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

fn run(_stage: &Stage) -> io::Result<()> {
    // # A client sends to one who is gone
    // One program plays both ends: what matters here is what each call says.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    send_to_one_who_is_gone(&listener, address)?;
    break_off(&listener, address)?;
    close_unread(&listener, address)?;
    read_last_words(&listener, address)?;
    die_of_it(&listener, address)?;

    // That was the last connection.
    drop(listener);

    Ok(())
}

fn connect(listener: &Socket, address: SocketAddr) -> io::Result<(Socket, Socket)> {
    // A client, and the server's end of its connection.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;

    Ok((client, connection))
}

fn send_to_one_who_is_gone(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // The server closes. The client's kernel hears the FIN, and knows: the server says no more.
    // Whether it still listens, a FIN does not say.
    drop(connection);
    wait_until(&client, Condition::State(TcpState::CloseWait));

    // send does not wait for an answer. The bytes leave, and meet a kernel that has no socket for
    // them. It answers with RST: there is no such connection.
    client.send(b"Rose")?;
    wait_until(&client, Condition::State(TcpState::Close));

    // Only the second send fails. EPIPE: a pipe without a reader.
    client.send(b"Think").unwrap_err();

    // recv says 0, the end that the FIN has brought. Who only reads never hears of the reset.
    client.recv(&mut [0; 8])?;
    drop(client);

    Ok(())
}

fn break_off(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # An end without a good-bye
    // With a linger time of 0, close does not say FIN but RST: no good-bye, and no TIME-WAIT. The
    // other end is CLOSED at once.
    connection.set_linger(Some(Duration::ZERO))?;
    drop(connection);
    wait_until(&client, Condition::State(TcpState::Close));

    // No FIN came before it, so this is an error, and the first call that asks gets it.
    client.recv(&mut [0; 8]).unwrap_err();

    // It gets it once. After that send says EPIPE, and recv says 0, as if all had ended well.
    client.send(b"Rose").unwrap_err();
    client.recv(&mut [0; 8])?;
    drop(client);

    Ok(())
}

fn close_unread(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # Bytes that nobody has read
    // The client says something.
    client.send(b"Rose")?;
    wait_until(&connection, Condition::Unread(4));

    // The server closes without reading it. An ordinary close, with no option: but bytes are
    // thrown away, so the kernel must not pretend that all went well. It says RST.
    drop(connection);
    wait_until(&client, Condition::State(TcpState::Close));

    // The error waits in the socket. SO_ERROR takes it out; a second look finds nothing.
    client.take_error()?;
    client.take_error()?;

    // And with it the reset is forgotten: recv says 0.
    client.recv(&mut [0; 8])?;
    drop(client);

    Ok(())
}

fn read_last_words(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # An answer, and a reset behind it
    // The server answers before it has read, as one does that says "too many clients" at the
    // door. Then it closes: RST, for the client's word is unread.
    client.send(b"Rose")?;
    connection.send(b"go away")?;
    wait_until(&client, Condition::Unread(7));
    drop(connection);
    wait_until(&client, Condition::State(TcpState::Close));

    // The answer had arrived before the reset. On Linux it is still there, and only behind it
    // stands the error.
    client.recv(&mut [0; 8])?;
    client.recv(&mut [0; 8]).unwrap_err();
    drop(client);

    Ok(())
}

fn die_of_it(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # A program that dies of it
    // Once more the connection is gone, and the client's kernel knows.
    drop(connection);
    client.send(b"Rose")?;
    wait_until(&client, Condition::State(TcpState::Close));

    // Another program writes into it: echo, which knows nothing of sockets. With EPIPE comes a
    // signal, SIGPIPE. Rust ignores it, and so have we up to here.
    let mut child = Child::spawn(&["echo", "Hello"], &client)?;

    // echo does not. It is dead before it could report an error.
    child.wait()?;
    drop(client);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "reset",
    title: "ECONNRESET, EPIPE, or nothing",
    lead: "program",
    question: Question {
        ask: "The server has closed, and the client's kernel knows it. Now the client sends.\n\
              What does send return?",
        decided_by: |trace| trace.answers("program", "send").next(),
        choices: &[
            Choice(
                "ECONNRESET: the connection is gone.",
                |answer| answer.failed_with(ECONNRESET),
                "The reset is the answer to this send. It comes when the send has returned.",
            ),
            Choice(
                "EPIPE: nobody reads at the other end.",
                |answer| answer.failed_with(EPIPE),
                "The next send gets that, when the reset has come. It is the answer to this one.",
            ),
            Choice(
                "4, as always.",
                |answer| answer.number() == Some(4),
                "A FIN says that the server sends no more. It does not say that it reads no more.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("reset.rs"),
    recorded: include_str!("../../lessons/traces/reset.jsonl"),
    run,
};
