//! What waits in the two queues of a connection.
//!
//! How many bytes find room there is up to the machine, and when they are acknowledged is up to
//! timers: the numbers are those of one run.

use super::Socket;
use crate::kernel::socket as kernel;
use crate::stage::witness;
use crate::trace::Value;
use std::io;
use std::panic::Location;

impl Socket {
    /// `ioctl(2)`, `FIONREAD` of `tcp(7)`, which calls it `SIOCINQ`, too: how many bytes have
    /// arrived and are not read.
    #[track_caller]
    pub fn unread(&self) -> io::Result<u32> {
        self.count(Location::caller(), "FIONREAD", || kernel::unread(self.fd()))
    }

    /// `ioctl(2)`, `SIOCOUTQ` of `tcp(7)`: how many bytes the kernel has taken and the other end's
    /// kernel has not acknowledged, whether they are sent or not.
    #[track_caller]
    pub fn unacknowledged(&self) -> io::Result<u32> {
        self.count(Location::caller(), "SIOCOUTQ", || kernel::unacknowledged(self.fd()))
    }

    /// `ioctl(2)`, `SIOCOUTQNSD` of `tcp(7)`: how many of those bytes are not even sent.
    #[track_caller]
    pub fn unsent(&self) -> io::Result<u32> {
        self.count(Location::caller(), "SIOCOUTQNSD", || kernel::unsent(self.fd()))
    }

    fn count(
        &self,
        at: &Location,
        request: &'static str,
        ask: impl FnOnce() -> io::Result<u32>,
    ) -> io::Result<u32> {
        let call = || self.call("ioctl").with(Value::Constant(request.into()));
        witness(at, call, ask, |&bytes| vec![Value::Number(bytes.into()).of_this_run()])
    }
}
