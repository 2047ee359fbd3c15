//! An address, written as one says it.
//!
//! `tests/plain.rs` compiles this very file, too.

use socket2::SockAddr;
use std::net::{IpAddr, SocketAddr};

/// The address that Python writes as `("127.0.0.1", 0)`: an IP address and a port, as the kernel
/// wants it.
///
/// # Panics
/// `ip` is no IP address. A name, such as `localhost`, is none.
pub fn at(ip: &str, port: u16) -> SockAddr {
    let ip: IpAddr = ip.parse().unwrap_or_else(|_| panic!("{ip:?} is no IP address"));
    SocketAddr::new(ip, port).into()
}
