//! What a trace tells of the sockets behind the descriptors.

use crate::trace::{Address, Call, Descriptor, Does, Event, Processes, UnixName, Value};
use std::collections::HashMap;

/// A connection, seen from the end that sends: its own address, the other one, and how often this
/// pair was connected before.
pub type Path = (Address, Address, u32);

/// The same connection, seen from its other end.
pub fn turned(path: &Path) -> Path {
    (path.1.clone(), path.0.clone(), path.2)
}

/// What is known of the sockets, while a trace is read.
#[derive(Default)]
pub struct Sockets {
    open: HashMap<Descriptor, Socket>,
    processes: Processes,
    /// How often each pair of addresses was connected.
    connected: HashMap<(Address, Address), u32>,
    /// How often somebody connected to each name of `AF_UNIX`, and how often one of them was
    /// accepted.
    links: HashMap<(Address, End), u32>,
    /// How many pairs there were.
    pairs: u32,
}

#[derive(Clone, Default)]
struct Socket {
    local: Option<Address>,
    path: Option<Path>,
    /// Whether it keeps messages apart.
    keeps_messages: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Connects,
    Accepts,
}

impl Sockets {
    /// Reads an event: who entered, or what was answered.
    pub fn learn(&mut self, event: &Event) {
        self.processes.learn(event);
        let Some(call) = event.call() else { return };
        if !event.succeeded() {
            return;
        }
        match call.does() {
            Some(Does::MakePair) => self.pair(event, call),
            Some(Does::Duplicate) => self.duplicate(event),
            _ => self.rename(event, call),
        }
    }

    /// The descriptor that an event names by its number.
    pub fn descriptor(&self, event: &Event, fd: i32) -> Descriptor {
        self.processes.descriptor(event, fd)
    }

    /// The descriptor that the call of an event is about.
    pub fn of_call(&self, event: &Event) -> Option<Descriptor> {
        event.call().and_then(|call| call.fd).map(|fd| self.descriptor(event, fd))
    }

    /// The descriptor whose names were read after an event.
    pub fn of_names(&self, event: &Event) -> Option<Descriptor> {
        event.names().map(|names| self.descriptor(event, names.of))
    }

    /// What is known of the socket that the call of an event is about.
    fn before(&self, event: &Event) -> Option<Socket> {
        self.of_call(event).and_then(|descriptor| self.open.get(&descriptor)).cloned()
    }

    /// Both ends of a pair are nameless, so they get names here.
    fn pair(&mut self, event: &Event, call: &Call) {
        self.pairs += 1;
        let values = event.answer().map_or(&[][..], |answer| answer.values());
        let [Value::Fd(one), Value::Fd(other)] = values else { return };
        let end = |side| invented(&format!("pair {} {side}", self.pairs));
        let path = (end("a"), end("b"), 1);
        let keeps_messages = keeps_messages(call);
        let [one, other] = [*one, *other].map(|fd| self.descriptor(event, fd));
        self.open.insert(one, Socket { local: None, path: Some(path.clone()), keeps_messages });
        self.open.insert(other, Socket { local: None, path: Some(turned(&path)), keeps_messages });
    }

    fn duplicate(&mut self, event: &Event) {
        if let (Some(same), Some(second)) = (self.before(event), self.of_names(event)) {
            self.open.insert(second, same);
        }
    }

    /// A call after which a socket may have other names than before.
    fn rename(&mut self, event: &Event, call: &Call) {
        let (Some(names), Some(named)) = (event.names(), self.of_names(event)) else { return };
        let before = self.before(event).unwrap_or_default();
        let keeps_messages = match call.does() {
            Some(Does::Make) => keeps_messages(call),
            _ => before.keeps_messages,
        };
        let socket = match (call.does(), before.local.clone(), call.address()) {
            (Some(Does::Bind), _, Some(name @ Address::Unix(_))) => {
                Socket { local: Some(name.clone()), ..before }
            }
            (Some(Does::Connect), _, Some(name @ Address::Unix(_))) => {
                Socket { path: Some(self.link(name, End::Connects)), ..before }
            }
            (Some(Does::Accept), Some(name @ Address::Unix(_)), _) => {
                Socket { local: None, path: Some(self.link(&name, End::Accepts)), keeps_messages }
            }
            (_, Some(Address::Unix(_)), _) => before,
            _ => {
                let [local, peer] =
                    [&names.local, &names.peer].map(|name| name.clone().map(Address::canonical));
                let pair = local.clone().zip(peer);
                let path = pair.map(|(local, peer)| match keeps_messages {
                    true => (local, peer, 0),
                    false => self.connection(local, peer),
                });
                Socket { local, path, keeps_messages }
            }
        };
        self.open.insert(named, socket);
    }

    fn connection(&mut self, local: Address, peer: Address) -> Path {
        let times = self.connected.entry((local.clone(), peer.clone())).or_default();
        *times += 1;
        (local, peer, *times)
    }

    /// Who connects to a file has no name of its own. But the first who connects is the first who
    /// is accepted.
    fn link(&mut self, name: &Address, end: End) -> Path {
        let times = self.links.entry((name.clone(), end)).or_default();
        *times += 1;
        let path = (invented("client"), name.clone(), *times);
        if end == End::Connects { path } else { turned(&path) }
    }

    pub fn local(&self, of: Descriptor) -> Option<Address> {
        self.open.get(&of)?.local.clone()
    }

    pub fn path(&self, of: Descriptor) -> Option<Path> {
        self.open.get(&of)?.path.clone()
    }

    pub fn keeps_messages(&self, of: Descriptor) -> bool {
        self.open.get(&of).is_some_and(|socket| socket.keeps_messages)
    }

    /// The number is free from here on: another lane may get it before the answer of `close` is
    /// seen. Gives the path that ends, if this was the last descriptor of its socket.
    pub fn forget(&mut self, of: Descriptor) -> Option<Path> {
        let Socket { path, .. } = self.open.remove(&of)?;
        let is_last = !self.open.values().any(|other| other.path == path);
        path.filter(|_| is_last)
    }
}

/// A name for an end that has none.
fn invented(name: &str) -> Address {
    Address::Unix(UnixName::Abstract(name.into()))
}

/// Whether `socket(2)` was asked for a type that keeps messages apart.
fn keeps_messages(call: &Call) -> bool {
    !call.says("SOCK_STREAM")
}
