//! The value of an option.

use crate::errno::Errno;
use crate::trace::{Bytes, Value};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

/// What an option may be set to, as the kernel holds it.
pub trait Setting {
    /// The value of the option of that name.
    fn shown(&self, name: &str) -> Value;
}

impl Setting for bool {
    fn shown(&self, _: &str) -> Value {
        Value::Number((*self).into())
    }
}

impl Setting for u32 {
    fn shown(&self, name: &str) -> Value {
        decided(name, Value::Number((*self).into()))
    }
}

impl Setting for u64 {
    fn shown(&self, name: &str) -> Value {
        decided(name, Value::Number(i64::try_from(*self).unwrap_or(i64::MAX)))
    }
}

impl Setting for usize {
    /// The kernel's number is signed: SO_INCOMING_CPU is -1 if there is none.
    fn shown(&self, name: &str) -> Value {
        decided(name, Value::Number(*self as i64))
    }
}

impl Setting for Duration {
    fn shown(&self, name: &str) -> Value {
        decided(name, Value::Time(Some(*self)))
    }
}

impl Setting for Option<Duration> {
    /// No time is no limit; without SO_LINGER it is the same as "off".
    fn shown(&self, name: &str) -> Value {
        match (self, name) {
            (None, "SO_LINGER") => constant("off"),
            (time, _) => Value::Time(*time),
        }
    }
}

impl Setting for Ipv4Addr {
    fn shown(&self, _: &str) -> Value {
        Value::Constant(self.to_string().into())
    }
}

impl Setting for Vec<u8> {
    /// A name, which ends at the first zero.
    fn shown(&self, name: &str) -> Value {
        let text = self.split(|&byte| byte == 0).next().unwrap_or_default();
        decided(name, Value::Bytes(Bytes::new(text)))
    }
}

impl Setting for Option<Vec<u8>> {
    fn shown(&self, name: &str) -> Value {
        self.as_ref().map_or(constant("none"), |bytes| bytes.shown(name))
    }
}

impl Setting for Option<io::Error> {
    fn shown(&self, _: &str) -> Value {
        self.as_ref()
            .map_or(Value::Number(0), |error| Value::Constant(Errno::from(error).name().to_string().into()))
    }
}

pub fn constant(name: &'static str) -> Value {
    Value::Constant(name.into())
}

/// These are set by the administrator of a machine, or computed from its memory and its interfaces. A cookie is made up for each socket.
fn decided(name: &str, value: Value) -> Value {
    const BY_THE_MACHINE: &[&str] = &[
        "SO_INCOMING_CPU",
        "SO_BUSY_POLL",
        "SO_RCVBUF",
        "SO_SNDBUF",
        "IP_TTL",
        "IPV6_UNICAST_HOPS",
        "TCP_CONGESTION",
        "TCP_KEEPCNT",
        "TCP_KEEPIDLE",
        "TCP_KEEPINTVL",
        "TCP_MAXSEG",
        "TCP_NOTSENT_LOWAT",
    ];
    match name {
        "SO_COOKIE" => value.of_this_run(),
        _ if BY_THE_MACHINE.contains(&name) => value.of_this_machine(),
        _ => value,
    }
}
