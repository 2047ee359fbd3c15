//! Calls and answers in Python: the call, and behind `#` what it gives or raises.

use super::names::SocketNames;
use crate::manual::errno::Errno;
use crate::trace::{
    Address, Answer, Awaited, Bytes, Call, Event, Fact, UnixName, Value, Waiting, excerpt, hex,
};
use std::net::SocketAddr;

/// What a value is written with: the names of the sockets, as they are in one event.
struct Scope<'a> {
    event: &'a Event,
    names: &'a SocketNames,
}

impl Scope<'_> {
    fn name(&self, fd: i32) -> String {
        self.names.of(self.event, fd)
    }
}

/// `listener.getsockname()  # ('127.0.0.1', 42693)`
pub fn line(event: &Event, names: &SocketNames) -> String {
    let sockets = &Scope { event, names };
    let waiting =
        |awaited: &Awaited, how| awaited.sentence(how, &sockets.name(awaited.fd)).to_string();
    match &event.fact {
        Fact::Called(asked) => call(asked, sockets),
        Fact::Waits(awaited) => waiting(awaited, Waiting::Waits),
        Fact::Waited(awaited) => waiting(awaited, Waiting::Now),
        Fact::Returned { call: asked, answer: given, .. } => {
            format!("{}  # {}", call(asked, sockets), answer(asked, given, sockets))
        }
        other => super::c::fact(other),
    }
}

fn call(call: &Call, sockets: &Scope) -> String {
    match (&*call.name, &call.arguments[..], call.fd) {
        // The standard library has no such function.
        ("getifaddrs", ..) => return "psutil.net_if_addrs()".into(),
        ("getaddrinfo", [Value::Bytes(name)], _) => {
            return format!("socket.getaddrinfo({}, None)", bytes(name).trim_start_matches('b'));
        }
        ("sendmsg", [data, rights, passed @ Value::Fd(_)], Some(fd)) => {
            let (data, rights) = (value(data, sockets), ancillary(rights, passed, sockets));
            return format!("{}.sendmsg([{data}], {rights})", sockets.name(fd));
        }
        ("fcntl", [Value::Constant(command), flags], Some(fd)) if command == "F_SETFL" => {
            let flag = blocking(flags).unwrap_or_else(|| value(flags, sockets));
            return format!("{}.setblocking({flag})", sockets.name(fd));
        }
        _ => {}
    }
    let (method, keeps) = method(call);
    let shown =
        |argument: &Value| linger(call, argument).unwrap_or_else(|| value(argument, sockets));
    let arguments = call.arguments.iter().filter(|_| keeps).map(shown);
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    match call.fd {
        None if method == "open" => format!("open({arguments}, 'rb').read()"),
        None => format!("socket.{method}({arguments})"),
        Some(fd) => format!("{}.{method}({arguments})", sockets.name(fd)),
    }
}

/// `SO_LINGER` is two numbers: whether it is on, and for how many seconds.
fn linger(call: &Call, value: &Value) -> Option<String> {
    match value {
        _ if !call.arguments.contains(&Value::Constant("SO_LINGER".into())) => None,
        Value::Time(Some(time)) => Some(format!("struct.pack('ii', 1, {})", time.as_secs())),
        off if off.to_string() == "off" => Some("struct.pack('ii', 0, 0)".into()),
        _ => None,
    }
}

/// What Python calls a function of the manual, and whether it takes the same arguments.
fn method(call: &Call) -> (&str, bool) {
    match (&*call.name, &call.arguments[..]) {
        ("fcntl", [Value::Constant(command), ..]) if command == "F_DUPFD_CLOEXEC" => ("dup", false),
        ("fcntl", [Value::Constant(command)]) if command == "F_GETFL" => ("getblocking", false),
        (same, _) => (same, true),
    }
}

/// Whether a socket with these flags of `fcntl(2)` sleeps: Python knows no others.
fn blocking(flags: &Value) -> Option<String> {
    let Value::Constant(flags) = flags else { return None };
    flags
        .starts_with("O_")
        .then(|| if flags.contains("O_NONBLOCK") { "False" } else { "True" }.into())
}

/// What goes along with a message.
fn ancillary(kind: &Value, passed: &Value, sockets: &Scope) -> String {
    format!("[(socket.SOL_SOCKET, {}, {})]", value(kind, sockets), value(passed, sockets))
}

