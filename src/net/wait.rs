//! Waiting for what comes about by itself.

use super::Socket;
use crate::stage;
use crate::trace::Condition;
use std::panic::Location;

/// Waits until the kernel says that it is so. No call is made: the observer asks in the place of
/// the lane, which gives up its turn meanwhile.
#[track_caller]
pub fn wait_until(socket: &Socket, condition: Condition) {
    stage::wait_until(Location::caller(), socket.fd(), condition);
}
