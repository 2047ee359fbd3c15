//! What can be waited for.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something about a socket that the kernel knows, and that comes about by itself: what has been
/// sent arrives, what the other end did becomes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// At least so many bytes have arrived and are not read: `FIONREAD` of `tcp(7)`. Of datagrams
    /// the next one has so many (`udp(7)`).
    Unread(u32),
    /// The other end's kernel has acknowledged every byte: `SIOCOUTQ` of `tcp(7)` is 0.
    Acknowledged,
    /// The connection is in this state: `TCP_INFO` of `tcp(7)`.
    State(TcpState),
    /// At least so many connections wait to be accepted: `TCP_INFO` of a listener.
    Queued(u32),
}

/// The states of RFC 9293, section 3.3.2, as Linux numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum TcpState {
    Established = 1,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

impl TcpState {
    /// The state that Linux gives this number (`netinet/tcp.h`).
    pub fn from_number(number: u8) -> Option<TcpState> {
        const ALL: [TcpState; 11] = [
            TcpState::Established,
            TcpState::SynSent,
            TcpState::SynReceived,
            TcpState::FinWait1,
            TcpState::FinWait2,
            TcpState::TimeWait,
            TcpState::Close,
            TcpState::CloseWait,
            TcpState::LastAck,
            TcpState::Listen,
            TcpState::Closing,
        ];
        ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The state that the RFC gives this name.
    pub fn named(name: &str) -> Option<TcpState> {
        (1..=11).filter_map(TcpState::from_number).find(|state| state.to_string() == name)
    }
}

/// As the RFC and `ss(8)` write it: `CLOSE-WAIT`.
impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            TcpState::Established => "ESTABLISHED",
            TcpState::SynSent => "SYN-SENT",
            TcpState::SynReceived => "SYN-RECEIVED",
            TcpState::FinWait1 => "FIN-WAIT-1",
            TcpState::FinWait2 => "FIN-WAIT-2",
            TcpState::TimeWait => "TIME-WAIT",
            TcpState::Close => "CLOSED",
            TcpState::CloseWait => "CLOSE-WAIT",
            TcpState::LastAck => "LAST-ACK",
            TcpState::Listen => "LISTEN",
            TcpState::Closing => "CLOSING",
        })
    }
}
