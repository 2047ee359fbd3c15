//! How long a call may wait: for ever, for a while, or not at all.
//!
//! Time passes only where no other lane is to act, so a pause does no harm; but the sleeper, whom
//! another lane wakes, has a time-out that no pause reaches.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, EAGAIN, ETIMEDOUT, Protocol, Socket, Type, at, drop, interrupt, wait_until,
};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

const A_MOMENT: Duration = Duration::from_millis(100);

fn run(stage: &Stage) -> io::Result<()> {
    // # Wait for a while
    // A listener that nobody knows of yet.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    wait_a_while(&listener, address)?;
    wait_not_at_all(&listener, address)?;
    be_woken(stage, &listener, address)?;
    refuse_and_swallow(address)?;

    // The listener is not needed any more.
    drop(listener);

    Ok(())
}

fn wait_a_while(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // accept and recv sleep until there is something to give: for ever, if need be. SO_RCVTIMEO
    // is a bound for both. Here it is a tenth of a second, and nobody comes.
    listener.set_read_timeout(Some(A_MOMENT))?;
    listener.accept().unwrap_err();

    // A client connects, and does not say a word. The connection that accept gives has taken
    // the time-out over from the listener.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;
    connection.read_timeout()?;

    // So recv sleeps for a tenth of a second, and nothing comes. The connection is as good as
    // before: what comes later can be read later.
    connection.recv(&mut [0; 8]).unwrap_err();
    client.send(b"Rose")?;
    connection.recv(&mut [0; 8])?;

    // No time is no bound. The listener shall wait as it did before.
    listener.set_read_timeout(None)?;
    drop(client);
    drop(connection);

    Ok(())
}

fn wait_not_at_all(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # Do not wait at all
    // A socket that is non-blocking from the beginning. Its connect sends the request, and comes
    // back at once: under way.
    let client = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    client.connect(&address.into()).unwrap_err();

    // It was a matter of microseconds. SO_ERROR tells how it went: 0, no error.
    let (connection, _) = listener.accept()?;
    client.take_error()?;

    // This end is an ordinary socket: on Linux accept does not hand the flag on. It can be set
    // later, too.
    connection.set_nonblocking(true)?;

    // Now recv says at once that it would have to wait. It is the same error as after a
    // time-out: in both cases, try again later.
    connection.recv(&mut [0; 8]).unwrap_err();
    client.send(b"Think")?;
    wait_until(&connection, Condition::Unread(5));
    connection.recv(&mut [0; 8])?;

    // That was that.
    drop(client);
    drop(connection);

    Ok(())
}

fn be_woken(stage: &Stage, listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # Be woken by a signal
    // Somebody who sleeps for long.
    let sleeper = stage.actor("sleeper", move || sleep(address));
    let (connection, _) = listener.accept()?;

    // It has said that it goes to sleep. A signal wakes it: to its thread it is as if somebody had
    // tapped it on the shoulder.
    wait_until(&connection, Condition::Unread(10));
    interrupt(&sleeper)?;
    sleeper.join().unwrap()?;
    drop(connection);

    Ok(())
}

fn sleep(address: SocketAddr) -> io::Result<()> {
    // The sleeper would wait for an hour.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.set_read_timeout(Some(Duration::from_secs(3600)))?;
    socket.send(b"good night")?;

    // EINTR: nothing has come, and no time is over. What to do now is up to the program; most
    // call recv again.
    socket.recv(&mut [0; 8]).unwrap_err();
    drop(socket);

    Ok(())
}

fn refuse_and_swallow(address: SocketAddr) -> io::Result<()> {
    // # How long does connect wait?
    // Nobody listens here: this socket has a port, and has not called listen. The answer comes
    // at once, and it is a refusal.
    let silent = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    silent.bind(&at("127.0.0.1", 0))?;
    let nobody = silent.local_addr()?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&nobody).unwrap_err();
    drop(client);

    // Now it listens, for one connection at most, and does not accept. With the first client its
    // queue is full.
    silent.listen(0)?;
    let first = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    first.connect(&nobody)?;
    wait_until(&silent, Condition::Queued(1));

    // For whoever comes now it is a black hole: the request is thrown away, and nobody answers.
    // connect would sleep for two minutes. connect_timeout does it step by step, with a bound.
    let second = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    second.connect_timeout(&nobody, A_MOMENT).unwrap_err();
    drop(second);

    // SO_SNDTIMEO bounds connect, too. But what it says then is EINPROGRESS: the request goes on
    // without us, until the socket is closed.
    let third = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    third.set_write_timeout(Some(A_MOMENT))?;
    third.connect(&nobody).unwrap_err();
    drop(third);

    // A socket that listens and has room lets one in at once.
    let fourth = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    fourth.connect_timeout(&address.into(), A_MOMENT)?;
    drop(fourth);
    drop(first);
    drop(silent);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "blocking",
    title: "for ever, for a while, not at all",
    lead: "program",
    question: Question {
        ask: "A socket has a time-out of a tenth of a second. recv waits, and nothing comes.\n\
              What does recv say?",
        decided_by: |trace| trace.answers("program", "recv").next(),
        choices: &[
            Choice(
                "0 bytes.",
                |answer| answer.number() == Some(0),
                "0 is the end of the stream. Nothing has ended: the other end may still send.",
            ),
            Choice(
                "ETIMEDOUT: the time is over, and so is the connection.",
                |answer| answer.failed_with(ETIMEDOUT),
                "Only the waiting is over. The connection is well, and recv may be called again.",
            ),
            Choice(
                "EAGAIN: nothing there, try again.",
                |answer| answer.failed_with(EAGAIN),
                "Only the waiting is over. The connection is well, and recv may be called again.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("blocking.rs"),
    recorded: include_str!("../../lessons/traces/blocking.jsonl"),
    run,
};
