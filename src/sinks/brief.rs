//! A call and its answer in a few characters, for a narrow column.

use super::wire::near;
use crate::trace::{Answer, Aspect, Call, Change, Subject, Value};

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
        ("recv" | "recvfrom" | "recvmsg", _, [length, Value::Bytes(data), ..])
            if data.length() == 0 =>
        {
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
        ("fcntl", [command, asked], []) => format!("{} {}", value(command), value(asked)),
        ("fcntl", [command, ..], [made]) => format!("{} = {}", value(command), value(made)),
        ("close", ..) => format!("close {}", call.fd.unwrap_or_default()),
        ("socketpair", _, [one, other]) => format!("{name} = {}, {}", value(one), value(other)),
        (_, _, [made @ Value::Fd(_), ..]) => format!("{name} = {}", value(made)),
        (_, [one], []) => format!("{name} {}", value(one)),
        (_, _, [one, ..]) => format!("{name} {}", value(one)),
        _ => name.to_string(),
    }
}

/// `5 → ESTABLISHED`, `(5) → TIME-WAIT` if it was closed, `3 queue 1 of 5`
pub fn brief_change(change: &Change) -> String {
    let Subject { fd, was, peer, .. } = &change.socket;
    let who = match (fd, was, peer) {
        (Some(fd), ..) => fd.to_string(),
        (_, Some(fd), _) => format!("({fd})"),
        (.., Some(peer)) => format!("with {}", near(peer)),
        _ => change.socket.to_string(),
    };
    match change.what {
        Aspect::State { after: Some(after), .. } => format!("{who} → {after}"),
        Aspect::State { after: None, .. } => format!("{who} → gone"),
        Aspect::Queue { after, limit, .. } => format!("{who} queue {after} of {limit}"),
        Aspect::Dropped { after, .. } => format!("{who} dropped {after}"),
        what => format!("{who} {what}"),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Address(address) => near(address),
        other => super::c::value(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Address;

    #[test]
    fn what_differs_looks_different() {
        let to = |address: &str| Value::Address(Address::Inet(address.parse().unwrap()));
        let constant = |name: &'static str| Value::Constant(name.into());
        let connect =
            |address| brief(&Call::on(3, "connect").with(to(address)), &Answer::Ok(vec![]));
        assert_eq!(connect("127.0.0.1:7"), "connect :7");
        assert_eq!(connect("[::1]:7"), "connect :7");
        assert_eq!(connect("127.0.0.2:7"), "connect 127.0.0.2:7");
        let pair = Call::new("socketpair").with(constant("AF_UNIX"));
        assert_eq!(
            brief(&pair, &Answer::Ok(vec![Value::Fd(6), Value::Fd(7)])),
            "socketpair = 6, 7"
        );
        let set =
            Call::on(3, "fcntl").with(constant("F_SETFL")).with(constant("O_RDWR|O_NONBLOCK"));
        assert_eq!(brief(&set, &Answer::Ok(vec![])), "F_SETFL O_RDWR|O_NONBLOCK");
    }
}
