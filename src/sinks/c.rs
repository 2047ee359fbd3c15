//! Calls and answers in the notation of C, as `strace(1)` writes them.

use crate::trace::{Answer, Bytes, Call, Fact, Value};

/// `bind(3, 127.0.0.1:0)`
fn call(call: &Call) -> String {
    let fd = call.fd.map(|fd| fd.to_string());
    let arguments: Vec<String> = fd.into_iter().chain(call.arguments.iter().map(value)).collect();
    format!("{}({})", call.name, arguments.join(", "))
}

/// `ok`, `3`, `4 from 127.0.0.1:50001`, `8 bytes: "Welcome!"`, `ECONNREFUSED: nobody listens at that address`
fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Error(errno) => errno.to_string(),
        Answer::Ok(values) => match &values[..] {
            [] => "ok".into(),
            [Value::Fd(fd), Value::Address(peer)] => format!("{fd}, from {peer}"),
            [length, Value::Bytes(bytes) | Value::Hex(bytes), ..] if bytes.length() == 0 => value(length),
            values => values.iter().map(value).collect::<Vec<_>>().join(", "),
        },
    }
}

/// One event as one line: the call, and its answer if it is one.
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Entered { .. } => "enters".into(),
        Fact::Left => "leaves".into(),
        Fact::Called(asked) => call(asked),
        Fact::Waits(awaited) => format!("waits until {} {}", awaited.fd, awaited.until),
        Fact::Waited(awaited) => format!("now {} {}", awaited.fd, awaited.until),
        Fact::Returned { call: asked, answer: given, .. } => format!("{} = {}", call(asked), answer(given)),
    }
}

/// `3`, `127.0.0.1:0`, `AF_INET`, `"Welcome!"`
pub fn value(value: &Value) -> String {
    match value {
        Value::Fd(fd) => fd.to_string(),
        Value::Address(address) => address.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Constant(name) => name.to_string(),
        Value::Time(Some(time)) => format!("{time:?}"),
        Value::Time(None) => "no limit".into(),
        Value::Bytes(bytes) => bytes.to_string(),
        Value::Hex(bytes) => hex(bytes),
        Value::Machine(inner) => self::value(inner),
    }
}

/// `02 00 a5 55`, with `…` behind it if some of it was not kept.
pub fn hex(bytes: &Bytes) -> String {
    let mut text: Vec<String> = bytes.kept().iter().map(|byte| format!("{byte:02x}")).collect();
    if bytes.length() > bytes.kept().len() {
        text.push("…".into());
    }
    text.join(" ")
}
