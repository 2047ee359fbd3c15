//! How a moment becomes the next one.

use super::{Held, Moment, Open, Pending, Socket};
use crate::trace::{
    Answer, Aspect, Call, Change, Descriptor, Does, Event, Fact, Name, Subject, TcpState, Value,
};

impl Moment {
    /// Takes an event over.
    pub fn follow(&mut self, event: &Event) {
        self.processes.learn(event);
        self.is_due = matches!(event.fact, Fact::Called(_));
        match &event.fact {
            Fact::Called(call) => self.begin(event, Pending::Call(call.clone()), call.fd),
            Fact::Waits(awaited) => {
                self.begin(event, Pending::Condition(*awaited), Some(awaited.fd));
            }
            Fact::Returned { call, answer, .. } => self.answered(event, call, answer),
            Fact::Waited(_) | Fact::Left => _ = self.end(event),
            Fact::Changed(change) => self.change(event, change),
            Fact::Entered { .. } | Fact::Missed { .. } | Fact::Packet(_) => {}
        }
    }

    fn begin(&mut self, event: &Event, what: Pending, fd: Option<i32>) {
        self.end(event);
        let socket = fd.and_then(|fd| self.use_by(event, fd));
        self.open.push(Open { lane: event.actor.clone(), what, socket });
    }

    /// The lane is in no call any more. Gives the one that it was in.
    fn end(&mut self, event: &Event) -> Option<Open> {
        let place = self.open.iter().position(|open| open.lane == event.actor)?;
        Some(self.open.remove(place))
    }

    /// The number of the socket that a lane uses.
    fn use_by(&mut self, event: &Event, fd: i32) -> Option<usize> {
        let descriptor = self.processes.descriptor(event, fd);
        let socket = self.sockets.iter_mut().find(|socket| socket.has(descriptor))?;
        let mut held = socket.held.iter_mut();
        held.find(|held| held.descriptor == descriptor)?.by = event.actor.clone();
        Some(socket.number)
    }

    fn answered(&mut self, event: &Event, call: &Call, answer: &Answer) {
        let asked = self.end(event).and_then(|open| open.socket);
        match (call.does(), answer.values()) {
            _ if !answer.succeeded() => {}
            (Some(Does::Make), [Value::Fd(fd)]) => self.make(event, *fd, kind(call)),
            (Some(Does::MakePair), [Value::Fd(one), Value::Fd(other)]) => {
                [one, other].into_iter().for_each(|fd| self.make(event, *fd, kind(call)));
            }
            (Some(Does::Duplicate), [Value::Fd(fd)]) => self.hold(event, asked, *fd),
            (Some(Does::Accept), [Value::Fd(fd), ..]) => self.accept(event, asked, *fd),
            (Some(Does::Close), _) => self.close(event, call.fd, asked),
            (Some(Does::Send), _) if call.says("SCM_RIGHTS") => self.pass(event, call),
            (Some(Does::Receive), [.., Value::Fd(fd)]) if !self.passed.is_empty() => {
                let socket = self.passed.remove(0);
                self.hold(event, Some(socket), *fd);
            }
            _ => self.child(event, call, answer),
        }
        let named = event.names().map(|names| (self.processes.descriptor(event, names.of), names));
        if let Some((descriptor, names)) = named
            && let Some(socket) = self.sockets.iter_mut().find(|socket| socket.has(descriptor))
        {
            socket.rename(names);
        }
    }

    fn add(&mut self, socket: Socket) -> &mut Socket {
        let number = self.made;
        self.made += 1;
        self.sockets.push(Socket { number, ..socket });
        self.sockets.last_mut().expect("one was added")
    }

    fn make(&mut self, event: &Event, fd: i32, kind: Option<(String, String)>) {
        let number = self.add(Socket { kind, ..Socket::default() }).number;
        self.hold(event, Some(number), fd);
    }

    /// From now on a descriptor is one of that socket. It was another's before, if its number was
    /// given again before its `close` was told.
    fn hold(&mut self, event: &Event, socket: Option<usize>, fd: i32) {
        let descriptor = self.processes.descriptor(event, fd);
        self.hold_by(&event.actor, socket, descriptor);
    }

    fn hold_by(&mut self, by: &Name, socket: Option<usize>, descriptor: Descriptor) {
        for other in &mut self.sockets {
            other.held.retain(|held| held.descriptor != descriptor);
        }
        if let Some(place) = self.place(socket) {
            self.sockets[place].held.push(Held { descriptor, by: by.clone() });
        }
    }

    /// What is accepted may have been told of before: when it waited, or when its new descriptor
    /// was seen.
    fn accept(&mut self, event: &Event, listener: Option<usize>, fd: i32) {
        let descriptor = self.processes.descriptor(event, fd);
        let waits = |socket: &Socket| {
            let names = event.names();
            let same =
                names.is_some_and(|names| socket.local == names.local && socket.peer == names.peer);
            same && socket.peer.is_some() && socket.held.is_empty() && socket.was.is_none()
        };
        let kind = self.place(listener).and_then(|place| self.sockets[place].kind.clone());
        let mut known = self.sockets.iter_mut();
        if let Some(socket) = known.find(|socket| socket.has(descriptor) || waits(socket)) {
            socket.kind = socket.kind.take().or(kind);
            let number = socket.number;
            return self.hold(event, Some(number), fd);
        }
        self.make(event, fd, kind);
    }

    /// Gives a descriptor back. The kernel keeps a connection as long as its last bytes and its
    /// FIN are on their way, and tells when it is gone.
    fn close(&mut self, event: &Event, fd: Option<i32>, socket: Option<usize>) {
        let Some(fd) = fd else { return };
        let descriptor = self.processes.descriptor(event, fd);
        self.release(socket, descriptor);
    }