/// `(data, ancdata, flags, address)`
fn message(data: &Value, more: &[Value], sockets: &Scope) -> String {
    let (along, flags) = match more {
        [kind, passed @ Value::Fd(_)] => (ancillary(kind, passed, sockets), "0".into()),
        [flags] => ("[]".into(), value(flags, sockets)),
        _ => ("[]".into(), "0".into()),
    };
    format!("({}, {along}, {flags}, None)", value(data, sockets))
}

fn answer(call: &Call, answer: &Answer, sockets: &Scope) -> String {
    let values = match answer {
        Answer::Error(errno) => return exception(errno),
        Answer::Ok(values) => &values[..],
    };
    match (&*call.name, values) {
        (_, []) => "None".into(),
        ("recv", [_, data]) => value(data, sockets),
        ("recvfrom", [_, data, from]) => {
            format!("({}, {})", value(data, sockets), value(from, sockets))
        }
        ("recvmsg", [_, data, more @ ..]) => message(data, more, sockets),
        ("fcntl", [one]) => blocking(one).unwrap_or_else(|| value(one, sockets)),
        ("getsockopt", [one]) => linger(call, one).unwrap_or_else(|| value(one, sockets)),
        (_, [one]) => value(one, sockets),
        (_, several) => {
            let parts: Vec<String> = several.iter().map(|part| value(part, sockets)).collect();
            format!("({})", parts.join(", "))
        }
    }
}

fn value(value: &Value, sockets: &Scope) -> String {
    match value {
        Value::Fd(fd) => sockets.name(*fd),
        Value::Address(Address::Inet(SocketAddr::V4(address))) => {
            format!("('{}', {})", address.ip(), address.port())
        }
        Value::Address(Address::Inet(SocketAddr::V6(address))) => {
            let (flow, scope) = (address.flowinfo(), address.scope_id());
            format!("('{}', {}, {flow}, {scope})", address.ip(), address.port())
        }
        Value::Address(Address::Unix(UnixName::Unnamed)) => "''".into(),
        Value::Address(Address::Unix(UnixName::Path(path))) => format!("'{path}'"),
        Value::Address(Address::Unix(UnixName::Abstract(name))) => format!("b'\\x00{name}'"),
        Value::Address(other) => other.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Constant(name) => constant(name),
        Value::Words(words) => words.to_string(),
        Value::Time(time) => {
            let time = time.unwrap_or_default();
            format!("struct.pack('ll', {}, {})", time.as_secs(), time.subsec_micros())
        }
        Value::Bytes(data) => bytes(data),
        Value::Hex(data) => {
            let (shown, more) = excerpt(data);
            format!("bytes.fromhex('{}'){more}", hex(&Bytes::new(shown)))
        }
        Value::Machine(inner) | Value::Run(inner) => self::value(inner, sockets),
    }
}

/// Python adds `SOCK_CLOEXEC` by itself, and shows nothing of it. What is no name of C stands as it
/// is.
fn constant(name: &str) -> String {
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.into();
    }
    let parts = name.split('|').filter(|part| *part != "SOCK_CLOEXEC");
    let parts: Vec<String> = parts.map(|part| format!("socket.{part}")).collect();
    parts.join(" | ")
}

