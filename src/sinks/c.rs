//! Calls and answers in the notation of C, as `strace(1)` writes them.

use crate::trace::{Answer, Bytes, Call, Fact, Value, escape};

/// `bind(3, 127.0.0.1:0)`
fn call(call: &Call) -> String {
    let fd = call.fd.map(|fd| fd.to_string());
    let arguments: Vec<String> = fd.into_iter().chain(call.arguments.iter().map(value)).collect();
    format!("{}({})", call.name, arguments.join(", "))
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
                value(length)
            }
            [length, data, Value::Address(from)] => {
                format!("{}, {}, from {from}", value(length), value(data))
            }
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
        Fact::Changed(change) => change.to_string(),
        Fact::Waits(awaited) => format!("waits until {} {}", awaited.fd, awaited.until),
        Fact::Waited(awaited) => format!("now {} {}", awaited.fd, awaited.until),
        Fact::Returned { call: asked, answer: given, .. } => {
            format!("{} = {}", call(asked), answer(given))
        }
        Fact::Packet(packet) => super::wire::packet(packet),
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
        Value::Bytes(data) => text(data),
        Value::Hex(data) => hex(data),
        Value::Machine(inner) | Value::Run(inner) => self::value(inner),
    }
}

/// How many bytes of one call are shown: enough to know them by.
const SHOWN: usize = 48;

/// What is shown of data, and `…` if that is not all. No character is cut in two.
pub fn excerpt(data: &Bytes) -> (&[u8], &'static str) {
    let kept = data.kept();
    if kept.len() <= SHOWN {
        return (kept, if data.length() > kept.len() { "…" } else { "" });
    }
    let cut = str::from_utf8(&kept[..SHOWN]).err().filter(|error| error.error_len().is_none());
    (&kept[..cut.map_or(SHOWN, |error| error.valid_up_to())], "…")
}

/// `"Welcome!"`, with `…` behind it if some of it is not shown.
fn text(data: &Bytes) -> String {
    let (shown, more) = excerpt(data);
    format!("\"{}\"{more}", escape(shown))
}

/// `02 00 a5 55`, with `…` behind it if some of it is not shown.
pub fn hex(data: &Bytes) -> String {
    let (shown, more) = excerpt(data);
    let bytes = shown.iter().map(|byte| format!("{byte:02x}"));
    bytes.chain((!more.is_empty()).then(|| more.into())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_data_is_shown_in_part() {
        let (x, half) = ("x".repeat(48), "x".repeat(46));
        let cases = [
            (x.clone(), format!("\"{x}\"")),
            (format!("{x}x"), format!("\"{x}\"…")),
            ("x".repeat(5000), format!("\"{x}\"…")),
            (format!("{half}你好"), format!("\"{half}\"…")),
        ];
        for (data, want) in cases {
            assert_eq!(value(&Value::Bytes(Bytes::new(data.as_bytes()))), want);
        }
        assert_eq!(text(&Bytes::new(&[b'\n'; 49])), format!("\"{}\"…", "\\n".repeat(48)));
    }

    #[test]
    fn long_packets_are_shown_in_part() {
        let shown = |bytes: &[u8]| value(&Value::Hex(Bytes::new(bytes)).of_this_machine());
        assert_eq!(shown(&[2, 0, 0xa5, 0x55]), "02 00 a5 55");
        assert_eq!(shown(&[7; 49]), format!("{}…", "07 ".repeat(48)));
        assert_eq!(shown(b""), "");
    }
}
