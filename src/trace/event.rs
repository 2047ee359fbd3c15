//! One thing that happened on the stage.

use super::{Address, Answer, Aspect, Call, Change, Condition, Packet, TcpState, Value};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;

/// The name of an actor: of a lane in every picture.
pub type Name = Arc<str>;

/// One thing that happened: who did it, at which line, when, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The actor whose lane it is in.
    pub actor: Name,
    /// The line that made the call. Implicit drops have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The file that the line stands in, if that is not the script's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Name>,
    /// Nanoseconds since the run began, by `CLOCK_MONOTONIC`.
    pub at: u64,
    #[serde(flatten)]
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Fact {
    /// An actor entered: a thread began.
    Entered {
        /// Its thread id, as `gettid(2)` gives it.
        tid: i32,
        /// Who started it, at [`Event::line`]. The first actor was started by nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Name>,
        /// The process it belongs to, if that is not the playground itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<u32>,
    },
    /// An actor has played its part: its thread ends.
    Left,
    /// The kernel was called, and has not answered yet.
    Called(Call),
    /// The actor makes no call, and does not go on before this is so. The observer asks the kernel
    /// in its place.
    Waits(Awaited),
    /// It is so now.
    Waited(Awaited),
    /// Something changed in the kernel, by what the actor did last.
    Changed(Change),
    /// The kernel answered that call.
    Returned {
        #[serde(flatten)]
        call: Call,
        answer: Answer,
        /// The names of the socket after a call that may change them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        names: Option<Names>,
    },
    /// So many events are missing here, of this actor and others: whoever was shown them did not
    /// take them in time.
    Missed { events: u64 },
    /// A packet crossed the wire while the actor's call was under way. [`Event::at`] is when the
    /// kernel captured it.
    Packet(Packet),
}

/// What is waited for: a state that the kernel says a socket is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The socket's descriptor.
    pub fd: i32,
    pub until: Condition,
}

/// The two names of a socket, as the observer read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The descriptor they belong to.
    pub of: i32,
    /// `getsockname(2)`: its own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Address>,
    /// `getpeername(2)`: the address of the other end. None while it is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Address>,
}

impl Event {
    /// Something that happened at no line.
    pub fn new(actor: Name, at: u64, fact: Fact) -> Event {
        Event { actor, line: None, file: None, at, fact }
    }

    /// The call that this event is one side of.
    pub fn call(&self) -> Option<&Call> {
        match &self.fact {
            Fact::Called(call) | Fact::Returned { call, .. } => Some(call),
            _ => None,
        }
    }

    /// The answer, if this event is one.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.fact {
            Fact::Returned { answer, .. } => Some(answer),
            _ => None,
        }
    }

    /// The names the observer read after this event, if it did.
    pub fn names(&self) -> Option<&Names> {
        match &self.fact {
            Fact::Returned { names, .. } => names.as_ref(),
            _ => None,
        }
    }

    /// Whether the kernel did as it was asked.
    pub fn succeeded(&self) -> bool {
        self.answer().is_some_and(Answer::succeeded)
    }

    /// Whether the kernel refused with this error, a constant of `errno(3)`.
    pub fn failed_with(&self, code: i32) -> bool {
        self.answer().is_some_and(|answer| answer.failed_with(code))
    }

    /// The first number in the answer: how many bytes, or the value of an option.
    pub fn number(&self) -> Option<i64> {
        self.answer()?.number()
    }

    /// Whether the answer, or a part of it, is these words of ours, or has this constant in it.
    pub fn says(&self, words: &str) -> bool {
        let is_said = |value: &Value| match value.bare() {
            Value::Words(said) => said.to_string() == words,
            Value::Constant(names) => names.split('|').any(|name| name == words),
            _ => false,
        };
        self.answer().is_some_and(|answer| answer.values().iter().any(is_said))
    }

    /// The IP address in the answer, if there is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.answer()?.address()?.ip()
    }

    /// The port in the answer, if there is one.
    pub fn port(&self) -> Option<u16> {
        self.answer()?.address()?.port()
    }

    /// Whether this event is an answer to a call of that name.
    pub fn answers(&self, name: &str) -> bool {
        matches!(&self.fact, Fact::Returned { call, .. } if call.name == name)
    }

    /// The state that a TCP socket had before, and the one that it has now, if that has changed.
    pub fn states(&self) -> Option<(Option<TcpState>, Option<TcpState>)> {
        match &self.fact {
            Fact::Changed(Change { what: Aspect::State { before, after, .. }, .. }) => {
                Some((*before, *after))
            }
            _ => None,
        }
    }

    /// What changed, if something did.
    pub(super) fn change_mut(&mut self) -> Option<&mut Change> {
        match &mut self.fact {
            Fact::Changed(change) => Some(change),
            _ => None,
        }
    }

    /// The packet, if this event is one.
    pub fn packet(&self) -> Option<&Packet> {
        match &self.fact {
            Fact::Packet(packet) => Some(packet),
            _ => None,
        }
    }

    /// Whether another lane acts before a call that begins here has returned, or nobody at all.
    /// `later` are the events after it.
    pub fn is_overtaken(&self, later: &[Event]) -> bool {
        let next = later.iter().find(|event| event.packet().is_none());
        next.is_none_or(|next| next.actor != self.actor)
    }

    /// Whether a call begins here.
    pub fn is_call(&self) -> bool {
        matches!(self.fact, Fact::Called(_))
    }

    /// Visits every value.
    pub(super) fn each_value(&mut self, visit: impl FnMut(&mut Value)) {
        match &mut self.fact {
            Fact::Called(call) => call.arguments.iter_mut().for_each(visit),
            Fact::Returned { call, answer, .. } => {
                call.arguments.iter_mut().chain(answer.values_mut()).for_each(visit);
            }
            Fact::Entered { .. }
            | Fact::Left
            | Fact::Waits(_)
            | Fact::Waited(_)
            | Fact::Changed(_)
            | Fact::Missed { .. }
            | Fact::Packet(_) => {}
        }
    }

    /// Visits every address.
    pub(super) fn each_address(&mut self, mut visit: impl FnMut(&mut Address)) {
        self.each_value(|value| {
            if let Value::Address(address) = value {
                visit(address);
            }
        });
        match &mut self.fact {
            Fact::Returned { names: Some(names), .. } => {
                [&mut names.local, &mut names.peer].into_iter().flatten().for_each(visit);
            }
            Fact::Changed(change) => {
                [&mut change.socket.local, &mut change.socket.peer]
                    .into_iter()
                    .flatten()
                    .for_each(visit);
            }
            Fact::Packet(packet) => packet.ends_mut().into_iter().flatten().for_each(visit),
            _ => {}
        }
    }
}
