//! A peer that is gone without a word, and who finds out.
//!
//! A filter cuts the cable: what arrives for the client is thrown away. Times run only while all
//! that waits for them is this one lane, in the step that started them: a pause does no harm.
//!
//! When keepalive gives up, it says RST. That may come through just as the filter goes, if nobody
//! waits until all is still: then the client's send fails, and its recv does not.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, EAGAIN, ETIMEDOUT, Protocol, Socket, TcpState, Type, at, drop, wait_until,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

const A_MOMENT: Duration = Duration::from_millis(100);

fn run(_stage: &Stage) -> io::Result<()> {
    // # A cut cable, and a reader
    // A server, as so often.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    read_on(&listener, address)?;
    ask_the_kernel(&listener, address)?;
    bound_what_is_sent(&listener, address)?;
    ask_the_program(&listener, address)?;

    // The server ends.
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

fn read_on(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // Somebody trips over the cable. Nothing reaches the client any more, and it says nothing.
    // The server waits for its next word, for a tenth of a second.
    client.drop_arriving()?;
    connection.set_read_timeout(Some(A_MOMENT))?;
    connection.recv(&mut [0; 8]).unwrap_err();

    // That was its own time-out. To the kernel all is well: where nothing is sent, nothing gets
    // lost. Without a time-out this recv would sleep for ever.
    wait_until(&connection, Condition::State(TcpState::Established));

    // The server says something, and nobody acknowledges it. Then the cable is put back. The
    // kernel sends again what was not acknowledged: nothing is lost, and no call has failed.
    connection.send(b"hello?")?;
    client.detach_filter()?;
    wait_until(&client, Condition::Unread(6));
    client.recv(&mut [0; 8])?;

    // So a cut is not the end. The end is what a program takes for one.
    drop(client);
    drop(connection);

    Ok(())
}

fn ask_the_kernel(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # Let the kernel ask
    // A connection on which nothing is said can be tested: SO_KEEPALIVE. It is off. Once it is on,
    // the kernel asks after two hours, and every 75 seconds then, nine times.
    connection.keepalive()?;
    connection.tcp_keepalive_time()?;
    connection.tcp_keepalive_interval()?;
    connection.tcp_keepalive_retries()?;

    // We have not so much time: after a second, once more after another, and that is it. The
    // client's kernel does not answer. The sleeping recv hears of it: ETIMEDOUT.
    client.drop_arriving()?;
    connection.set_tcp_keepalive_time(Duration::from_secs(1))?;
    connection.set_tcp_keepalive_interval(Duration::from_secs(1))?;
    connection.set_tcp_keepalive_retries(1)?;
    connection.set_keepalive(true)?;
    connection.recv(&mut [0; 8]).unwrap_err();

    // Now the cable is put back. The client has not noticed a thing: half of the connection is
    // still there. Its next word meets a kernel that knows of none, and says RST.
    client.detach_filter()?;
    client.send(b"me again").ok();
    wait_until(&client, Condition::State(TcpState::Close));
    client.recv(&mut [0; 8]).err();

    // Both know now.
    drop(client);
    drop(connection);

    Ok(())
}

fn bound_what_is_sent(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # A bound for what is sent
    // Who sends is told in the end, but late: after a quarter of an hour of trying. The option
    // TCP_USER_TIMEOUT bounds that: so long may something be unacknowledged.
    client.drop_arriving()?;
    connection.set_tcp_user_timeout(Some(Duration::from_millis(500)))?;
    connection.send(b"hello?")?;
    connection.recv(&mut [0; 8]).unwrap_err();

    // The bytes may have arrived or not: ETIMEDOUT does not say.
    client.detach_filter()?;
    drop(connection);
    drop(client);

    Ok(())
}

fn ask_the_program(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # Let the program ask
    // This server does not talk to its client, but to a relay, as so often: a proxy, a load
    // balancer, a router that translates addresses. The client is connected with the relay.
    let door = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    door.bind(&at("127.0.0.1", 0))?;
    door.listen(1)?;
    let (client, front) = connect(&door, door.local_addr()?.as_socket().unwrap())?;
    let (back, connection) = connect(listener, address)?;

    // What comes in at the front goes out at the back.
    let mut buffer = [0; 8];
    client.send(b"Rose")?;
    let length = front.recv(&mut buffer)?;
    back.send(&buffer[..length])?;
    connection.recv(&mut [0; 8])?;

    // Now the relay hangs: its program does nothing any more. The server asks, and is
    // acknowledged at once: by the relay's kernel. That is all that keepalive could ask, too.
    connection.send(b"ping")?;
    wait_until(&connection, Condition::Acknowledged);

    // Only an answer of the client's program would mean something. So the question has to be a
    // message, and the answer another: a heartbeat. None comes in time.
    connection.set_read_timeout(Some(A_MOMENT))?;
    connection.recv(&mut [0; 8]).unwrap_err();

    // The server gives it up.
    drop(connection);
    drop(back);
    drop(front);
    drop(client);
    drop(door);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "half-open",
    title: "the peer that is no longer there",
    lead: "server",
    question: Question {
        ask: "The cable is cut, and the server is in recv. How does it find out?",
        decided_by: |trace| trace.answers("server", "recv").next(),
        choices: &[
            Choice(
                "recv says 0 bytes: the connection is over.",
                |answer| answer.number() == Some(0),
                "0 is what a FIN says. Who is cut off cannot send one, so none has come.",
            ),
            Choice(
                "The kernel tells it after a while: ETIMEDOUT.",
                |answer| answer.failed_with(ETIMEDOUT),
                "A kernel that has nothing to send asks for nothing. With keepalive it would.",
            ),
            Choice(
                "Not at all. Only its own time-out ends the waiting.",
                |answer| answer.failed_with(EAGAIN),
                "Nobody sends anything, so nobody misses an answer.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork, Need::Filters],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("half_open.rs"),
    recorded: include_str!("../../lessons/traces/half-open.jsonl"),
    run,
};
