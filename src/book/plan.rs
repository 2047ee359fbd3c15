//! Where the states of TCP stand in their picture, and the ways between them: figure 5 of RFC 9293,
//! section 3.3.2, with the transition that its second note adds.

use crate::manual::states::TRANSITIONS;
use crate::trace::TcpState::{self, *};

/// How wide and how high the picture is.
pub const SIZE: (i32, i32) = (640, 744);
/// How far the box of a state reaches from its middle.
pub const HALF: (i32, i32) = (56, 16);

/// A state, and the middle of its box. CLOSED stands where a connection begins, and where one ends.
pub const PLACES: [(TcpState, (i32, i32)); 12] = [
    (Close, (320, 44)),
    (Listen, (320, 140)),
    (SynSent, (564, 250)),
    (SynReceived, (76, 250)),
    (Established, (320, 350)),
    (FinWait1, (76, 450)),
    (FinWait2, (76, 550)),
    (CloseWait, (564, 450)),
    (Closing, (320, 550)),
    (LastAck, (564, 550)),
    (TimeWait, (320, 650)),
    (Close, (564, 650)),
];

/// A way from one state to another.
pub struct Transition {
    pub from: TcpState,
    pub to: TcpState,
    /// What happens, and what is sent then: nothing, if that is a dash.
    pub cause: &'static str,
    /// Its corners, from box to box. It runs along the axes.
    pub way: &'static [(i32, i32)],
    /// Where the cause is written.
    pub label: Label,
}

/// A text that begins, ends or has its middle at some place of the line it stands on.
#[derive(Clone, Copy)]
pub enum Label {
    From(i32, i32),
    UpTo(i32, i32),
    Around(i32, i32),
}

use Label::{Around, From, UpTo};

impl Transition {
    /// Whether this is what a change of a state shows. The socket of a connection that comes in is
    /// a new one: the listener stays where it is. One that is over is gone, or has left a
    /// descriptor that says CLOSED; but the descriptor of one that was closed is gone.
    pub fn is_shown_by(&self, before: Option<TcpState>, after: Option<TcpState>) -> bool {
        let begins = match (self.from, self.to) {
            (Listen, SynReceived) => before.is_none(),
            // No run lasts so long: what is gone sooner has not timed out.
            (TimeWait, Close) => false,
            (from, _) => before == Some(from),
        };
        let is_gone = self.to == Close && after.is_none();
        let is_closed = self.to == Close && self.cause.starts_with("close");
        begins && (is_gone || (!is_closed && after == Some(self.to)))
    }
}

/// Where the transitions of the manual run, in the same order. Above, who connects goes right;
/// below, who closes first goes left.
const WAYS: [(Label, &[(i32, i32)]); 21] = [
    (UpTo(296, 98), &[(304, 60), (304, 124)]), // CLOSED to LISTEN
    (From(344, 98), &[(336, 124), (336, 60)]), // LISTEN to CLOSED
    (From(400, 30), &[(376, 36), (596, 36), (596, 234)]), // CLOSED to SYN-SENT
    (UpTo(548, 98), &[(556, 234), (556, 52), (376, 52)]), // SYN-SENT to CLOSED
    (From(108, 164), &[(264, 148), (96, 148), (96, 234)]), // LISTEN to SYN-RECEIVED
    (From(108, 126), &[(56, 234), (56, 132), (264, 132)]), // SYN-RECEIVED to LISTEN
    (From(400, 156), &[(376, 140), (524, 140), (524, 234)]), // LISTEN to SYN-SENT
    (Around(320, 244), &[(508, 250), (132, 250)]), // SYN-SENT to SYN-RECEIVED
    (UpTo(552, 344), &[(564, 266), (564, 350), (376, 350)]), // SYN-SENT to ESTABLISHED
    (From(116, 344), &[(104, 266), (104, 350), (264, 350)]), // SYN-RECEIVED to ESTABLISHED
    (From(56, 396), &[(48, 266), (48, 434)]),  // SYN-RECEIVED to FIN-WAIT-1
    (From(148, 434), &[(296, 366), (296, 440), (132, 440)]), // ESTABLISHED to FIN-WAIT-1
    (From(84, 504), &[(76, 466), (76, 534)]),  // FIN-WAIT-1 to FIN-WAIT-2
    (From(184, 466), &[(132, 450), (320, 450), (320, 534)]), // FIN-WAIT-1 to CLOSING
    (From(180, 504), &[(132, 460), (172, 460), (172, 642), (264, 642)]), // FIN-WAIT-1 to TIME-WAIT
    (From(88, 652), &[(76, 566), (76, 658), (264, 658)]), // FIN-WAIT-2 to TIME-WAIT
    (From(328, 604), &[(320, 566), (320, 634)]), // CLOSING to TIME-WAIT
    (UpTo(492, 444), &[(344, 366), (344, 450), (508, 450)]), // ESTABLISHED to CLOSE-WAIT
    (UpTo(556, 504), &[(564, 466), (564, 534)]), // CLOSE-WAIT to LAST-ACK
    (UpTo(556, 604), &[(564, 566), (564, 634)]), // LAST-ACK to CLOSED
    (Around(436, 644), &[(376, 650), (508, 650)]), // TIME-WAIT to CLOSED
];

