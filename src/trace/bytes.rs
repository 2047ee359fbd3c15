//! Bytes that crossed the border between the program and the kernel.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What was sent or received. Long data is cut: [`Bytes::KEPT`] bytes are kept, and how many there
/// were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Bytes {
    kept: Vec<u8>,
    length: usize,
}

impl Bytes {
    /// How many bytes of one call a trace keeps.
    pub const KEPT: usize = 1024;

    pub fn new(data: &[u8]) -> Bytes {
        Bytes::cut(data, data.len())
    }

    /// Of data that had `length` bytes, what there is of it, and no more than [`Bytes::KEPT`].
    pub fn cut(data: &[u8], length: usize) -> Bytes {
        let kept = data[..data.len().min(Bytes::KEPT)].to_vec();
        Bytes { kept, length: length.max(data.len()) }
    }

    /// The bytes that are kept.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// How many bytes there were, kept or not.
    pub fn length(&self) -> usize {
        self.length
    }
}

/// Quoted and escaped, with `…` behind it if some of it was not kept.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "\"{}\"{}",
            escape(&self.kept),
            if self.length > self.kept.len() { "…" } else { "" }
        )
    }
}

/// Printable characters as they are, the rest as `\n`, `\u{1b}`, `\xff`.
///
/// Bytes from a peer are hostile until they went through here.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().flat_map(char::escape_debug));
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

/// How [`Bytes`] stand in a file: as text where they are text, in hexadecimal where they are not.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    length: usize,
}

impl From<Bytes> for Stored {
    fn from(bytes: Bytes) -> Stored {
        let length = bytes.length;
        match String::from_utf8(bytes.kept) {
            Ok(text) => Stored { text: Some(text), hex: None, length },
            Err(error) => {
                let hex = error.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                Stored { text: None, hex: Some(hex), length }
            }
        }
    }
}

impl TryFrom<Stored> for Bytes {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Bytes, String> {
        let kept = match (stored.text, stored.hex) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(hex)) => from_hex(&hex).ok_or("bytes: \"hex\" is not hexadecimal")?,
            _ => return Err("bytes: want \"text\" or \"hex\", one of them".into()),
        };
        if stored.length < kept.len() {
            return Err("bytes: \"length\" is less than what is kept".into());
        }
        Ok(Bytes { kept, length: stored.length })
    }
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_bytes_are_escaped() {
        let bytes = Bytes::new(b"\x1b[2J\r\n\"\\ \xff \xe4\xbd\xa0 \xc2\x9b");
        assert_eq!(bytes.to_string(), r#""\u{1b}[2J\r\n\"\\ \xff 你 \u{9b}""#);
    }

    #[test]
    fn any_bytes_survive_a_file() {
        for data in [&b"Rose"[..], b"", b"\xff\x00\x9b", &[7; 5000]] {
            let bytes = Bytes::new(data);
            let json = serde_json::to_string(&bytes).unwrap();
            assert_eq!(serde_json::from_str::<Bytes>(&json).unwrap(), bytes);
            assert_eq!(bytes.length(), data.len());
        }
    }

    #[test]
    fn a_file_with_wrong_bytes_is_refused() {
        for json in [r#"{"length":0}"#, r#"{"hex":"zz","length":1}"#, r#"{"text":"ab","length":1}"#]
        {
            assert!(serde_json::from_str::<Bytes>(json).is_err(), "{json}");
        }
    }
}
