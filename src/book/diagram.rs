//! The states of TCP as SVG, with a link for whatever a stored run shows. It takes the colours of
//! the page: of its text and of its links.

use super::Book;
use super::plan::{HALF, Label, PLACES, SIZE, Transition, transitions};
use super::states::Shown;
use crate::trace::TcpState;

/// A link has a line and a label: what has the focus shows it at both, not at the area around them.
const STYLE: &str = "\
.states{max-width:100%;height:auto;font:13px monospace}\
.states text{fill:currentColor;white-space:pre}\
.states .c{text-anchor:middle}\
.states .e{text-anchor:end}\
.states .n{font-weight:bold}\
.states path,.states rect{fill:none;stroke:currentColor;stroke-width:1.5}\
.states .d{stroke-dasharray:5 4}\
.states .h{fill:currentColor}\
.states a rect{pointer-events:all}\
.states a text{text-decoration:underline}\
.states a:hover :not(text){stroke-width:3}\
.states a:focus{outline:none}\
.states a:focus-visible text{outline:2px solid currentColor;outline-offset:2px}\
.states a:focus-visible :not(text){stroke-width:4}";

impl Book {
    /// The picture, in a part of a page that scrolls if there is no room.
    pub(super) fn states_picture(&self) -> String {
        let svg = document(&self.shown());
        format!(
            "<div class=\"picture\" tabindex=\"0\" role=\"group\" \
             aria-label=\"The picture of the states of TCP\">\n{svg}</div>\n"
        )
    }
}

fn document(shown: &[Shown]) -> String {
    let (width, height) = SIZE;
    let states = PLACES.iter().map(|(state, place)| state_box(*state, *place, shown));
    let transitions = transitions();
    let ways = transitions.iter().map(|transition| way(transition, shown));
    let drawn: String = states.chain(ways).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"states\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" \
         aria-labelledby=\"states-title states-text\">\n\
         <title id=\"states-title\">The states of TCP</title>\n\
         <desc id=\"states-text\">{}</desc>\n<style>{STYLE}</style>\n{drawn}{}</svg>\n",
        description(shown),
        legend()
    )
}

/// What the picture is, for those who do not see it.
fn description(shown: &[Shown]) -> String {
    let transitions = transitions();
    let reached = transitions.iter().filter(|transition| shows(transition, shown).is_some());
    format!(
        "The eleven states of an end of a connection, and {} transitions between them. What a \
         stored run shows is a link to the line that tells it: {} of the transitions.",
        transitions.len(),
        reached.count()
    )
}

fn state_box(state: TcpState, (x, y): (i32, i32), shown: &[Shown]) -> String {
    let (left, top, width, height) = (x - HALF.0, y - HALF.1, 2 * HALF.0, 2 * HALF.1);
    let baseline = y + 4;
    part(&state.to_string(), shown.iter().find(|one| one.has(state)), |dashed| {
        format!(
            "<rect{dashed} x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
             rx=\"4\"/><text class=\"c n\" x=\"{x}\" y=\"{baseline}\">{state}</text>"
        )
    })
}

fn way(transition: &Transition, shown: &[Shown]) -> String {
    let Transition { from, to, cause, way, label } = transition;
    let (line, head) = arrow(way);
    let (class, x, y) = match label {
        Label::From(x, y) => ("", x, y),
        Label::UpTo(x, y) => (" class=\"e\"", x, y),
        Label::Around(x, y) => (" class=\"c\"", x, y),
    };
    part(&format!("{from} to {to}, {cause}"), shows(transition, shown), |dashed| {
        format!(
            "<path{dashed} d=\"{line}\"/><path class=\"h\" d=\"{head}\"/>\
             <text{class} x=\"{x}\" y=\"{y}\">{cause}</text>"
        )
    })
}

/// The first lesson that shows a transition.
fn shows<'a>(transition: &Transition, shown: &'a [Shown]) -> Option<&'a Shown> {
    shown.iter().find(|one| transition.is_shown_by(one.before, one.after))
}

/// A part of the picture, with a name: a link if something shows it, and dashed if nothing does.
fn part(name: &str, shown: Option<&Shown>, drawn: impl Fn(&str) -> String) -> String {
    match shown {
        Some(one) => {
            let (link, lesson, drawn) = (one.link(), one.lesson, drawn(""));
            format!("<a href=\"{link}\"><title>{name}: see {lesson}</title>{drawn}</a>\n")
        }
        None => {
            let drawn = drawn(" class=\"d\"");
            format!("<g><title>{name}: no lesson shows it</title>{drawn}</g>\n")
        }
    }
}

/// A line along these corners, and the head at its end.
fn arrow(way: &[(i32, i32)]) -> (String, String) {
    let (x, y) = way[0];
    let mut line = format!("M{x} {y}");
    for corners in way.windows(2) {
        let (before, (x, y)) = (corners[0], corners[1]);
        line += &if before.1 == y { format!("H{x}") } else { format!("V{y}") };
    }
    let (before, (x, y)) = (way[way.len() - 2], way[way.len() - 1]);
    let back = match ((x - before.0).signum(), (y - before.1).signum()) {
        (1, _) => "l-8-4v8z",
        (-1, _) => "l8-4v8z",
        (_, 1) => "l-4-8h8z",
        _ => "l-4 8h8z",
    };
    (line, format!("M{x} {y}{back}"))
}

/// What the texts and lines mean.
fn legend() -> String {
    let line = |class: &str, x: i32| format!("<path{class} d=\"M{x} 724h32\"/>");
    let text = |x: i32, y: i32, says: &str| format!("<text x=\"{x}\" y=\"{y}\">{says}</text>");
    [
        text(20, 706, "what happens / what is sent; a dash is nothing"),
        line("", 20),
        text(60, 728, "a stored run shows it: follow the link"),
        line(" class=\"d\"", 384),
        text(424, 728, "none shows it"),
    ]
    .concat()
        + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing else has to be done when a lesson comes that reaches a state.
    #[test]
    fn what_a_run_shows_is_a_link() {
        let (before, after) = (Some(TcpState::CloseWait), Some(TcpState::LastAck));
        let new = Shown { lesson: "half-close", id: "it".into(), before, after };
        let svg = document(&[new]);
        let link = |says: &str| svg.contains(&format!("#it\"><title>{says}: see half-close<"));
        assert!(
            link("CLOSE-WAIT") && link("LAST-ACK") && link("CLOSE-WAIT to LAST-ACK, close / FIN")
        );
        assert_eq!(svg.matches("<a href=\"half-close.md#it\">").count(), 3);
        assert!(!document(&[]).contains("<a "), "nothing is shown, nothing is a link");
    }
}
