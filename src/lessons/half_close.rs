//! How a connection ends in order: one direction at a time.
//!
//! The last part cuts the cable with a filter. What is sent meanwhile is sent again later, and
//! later each time, so the filter is attached and taken away in one step: a pause does no harm.

use super::{Lesson, Packets};
use crate::net::{
    Child, Condition, Domain, MSG_DONTWAIT, Protocol, Socket, TcpState, Type, at, drop, wait_until,
};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::{Shutdown, SocketAddr};

fn run(stage: &Stage) -> io::Result<()> {
    // # A client has said all it has to say
    // A listener, as in the lessons before.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    // A client sends names, as many as it likes. How does this server know that it has them all?
    let client = stage.actor("client", move || say_all_and_listen(address));
    let (connection, _) = listener.accept()?;
    let mut buffer = [0; 1024];
    connection.recv(&mut buffer)?;

    // recv says 0 bytes: the client says no more. That is a message, too, and it is kept: every
    // recv from now on says the same, at once.
    connection.recv(&mut buffer)?;
    connection.recv(&mut buffer)?;

    // But only one direction has ended. The other one is as good as before.
    connection.send(b"3 names")?;
    drop(connection);
    client.join().unwrap()?;

    close_a_copy(&listener, address)?;
    stop_reading(&listener, address)?;
    forget_to_close(&listener, address)?;
    be_killed(&listener, address)?;
    lose_the_last_word(&listener, address)?;
    end_at_the_same_time(&listener, address)?;

    // The server has shown enough.
    drop(listener);

    Ok(())
}

fn say_all_and_listen(address: SocketAddr) -> io::Result<()> {
    // The client says what it has to say.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?;
    socket.send(b"Rose, Think, Babala")?;

    // shutdown(Write): that was all. A packet called FIN tells the other end so, behind the last
    // byte. The descriptor stays.
    socket.shutdown(Shutdown::Write)?;

    // Nothing can be sent any more, not even by mistake.
    socket.send(b"exit").unwrap_err();

    // And reading? The server has not ended its direction.
    socket.recv(&mut [0; 1024])?;
    socket.recv(&mut [0; 1024])?;
    drop(socket);

    Ok(())
}

fn connect(listener: &Socket, address: SocketAddr) -> io::Result<(Socket, Socket)> {
    // From here on one thread plays both ends: nothing has to sleep.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;

    Ok((client, connection))
}

fn close_a_copy(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # A copy of the descriptor
    // A second descriptor for the client's socket, and it is closed. A connection ends when its
    // last descriptor does. So the other end hears nothing: recv would have to wait.
    let copy = client.try_clone()?;
    drop(copy);
    connection.recv_with_flags(&mut [0; 8], MSG_DONTWAIT).unwrap_err();

    // shutdown is about the connection, and not about a descriptor. It does not matter through
    // which of them it comes, nor how many there are: the FIN leaves at once.
    let copy = client.try_clone()?;
    copy.shutdown(Shutdown::Write)?;
    connection.recv(&mut [0; 8])?;
    client.send(b"more").unwrap_err();

    // This connection is not needed any more.
    drop(copy);
    drop(client);
    drop(connection);

    Ok(())
}

fn stop_reading(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # To stop reading
    // shutdown(Read) is another thing. No packet leaves; TCP has no word for "I do not listen".
    // recv says 0 now, as at the end.
    connection.shutdown(Shutdown::Read)?;
    connection.recv(&mut [0; 8])?;

    // The client knows of nothing, and sends. On Linux the bytes arrive all the same, and can be
    // read.
    client.send(b"late")?;
    connection.recv(&mut [0; 8])?;

    // Enough of that.
    drop(client);
    drop(connection);

    Ok(())
}

fn forget_to_close(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # A server that forgets to close
    // The client closes. This end is in CLOSE-WAIT now, which means: wait for the program to
    // close.
    drop(client);
    wait_until(&connection, Condition::State(TcpState::CloseWait));

    // If the program forgets that, nothing else ends it: there is no time-out. The other end's
    // kernel waits for about a minute, and then forgets the connection. This end does not.
    connection.recv(&mut [0; 8])?;

    // This is the line that is missing where `ss` shows CLOSE-WAIT by the hundred.
    drop(connection);

    Ok(())
}

fn be_killed(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # A program is killed
    // Another process gets a descriptor for the server's end: sleep, a program that does nothing.
    // We close ours, and nothing ends: the other process has the connection open.
    let mut child = Child::spawn(&["sleep", "1000"], &connection)?;
    drop(connection);
    client.recv_with_flags(&mut [0; 8], MSG_DONTWAIT).unwrap_err();

    // Now it is killed. It cannot say good-bye. But its kernel closes what it had open, as it
    // does for every process that ends: the client sees an ordinary end.
    child.kill()?;
    client.recv(&mut [0; 8])?;
    child.wait()?;
    drop(client);

    Ok(())
}

fn lose_the_last_word(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # The last word gets lost
    // The client ends its direction. The server's kernel knows.
    client.shutdown(Shutdown::Write)?;
    wait_until(&connection, Condition::State(TcpState::CloseWait));

    // The server ends, too, but its FIN gets lost: a filter throws away what arrives for the
    // client. So the answer to this last FIN is missing: LAST-ACK. The kernel says it again until
    // it is heard.
    client.drop_arriving()?;
    drop(connection);
    client.detach_filter()?;
    wait_until(&client, Condition::State(TcpState::Close));

    // The client ended first, so it is the client's kernel that remembers: TIME-WAIT.
    drop(client);

    Ok(())
}

fn end_at_the_same_time(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # Both end at the same time
    // Both say their FIN before they hear the other's. The server has heard one, and waits for
    // an answer to its own, which was lost: CLOSING. Soon it is said again, and answered.
    client.drop_arriving()?;
    connection.shutdown(Shutdown::Write)?;
    client.shutdown(Shutdown::Write)?;
    client.detach_filter()?;
    wait_until(&client, Condition::State(TcpState::Close));
    wait_until(&connection, Condition::State(TcpState::Close));

    // Nobody was first, so both remember.
    drop(client);
    drop(connection);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "half-close",
    title: "the end is a message, too",
    lead: "server",
    question: Question {
        ask: "A client has sent all it has to say, and calls shutdown(Write).\n\
              Then it calls recv. What does it get?",
        decided_by: |trace| trace.answers("client", "recv").next(),
        choices: &[
            Choice(
                "An error: it has shut its socket down.",
                |answer| !answer.succeeded(),
                "Only sending is shut down. Receiving goes on as before.",
            ),
            Choice(
                "0 bytes: the connection has ended.",
                |answer| answer.number() == Some(0),
                "Only one direction has ended. In the other one the server can still answer.",
            ),
            Choice(
                "The answer of the server.",
                |answer| answer.number().is_some_and(|bytes| bytes > 0),
                "Each direction of a connection ends by itself.",
            ),
        ],
    },
    needs: &[Need::OwnNetwork, Need::Filters],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("half_close.rs"),
    recorded: include_str!("../../lessons/traces/half-close.jsonl"),
    run,
};
