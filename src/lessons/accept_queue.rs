//! The kernel completes connections; accept takes them out of a queue. Who gets in, and in what
//! state.
//!
//! Each client waits until the one before it is in the queue: a listener with a backlog of 1 takes
//! a second handshake for a flood while the first one is under way. A wait stands in the step of
//! its `connect`, so that a pause comes before both: after two minutes or so a client that gets no
//! answer gives up, and leaves SYN-SENT. The two that do not get in are closed before the queue has
//! room again, for their kernel would try once more.

use super::{Lesson, Packets};
use crate::net::{Condition, Domain, Protocol, Socket, TcpState, Type, at, drop, wait_until};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

fn run(_stage: &Stage) -> io::Result<()> {
    // # Four clients, and nobody calls accept
    // A server that listens, and for a long while does nothing else. The number is the backlog:
    // how many connections may wait for accept.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(1)?;

    let (first, second) = let_four_come(&listener, address)?;
    talk_and_leave(&listener, first)?;
    break_off(&listener, second)?;
    ask_for_more(&listener)?;
    wait_for_words(&listener, address)?;

    // The server closes its listener.
    drop(listener);

    Ok(())
}

fn let_four_come(listener: &Socket, address: SocketAddr) -> io::Result<(Socket, Socket)> {
    // The first client. On a non-blocking socket connect does not sleep: it sends the request,
    // and says that the rest goes on without us. TCP's word for "connected" is ESTABLISHED.
    let non_blocking = Type::STREAM.nonblocking();
    let first = Socket::new(Domain::IPV4, non_blocking, Some(Protocol::TCP))?;
    first.connect(&address.into()).unwrap_err();
    wait_until(&first, Condition::State(TcpState::Established));

    // Nobody has called accept. The two ends have agreed all the same, and the connection waits
    // in the listener's queue. The kernel tells how many wait there, and the limit.
    wait_until(listener, Condition::Queued(1));
    listener.accept_queue()?;

    // One waits, and the limit is 1. Is the queue full, or does "full" mean that more wait than
    // the limit says? A second client finds out.
    let second = Socket::new(Domain::IPV4, non_blocking, Some(Protocol::TCP))?;
    second.connect(&address.into()).unwrap_err();
    wait_until(&second, Condition::State(TcpState::Established));
    wait_until(listener, Condition::Queued(2));

    // The third one. Its connect says the same. In SYN-SENT a socket has sent its request, a
    // packet called SYN, and nobody has answered.
    let third = Socket::new(Domain::IPV4, non_blocking, Some(Protocol::TCP))?;
    third.connect(&address.into()).unwrap_err();
    wait_until(&third, Condition::State(TcpState::SynSent));

    // The fourth.
    let fourth = Socket::new(Domain::IPV4, non_blocking, Some(Protocol::TCP))?;
    fourth.connect(&address.into()).unwrap_err();
    wait_until(&fourth, Condition::State(TcpState::SynSent));

    // Four clients have called connect, and all four got the same answer. How many are in?
    listener.accept_queue()?;

    // To Linux a queue is full when more wait than the limit says. The kernel has not refused
    // the other two. It has thrown their requests away, as if they had been lost on the way,
    // and it counts what it throws away.
    listener.dropped_requests()?;

    // A client that wants to know how far it is can call connect again. The first one hears
    // that it is done, the third that it is still under way.
    first.connect(&address.into())?;
    third.connect(&address.into()).unwrap_err();

    // After about a second the two requests would be sent again. These clients do not wait
    // for that.
    drop(third);
    drop(fourth);

    Ok((first, second))
}

fn talk_and_leave(listener: &Socket, client: Socket) -> io::Result<()> {
    // # The first one talks, and leaves
    // The first client sends three names. Still nobody has accepted it, but the server's kernel
    // takes the bytes, keeps them for the server, and acknowledges them.
    client.send(b"Rose, Think, Babala")?;
    wait_until(&client, Condition::Acknowledged);

    // It has said all it wanted to say, and leaves.
    drop(client);

    // Only now does the server call accept. It gets the connection that has waited longest, and
    // the address of a client that is gone.
    let (connection, _) = listener.accept()?;

    // CLOSE-WAIT: the other end has closed, and we have not.
    wait_until(&connection, Condition::State(TcpState::CloseWait));

    // What it said is all there, and behind it the end of the stream.
    let mut buffer = [0; 1024];
    connection.recv(&mut buffer)?;
    connection.recv(&mut buffer)?;
    drop(connection);

    Ok(())
}

fn break_off(listener: &Socket, client: Socket) -> io::Result<()> {
    // # The second one breaks off
    // The second client leaves in another way. With a linger time of 0, close breaks the
    // connection off: a packet called RST says that there is no connection any more.
    client.set_linger(Some(Duration::ZERO))?;
    drop(client);

    // The connection that was broken off has kept its place in the queue. accept takes it out,
    // finds nothing wrong, and even tells who it was.
    let (connection, _) = listener.accept()?;

    // There is no peer any more. The server learns it from the first call that needs one.
    wait_until(&connection, Condition::State(TcpState::Close));
    connection.peer_addr().unwrap_err();

    // recv says why. This is the line where a server has to expect the error: it is no reason
    // to stop accepting others.
    connection.recv(&mut [0; 1024]).unwrap_err();
    drop(connection);

    Ok(())
}

fn ask_for_more(listener: &Socket) -> io::Result<()> {
    // # A longer queue
    // A listener may call listen again, to change its limit. A thousand million places are too
    // many. The kernel says ok, and gives what the administrator allows: net.core.somaxconn.
    listener.listen(1_000_000_000)?;
    listener.accept_queue()?;

    // -1 is no error. The kernel reads it as the greatest number there is, and the limit is the
    // same.
    listener.listen(-1)?;
    listener.accept_queue()?;

    Ok(())
}

fn wait_for_words(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # Wait for the first word
    // A client that is connected and says nothing is of no use to a server that waits for
    // requests. With TCP_DEFER_ACCEPT the listener asks for more than a handshake: a first word,
    // within about a minute.
    listener.set_defer_accept(60)?;

    // The next client calls connect, and the call succeeds. The other end, in the server's
    // kernel, is in SYN-RECEIVED and stays there: for it the handshake is not over.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.connect(&address.into())?;

    // So one end is connected and the other is not, and nobody waits for accept.
    listener.accept_queue()?;

    // The first word completes the connection, and puts it into the queue.
    client.send(b"Lily")?;
    wait_until(listener, Condition::Queued(1));

    // Whoever accepts it now does not have to wait for what it says.
    let (connection, _) = listener.accept()?;
    connection.recv(&mut [0; 1024])?;
    drop(client);
    drop(connection);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "accept-queue",
    title: "connected before anyone said accept",
    lead: "program",
    question: Question {
        ask: "listen(1), and nobody calls accept. Four clients connect, one after the other.\n\
              How many of them are connected?",
        decided_by: |trace| trace.answers("program", "getsockopt").nth(1),
        choices: &[
            Choice(
                "One: that is the limit.",
                |answer| answer.says("1 waiting"),
                "Linux lets in one more than the limit: it compares with >, and not with >=.",
            ),
            Choice(
                "Two: one more than the limit.",
                |answer| answer.says("2 waiting"),
                "Linux lets in one more than the limit: it compares with >, and not with >=.",
            ),
            Choice(
                "None: a client is connected when accept returns.",
                |answer| answer.says("0 waiting"),
                "The kernel makes the connection. accept only hands over what is there.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("accept_queue.rs"),
    recorded: include_str!("../../lessons/traces/accept-queue.jsonl"),
    run,
};
