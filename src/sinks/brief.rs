//! A call and its answer in a few characters, for a narrow column.

use crate::trace::{Address, Answer, Call, Value};

/// `bind :0`, `accept = 4`, `recv 8 "Welcome!"`, `connect ECONNREFUSED`
pub fn brief(call: &Call, answer: &Answer) -> String {
    let name = &call.name;
    let values = match answer {
        Answer::Error(errno) => return format!("{name} {}", errno.name()),
        Answer::Ok(values) => &values[..],
    };
    match (&**name, &call.arguments[..], values) {
        ("send" | "sendto" | "sendmsg", [data, ..], [taken]) => {
            format!("{name} {} {}", value(taken), value(data))
        }
        ("recv" | "recvfrom" | "recvmsg", _, [length, Value::Bytes(data), ..]) if data.length() == 0 => {
            format!("{name} {}", value(length))
        }
        ("recv" | "recvfrom" | "recvmsg", _, [length, data, more @ ..]) => {
            let more = more.iter().filter(|more| !matches!(more, Value::Address(_)));
            let parts = [length, data].into_iter().chain(more).map(value);
            format!("{name} {}", parts.collect::<Vec<_>>().join(" "))
        }
        ("getsockopt", [_, option], [now]) => format!("{} = {}", value(option), value(now)),
        ("setsockopt", [_, option, asked], _) => format!("{} {}", value(option), value(asked)),
        ("fcntl", [command, ..], [made]) => format!("{} = {}", value(command), value(made)),
        ("close", ..) => format!("close {}", call.fd.unwrap_or_default()),
        (_, _, [made @ Value::Fd(_), ..]) => format!("{name} = {}", value(made)),
        (_, [one], []) => format!("{name} {}", value(one)),
        (_, _, [one, ..]) => format!("{name} {}", value(one)),
        _ => name.to_string(),
    }
}

/// Addresses of this machine's loopback are told by their port.
fn value(value: &Value) -> String {
    match value {
        Value::Address(Address::Inet(address)) if address.ip().is_loopback() => {
            format!(":{}", address.port())
        }
        other => super::c::value(other),
    }
}
