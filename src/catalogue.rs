//! Sentences for people, with places to fill in.
//!
//! A sentence is written once, whole, where it is said. What stands in its places are numbers and
//! names. So another language can have its own order of words: the English sentence is the key to
//! its translations.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A sentence in English, and what stands in its places. Make it with
/// [`sentence!`](crate::sentence).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// With its places in braces: `{waiting} waiting`.
    english: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<Cow<'static, str>, String>,
}

impl Sentence {
    /// A sentence whose places are empty yet.
    pub fn new(english: impl Into<Cow<'static, str>>) -> Sentence {
        Sentence { english: english.into(), parts: BTreeMap::new() }
    }

    /// The same with one of its places filled.
    pub fn with(mut self, place: &'static str, part: impl fmt::Display) -> Sentence {
        self.parts.insert(place.into(), part.to_string());
        self
    }

    /// The same with nothing in its places.
    pub(crate) fn blank(mut self) -> Sentence {
        self.parts.values_mut().for_each(String::clear);
        self
    }
}

/// In English. A place that nothing was put into stays as it is.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut rest = &*self.english;
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            let found = after.split_once('}').map(|(place, then)| (self.parts.get(place), then));
            match found {
                Some((Some(part), then)) => {
                    f.write_str(part)?;
                    rest = then;
                }
                _ => {
                    f.write_str("{")?;
                    rest = after;
                }
            }
        }
        f.write_str(rest)
    }
}

/// A [`Sentence`]: its English words, and what stands in their places.
///
/// `sentence!("{fd} waits for {what}", fd, what = call.name)`
#[macro_export]
macro_rules! sentence {
    ($english:literal $(, $place:ident $(= $part:expr)?)* $(,)?) => {
        $crate::catalogue::Sentence::new($english)
            $(.with(stringify!($place), &$crate::sentence!(@part $place $(= $part)?)))*
    };
    (@part $place:ident = $part:expr) => {
        $part
    };
    (@part $place:ident) => {
        $place
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_by_their_names() {
        let waiting = 3;
        let said = sentence!("{waiting} of {limit} wait: {waiting}", waiting, limit = 3 + 4);
        assert_eq!(said.to_string(), "3 of 7 wait: 3");
        assert_eq!(Sentence::new("{so} {").to_string(), "{so} {");
        assert_eq!(sentence!("{so}", so = "{other}").to_string(), "{other}");
    }

    #[test]
    fn a_sentence_survives_a_file() {
        let said = sentence!("{waiting} waiting", waiting = 1);
        let json = serde_json::to_string(&said).unwrap();
        assert_eq!(json, r#"{"english":"{waiting} waiting","parts":{"waiting":"1"}}"#);
        assert_eq!(serde_json::from_str::<Sentence>(&json).unwrap(), said);
    }
}