    fn release(&mut self, socket: Option<usize>, descriptor: Descriptor) {
        let Some(place) = self.place(socket) else { return };
        let socket = &mut self.sockets[place];
        socket.held.retain(|held| held.descriptor != descriptor);
        if descriptor.process == 0 {
            socket.was = Some(descriptor.fd);
        }
        let stays = !socket.held.is_empty() || socket.is_in_tcp();
        if !stays && !self.passed.contains(&socket.number) {
            self.sockets.remove(place);
        }
    }

    fn pass(&mut self, event: &Event, call: &Call) {
        let fds = call.arguments.iter().filter_map(|value| match value {
            Value::Fd(fd) => Some(*fd),
            _ => None,
        });
        for fd in fds {
            let descriptor = self.processes.descriptor(event, fd);
            self.passed.extend(self.number(descriptor));
        }
    }

    /// A program was started whose output is a socket; or it has ended, and its descriptor with it.
    fn child(&mut self, event: &Event, call: &Call, answer: &Answer) {
        let number = |value: &Value| match value.bare() {
            Value::Number(pid) => u32::try_from(*pid).ok(),
            _ => None,
        };
        let output = |process| Descriptor { process, fd: 1 };
        match (&*call.name, &call.arguments[..], answer.values()) {
            ("posix_spawn", [program, Value::Fd(fd)], [pid]) => {
                let given = self.number(self.processes.descriptor(event, *fd));
                let child = number(pid).map(output);
                child.inspect(|child| self.hold_by(&words(program).into(), given, *child));
            }
            ("kill" | "wait4", [pid, ..], _) => {
                let ended = number(pid).map(output);
                ended.inspect(|ended| self.release(self.number(*ended), *ended));
            }
            _ => {}
        }
    }

    /// Where the socket of that number is, if it is still there.
    fn place(&self, number: Option<usize>) -> Option<usize> {
        self.sockets.iter().position(|own| Some(own.number) == number)
    }

    /// The number of the socket that has a descriptor.
    fn number(&self, descriptor: Descriptor) -> Option<usize> {
        let socket = self.sockets.iter().find(|socket| socket.has(descriptor))?;
        Some(socket.number)
    }

    /// Something has changed in the kernel. A socket that was never told to be made may wait to be
    /// accepted. The last that is told of one, when nobody holds it any more, names the descriptor
    /// that it had.
    fn change(&mut self, event: &Event, change: &Change) {
        let subject = &change.socket;
        let (kind, accepts) = self.listener_of(subject);
        let place = self.changing(subject).unwrap_or_else(|| {
            self.add(Socket { kind, ..Socket::default() });
            self.sockets.len() - 1
        });
        let socket = &mut self.sockets[place];
        socket.learn(change);
        let is_gone = matches!(change.what, Aspect::State { after: None, .. });
        let is_over = !socket.is_in_tcp() && socket.held.is_empty();
        let number = socket.number;
        match subject.fd {
            fd if is_over && (fd.is_none() || is_gone) => _ = self.sockets.remove(place),
            Some(fd) if !self.sockets[place].has(own(fd)) => {
                self.hold_by(&accepts.unwrap_or(event.actor.clone()), Some(number), own(fd));
            }
            _ => {}
        }
    }

    /// The kind of the listener that a new socket comes from, and the lane that will get its
    /// descriptor: it sleeps in `accept`. A socket of `AF_UNIX` may have no name to know it by; but
    /// if only one lane sleeps so, it is that one.
    fn listener_of(&self, subject: &Subject) -> (Option<(String, String)>, Option<Name>) {
        let accepts = |open: &&Open| match &open.what {
            Pending::Call(call) => call.does() == Some(Does::Accept),
            Pending::Condition(_) => false,
        };
        let by = |socket: &Socket| {
            let mut open = self.open.iter().filter(accepts);
            open.find(|open| open.socket == Some(socket.number)).map(|open| open.lane.clone())
        };
        let listens = |socket: &&Socket| match &subject.local {
            Some(local) => {
                socket.state == Some(TcpState::Listen)
                    && socket.local.as_ref().is_some_and(|bound| local.reaches(bound))
            }
            None => by(socket).is_some(),
        };
        let listener = self.sockets.iter().find(listens);
        let kind = listener.and_then(|listener| listener.kind.clone());
        (kind, listener.and_then(by))
    }

    /// The place of the socket that a change is about.
    pub(super) fn changing(&self, subject: &Subject) -> Option<usize> {
        let by_number = |fd| self.sockets.iter().position(|socket| socket.has(own(fd)));
        let unheld = || {
            let ours = |held: &Held| held.descriptor.process == 0;
            let is_it = |socket: &Socket| !socket.held.iter().any(ours) && socket.may_be(subject);
            self.sockets.iter().position(is_it)
        };
        subject.fd.and_then(by_number).or_else(unheld)
    }
}

/// The observer sees the descriptors of our own process.
fn own(fd: i32) -> Descriptor {
    Descriptor { process: 0, fd }
}

/// The family and the type that `socket(2)` was asked for, without the flags beside it.
fn kind(call: &Call) -> Option<(String, String)> {
    let constant = |value: &Value| match value.bare() {
        Value::Constant(names) => names.split('|').next().map(String::from),
        _ => None,
    };
    match &call.arguments[..] {
        [family, kind, ..] => constant(family).zip(constant(kind)),
        _ => None,
    }
}

fn words(program: &Value) -> String {
    match program {
        Value::Bytes(words) => String::from_utf8_lossy(words.kept()).into(),
        other => other.to_string(),
    }
}
