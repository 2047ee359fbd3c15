//! What was asked of the kernel, and what it answered.

use super::{Address, Bytes};
use crate::catalogue::Sentence;
use crate::manual::errno::Errno;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

/// What was asked of the kernel: a function of the manual, such as `bind(2)`, and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The function's name in section 2 of the manual.
    #[serde(rename = "call")]
    pub name: Cow<'static, str>,
    /// The descriptor it is about: its first argument. `socket(2)` has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The arguments after the descriptor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Value>,
}

impl Call {
    /// A call without a descriptor.
    pub fn new(name: &'static str) -> Call {
        Call { name: name.into(), fd: None, arguments: Vec::new() }
    }

    /// A call about the descriptor `fd`.
    pub fn on(fd: i32, name: &'static str) -> Call {
        Call { fd: Some(fd), ..Call::new(name) }
    }

    /// The same call with one more argument.
    pub fn with(mut self, argument: Value) -> Call {
        self.arguments.push(argument);
        self
    }
}

/// One argument, or one part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A file descriptor.
    Fd(i32),
    /// The address of a socket.
    Address(Address),
    /// A number: a length, a backlog, the value of an option.
    Number(i64),
    /// A constant of a header file, or several joined by `|`.
    Constant(Cow<'static, str>),
    /// Words of ours for what the kernel holds otherwise: for a structure of several numbers, say.
    Words(Sentence),
    /// A length of time. None stands for "as long as it takes".
    Time(Option<Duration>),
    /// Data.
    Bytes(Bytes),
    /// Data that is read byte by byte: a packet with its headers, an address as it lies in memory.
    Hex(Bytes),
    /// A value that this machine decides: no other one need give the same.
    Machine(Box<Value>),
    /// A value that this run decides, such as one with a port or a process in it: no other one need
    /// give the same.
    Run(Box<Value>),
}

impl Value {
    /// The same value, marked as one that this machine decides.
    pub fn of_this_machine(self) -> Value {
        Value::Machine(Box::new(self))
    }

    /// The same value, marked as one that this run decides.
    pub fn of_this_run(self) -> Value {
        Value::Run(Box::new(self))
    }

    /// The value itself, whoever decides it.
    pub fn bare(&self) -> &Value {
        match self {
            Value::Machine(value) | Value::Run(value) => value.bare(),
            value => value,
        }
    }
}

/// What the kernel answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It did as asked, and this is what it gave. An empty list is a plain "done".
    Ok(Vec<Value>),
    /// It refused, with this error.
    Error(Errno),
}

impl Answer {
    pub fn succeeded(&self) -> bool {
        matches!(self, Answer::Ok(_))
    }

    /// Whether the call failed with this error, a constant of `errno(3)` on this system. The answer
    /// may have been recorded on another one: names are compared.
    pub fn failed_with(&self, code: i32) -> bool {
        matches!(self, Answer::Error(errno) if errno.name() == Errno::new(code).name())
    }

    /// The address in the answer, if there is one.
    pub fn address(&self) -> Option<&Address> {
        self.values().iter().find_map(|value| match value.bare() {
            Value::Address(address) => Some(address),
            _ => None,
        })
    }

    /// The first number in the answer: how many bytes, or the value of an option.
    pub fn number(&self) -> Option<i64> {
        self.values().iter().find_map(|value| match value.bare() {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// The descriptor in the answer: what `socket(2)` or `accept(2)` made.
    pub fn fd(&self) -> Option<i32> {
        self.values().iter().find_map(|value| match value.bare() {
            Value::Fd(fd) => Some(*fd),
            _ => None,
        })
    }

    /// The parts of the answer. An error has none.
    pub fn values(&self) -> &[Value] {
        match self {
            Answer::Ok(values) => values,
            Answer::Error(_) => &[],
        }
    }

    pub(crate) fn values_mut(&mut self) -> &mut [Value] {
        match self {
            Answer::Ok(values) => values,
            Answer::Error(_) => &mut [],
        }
    }
}
