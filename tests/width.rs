//! On a narrow page nothing is broken by the terminal, and nothing is as wide as a wide one.

mod support;

use socket_playground::lessons::LESSONS;
use socket_playground::sinks::{Dialect, Drawing, Growth, Page, Story, Theme};
use socket_playground::trace::{Sink, Trace, show};
use unicode_width::UnicodeWidthStr;

/// From the narrowest that is promised to a wide screen.
const WIDTHS: [usize; 6] = [40, 47, 60, 80, 100, 200];

fn told(trace: &Trace, view: impl FnOnce(&mut Vec<u8>) -> Box<dyn Sink + '_>) -> String {
    let mut page = Vec::new();
    show(trace, &mut *view(&mut page)).unwrap();
    String::from_utf8(page).unwrap()
}

fn story(trace: &Trace, width: usize, dialect: Dialect) -> String {
    told(trace, |out| {
        let page = Page::new(out, Theme::Plain, Some(width));
        Box::new(Story::new(page, dialect).with_room(Some(width)))
    })
}

fn fits(text: &str, width: usize, what: &str) {
    let wide = text.lines().find(|line| line.width() > width);
    assert_eq!(wide, None, "{what}, {width} columns");
}

#[test]
fn every_line_of_every_lesson_fits() {
    for lesson in LESSONS {
        let trace = lesson.recording("").unwrap();
        for width in WIDTHS {
            for dialect in [Dialect::C, Dialect::Python] {
                fits(&story(&trace, width, dialect), width, lesson.name);
            }
            let ladder = told(&trace, |out| Box::new(Drawing::ladder(out, width, Growth::Not)));
            fits(&ladder, width, lesson.name);
        }
    }
}

#[test]
fn prose_is_no_wider_than_it_can_be_read() {
    for lesson in LESSONS {
        let told = story(&lesson.recording("").unwrap(), 200, Dialect::C);
        let prose = told.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        prose.for_each(|line| assert!(line.width() <= 90 || line.contains("The proof"), "{line}"));
    }
}

/// Wrapped or not, a story has the same words in the same order.
#[test]
fn nothing_is_lost_on_a_narrow_page() {
    for lesson in LESSONS {
        let trace = lesson.recording("").unwrap();
        let letters =
            |width| -> String { story(&trace, width, Dialect::C).split_whitespace().collect() };
        assert_eq!(letters(40), letters(200), "{}", lesson.name);
    }
}
