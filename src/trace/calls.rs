//! Which call does what: the one table that every conclusion asks.

use super::{Address, Call, Value};

/// What a call does, as far as a conclusion depends on it. Others ask or set something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It makes a socket.
    Make,
    /// It makes two sockets that are connected to each other.
    MakePair,
    /// It makes a second descriptor of a socket.
    Duplicate,
    /// It gives a socket its address.
    Bind,
    Listen,
    Connect,
    /// It makes a socket for the next connection.
    Accept,
    /// It hands data to the kernel.
    Send,
    /// It takes data from the kernel, or looks at it.
    Receive,
    /// It ends one direction of a connection, or both.
    Shutdown,
    /// It gives a descriptor back.
    Close,
}

/// By their names in section 2 of the manual.
const CALLS: &[(&str, Does)] = &[
    ("accept", Does::Accept),
    ("bind", Does::Bind),
    ("close", Does::Close),
    ("connect", Does::Connect),
    ("listen", Does::Listen),
    ("recv", Does::Receive),
    ("recvfrom", Does::Receive),
    ("recvmsg", Does::Receive),
    ("send", Does::Send),
    ("sendmsg", Does::Send),
    ("sendto", Does::Send),
    ("shutdown", Does::Shutdown),
    ("socket", Does::Make),
    ("socketpair", Does::MakePair),
];

impl Does {
    /// Whether packets may leave because of it.
    pub fn sends_packets(self) -> bool {
        matches!(self, Does::Connect | Does::Send | Does::Shutdown | Does::Close)
    }

    /// Whether it may give a socket its own address, before it returns.
    pub fn names_a_socket(self) -> bool {
        matches!(self, Does::Bind | Does::Connect | Does::Send)
    }

    /// Whether a descriptor is its answer.
    pub fn makes_a_descriptor(self) -> bool {
        matches!(self, Does::Make | Does::MakePair | Does::Duplicate | Does::Accept)
    }
}

impl Call {
    /// What it does, if a conclusion depends on it.
    pub fn does(&self) -> Option<Does> {
        // What fcntl does is decided by its command.
        if self.name == "fcntl" {
            return self.says("F_DUPFD").then_some(Does::Duplicate);
        }
        CALLS.iter().find(|(name, _)| self.name == *name).map(|(_, does)| *does)
    }

    /// The address among its arguments.
    pub fn address(&self) -> Option<&Address> {
        self.arguments.iter().find_map(|value| match value {
            Value::Address(address) => Some(address),
            _ => None,
        })
    }

    /// Where it wants to get to: the address that it connects to, or sends to.
    pub fn destination(&self) -> Option<&Address> {
        self.address().filter(|_| matches!(self.does(), Some(Does::Connect | Does::Send)))
    }

    /// Whether a receiving call takes what it gets, and has room for it.
    pub fn takes_something(&self) -> bool {
        self.arguments.first() != Some(&Value::Number(0)) && !self.says("MSG_PEEK")
    }

    /// Whether a constant of that name, or that begins so, is among its arguments.
    pub fn says(&self, constant: &str) -> bool {
        self.arguments.iter().any(|value| match value {
            Value::Constant(names) => names.split('|').any(|name| name.starts_with(constant)),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_each_call_once() {
        assert!(CALLS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_fcntl_does_its_command_says() {
        let fcntl =
            |command: &'static str| Call::on(3, "fcntl").with(Value::Constant(command.into()));
        assert_eq!(fcntl("F_DUPFD_CLOEXEC").does(), Some(Does::Duplicate));
        assert_eq!(fcntl("F_GETFL").does(), None);
    }
}
