//! What `sock_diag(7)` tells: all TCP sockets of a network, those that no program holds included,
//! and the queues of `AF_UNIX`.

use super::files::out_of_the_way;
use crate::trace::TcpState;
use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags, Timer,
};
use netlink_packet_sock_diag::unix::{self, UnixRequest};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use netlink_sys::{Socket, SocketAddr};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::net;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};

/// A TCP socket, as the kernel lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The number that no other socket has, and that a connection keeps when its program is gone:
    /// `SO_COOKIE`.
    pub cookie: u64,
    /// Whether some program holds it. One that waits to be accepted, or was closed, nobody holds.
    pub is_held: bool,
    pub state: TcpState,
    pub local: net::SocketAddr,
    pub peer: net::SocketAddr,
    /// Bytes that have arrived and are not read; of a listener, connections that wait.
    pub receive_queue: u32,
    /// Bytes that are not acknowledged.
    pub send_queue: u32,
    /// In how many milliseconds the kernel will forget it, if it only waits for that.
    pub expires_ms: Option<u32>,
}

/// A way to ask for the list.
pub struct Diag {
    socket: Socket,
    /// The number of the last request. Its answers have it, too.
    request: u32,
}

impl Diag {
    /// Opens a netlink socket, out of the student's way.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn open() -> io::Result<Diag> {
        let low = Socket::new(NETLINK_SOCK_DIAG)?.into_raw_fd();
        // SAFETY: `low` is open, and its owner has just given it up.
        let low = unsafe { File::from_raw_fd(low) };
        let high = OwnedFd::from(out_of_the_way(low)).into_raw_fd();
        // SAFETY: `high` is open, it is a netlink socket, and nothing else owns it.
        let socket = unsafe { Socket::from_raw_fd(high) };
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Diag { socket, request: 0 })
    }

    /// Lists the TCP sockets of IPv4, or of IPv6.
    ///
    /// # Errors
    /// The kernel does not answer as it should.
    pub fn list(&mut self, ipv6: bool) -> io::Result<Vec<Listed>> {
        let (family, socket_id) =
            if ipv6 { (AF_INET6, SocketId::new_v6()) } else { (AF_INET, SocketId::new_v4()) };
        let (protocol, extensions, states) =
            (IPPROTO_TCP, ExtensionFlags::empty(), StateFlags::all());
        let request = InetRequest { family, protocol, extensions, states, socket_id };
        let mut found = Vec::new();
        self.dump(SockDiagMessage::InetRequest(request), |answer, bytes| {
            if let SockDiagMessage::InetResponse(response) = answer {
                found.extend(listed(&response, bytes));
            }
        })?;
        Ok(found)
    }

    /// Lists the listeners of `AF_UNIX`: their cookies, how many connections wait on them, and the
    /// limit.
    ///
    /// # Errors
    /// The kernel does not answer as it should.
    pub fn unix_queues(&mut self) -> io::Result<HashMap<u64, (u32, u32)>> {
        let (state_flags, show_flags) = (unix::StateFlags::LISTEN, unix::ShowFlags::RQLEN);
        let request = UnixRequest { state_flags, inode: 0, show_flags, cookie: [0xff; 8] };
        let mut found = HashMap::new();
        self.dump(SockDiagMessage::UnixRequest(request), |answer, _| {
            if let SockDiagMessage::UnixResponse(response) = answer {
                let queue = response.number_of_pending_connection();
                let queue = queue.zip(response.max_number_of_pending_connection());
                found
                    .extend(queue.map(|queue| (u64::from_ne_bytes(response.header.cookie), queue)));
            }
        })?;
        Ok(found)
    }

    /// Asks for a list, and takes each answer, also as the bytes that it was.
    fn dump(
        &mut self,
        request: SockDiagMessage,
        mut take: impl FnMut(SockDiagMessage, &[u8]),
    ) -> io::Result<()> {
        self.request = self.request.wrapping_add(1);
        let mut header = NetlinkHeader::default();
        header.sequence_number = self.request;
        header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        let mut message = NetlinkMessage::new(header, request.into());
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        while !is_last(&self.socket.recv_from_full()?.0, self.request, &mut take)? {}
        Ok(())
    }
}

/// Takes one packet of answers. Gives whether it was the last. Answers to another request are left
/// from one that failed.
fn is_last(
    mut bytes: &[u8],
    request: u32,
    take: &mut impl FnMut(SockDiagMessage, &[u8]),
) -> io::Result<bool> {
    let wrong = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    while !bytes.is_empty() {
        let message = NetlinkMessage::<SockDiagMessage>::deserialize(bytes).map_err(wrong)?;
        match message.payload {
            _ if message.header.sequence_number != request => {}
            NetlinkPayload::InnerMessage(answer) => take(answer, bytes),
            NetlinkPayload::Done(_) => return Ok(true),
            NetlinkPayload::Error(error) => return Err(error.to_io()),
            _ => {}
        }
        bytes = bytes.get(message.header.length as usize..).unwrap_or_default();
    }
    Ok(false)
}

fn listed(response: &InetResponse, bytes: &[u8]) -> Option<Listed> {
    let header = &response.header;
    let id = &header.socket_id;
    Some(Listed {
        cookie: u64::from_ne_bytes(id.cookie),
        is_held: header.inode != 0,
        state: TcpState::from_number(header.state)?,
        local: (id.source_address, id.source_port).into(),
        peer: (id.destination_address, id.destination_port).into(),
        receive_queue: header.recv_queue,
        send_queue: header.send_queue,
        expires_ms: (header.timer == Some(Timer::TimeWait)).then(|| expires(bytes)).flatten(),
    })
}

/// `idiag_expires`, which the library leaves out here: it stands behind the header of netlink, four
/// numbers of a byte and the socket's identity (`linux/inet_diag.h`).
fn expires(bytes: &[u8]) -> Option<u32> {
    const PLACE: usize = 16 + 4 + 48;
    Some(u32::from_ne_bytes(*bytes.get(PLACE..)?.first_chunk()?))
}
