//! What the lanes of one run share.

use super::lane::Lane;
use super::turns::Turns;
use crate::account::Account;
use crate::error::Subject;
use crate::kernel::{Look, Observer};
use crate::trace::Manner;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the lanes of one run share.
pub struct Run {
    pub observer: Observer,
    /// Looks at the kernel's own state after each call, if that is to be shown.
    pub look: Option<Arc<Mutex<Look>>>,
    pub subject: Subject,
    /// The source file of the lesson, as `rustc` names it.
    pub file: String,
    pub manner: Manner,
    /// The port for the first socket that asks for any.
    port: Mutex<Option<u16>>,
    state: Mutex<State>,
    changed: Condvar,
}

/// What only one thread at a time may touch.
pub struct State {
    pub turns: Turns,
    pub account: Account,
}

impl Run {
    pub fn new(observer: Observer, look: Option<Look>, subject: Subject, account: Account) -> Run {
        let playbill = &account.trace().playbill;
        Run {
            observer,
            look: look.map(|look| Arc::new(Mutex::new(look))),
            subject,
            file: playbill.script.file.clone(),
            manner: playbill.manner.clone(),
            port: Mutex::new(playbill.port),
            state: Mutex::new(State { turns: Turns::default(), account }),
            changed: Condvar::new(),
        }
    }

    /// The port for the first socket that asks for any: it is given once.
    pub fn take_port(&self) -> Option<u16> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The state, for as long as the guard lives. A lane that panicked left nothing half done in
    /// it.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for a change of the state.
    pub fn wake(&self) {
        self.changed.notify_all();
    }

    /// Waits until the state has changed, or for so long.
    pub fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        longest: Duration,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, longest).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until `lane` may act; for ever, if the run has to end.
    pub fn wait_for_turn(&self, lane: &Lane) -> MutexGuard<'_, State> {
        let takes_turns = self.manner == Manner::Turns;
        let must_wait = |state: &mut State| {
            state.account.is_over()
                || lane.awaits().is_some()
                || lane.wants_stillness()
                || (takes_turns && !state.turns.is_turn_of(lane))
        };
        let waited = self.changed.wait_while(self.lock(), must_wait);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Comes to the door, and does something there when it is the lane's turn. If the run is over
    /// then, the lane never goes in again.
    pub fn at_the_door(&self, lane: &Lane, act: impl FnOnce(&mut State)) {
        lane.come_to_the_door();
        self.act_and_go_in(lane, act);
    }

    /// From the door: does something when it is the lane's turn, and goes in when it is its turn
    /// again.
    pub fn act_and_go_in(&self, lane: &Lane, act: impl FnOnce(&mut State)) {
        let mut state = self.wait_for_turn(lane);
        act(&mut state);
        if state.account.is_over() {
            self.wake();
        }
        drop(state);
        drop(self.wait_for_turn(lane));
        lane.go_in();
    }
}
