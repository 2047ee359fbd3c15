//! What the kernel has at one place of a trace: a pure function of the events up to there.

mod follow;
mod socket;

pub use socket::{Held, Socket};

use super::{Aspect, Awaited, Call, Change, Name, Processes, TcpState, Trace};

/// All sockets of a run, and who is in a call.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// In the order in which they were made.
    pub sockets: Vec<Socket>,
    /// The calls that have not returned, in the order in which they were made.
    open: Vec<Open>,
    processes: Processes,
    /// The numbers of the sockets that are on their way to another descriptor: `SCM_RIGHTS` of
    /// `unix(7)`.
    passed: Vec<usize>,
    /// How many sockets there were.
    made: usize,
    /// The call that was told last has not been made yet.
    is_due: bool,
}

/// A call that has not returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub lane: Name,
    pub what: Pending,
    /// The number of the socket that it is about.
    pub socket: Option<usize>,
}

/// What a lane waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    Call(Call),
    /// The kernel's word. No call is made.
    Condition(Awaited),
}

impl Trace {
    /// What the kernel has after the first so many events.
    pub fn moment(&self, events: usize) -> Moment {
        let mut moment = Moment::default();
        self.events.iter().take(events).for_each(|event| moment.follow(event));
        moment
    }
}

impl Moment {
    /// Who sleeps in which call, if the lanes take turns; if not, who is in one. A call that was
    /// told last of all is only about to be made.
    pub fn asleep(&self) -> &[Open] {
        &self.open[..self.open.len() - usize::from(self.is_due)]
    }

    /// Who is in which call, if the call that was told last has been made.
    pub fn in_calls(&self) -> &[Open] {
        &self.open
    }

    /// Whether a change begins where the changes before it have ended.
    pub fn leads_to(&self, change: &Change) -> bool {
        let socket = self.changing(&change.socket).map(|place| &self.sockets[place]);
        let known = |of: fn(&Socket) -> u32, before| socket.is_none_or(|told| of(told) == before);
        match change.what {
            Aspect::State { before, .. } => {
                connected(socket.and_then(|told| told.state)) == connected(before)
            }
            Aspect::Queue { before, .. } => {
                known(|told| told.queue.map_or(0, |queue| queue.0), before)
            }
            Aspect::Unread { before, .. } => known(|told| told.unread, before),
            Aspect::Unacknowledged { before, .. } => known(|told| told.unacknowledged, before),
            Aspect::NextDatagram { .. } | Aspect::Dropped { .. } => true,
        }
    }
}

/// A socket that is CLOSED has no connection.
fn connected(state: Option<TcpState>) -> Option<TcpState> {
    state.filter(|state| *state != TcpState::Close)
}

#[cfg(test)]
mod tests;
