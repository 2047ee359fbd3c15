//! All that is known of an error, whoever gives it: the kernel, `getaddrinfo(3)`, or the program.

use super::explained::{EXPLAINED, Explanation};
use super::numbers::{self, System};
use super::programs::PROGRAMS;
use super::python;
use super::resolver::RESOLVER;

/// An error as people meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name in `errno(3)` or `getaddrinfo(3)`. What has none goes by what Python prints.
    pub name: &'static str,
    /// On Linux, macOS and Windows.
    pub(super) numbers: [Option<i32>; 3],
    /// What is printed of it, in English.
    pub words: &'static str,
    /// The class of the exception in Python.
    pub python: &'static str,
    /// A lesson about it, if no call of a stored run can show it.
    pub lesson: Option<&'static str>,
    pub explanation: Explanation,
}

impl Known {
    /// Its number on a system, if it has one there.
    pub fn number(&self, on: System) -> Option<i32> {
        self.numbers[on as usize]
    }

    /// Its number and its name on Windows: names of sockets begin with `WSA` there.
    pub fn on_windows(&self) -> Option<String> {
        let number = self.number(System::Windows)?;
        let renamed = RENAMED.iter().find(|(_, name)| *name == self.name);
        let name = match renamed {
            Some((windows, _)) => (*windows).into(),
            None if self.is_of_getaddrinfo() => self.name.into(),
            None => format!("WSA{}", self.name),
        };
        Some(format!("{name} ({number})"))
    }

    /// Whether it is one of the errors of `getaddrinfo(3)`.
    pub fn is_of_getaddrinfo(&self) -> bool {
        self.name.starts_with("EAI_")
    }
}

/// Every error that is explained here.
pub fn all() -> impl Iterator<Item = Known> {
    let of_the_kernel = EXPLAINED.iter().filter_map(|(name, explanation)| {
        let numbered = numbers::named(name)?;
        Some(Known {
            name,
            numbers: System::ALL.map(|system| numbered.number(system)),
            words: numbered.text,
            python: python::class(name),
            lesson: None,
            explanation: *explanation,
        })
    });
    of_the_kernel.chain(RESOLVER.iter().copied()).chain(PROGRAMS.iter().copied())
}

/// The error of that name, in capitals or not, as any of the systems calls it.
pub fn named(given: &str) -> Option<Known> {
    let meant = RENAMED.iter().chain(ALIASES).find(|(other, _)| other.eq_ignore_ascii_case(given));
    let given = meant.map_or(given, |(_, name)| name);
    let bare = match given.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("WSA") => &given[3..],
        _ => given,
    };
    all().find(|known| known.name.eq_ignore_ascii_case(bare))
}

/// What Windows does not call by the same name with `WSA` in front.
const RENAMED: &[(&str, &str)] = &[
    ("WSAEWOULDBLOCK", "EAGAIN"),
    ("WSAHOST_NOT_FOUND", "EAI_NONAME"),
    ("WSANO_RECOVERY", "EAI_FAIL"),
    ("WSATRY_AGAIN", "EAI_AGAIN"),
    ("WSATYPE_NOT_FOUND", "EAI_SERVICE"),
    ("WSA_NOT_ENOUGH_MEMORY", "EAI_MEMORY"),
];

/// Other names of the same. On Linux the first two have the number of the other one.
const ALIASES: &[(&str, &str)] = &[
    ("EWOULDBLOCK", "EAGAIN"),
    ("ENOTSUP", "EOPNOTSUPP"),
    // Node.js says so.
    ("ENOTFOUND", "EAI_NONAME"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_calls_it_by_its_own_name() {
        let windows = |name| named(name).unwrap().on_windows();
        assert_eq!(windows("ECONNRESET").as_deref(), Some("WSAECONNRESET (10054)"));
        assert_eq!(windows("wsaewouldblock").as_deref(), Some("WSAEWOULDBLOCK (10035)"));
        assert_eq!(windows("EAI_NONAME").as_deref(), Some("WSAHOST_NOT_FOUND (11001)"));
        assert_eq!(windows("EPIPE"), None);
    }
}
