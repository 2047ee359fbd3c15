//! Calls and answers in Python: the call, and behind `#` what it gives or raises.

use super::dialect::SocketNames;
use crate::errno::Errno;
use crate::trace::{Address, Answer, Bytes, Call, Fact, UnixName, Value};
use std::io;
use std::net::SocketAddr;

/// `listener.getsockname()  # ('127.0.0.1', 42693)`
pub fn fact(fact: &Fact, sockets: &SocketNames) -> String {
    match fact {
        Fact::Entered { .. } => "enters".into(),
        Fact::Left => "leaves".into(),
        Fact::Called(asked) => call(asked, sockets),
        Fact::Waits(_) | Fact::Waited(_) | Fact::Packet(_) => super::c::fact(fact),
        Fact::Returned { call: asked, answer: given, .. } => {
            format!("{}  # {}", call(asked, sockets), answer(asked, given, sockets))
        }
    }
}

fn call(call: &Call, sockets: &SocketNames) -> String {
    let (method, keeps) = method(call);
    let shown = |argument: &Value| linger(call, argument).unwrap_or_else(|| value(argument, sockets));
    let arguments = call.arguments.iter().filter(|_| keeps).map(shown);
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    match call.fd {
        None if method == "open" => format!("open({arguments}, 'rb').read()"),
        None => format!("socket.{method}({arguments})"),
        Some(fd) => format!("{}.{method}({arguments})", name(fd, sockets)),
    }
}

/// `SO_LINGER` is two numbers: whether it is on, and for how many seconds.
fn linger(call: &Call, value: &Value) -> Option<String> {
    match value {
        _ if !call.arguments.contains(&Value::Constant("SO_LINGER".into())) => None,
        Value::Time(Some(time)) => Some(format!("struct.pack('ii', 1, {})", time.as_secs())),
        Value::Constant(name) if name == "off" => Some("struct.pack('ii', 0, 0)".into()),
        _ => None,
    }
}

/// What Python calls a function of the manual, and whether it takes the same arguments.
fn method(call: &Call) -> (&str, bool) {
    match (&*call.name, &call.arguments[..]) {
        ("fcntl", [Value::Constant(command), ..]) if command == "F_DUPFD_CLOEXEC" => ("dup", false),
        (same, _) => (same, true),
    }
}

fn answer(call: &Call, answer: &Answer, sockets: &SocketNames) -> String {
    let values = match answer {
        Answer::Error(errno) => return exception(errno),
        Answer::Ok(values) => &values[..],
    };
    match (&*call.name, values) {
        (_, []) => "None".into(),
        ("recv", [_, data]) => value(data, sockets),
        ("recvfrom", [_, data, from]) => format!("({}, {})", value(data, sockets), value(from, sockets)),
        ("getsockopt", [one]) => linger(call, one).unwrap_or_else(|| value(one, sockets)),
        (_, [one]) => value(one, sockets),
        (_, several) => {
            let parts: Vec<String> = several.iter().map(|part| value(part, sockets)).collect();
            format!("({})", parts.join(", "))
        }
    }
}

fn value(value: &Value, sockets: &SocketNames) -> String {
    match value {
        Value::Fd(fd) => name(*fd, sockets),
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
        Value::Time(time) => {
            let time = time.unwrap_or_default();
            format!("struct.pack('ll', {}, {})", time.as_secs(), time.subsec_micros())
        }
        Value::Bytes(data) => bytes(data),
        Value::Hex(data) => format!("bytes.fromhex('{}')", super::c::hex(data)),
        Value::Machine(inner) => self::value(inner, sockets),
    }
}

/// Python adds `SOCK_CLOEXEC` by itself, and shows nothing of it. What is no name of C stands as it is.
fn constant(name: &str) -> String {
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.into();
    }
    let parts = name.split('|').filter(|part| *part != "SOCK_CLOEXEC");
    let parts: Vec<String> = parts.map(|part| format!("socket.{part}")).collect();
    parts.join(" | ")
}

fn name(fd: i32, sockets: &SocketNames) -> String {
    sockets.get(&fd).cloned().unwrap_or_else(|| format!("s{fd}"))
}

/// What `repr()` makes of bytes, with `…` behind it if some of them are not shown.
fn bytes(data: &Bytes) -> String {
    let (shown, more) = super::c::excerpt(data);
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
    let code = errno.code();
    let class = match code {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => "BlockingIOError",
        libc::EPIPE => "BrokenPipeError",
        libc::ECONNABORTED => "ConnectionAbortedError",
        libc::ECONNREFUSED => "ConnectionRefusedError",
        libc::ECONNRESET => "ConnectionResetError",
        libc::EEXIST => "FileExistsError",
        libc::ENOENT => "FileNotFoundError",
        libc::EINTR => "InterruptedError",
        libc::EISDIR => "IsADirectoryError",
        libc::ENOTDIR => "NotADirectoryError",
        libc::EACCES | libc::EPERM => "PermissionError",
        libc::ETIMEDOUT => "TimeoutError",
        _ => "OSError",
    };
    // The standard library adds its own number: "Connection refused (os error 111)".
    let text = io::Error::from_raw_os_error(code).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    format!("{class}: [Errno {code}] {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(super::call(&file, &SocketNames::new()), "open(b'/proc/net/tcp', 'rb').read()");
    }

    #[test]
    fn long_data_is_shown_in_part() {
        assert_eq!(bytes(&Bytes::new(&[b'x'; 49])), format!("b'{}'…", "x".repeat(48)));
    }

    #[test]
    fn errors_are_written_as_python_prints_them() {
        assert_eq!(
            exception(&Errno::new(libc::ECONNREFUSED)),
            "ConnectionRefusedError: [Errno 111] Connection refused"
        );
        assert_eq!(exception(&Errno::new(libc::EADDRINUSE)), "OSError: [Errno 98] Address already in use");
    }
}
