//! Which address families this machine has, tried one by one.

use crate::error::{Error, Subject};
use crate::manual::errno::Errno;
use crate::manual::families::{FAMILIES, Family};
use crate::manual::types::type_name;
use crate::net::{Domain, EAFNOSUPPORT, EPERM, Socket, Type, drop, read_to_string};
use crate::sentence;
use crate::stage::{Live, Stage};
use crate::terminal::say;
use crate::trace::Table;
use std::io;

/// Asks for a socket of every family that the kernel's headers name.
pub struct Families {
    /// Only families whose module the kernel has already.
    pub loaded_only: bool,
}

/// What the kernel said about a family.
struct Found {
    answer: String,
    why: String,
}

impl Live for Families {
    const NAME: &'static str = "families";
    const LEAD: &'static str = "prober";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("families.rs"));

    fn title(&self) -> String {
        "which kinds of addresses this machine knows".into()
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        let loaded = self.loaded()?;
        let mut table = Table::new(["Family", "Number", "What it is for", "Answer", "Why"]);
        for family in FAMILIES {
            let Found { answer, why } = match &loaded {
                Some(protocols) if !is_loaded(family, protocols) => Found {
                    answer: "not asked".into(),
                    why: "the kernel lists no protocol of it: it is not loaded, or never was one"
                        .into(),
                },
                _ => ask(family),
            };
            table.row([family.name, &family.number.to_string(), family.purpose, &answer, &why]);
        }
        table.notes.push(
            "An answer names the first type of socket that the family has, or the error.".into(),
        );
        stage.concludes(table);
        Ok(())
    }
}

/// Where the kernel lists them.
const PROTOCOLS: &str = "/proc/net/protocols";

impl Families {
    /// What the kernel has loaded, if only that shall be asked for.
    fn loaded(&self) -> io::Result<Option<String>> {
        if !self.loaded_only {
            say(sentence!(
                "Asking for a family may make the kernel load its module. --loaded-only asks for \
                 what is there."
            ));
            return Ok(None);
        }

        // The kernel lists the protocols that it has loaded, and each belongs to a family.
        read_to_string(PROTOCOLS).map(Some).map_err(|error| {
            let (file, errno) = (PROTOCOLS, Errno::from(&error));
            let why = sentence!("{file} cannot be read: {errno}", file, errno).to_string();
            io::Error::other(Error::NotHere { subject: Subject::Command(Self::NAME.into()), why })
        })
    }
}

/// Each line begins with the name of a protocol.
fn is_loaded(family: &Family, protocols: &str) -> bool {
    let names = protocols.lines().filter_map(|line| line.split_whitespace().next());
    family.protocol.is_some_and(|protocol| names.into_iter().any(|name| name == protocol))
}

fn ask(family: &Family) -> Found {
    let mut refused = Vec::new();
    for kind in [Type::STREAM, Type::DGRAM, Type::SEQPACKET, Type::RAW] {
        // Which types a family has is its own affair, so they are tried one after the other. A
        // family that the kernel does not know has none.
        match Socket::new(Domain::from(family.number), kind, None) {
            Ok(socket) => {
                drop(socket);
                return Found { answer: type_name(kind.into()), why: String::new() };
            }
            Err(error) => refused.push(Errno::from(&error)),
        }
        if refused.last().is_some_and(|error| error.code() == EAFNOSUPPORT) {
            break;
        }
    }
    // A missing privilege explains more than a missing type.
    let privilege = refused.iter().find(|error| error.code() == EPERM);
    let decisive = privilege.or(refused.last()).expect("the first type is tried in any case");
    Found { answer: decisive.name().into(), why: decisive.meaning().unwrap_or_default().into() }
}
