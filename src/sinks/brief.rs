//! A call and its answer in a few characters, for a narrow column.

use crate::trace::{Address, Answer, Call, Change, Subject, Value};

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
        ("getsockopt", [_, option], [_, ..]) => {
            let now: Vec<String> = values.iter().map(value).collect();
            format!("{} = {}", value(option), now.join(", "))
        }
        ("setsockopt", [_, option, asked], _) => format!("{} {}", value(option), value(asked)),
        ("fcntl", [command, ..], [made]) => format!("{} = {}", value(command), value(made)),
        ("close", ..) => format!("close {}", call.fd.unwrap_or_default()),
        (_, _, [made @ Value::Fd(_), ..]) => format!("{name} = {}", value(made)),
        (_, [one], []) => format!("{name} {}", value(one)),
        (_, _, [one, ..]) => format!("{name} {}", value(one)),
        _ => name.to_string(),
    }
}

/// `5 CLOSED → ESTABLISHED`
pub fn brief_change(change: &Change) -> String {
    let Subject { fd, was, peer, .. } = &change.socket;
    match (fd, was, peer.as_ref().and_then(Address::port)) {
        (Some(fd), ..) => format!("{fd} {}", change.what),
        (_, Some(fd), _) => format!("({fd}) {}", change.what),
        (.., Some(port)) => format!("with :{port} {}", change.what),
        _ => change.to_string(),
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