/// All of them, in the order of the manual.
pub fn transitions() -> Vec<Transition> {
    let state = |name| TcpState::named(name).expect("the manual names states");
    let drawn = TRANSITIONS.iter().zip(WAYS);
    drawn
        .map(|(&(from, to, cause), (label, way))| {
            let (from, to) = (state(from), state(to));
            Transition { from, to, cause, way, label }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left, top, right, bottom.
    type Area = (i32, i32, i32, i32);

    fn of_box((x, y): (i32, i32)) -> Area {
        (x - HALF.0, y - HALF.1, x + HALF.0, y + HALF.1)
    }

    /// With a little room around the letters.
    fn of_label(transition: &Transition) -> Area {
        let width = 8 * transition.cause.chars().count() as i32;
        let (x, y) = match transition.label {
            From(x, y) => (x, y),
            UpTo(x, y) => (x - width, y),
            Around(x, y) => (x - width / 2, y),
        };
        (x - 4, y - 12, x + width + 4, y + 4)
    }

    fn of_line(line: &[(i32, i32)]) -> Area {
        let ((a, b), (c, d)) = (line[0], line[1]);
        (a.min(c), b.min(d), a.max(c), b.max(d))
    }

    fn meet(one: Area, other: Area) -> bool {
        one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
    }

    fn touches(area: Area, (x, y): (i32, i32)) -> bool {
        let inside = area.0 < x && x < area.2 && area.1 < y && y < area.3;
        !inside && area.0 <= x && x <= area.2 && area.1 <= y && y <= area.3
    }

    #[test]
    fn a_way_leads_along_the_axes_from_its_state_to_the_next() {
        for Transition { from, to, way, .. } in &transitions() {
            let at = |state: &TcpState, end| {
                PLACES.iter().any(|(own, place)| own == state && touches(of_box(*place), end))
            };
            assert!(at(from, way[0]) && at(to, way[way.len() - 1]), "{from} to {to}");
            for line in way.windows(2) {
                let (area, long) = (of_line(line), line[0] != line[1]);
                assert!(long && (area.0 == area.2 || area.1 == area.3), "{from} to {to}");
            }
        }
    }

    #[test]
    fn nothing_stands_on_anything_else() {
        let boxes: Vec<Area> = PLACES.iter().map(|(_, place)| of_box(*place)).collect();
        for (number, one) in transitions().iter().enumerate() {
            let label = of_label(one);
            let name = format!("{} of {} to {}", one.cause, one.from, one.to);
            let inside = label.0 > 0 && label.1 > 0 && label.2 < SIZE.0 && label.3 < SIZE.1;
            assert!(inside, "{name} is not in the picture");
            assert!(!boxes.iter().any(|area| meet(*area, label)), "{name} is in a box");
            for other in &transitions() {
                let crossed = other.way.windows(2).any(|line| meet(of_line(line), label));
                assert!(!crossed, "{name} is crossed by {} to {}", other.from, other.to);
            }
            for other in &transitions()[..number] {
                assert!(!meet(of_label(other), label), "{name} is on {}", other.cause);
            }
        }
    }

    #[test]
    fn lines_meet_no_box_and_no_other_line() {
        let lines = |transition: &Transition| -> Vec<Area> {
            transition.way.windows(2).map(of_line).collect()
        };
        let wide = |area: Area| (area.0 - 4, area.1 - 4, area.2 + 4, area.3 + 4);
        for (number, one) in transitions().iter().enumerate() {
            let (from, to) = (one.from, one.to);
            for area in lines(one) {
                let hit = PLACES.iter().any(|(_, place)| meet(of_box(*place), area));
                assert!(!hit, "{from} to {to} runs through a box");
                let others = &transitions()[..number];
                let met = others.iter().flat_map(lines).any(|other| meet(wide(area), other));
                assert!(!met, "{from} to {to} meets another line");
            }
        }
    }

    #[test]
    fn a_change_shows_at_most_one_transition() {
        let states: Vec<Option<TcpState>> = (0..=11).map(TcpState::from_number).collect();
        let shown = |before, after| {
            let all = transitions();
            let by = all.iter().filter(|one| one.is_shown_by(before, after));
            by.map(|one| one.cause).collect::<Vec<_>>()
        };
        for &before in &states {
            assert!(states.iter().all(|&after| shown(before, after).len() <= 1), "{before:?}");
        }
        assert_eq!(shown(None, Some(SynReceived)), ["SYN / SYN-ACK"], "the listener stays");
        assert_eq!(shown(Some(SynSent), None), ["close / –"]);
        assert_eq!(shown(Some(SynSent), Some(Close)), [""; 0], "refused: nobody has closed");
        assert_eq!(shown(Some(LastAck), None), ["ACK / –"]);
        assert_eq!(shown(Some(LastAck), Some(Close)), ["ACK / –"], "after shutdown");
        assert_eq!(shown(Some(TimeWait), None), [""; 0], "sooner than it was to be forgotten");
        assert_eq!(shown(Some(Established), None), [""; 0], "reset: figure 5 leaves that out");
    }
}
