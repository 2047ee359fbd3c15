//! Values as `strace(1)` writes them.

use super::{Bytes, Value, escape};
use crate::sentence;
use std::fmt;
use std::time::Duration;

/// `3`, `127.0.0.1:0`, `AF_INET`, `"Welcome!"`
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Value::Fd(fd) => write!(f, "{fd}"),
            Value::Address(address) => write!(f, "{address}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Constant(name) => f.write_str(name),
            Value::Words(words) => write!(f, "{words}"),
            Value::Time(Some(Duration::ZERO)) => f.write_str("0s"),
            Value::Time(Some(time)) => write!(f, "{time:?}"),
            Value::Time(None) => write!(f, "{}", sentence!("no limit")),
            Value::Bytes(data) => f.write_str(&text(data)),
            Value::Hex(data) => f.write_str(&hex(data)),
            Value::Machine(inner) | Value::Run(inner) => write!(f, "{inner}"),
        }
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
            assert_eq!(Value::Bytes(Bytes::new(data.as_bytes())).to_string(), want);
        }
        assert_eq!(text(&Bytes::new(&[b'\n'; 49])), format!("\"{}\"…", "\\n".repeat(48)));
    }

    #[test]
    fn long_packets_are_shown_in_part() {
        let shown = |bytes: &[u8]| Value::Hex(Bytes::new(bytes)).of_this_machine().to_string();
        assert_eq!(shown(&[2, 0, 0xa5, 0x55]), "02 00 a5 55");
        assert_eq!(shown(&[7; 49]), format!("{}…", "07 ".repeat(48)));
        assert_eq!(shown(b""), "");
    }
}
