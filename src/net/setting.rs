//! The value of an option.

use crate::manual::errno::Errno;
use crate::manual::options::{
    IP_TTL, IPV6_UNICAST_HOPS, Opt, SO_BUSY_POLL, SO_COOKIE, SO_INCOMING_CPU, SO_LINGER, SO_RCVBUF,
    SO_SNDBUF, TCP_CONGESTION, TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_MAXSEG,
    TCP_NOTSENT_LOWAT,
};
use crate::sentence;
use crate::trace::{Bytes, Value};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

/// What an option may be set to, as the kernel holds it.
pub trait Setting {
    /// The value, as one of that option.
    fn shown(&self, opt: &Opt) -> Value;
}

impl Setting for bool {
    fn shown(&self, _: &Opt) -> Value {
        Value::Number((*self).into())
    }
}

impl Setting for u32 {
    fn shown(&self, opt: &Opt) -> Value {
        decided(opt, Value::Number((*self).into()))
    }
}

impl Setting for u64 {
    fn shown(&self, opt: &Opt) -> Value {
        decided(opt, Value::Number(i64::try_from(*self).unwrap_or(i64::MAX)))
    }
}

impl Setting for usize {
    /// The kernel's number is signed: SO_INCOMING_CPU is -1 if there is none.
    fn shown(&self, opt: &Opt) -> Value {
        decided(opt, Value::Number(*self as i64))
    }
}

impl Setting for Duration {
    fn shown(&self, opt: &Opt) -> Value {
        decided(opt, Value::Time(Some(*self)))
    }
}

impl Setting for Option<Duration> {
    /// No time is no limit; without SO_LINGER it is the same as "off".
    fn shown(&self, opt: &Opt) -> Value {
        match self {
            None if *opt == SO_LINGER => Value::Words(sentence!("off")),
            time => Value::Time(*time),
        }
    }
}

impl Setting for Ipv4Addr {
    fn shown(&self, _: &Opt) -> Value {
        Value::Words(sentence!("{address}", address = self))
    }
}

impl Setting for Vec<u8> {
    /// A name, which ends at the first zero.
    fn shown(&self, opt: &Opt) -> Value {
        let text = self.split(|&byte| byte == 0).next().unwrap_or_default();
        decided(opt, Value::Bytes(Bytes::new(text)))
    }
}

impl Setting for Option<Vec<u8>> {
    fn shown(&self, opt: &Opt) -> Value {
        self.as_ref().map_or(Value::Words(sentence!("none")), |bytes| bytes.shown(opt))
    }
}

impl Setting for Option<io::Error> {
    fn shown(&self, _: &Opt) -> Value {
        self.as_ref().map_or(Value::Number(0), |error| {
            Value::Constant(Errno::from(error).name().to_string().into())
        })
    }
}

pub fn constant(name: &'static str) -> Value {
    Value::Constant(name.into())
}

/// These are set by the administrator of a machine, or computed from its memory and its interfaces.
/// A cookie is made up for each socket.
fn decided(opt: &Opt, value: Value) -> Value {
    const BY_THE_MACHINE: &[Opt] = &[
        SO_INCOMING_CPU,
        SO_BUSY_POLL,
        SO_RCVBUF,
        SO_SNDBUF,
        IP_TTL,
        IPV6_UNICAST_HOPS,
        TCP_CONGESTION,
        TCP_KEEPCNT,
        TCP_KEEPIDLE,
        TCP_KEEPINTVL,
        TCP_MAXSEG,
        TCP_NOTSENT_LOWAT,
    ];
    match opt {
        opt if *opt == SO_COOKIE => value.of_this_run(),
        opt if BY_THE_MACHINE.contains(opt) => value.of_this_machine(),
        _ => value,
    }
}
