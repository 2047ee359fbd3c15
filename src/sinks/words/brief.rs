//! A call and its answer in a few characters, for a narrow column.

use super::packet::near;
use crate::manual::errno::Errno;
use crate::sentence;
use crate::trace::{Answer, Aspect, Call, Change, Does, Subject, Value};

/// `bind :0`, `accept = 4`, `recv 8 "Welcome!"`, `connect ECONNREFUSED [::1]:80`
pub fn brief(call: &Call, answer: &Answer) -> String {
    let name = &call.name;
    let values = match answer {
        Answer::Error(errno) => return refused(call, errno),
        Answer::Ok(values) => &values[..],
    };
    match (call.does(), &call.arguments[..], values) {
        (Some(Does::Send), [data, ..], [taken]) => {
            format!("{name} {} {}", value(taken), value(data))
        }
        (Some(Does::Receive), _, [length, Value::Bytes(data), ..]) if data.length() == 0 => {
            format!("{name} {}", value(length))
        }
        (Some(Does::Receive), _, [length, data, more @ ..]) => {
            let more = more.iter().filter(|more| !matches!(more, Value::Address(_)));
            let parts = [length, data].into_iter().chain(more).map(value);
            format!("{name} {}", parts.collect::<Vec<_>>().join(" "))
        }
        (Some(Does::Close), ..) => format!("close {}", call.fd.unwrap_or_default()),
        (Some(Does::MakePair), _, [one, other]) => {
            format!("{name} = {}, {}", value(one), value(other))
        }
        (Some(Does::Duplicate), [command, ..], [made]) => {
            format!("{} = {}", value(command), value(made))
        }
        _ => brief_setting(call, values),
    }
}

/// What was refused: a call, or an option. The address stands at the end, for a column may cut it
/// off; 127.0.0.1 is left out.
fn refused(call: &Call, errno: &Errno) -> String {
    let (name, errno) = (&call.name, errno.name());
    match (&call.arguments[..], call.address().map(near)) {
        ([_, option, ..], _) if name.ends_with("sockopt") => format!("{} {errno}", value(option)),
        (_, Some(address)) if !address.starts_with(':') => format!("{name} {errno} {address}"),
        _ => format!("{name} {errno}"),
    }
}

/// The same of a call that asks or sets something, or makes one socket.
fn brief_setting(call: &Call, values: &[Value]) -> String {
    let name = &call.name;
    match (&**name, &call.arguments[..], values) {
        ("getsockopt", [_, option], [_, ..]) => {
            let now: Vec<String> = values.iter().map(value).collect();
            format!("{} = {}", value(option), now.join(", "))
        }
        ("setsockopt", [_, option, asked], _) => format!("{} {}", value(option), value(asked)),
        ("fcntl", [command, asked], []) => format!("{} {}", value(command), value(asked)),
        ("fcntl", [command, ..], [made]) => format!("{} = {}", value(command), value(made)),
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
        (Some(fd), ..) => sentence!("{fd}", fd),
        (_, Some(fd), _) => sentence!("({fd})", fd),
        (.., Some(peer)) => sentence!("with {peer}", peer = near(peer)),
        _ => change.socket.sentence(),
    };
    let what = match change.what {
        Aspect::State { after: Some(after), .. } => sentence!("→ {after}", after),
        Aspect::State { after: None, .. } => sentence!("→ gone"),
        Aspect::Queue { after, limit, .. } => sentence!("queue {after} of {limit}", after, limit),
        Aspect::Dropped { after, .. } => sentence!("dropped {after}", after),
        what => what.sentence(),
    };
    format!("{who} {what}")
}

fn value(value: &Value) -> String {
    match value {
        Value::Address(address) => near(address),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual::errno::known_errors;
    use crate::trace::Address;

    #[test]
    fn what_differs_looks_different() {
        let to = |address: &str| Value::Address(Address::Inet(address.parse().unwrap()));
        let constant = |name: &'static str| Value::Constant(name.into());
        let connect =
            |address| brief(&Call::on(3, "connect").with(to(address)), &Answer::Ok(vec![]));
        assert_eq!(connect("127.0.0.1:7"), "connect :7");
        assert_eq!(connect("[::1]:7"), "connect [::1]:7");
        assert_eq!(connect("127.0.0.2:7"), "connect 127.0.0.2:7");
        let einval = known_errors().find(|error| error.name() == "EINVAL").unwrap();
        let refused = |call: Call| brief(&call, &Answer::Error(einval.clone()));
        assert_eq!(refused(Call::on(3, "bind").with(to("[::1]:7"))), "bind EINVAL [::1]:7");
        assert_eq!(refused(Call::on(3, "bind").with(to("127.0.0.1:7"))), "bind EINVAL");
        let option = ["IPPROTO_IPV6", "IPV6_V6ONLY"].map(constant);
        let set = option.into_iter().fold(Call::on(3, "setsockopt"), Call::with);
        assert_eq!(refused(set.with(Value::Number(1))), "IPV6_V6ONLY EINVAL");
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