/// What `repr()` makes of bytes, with `…` behind it if some of them are not shown.
fn bytes(data: &Bytes) -> String {
    let (shown, more) = excerpt(data);
    let quote = if shown.contains(&b'\'') && !shown.contains(&b'"') { '"' } else { '\'' };
    let mut text = String::new();
    for &byte in shown {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' if char::from(byte) != quote => text.push(byte.into()),
            b' '..=b'~' => text.extend(['\\', quote]),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    format!("b{quote}{text}{quote}{more}")
}

/// What Python prints: `ConnectionRefusedError: [Errno 111] Connection refused`.
fn exception(errno: &Errno) -> String {
    let class = match errno.name() {
        "EAGAIN" | "EALREADY" | "EINPROGRESS" => "BlockingIOError",
        "EPIPE" => "BrokenPipeError",
        "ECONNABORTED" => "ConnectionAbortedError",
        "ECONNREFUSED" => "ConnectionRefusedError",
        "ECONNRESET" => "ConnectionResetError",
        "EEXIST" => "FileExistsError",
        "ENOENT" => "FileNotFoundError",
        "EINTR" => "InterruptedError",
        "EISDIR" => "IsADirectoryError",
        "ENOTDIR" => "NotADirectoryError",
        "EACCES" | "EPERM" => "PermissionError",
        "ETIMEDOUT" => "TimeoutError",
        _ => "OSError",
    };
    let code = errno.code();
    let text = errno.text().map_or_else(|| format!("Unknown error {code}"), String::from);
    format!("{class}: [Errno {code}] {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Condition;

    fn event(fact: Fact) -> Event {
        Event::new("x".into(), 0, fact)
    }

    fn returned(call: Call, values: Vec<Value>) -> Event {
        event(Fact::Returned { call, answer: Answer::Ok(values), names: None })
    }

    #[test]
    fn bytes_are_written_as_repr_writes_them() {
        let cases: [(&[u8], &str); 5] = [
            (b"Welcome!", "b'Welcome!'"),
            (b"\r\n\t\\\x00\x1b", r"b'\r\n\t\\\x00\x1b'"),
            ("你".as_bytes(), r"b'\xe4\xbd\xa0'"),
            (b"it's", "b\"it's\""),
            (b"'\"", r#"b'\'"'"#),
        ];
        for (data, want) in cases {
            assert_eq!(bytes(&Bytes::new(data)), want);
        }
    }

    #[test]
    fn names_of_c_are_found_in_the_module() {
        assert_eq!(constant("SOCK_DGRAM|SOCK_CLOEXEC"), "socket.SOCK_DGRAM");
        assert_eq!(constant("40000 to 40001"), "40000 to 40001");
        let file = Call::new("open").with(Value::Bytes(Bytes::new(b"/proc/net/tcp")));
        let read = line(&event(Fact::Called(file)), &SocketNames::default());
        assert_eq!(read, "open(b'/proc/net/tcp', 'rb').read()");
    }

    #[test]
    fn a_name_is_text() {
        let name = Call::new("getaddrinfo").with(Value::Bytes(Bytes::new(b"localhost")));
        let asked = line(&event(Fact::Called(name)), &SocketNames::default());
        assert_eq!(asked, "socket.getaddrinfo('localhost', None)");
    }

    #[test]
    fn what_is_another_method_in_python_is_that_one() {
        let sockets = SocketNames::some(&[(3, "client"), (7, "far")]);
        let constant = |name: &'static str| Value::Constant(name.into());
        let data = || Value::Bytes(Bytes::new(b"for you"));
        let returned = |call, values| line(&returned(call, values), &sockets);
        let get = Call::on(3, "fcntl").with(constant("F_GETFL"));
        assert_eq!(returned(get, vec![constant("O_RDWR")]), "client.getblocking()  # True");
        let set =
            Call::on(3, "fcntl").with(constant("F_SETFL")).with(constant("O_RDWR|O_NONBLOCK"));
        assert_eq!(returned(set, vec![]), "client.setblocking(False)  # None");
        let pass =
            Call::on(3, "sendmsg").with(data()).with(constant("SCM_RIGHTS")).with(Value::Fd(7));
        let rights = "[(socket.SOL_SOCKET, socket.SCM_RIGHTS, far)]";
        let passed = returned(pass, vec![Value::Number(7)]);
        assert_eq!(passed, format!("client.sendmsg([b'for you'], {rights})  # 7"));
        let receive = Call::on(3, "recvmsg").with(Value::Number(9));
        let with_rights = vec![Value::Number(7), data(), constant("SCM_RIGHTS"), Value::Fd(7)];
        let taken = returned(receive.clone(), with_rights);
        assert_eq!(taken, format!("client.recvmsg(9)  # (b'for you', {rights}, 0, None)"));
        let cut = returned(receive, vec![Value::Number(7), data(), constant("MSG_TRUNC")]);
        assert_eq!(cut, "client.recvmsg(9)  # (b'for you', [], socket.MSG_TRUNC, None)");
        let waits = Fact::Waits(Awaited { fd: 3, until: Condition::Acknowledged });
        assert_eq!(line(&event(waits), &sockets), "waits until client has no unacknowledged bytes");
    }

    #[test]
    fn long_data_is_shown_in_part() {
        let long = Value::Hex(Bytes::new(&[7; 49]));
        let want = format!("bytes.fromhex('{}')…", ["07"; 48].join(" "));
        let got = line(&returned(Call::on(3, "x"), vec![long]), &SocketNames::default());
        assert_eq!(got, format!("s3.x()  # {want}"));
        assert_eq!(bytes(&Bytes::new(&[b'x'; 49])), format!("b'{}'…", "x".repeat(48)));
    }

    #[test]
    fn errors_are_written_as_python_prints_them() {
        assert_eq!(
            exception(&Errno::new(111)),
            "ConnectionRefusedError: [Errno 111] Connection refused"
        );
        assert_eq!(exception(&Errno::new(98)), "OSError: [Errno 98] Address already in use");
    }
}
