//! Which family, type and protocol go together on this machine.

use crate::manual::errno::Errno;
use crate::manual::families::family;
use crate::manual::types::{PROTOCOLS, TYPES};
use crate::net::{Domain, Protocol, Socket, Type, drop};
use crate::sentence;
use crate::stage::{Live, Stage};
use crate::terminal::say;
use crate::trace::Table;
use std::collections::BTreeMap;
use std::io;

/// Asks for a socket of every family, type and protocol that the tutorial's reader may meet.
pub struct Types;

/// The tutorial's families.
const OF_FAMILIES: [&str; 3] = ["AF_UNIX", "AF_INET", "AF_INET6"];

impl Live for Types {
    const NAME: &'static str = "types";
    const LEAD: &'static str = "prober";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("types.rs"));

    fn title(&self) -> String {
        "which family, type and protocol go together".into()
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        say(sentence!("Asking for a protocol may make the kernel load its module."));
        let mut table = Table { head: vec!["Family".into(), "Type".into()], ..Table::default() };
        table.head.extend(
            PROTOCOLS.iter().map(|(_, name)| name.trim_start_matches("IPPROTO_").to_string()),
        );
        let mut errors = BTreeMap::new();
        for name in OF_FAMILIES {
            let domain = Domain::from(family(name).expect("it is one of Linux").number);
            for &(kind, kind_name) in TYPES.iter().filter(|(_, name)| *name != "SOCK_DCCP") {
                let mut row = vec![name.to_string(), kind_name.to_string()];
                let kind = Type::from(kind);
                row.extend(
                    PROTOCOLS.iter().map(|&(number, _)| ask(domain, kind, number, &mut errors)),
                );
                table.rows.push(row);
            }
        }
        table.notes.push(
            "A column is a protocol; 0 leaves the choice to the kernel. A number is an error:"
                .into(),
        );
        table
            .notes
            .extend(errors.values().map(|error: &Errno| format!("{:>4}  {error}", error.code())));
        stage.concludes(table);
        Ok(())
    }
}

/// `yes`, or the number of the error.
fn ask(domain: Domain, kind: Type, protocol: i32, errors: &mut BTreeMap<i32, Errno>) -> String {
    // The kernel looks for the family first, then for the type, then for the protocol. What it
    // makes is closed again.
    match Socket::new(domain, kind, (protocol != 0).then(|| Protocol::from(protocol))) {
        Ok(socket) => {
            drop(socket);
            "yes".into()
        }
        Err(error) => {
            let error = Errno::from(&error);
            let number = error.code();
            errors.insert(number, error);
            number.to_string()
        }
    }
}
