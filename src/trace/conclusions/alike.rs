//! A run as any other run of its lesson would show it.

use super::shares::pass_over_shares;
use crate::catalogue::Sentence;
use crate::trace::{Address, Aspect, Change, Event, TcpState, Trace, Value};

/// What stands for a value that this run has decided.
pub const EACH_ITS_OWN: &str = "«…»";

impl Trace {
    /// The events, without what only this run has: a port is a letter, a file is a name without
    /// directories, and values of this run are [`EACH_ITS_OWN`]. The observer waits for FIN-WAIT-2:
    /// whether it sees FIN-WAIT-1 before, a delayed acknowledgement decides. So that is passed
    /// over, unless that acknowledgement was captured; what ends it changes nothing then. Nor does
    /// what ends TIME-WAIT.
    pub fn alike(&self) -> Vec<Event> {
        let mut trace = self.clone();
        pass_over_shares(&mut trace.events);
        trace.rename_addresses(|address, number| match address.ip() {
            Some(ip) => Address::Called(ip, letters(number)),
            None => address.clone(),
        });
        trace.events.iter_mut().for_each(|event| event.each_value(hide));
        let changes = trace.events.iter_mut().filter_map(Event::change_mut);
        changes.for_each(|change| change.what.pass_over_end_of_time_wait());
        if !trace.playbill.shows_packets() {
            pass_over_fin_wait_1(&mut trace.events);
        }
        trace.events
    }
}

/// A, B and so on; behind Z comes A1. A strange recording may have more ports than there are
/// numbers.
fn letters(number: u16) -> String {
    let before = number.wrapping_sub(1);
    let (round, place) = (before / 26, before % 26);
    let letter = char::from(b'A' + u8::try_from(place).expect("less than 26"));
    if round == 0 { letter.into() } else { format!("{letter}{round}") }
}

fn hide(value: &mut Value) {
    if let Value::Run(_) = value {
        *value = Value::Words(Sentence::new(EACH_ITS_OWN));
    }
}

fn pass_over_fin_wait_1(events: &mut [Event]) {
    for place in 0..events.len() {
        let (this, later) = events[place..].split_first_mut().expect("the place is one of theirs");
        let Some(change) = this.change_mut().filter(|change| becomes(change, TcpState::FinWait1))
        else {
            continue;
        };
        let next =
            later.iter_mut().filter_map(Event::change_mut).find(|next| follows(next, change));
        if let Some(next) = next.filter(|next| becomes(next, TcpState::FinWait2)) {
            change.what.pass_over_fin_wait_1();
            next.what.pass_over_fin_wait_1();
        }
    }
}

/// Whether it is the state of the same connection that changes.
fn follows(next: &Change, change: &Change) -> bool {
    let ends = |change: &Change| (change.socket.local.clone(), change.socket.peer.clone());
    ends(next) == ends(change) && matches!(next.what, Aspect::State { .. })
}

fn becomes(change: &Change, state: TcpState) -> bool {
    matches!(change.what, Aspect::State { after: Some(after), .. } if after == state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Fact, Playbill, Subject};

    #[test]
    fn when_time_wait_ends_is_no_part_of_a_run() {
        let change = |before, after| {
            let what = Aspect::State { before: Some(before), after, expires_ms: None };
            let socket = Subject { fd: None, was: Some(4), local: None, peer: None };
            Event::new("x".into(), 0, Fact::Changed(Change::new(socket, what)))
        };
        let mut trace = Trace::new(Playbill::default());
        trace.events = vec![change(TcpState::TimeWait, None), change(TcpState::LastAck, None)];
        let nothing = change(TcpState::TimeWait, Some(TcpState::TimeWait));
        assert_eq!(trace.alike(), [nothing, change(TcpState::LastAck, None)]);
        assert_eq!(trace.canonical().events.len(), 1);
    }

    #[test]
    fn there_is_a_letter_for_each_port() {
        assert_eq!([1, 2, 26, 27, 53].map(letters), ["A", "B", "Z", "A1", "A2"]);
    }
}
