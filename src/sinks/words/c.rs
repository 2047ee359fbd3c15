//! Calls and answers in the notation of C, as `strace(1)` writes them.

use super::Dialect;
use super::changed::changed;
use crate::sentence;
use crate::trace::{Answer, Awaited, Call, Fact, Value, Waiting};

/// `bind(3, 127.0.0.1:0)`
fn call(call: &Call) -> String {
    let fd = call.fd.map(|fd| fd.to_string());
    let arguments = Some(listed(&call.arguments)).filter(|listed| !listed.is_empty());
    let all: Vec<String> = fd.into_iter().chain(arguments).collect();
    format!("{}({})", call.name, all.join(", "))
}

/// `AF_INET, SOCK_STREAM`; what a descriptor is asked for stands beside it: `3 POLLIN, 4 POLLOUT`.
fn listed(values: &[Value]) -> String {
    let mut text = String::new();
    for (i, value) in values.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| &values[before]);
        text += match (before, value) {
            (None, _) => "",
            (Some(Value::Fd(_)), Value::Constant(_)) => " ",
            _ => ", ",
        };
        text += &value.to_string();
    }
    text
}

/// `ok`, `3`, `4 from 127.0.0.1:50001`, `8 bytes: "Welcome!"`, `ECONNREFUSED: nobody listens at
/// that address`
fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Error(errno) => errno.to_string(),
        Answer::Ok(values) => match &values[..] {
            [] => "ok".into(),
            [Value::Fd(fd), Value::Address(peer)] => format!("{fd}, from {peer}"),
            [length, Value::Bytes(bytes) | Value::Hex(bytes)] if bytes.length() == 0 => {
                length.to_string()
            }
            [length, data, Value::Address(from)] => {
                format!("{length}, {data}, from {from}")
            }
            values => listed(values),
        },
    }
}

/// One event as one line: the call, and its answer if it is one.
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Entered { .. } => sentence!("enters").to_string(),
        Fact::Left => sentence!("leaves").to_string(),
        Fact::Called(asked) => call(asked),
        Fact::Changed(change) => changed(change, None, Dialect::C),
        Fact::Waits(awaited) => waiting(awaited, Waiting::Waits),
        Fact::Waited(awaited) => waiting(awaited, Waiting::Now),
        Fact::Returned { call: asked, answer: given, .. } => {
            format!("{} = {}", call(asked), answer(given))
        }
        Fact::Missed { events } => {
            sentence!("({events} events not shown: they came faster than this took them)", events)
                .to_string()
        }
        Fact::Packet(packet) => super::packet::packet(packet),
    }
}

fn waiting(awaited: &Awaited, how: Waiting) -> String {
    awaited.sentence(how, &awaited.fd.to_string()).to_string()
}
