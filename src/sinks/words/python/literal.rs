//! Values as Python writes them.

use crate::manual::errno::{self, Errno};
use crate::trace::{Bytes, Value, excerpt};

/// Whether a socket with these flags of `fcntl(2)` sleeps: Python knows no others.
pub fn blocking(flags: &Value) -> Option<String> {
    let Value::Constant(flags) = flags else { return None };
    flags
        .starts_with("O_")
        .then(|| if flags.contains("O_NONBLOCK") { "False" } else { "True" }.into())
}

/// Python has the names of terminals for these requests. One it does not have.
pub fn request_number(request: &str) -> String {
    match request {
        "SIOCOUTQ" => "termios.TIOCOUTQ".into(),
        "SIOCOUTQNSD" => "0x894b".into(),
        request => format!("termios.{request}"),
    }
}

/// How long `poll` may sleep. `None` is for as long as it takes.
pub fn milliseconds(longest: &Value) -> String {
    match longest {
        Value::Time(Some(time)) => time.as_millis().to_string(),
        _ => String::new(),
    }
}

/// Python adds `SOCK_CLOEXEC` by itself, and shows nothing of it. What is no name of C stands as it
/// is.
pub fn constant(name: &str) -> String {
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.into();
    }
    let parts = name.split('|').filter(|part| *part != "SOCK_CLOEXEC");
    let module = if name.starts_with("SIG") { "signal" } else { "socket" };
    let parts: Vec<String> = parts.map(|part| format!("{module}.{part}")).collect();
    parts.join(" | ")
}

/// What `repr()` makes of bytes, with `…` behind it if some of them are not shown.
pub fn bytes(data: &Bytes) -> String {
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

/// The same as text.
pub fn text(data: &Bytes) -> String {
    bytes(data)[1..].into()
}

/// What Python prints: `ConnectionRefusedError: [Errno 111] Connection refused`.
pub fn exception(errno: &Errno) -> String {
    let class = errno::class(errno.name());
    let code = errno.code();
    let text = errno.text().map_or_else(|| format!("Unknown error {code}"), String::from);
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
    fn errors_are_written_as_python_prints_them() {
        assert_eq!(
            exception(&Errno::new(111)),
            "ConnectionRefusedError: [Errno 111] Connection refused"
        );
        assert_eq!(exception(&Errno::new(98)), "OSError: [Errno 98] Address already in use");
    }
}
