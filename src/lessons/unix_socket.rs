//! Sockets of one machine: the file that stays behind, credentials, `SCM_RIGHTS`, abstract names,
//! the full queue.
//!
//! The abstract name is the path of the file, so no two runs have the same one.

use super::{Lesson, Packets};
use crate::net::{Domain, EADDRINUSE, ENOENT, SockAddr, Socket, Type, drop};
use crate::platform::Need;
use crate::stage::Stage;
use crate::trace::{Choice, Question};
use std::ffi::OsStr;
use std::fs::remove_file;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use tempfile::tempdir;

fn run(_stage: &Stage) -> io::Result<()> {
    // # A socket with a path
    // The socket gets a path for its name, in a directory that was made for this run. Nobody
    // chooses such a path twice.
    let directory = tempdir()?;
    let path = directory.path().join("rose");
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    listener.bind(&SockAddr::unix(&path)?)?;

    let (client, connection) = connect(&listener, &path)?;
    pass_a_socket(&client, &connection)?;
    leave_bytes_unread(client, connection)?;
    stale_file(listener, &path)?;
    no_file(&path)?;
    directory.close()
}

fn connect(listener: &Socket, path: &Path) -> io::Result<(Socket, Socket)> {
    // From here on it is as with TCP: listen, connect, accept. A backlog of 0 leaves room for
    // one connection that waits for accept.
    listener.listen(0)?;
    let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    client.connect(&SockAddr::unix(path)?)?;

    // For a second one there is no room. connect would sleep until there is. A socket that does
    // not sleep gets EAGAIN, and nothing has begun: it has to try again later.
    let hasty = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    hasty.set_nonblocking(true)?;
    hasty.connect(&SockAddr::unix(path)?).unwrap_err();
    drop(hasty);

    // accept takes the client. Paths have no ports, and connect chose no name for the client.
    let (connection, _no_name) = listener.accept()?;
    client.local_addr()?;

    // Yet the kernel knows who it is: its process, its user and its group, as they were when it
    // called connect. The client was not asked, and TCP has nothing of the kind.
    connection.peer_credentials()?;

    Ok((client, connection))
}

fn pass_a_socket(client: &Socket, connection: &Socket) -> io::Result<()> {
    // # A socket is passed on
    // Besides bytes, a UNIX socket carries open files. We make something worth passing on: a
    // pair of sockets. One of them goes along with a message.
    let (near, far) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
    client.send_with_socket(b"for you", &far)?;

    // It arrives under another number. This could as well be another program, and the number
    // would be one of that program's.
    let (_, passed) = connection.recv_with_socket(&mut [0; 1024])?;
    let passed = passed.unwrap();

    // Two numbers, one open socket. What the near end sends is there once: whoever takes half
    // of it through one number finds the other half through the other.
    near.send(b"Babala")?;
    far.recv(&mut [0; 3])?;
    passed.recv(&mut [0; 1024])?;

    // It is open until both numbers are closed. Then the near end comes to the end, too.
    drop(far);
    drop(passed);
    near.recv(&mut [0; 1024])?;
    drop(near);

    Ok(())
}

fn leave_bytes_unread(client: Socket, connection: Socket) -> io::Result<()> {
    // # Bytes that nobody has read
    // The client says something, and the server closes without having read it.
    client.send(b"Think")?;
    drop(connection);

    // The client hears of that: first an error, once, and then the end. Bytes that nobody will
    // read are worth an error, even where there is no network to lose them.
    client.recv(&mut [0; 1024]).unwrap_err();
    client.recv(&mut [0; 1024])?;

    // Nor can it send any more. No packet has to come back first: the kernel knows at once.
    client.send(b"Think").unwrap_err();
    drop(client);

    Ok(())
}

fn stale_file(listener: Socket, path: &Path) -> io::Result<()> {
    let address = SockAddr::unix(path)?;

    // # The file that is left
    // The server closes its listener, and begins anew. The path is taken: close has removed the
    // socket, but the file that bind made is still there.
    drop(listener);
    let server = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    server.bind(&address).unwrap_err();

    // A client finds the file, and nobody behind it.
    let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    client.connect(&address).unwrap_err();

    // What helps TCP: does it help here? The option can be set.
    server.set_reuse_address(true)?;
    server.bind(&address).unwrap_err();

    // The kernel never looks at that option here. Removing the file does help. A client that
    // comes in between gets another error.
    remove_file(path)?;
    client.connect(&address).unwrap_err();
    server.bind(&address)?;

    // And the next server will find a file again.
    drop(client);
    drop(server);

    Ok(())
}

fn no_file(path: &Path) -> io::Result<()> {
    // # A name that is no file
    // Linux has names that are no files. They begin with a zero byte, which the trace shows as
    // an @. Behind it may stand any bytes: the path once more, say. The file is not in the way.
    let name = [b"\0", path.as_os_str().as_bytes()].concat();
    let address = SockAddr::unix(OsStr::from_bytes(&name))?;
    let first = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    first.bind(&address)?;

    // Such a name is gone when its socket is closed, so the next server can have it at once.
    drop(first);
    let second = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    second.bind(&address)?;
    drop(second);

    Ok(())
}

pub const LESSON: Lesson = Lesson {
    name: "unix-socket",
    title: "a socket with a file name",
    lead: "program",
    question: Question {
        ask: "A server that listened at a path has closed its socket. A new one sets SO_REUSEADDR\n\
              and binds the same path. What happens?",
        decided_by: |trace| trace.answers("program", "bind").nth(2),
        choices: &[
            Choice(
                "EADDRINUSE: the file is still there.",
                |answer| answer.failed_with(EADDRINUSE),
                "The name is a file. It stays until somebody removes it, with unlink.",
            ),
            Choice(
                "It works. This is what SO_REUSEADDR is for.",
                |answer| answer.succeeded(),
                "SO_REUSEADDR is for ports. Here a file is in the way.",
            ),
            Choice(
                "ENOENT: the file went away with its socket.",
                |answer| answer.failed_with(ENOENT),
                "close ends the socket, and leaves the file.",
            ),
        ],
    },
    needs: &[Need::TemporaryDirectory],
    packets: Packets::Shown,
    file: file!(),
    source: include_str!("unix_socket.rs"),
    recorded: include_str!("../../lessons/traces/unix-socket.jsonl"),
    run,
};
