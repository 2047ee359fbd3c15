//! What a send that succeeded promises: that the kernel has taken the bytes, and nothing more.
//!
//! How much two buffers hold is up to the machine. So no step depends on how much that is: what is
//! full is made full by a send that sleeps until its time is over. An acknowledgement may take a
//! fifth of that second, and whoever is woken by it has to get a processor before it is over.

use super::{Lesson, Packets};
use crate::net::{
    Condition, Domain, MSG_WAITALL, Protocol, Socket, TcpState, Type, at, drop, wait_until,
};
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

fn run(stage: &Stage) -> io::Result<()> {
    // # What has been sent
    // A listener whose connections have little room for what arrives, and for what they send.
    // They take this over from it. The kernel doubles what one asks for: it has records to keep.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.set_recv_buffer_size(8 * 1024)?;
    listener.recv_buffer_size()?;
    listener.set_send_buffer_size(8 * 1024)?;
    listener.bind(&at("127.0.0.1", 0))?;
    let address = listener.local_addr()?.as_socket().unwrap();
    listener.listen(5)?;

    take_and_lose(&listener, address)?;
    fill(&listener, address)?;
    go_on_after_close(&listener, address)?;
    wait_for_each_other(stage, &listener, address)?;

    // The listener goes last.
    drop(listener);

    Ok(())
}

fn connect(listener: &Socket, address: SocketAddr) -> io::Result<(Socket, Socket)> {
    // A client, and its connection. The client has little room, too.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_send_buffer_size(8 * 1024)?;
    client.set_recv_buffer_size(8 * 1024)?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;

    Ok((client, connection))
}

fn take_and_lose(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // send says 9. That is how many bytes our own kernel has taken over from us.
    client.send(b"my letter")?;

    // The other end's kernel has got all of them, and has acknowledged them. So nothing is on
    // the way any more.
    wait_until(&client, Condition::Acknowledged);
    client.unacknowledged()?;

    // Has the other program got them? Here it is this very thread, and it has called nothing.
    // So how many of the nine wait in its kernel?
    connection.unread()?;

    // It never reads them. It closes, as a program does that has crashed. The kernel throws the
    // nine bytes away, and tells the other end so: RST.
    drop(connection);
    wait_until(&client, Condition::State(TcpState::Close));

    // That is all the sender learns, and only because it asks. Which bytes were read, nobody
    // tells: a receipt has to be a message of one's own protocol.
    client.recv(&mut [0; 8]).unwrap_err();
    drop(client);

    Ok(())
}

fn fill(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # No room
    // A hundred thousand bytes, for a program that does not read. A blocking send sleeps until
    // there is room for the last of them. SO_SNDTIMEO gives it one second.
    let letter = [b'x'; 100_000];
    client.set_write_timeout(Some(Duration::from_secs(1)))?;
    let taken = client.send(&letter)?;

    // It was a partial send: fewer bytes than it was given, and no error. Both buffers are full
    // now. A non-blocking send of the rest says so at once: EAGAIN, try again later.
    client.set_nonblocking(true)?;
    client.send(&letter[taken..]).unwrap_err();

    // Where are the bytes that were taken? Some wait to be read. The others wait in our own
    // kernel, for room at the other end: it has said that its window is closed.
    connection.unread()?;
    client.unacknowledged()?;

    // Each end closes. This letter is lost as well.
    drop(connection);
    drop(client);

    Ok(())
}

fn go_on_after_close(listener: &Socket, address: SocketAddr) -> io::Result<()> {
    // # close does not wait either
    // This client has much room: what it sends, its kernel takes at once, and send returns.
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    client.set_send_buffer_size(100 * 1024)?;
    client.connect(&address.into())?;
    let (connection, _) = listener.accept()?;
    client.send(&[b'x'; 50_000])?;

    // It closes, and close returns at once, too. The program could end now. Most of the letter
    // is still in its kernel.
    drop(client);

    // Now the other end reads. MSG_WAITALL: sleep until the buffer is full. The kernel of the
    // program that has closed goes on sending, and all of it arrives.
    connection.recv_with_flags(&mut [0; 50_000], MSG_WAITALL)?;

    // Behind it the end of the stream. An orderly close loses nothing that the other end reads.
    connection.recv(&mut [0; 8])?;
    drop(connection);

    Ok(())
}

fn wait_for_each_other(stage: &Stage, listener: &Socket, address: SocketAddr) -> io::Result<()> {
    let (client, connection) = connect(listener, address)?;

    // # Two who both send first
    // Two writers. Each wants to send its whole letter first, and to read then. We keep a second
    // descriptor for each end, to look at them.
    let (left, right) = (client.try_clone()?, connection.try_clone()?);
    let one = stage.actor("one", move || write_first(&client));
    let other = stage.actor("other", move || write_first(&connection));

    // Both sleep in send. Neither reads, so neither has room. Nothing is broken, no call fails,
    // and it would stay like this for ever.
    wait_until(&left, Condition::Unread(2000));
    wait_until(&right, Condition::Unread(2000));
    left.unread()?;
    right.unread()?;

    // All it takes is one who reads. These five bytes make a little room, for a little more.
    left.recv(&mut [0; 5])?;

    // Somebody has to end it. shutdown wakes the writer at this end, and its send says how far
    // it has come. Then this end closes, with much that nobody has read: RST wakes the other.
    left.shutdown(Shutdown::Write)?;
    one.join().unwrap()?;
    drop(left);
    other.join().unwrap()?;
    drop(right);

    Ok(())
}

fn write_first(socket: &Socket) -> io::Result<()> {
    // A letter of a million bytes. This send sleeps until the other end has read most of it.
    socket.send(&vec![b'x'; 1_000_000])?;

    // It never comes to the reading: the connection is over.
    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "send",
    title: "what does \"sent 9 bytes\" mean?",
    lead: "program",
    question: Question {
        ask: "send has returned 9, and the other end's kernel has acknowledged all 9 bytes.\n\
              How many of them has the program at the other end read?",
        decided_by: |trace| trace.answers("program", "ioctl").nth(1),
        choices: &[
            Choice(
                "All 9: that is what the acknowledgement says.",
                |answer| answer.number() == Some(0),
                "It says that its kernel has them. Whether a program reads them is said nowhere.",
            ),
            Choice(
                "None: they wait in its kernel until it calls recv.",
                |answer| answer.number() == Some(9),
                "The kernel acknowledges what it has taken. That a program reads is said nowhere.",
            ),
            Choice(
                "Some of them: it depends on how fast it is.",
                |answer| answer.number().is_some_and(|unread| (1..9).contains(&unread)),
                "It has not called recv at all. As fast as it may be, it has read none.",
            ),
        ],
    },
    needs: &[],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("send.rs"),
    recorded: include_str!("../../lessons/traces/send.jsonl"),
    run,
};
