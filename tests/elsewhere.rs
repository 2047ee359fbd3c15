//! A system without a kernel that we can ask: it compiles, and says what it cannot.

#[path = "../src/kernel/elsewhere/mod.rs"]
#[allow(clippy::missing_errors_doc, dead_code, reason = "one name of each kind is asked")]
mod elsewhere;

use socket_playground::{error, kernel, sentence, trace};
use std::io::ErrorKind::Unsupported;

#[test]
fn where_nobody_can_be_asked_every_question_says_so() {
    let refused = [
        elsewhere::Thread::can_be_watched().err(),
        elsewhere::Look::begin().err(),
        elsewhere::Wire::open().err(),
        elsewhere::network::enter().err(),
        elsewhere::files::raise_limit().err(),
        elsewhere::socket::accept_queue(3).err(),
    ];
    for error in refused {
        assert_eq!(error.map(|error| error.kind()), Some(Unsupported));
    }
    let observer = elsewhere::Observer::start().unwrap();
    assert_eq!(observer.ask(|| 7), Some(7));
    assert!(observer.names(3).is_none());
}

/// Whoever adds a name to the face of `kernel` adds it for every system.
#[test]
fn every_name_of_the_face_is_there() {
    let face = include_str!("../src/kernel/mod.rs");
    let (_, names) = face.split_once("pub use here::{").unwrap();
    let (names, _) = names.split_once('}').unwrap();
    let text = include_str!("../src/kernel/elsewhere/mod.rs");
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let kinds = ["struct", "enum", "mod", "fn"].map(|kind| format!("pub {kind} {name}"));
        assert!(
            kinds.iter().any(|declared| text.contains(declared.as_str())),
            "src/kernel/elsewhere/mod.rs lacks {name}"
        );
    }
}
