//! The errors of the kernel: their names, their numbers, and what they mean.
//!
//! A name means the same on every system, a number does not: what is said of an error is found by
//! its name.

mod explained;
mod known;
mod meant;
mod numbers;
mod programs;
mod python;
mod resolver;
mod words;

pub use explained::Explanation;
pub use known::{Known, all};
pub use meant::{Meant, meant};
pub use numbers::{System, unmet_on_linux};
pub use python::class;

use explained::EXPLAINED;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;

/// An error as a system has numbered it, with its name in `errno(3)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errno {
    code: i32,
    name: String,
}

impl Errno {
    /// The error that this system gives that number.
    pub fn new(code: i32) -> Errno {
        let known = numbers::numbered(code, System::HERE);
        let name = known.map_or_else(|| format!("errno {code}"), |known| known.name.into());
        Errno { code, name }
    }

    /// Its number, on the system that gave it.
    pub fn code(&self) -> i32 {
        self.code
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// All that is known of it.
    pub fn explanation(&self) -> Option<Explanation> {
        let known = EXPLAINED.iter().find(|(name, _)| *name == self.name);
        known.map(|(_, explanation)| *explanation)
    }

    /// What it means, in plain words.
    pub fn meaning(&self) -> Option<&'static str> {
        self.explanation().map(|explanation| explanation.meaning)
    }

    /// What `strerror(3)` says of it, in English.
    pub fn text(&self) -> Option<&'static str> {
        numbers::named(&self.name).map(|error| error.text)
    }
}

impl From<&io::Error> for Errno {
    /// An error that does not come from the kernel has the number 0 and tells what it is.
    fn from(error: &io::Error) -> Errno {
        match error.raw_os_error() {
            Some(code) => Errno::new(code),
            None => Errno { code: 0, name: error.to_string() },
        }
    }
}

/// The name and what it means: `ECONNREFUSED: nobody listens at that address`.
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.name)?;
        self.meaning().map_or(Ok(()), |meaning| write!(f, ": {meaning}"))
    }
}

/// Every error that this system has and that has an explanation here, in alphabetical order.
pub fn known_errors() -> impl Iterator<Item = Errno> {
    EXPLAINED.iter().filter_map(|(name, _)| {
        let code = numbers::named(name)?.number(System::HERE)?;
        Some(Errno { code, name: (*name).into() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_alphabetical_order_and_each_error_has_a_number() {
        assert!(EXPLAINED.is_sorted_by(|a, b| a.0 < b.0));
        assert!(EXPLAINED.iter().all(|(name, _)| numbers::named(name).is_some()));
    }

    #[test]
    fn an_unknown_error_keeps_its_number() {
        assert_eq!(Errno::new(9999).to_string(), "errno 9999");
    }

    /// 61 is another error here, and the run was recorded elsewhere.
    #[test]
    fn what_an_error_means_is_known_by_its_name() {
        let recorded = r#"{"code":61,"name":"ECONNREFUSED"}"#;
        let errno: Errno = serde_json::from_str(recorded).unwrap();
        assert_eq!(errno.to_string(), "ECONNREFUSED: nobody listens at that address");
        assert_eq!((errno.code(), errno.text()), (61, Some("Connection refused")));
    }
}
