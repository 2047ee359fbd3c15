//! The options that Linux has and socket2 has not, or has under another name.

use super::Socket;
use super::linux::{self, PeerCredentials};
use super::socket::done;
use crate::kernel::{AcceptQueue, TcpInfo, socket as kernel};
use crate::manual::options::{self as manual, Opt};
use crate::sentence;
use crate::stage::witness;
use crate::trace::{Bytes, Value};
use socket2::Type;
use std::io;
use std::panic::Location;

impl Socket {
    /// `SO_BINDTODEVICE` of `socket(7)`, set with `setsockopt(2)`: ties the socket to an interface,
    /// or unties it.
    #[track_caller]
    pub fn bind_device(&self, interface: Option<&[u8]>) -> io::Result<()> {
        let name = Value::Bytes(Bytes::new(interface.unwrap_or_default()));
        let call = || self.setting("setsockopt", &manual::SO_BINDTODEVICE).with(name);
        witness(Location::caller(), call, || self.inner().bind_device(interface), done)
    }

    /// `SO_ATTACH_FILTER` of `socket(7)`, set with `setsockopt(2)`: a filter that throws away all
    /// that arrives for it, as if the cable were cut. socket2 takes the filter's program.
    #[track_caller]
    pub fn drop_arriving(&self) -> io::Result<()> {
        let program = Value::Words(sentence!("drop all"));
        let call = || self.setting("setsockopt", &manual::SO_ATTACH_FILTER).with(program);
        witness(Location::caller(), call, || linux::drop_arriving(self.inner()), done)
    }

    /// `SO_DETACH_FILTER` of `socket(7)`, set with `setsockopt(2)`: takes the filter away.
    #[track_caller]
    pub fn detach_filter(&self) -> io::Result<()> {
        let call = || self.setting("setsockopt", &manual::SO_DETACH_FILTER);
        witness(Location::caller(), call, || self.inner().detach_filter(), done)
    }

    /// `SO_TYPE` of `socket(7)`: which type it has. socket2 has it, too; no setting of the table is
    /// a type.
    #[track_caller]
    pub fn r#type(&self) -> io::Result<Type> {
        let call = || self.setting("getsockopt", &manual::SO_TYPE);
        let answer = |&kind: &Type| vec![Value::Number(i32::from(kind).into())];
        witness(Location::caller(), call, || self.inner().r#type(), answer)
    }

    /// `SO_PEERCRED` of `unix(7)`: who was at the other end when the two were connected.
    #[track_caller]
    pub fn peer_credentials(&self) -> io::Result<PeerCredentials> {
        let call = || self.setting("getsockopt", &manual::SO_PEERCRED);
        let answer = |peer: &PeerCredentials| {
            let PeerCredentials { pid, uid, gid } = peer;
            let words = sentence!("pid {pid}, uid {uid}, gid {gid}", pid, uid, gid);
            vec![Value::Words(words).of_this_run()]
        };
        witness(Location::caller(), call, || linux::peer_credentials(self.inner()), answer)
    }

    /// `IP_MTU` of `ip(7)`: the longest packet for the way to the peer, in bytes. It has to be
    /// connected.
    #[track_caller]
    pub fn mtu(&self) -> io::Result<u32> {
        self.number(&manual::IP_MTU, || linux::mtu(self.inner()))
    }

    /// `SO_MEMINFO` of `linux/sock_diag.h`: how many datagrams were dropped because there was no
    /// room for them.
    #[track_caller]
    pub fn drops(&self) -> io::Result<u32> {
        self.number(&manual::SO_MEMINFO, || kernel::drops(self.fd()))
    }

    /// The same of a listener: how many requests to connect were thrown away. Whoever gets no
    /// answer asks again after about a second, so that grows while one waits.
    #[track_caller]
    pub fn dropped_requests(&self) -> io::Result<u32> {
        let call = || self.setting("getsockopt", &manual::SO_MEMINFO);
        let answer = |&number: &u32| vec![Value::Number(number.into()).of_this_run()];
        witness(Location::caller(), call, || kernel::drops(self.fd()), answer)
    }

    /// `TCP_INFO` of `tcp(7)`: what the kernel counts about the connection.
    #[track_caller]
    pub fn tcp_info(&self) -> io::Result<TcpInfo> {
        let call = || self.setting("getsockopt", &manual::TCP_INFO);
        let answer = |info: &TcpInfo| {
            let TcpInfo { data_segments_in, data_segments_out } = info;
            let words = sentence!(
                "data segments: {data_segments_in} in, {data_segments_out} out",
                data_segments_in,
                data_segments_out
            );
            vec![Value::Words(words).of_this_machine()]
        };
        witness(Location::caller(), call, || kernel::tcp_info(self.fd()), answer)
    }

    /// `TCP_INFO` of `tcp(7)`, of a listener: how many connections wait to be accepted, and the
    /// limit.
    #[track_caller]
    pub fn accept_queue(&self) -> io::Result<AcceptQueue> {
        let call = || self.setting("getsockopt", &manual::TCP_INFO);
        let answer = |queue: &AcceptQueue| {
            let waiting = sentence!("{waiting} waiting", waiting = queue.waiting);
            let limit = sentence!("limit {limit}", limit = queue.limit);
            vec![Value::Words(waiting), Value::Words(limit).of_this_machine()]
        };
        witness(Location::caller(), call, || kernel::accept_queue(self.fd()), answer)
    }

    /// `IP_LOCAL_PORT_RANGE` of `ip(7)`, set with `setsockopt(2)`: which ports the kernel may
    /// choose from.
    #[track_caller]
    pub fn set_local_port_range(&self, first: u16, last: u16) -> io::Result<()> {
        let range = Value::Words(sentence!("{first} to {last}", first, last)).of_this_run();
        let call = || self.setting("setsockopt", &manual::IP_LOCAL_PORT_RANGE).with(range);
        let set = || linux::set_local_port_range(self.inner(), first, last);
        witness(Location::caller(), call, set, done)
    }

    /// `IP_RECVERR` of `ip(7)`, set with `setsockopt(2)`: whether errors that packets report reach
    /// it unconnected, too.
    #[track_caller]
    pub fn set_receive_errors(&self, receive: bool) -> io::Result<()> {
        let call =
            || self.setting("setsockopt", &manual::IP_RECVERR).with(Value::Number(receive.into()));
        witness(Location::caller(), call, || linux::set_receive_errors(self.inner(), receive), done)
    }

    /// `TCP_DEFER_ACCEPT` of `tcp(7)`, set with `setsockopt(2)`: a listener's connections wait for
    /// `accept(2)` only when something has arrived on them, or so many seconds have passed. The
    /// kernel rounds that up to the time of some retransmissions: to 1, 3, 7, 15, 31, 63 and so on.
    #[track_caller]
    pub fn set_defer_accept(&self, seconds: u16) -> io::Result<()> {
        let asked = Value::Number(seconds.into());
        let call = || self.setting("setsockopt", &manual::TCP_DEFER_ACCEPT).with(asked);
        witness(Location::caller(), call, || linux::set_defer_accept(self.inner(), seconds), done)
    }

    #[track_caller]
    fn number(&self, opt: &'static Opt, get: impl FnOnce() -> io::Result<u32>) -> io::Result<u32> {
        let answer = |&number: &u32| vec![Value::Number(number.into()).of_this_machine()];
        witness(Location::caller(), || self.setting("getsockopt", opt), get, answer)
    }
}
