//! Whose turn it is.
//!
//! One lane acts at a time. It keeps the turn until it ends or falls asleep in the kernel; then the
//! next lane that is awake acts, round robin. A lane that woke by itself before anyone else acted
//! goes on. So a run has one order, and a pause holds everything still.

use super::lane::{Lane, Whereabouts};
use crate::trace::Awaited;
use std::sync::Arc;

/// The turn, and who may have it.
#[derive(Default)]
pub struct Turns {
    lanes: Vec<Arc<Lane>>,
    holder: Option<usize>,
    /// Who had the turn last.
    last: usize,
}

/// What the director found when it looked round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Somebody acts, or is about to.
    Action,
    /// The turn has passed to another lane.
    NewTurn,
    /// Every lane sleeps in the kernel.
    AllAsleep,
    /// Every lane has ended.
    Nobody,
}

impl Turns {
    /// Lets a lane take part. The first one gets the turn.
    pub fn join(&mut self, lane: Arc<Lane>) {
        if self.lanes.is_empty() {
            self.holder = Some(lane.place);
        }
        self.lanes.push(lane);
    }

    /// Forgets a lane that has left. Only where nobody takes turns: places would change.
    pub fn forget(&mut self, lane: &Arc<Lane>) {
        self.lanes.retain(|other| !Arc::ptr_eq(other, lane));
    }

    pub fn lanes(&self) -> &[Arc<Lane>] {
        &self.lanes
    }

    pub fn is_turn_of(&self, lane: &Lane) -> bool {
        self.holder == Some(lane.place)
    }

    /// Where every lane is. They are seen one after the other: only what is seen twice held at one
    /// time.
    fn whereabouts(&self) -> Vec<Whereabouts> {
        self.lanes.iter().map(|lane| lane.whereabouts()).collect()
    }

    /// Looks where every lane is while all act at once, and nobody has the turn. A lane goes on as
    /// soon as what it waits for is so.
    pub fn look_on(&self, holds: impl Fn(Awaited) -> bool) -> Found {
        let seen = |lane: &&Arc<Lane>| lane.awaits().is_some_and(&holds);
        if let Some(lane) = self.lanes.iter().find(seen) {
            lane.set_awaits(None);
            return Found::NewTurn;
        }
        let places = self.whereabouts();
        let acts =
            |place: &Whereabouts| matches!(place, Whereabouts::Acting | Whereabouts::AtTheDoor);
        match () {
            () if places.iter().all(|&place| place == Whereabouts::Gone) => Found::Nobody,
            () if !places.iter().any(acts) => Found::AllAsleep,
            () => Found::Action,
        }
    }

    /// Lets the holder go on if every other lane is asleep or at the door, so that nothing changes
    /// while it looks.
    fn look_for_stillness(&mut self, holder: usize) -> Found {
        let places = self.whereabouts();
        if places.contains(&Whereabouts::Acting) || places != self.whereabouts() {
            return Found::Action;
        }
        self.lanes[holder].set_wants_stillness(false);
        Found::NewTurn
    }

    /// Looks where every lane is, and hands the turn on if its holder sleeps or is gone.
    ///
    /// Nobody gets it while a lane is on its way from the kernel to the door: who comes next must
    /// not depend on how fast it walks. For the same reason a lane that waits for the kernel's word
    /// comes after all that are awake, even if the word is there.
    pub fn look_round(&mut self, holds: impl Fn(Awaited) -> bool) -> Found {
        if let Some(holder) = self.holder.filter(|&holder| self.lanes[holder].wants_stillness()) {
            return self.look_for_stillness(holder);
        }
        if let Some(holder) = self.holder {
            match self.lanes[holder].whereabouts() {
                Whereabouts::AtTheDoor | Whereabouts::Acting => return Found::Action,
                Whereabouts::Asleep | Whereabouts::Waiting | Whereabouts::Gone => {
                    (self.last, self.holder) = (holder, None)
                }
            }
        }
        let places = self.whereabouts();
        if places.contains(&Whereabouts::Acting) || places != self.whereabouts() {
            return Found::Action;
        }
        let (before, from_last) =
            (0..places.len()).partition::<Vec<_>, _>(|&place| place < self.last);
        let round: Vec<usize> = from_last.into_iter().chain(before).collect();
        let at_the_door = round.iter().find(|&&place| places[place] == Whereabouts::AtTheDoor);
        let seen = || round.iter().find(|&&place| self.lanes[place].awaits().is_some_and(&holds));
        self.holder = at_the_door.or_else(seen).copied();
        // It took a while to ask. What the asking saw may have woken another lane, and that one
        // comes first.
        if at_the_door.is_none() && self.holder.is_some() && places != self.whereabouts() {
            self.holder = None;
            return Found::Action;
        }
        match self.holder {
            Some(place) => {
                self.lanes[place].set_awaits(None);
                Found::NewTurn
            }
            None if places.iter().all(|&place| place == Whereabouts::Gone) => Found::Nobody,
            None => Found::AllAsleep,
        }
    }
}
