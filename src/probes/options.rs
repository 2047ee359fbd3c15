//! Every option of a socket: its default, what becomes of a value that is asked, and whether accept
//! hands it on.

use crate::error::{Error, Thing};
use crate::manual::errno::Errno;
use crate::manual::families::Family;
use crate::manual::needs::needed_by;
use crate::manual::options::{OPTS, Opt};
use crate::manual::types::type_name;
use crate::net::{Domain, OPTIONS, Protocol, SockAddr, Socket, SocketOption, Type, at};
use crate::stage::{Live, Stage};
use crate::syllabus;
use crate::trace::{Event, Table, Value};
use std::io;

/// Reads and sets the options that socket2 has, on sockets of one family and type.
pub struct Options {
    /// The one that is asked for; all of them, if none is.
    pub only: Option<&'static Opt>,
    pub family: Family,
    pub kind: Type,
}

impl Live for Options {
    const NAME: &'static str = "options";
    const LEAD: &'static str = "prober";
    const SOURCE: (&'static str, &'static str) = (file!(), include_str!("options.rs"));

    fn title(&self) -> String {
        format!(
            "what can be set on a socket of {} and {}",
            self.family.name,
            type_name(self.kind.into())
        )
    }

    fn play(self, stage: &Stage) -> io::Result<()> {
        let table = match self.only {
            Some(opt) => self.one(opt)?,
            None => self.all()?,
        };
        stage.concludes(table);
        Ok(())
    }
}

/// The option of that name, in capitals or not.
///
/// # Errors
/// There is none. The error knows the option whose name is nearest.
pub fn named(given: &str) -> Result<&'static Opt, Error> {
    OPTS.iter().find(|opt| opt.name.eq_ignore_ascii_case(given)).ok_or_else(|| {
        let nearest = syllabus::nearest(given, OPTS.iter().map(|opt| opt.name));
        Error::Unknown { thing: Thing::Option, given: given.into(), nearest }
    })
}

impl Options {
    /// A row for each option.
    fn all(&self) -> io::Result<Table> {
        let mut table = Table::new([
            "Option",
            "socket2",
            "Unit",
            "Default",
            "Asked",
            "Read back",
            "After accept",
            "Manual",
        ]);
        for option in OPTIONS {
            let [default, asked, now, accepted] = self.examine(option)?;
            let cells = [
                option.opt.name,
                option.getter,
                option.opt.unit,
                &default,
                &asked,
                &now,
                &accepted,
                option.opt.page,
            ];
            table.row(cells);
        }
        table.notes = NOTES.map(String::from).to_vec();
        Ok(table)
    }

    /// All that is known of one option, and what the kernel says of it.
    fn one(&self, opt: &'static Opt) -> io::Result<Table> {
        let mut table = Table::new([opt.name, opt.level]);
        table.row(["What it decides", opt.meaning.trim()]);
        if let Some(who) = needed_by(opt) {
            table.row(["Who needs it", who]);
        }
        table.row(["Its value", opt.unit]);
        if let Some(option) = OPTIONS.iter().find(|option| option.opt == opt) {
            let cells = self.examine(option)?;
            let heads = ["Default", "Asked", "Read back", "After accept"];
            heads.iter().zip(&cells).for_each(|(head, cell)| table.row([head, cell]));
        }
        table.row(["Shown by", &syllabus::lessons_with(opt.name, |event| is_about(event, opt))]);
        table.row(["Manual", opt.page]);
        table.notes = NOTES.map(String::from).to_vec();
        Ok(table)
    }
}

/// Whether a call reads or sets that option.
fn is_about(event: &Event, opt: &Opt) -> bool {
    let is_its = |value: &Value| matches!(value, Value::Constant(name) if *name == opt.name);
    event.call().is_some_and(|call| call.arguments.iter().any(is_its))
}

const NOTES: [&str; 4] = [
    "Read back: the value after it was set, or the error. Linux doubles buffer sizes, and has \
     floors and limits.",
    "After accept: \"inherited\" if the accepted socket has the listener's value and would not \
     have it otherwise.",
    "ENOPROTOOPT and EOPNOTSUPP say that sockets of this family and type have no such option.",
    "A dash: it cannot be set, or nothing of that kind happens to such a socket.",
];

impl Options {
    /// The cells of an option: default, asked, read back, after accept.
    fn examine(&self, option: &SocketOption) -> io::Result<[String; 4]> {
        // A fresh socket for each option, which has its default.
        let socket = Socket::new(Domain::from(self.family.number), self.kind, self.protocol())?;
        let default = told(option.get(&socket));

        // Another value is asked for. What the kernel makes of it is read back.
        let Some((asked, done)) = option.set(&socket) else {
            return Ok([default, "-".into(), "-".into(), "-".into()]);
        };
        if let Err(error) = done {
            return Ok([default, asked.to_string(), name(&error), "-".into()]);
        }
        let now = option.get(&socket);

        let accepted = match &now {
            Ok(now) if self.accepts() => {
                self.after_accept(option, socket, now).unwrap_or_else(|error| name(&error))
            }
            _ => "-".into(),
        };
        Ok([default, asked.to_string(), told(now), accepted])
    }

    /// The kernel knows the protocol by the family and the type, but for raw sockets.
    fn protocol(&self) -> Option<Protocol> {
        match (self.kind, self.family.name) {
            (Type::RAW, "AF_INET") => Some(Protocol::ICMPV4),
            (Type::RAW, "AF_INET6") => Some(Protocol::ICMPV6),
            _ => None,
        }
    }

    /// Whether such a socket has connections to accept.
    fn accepts(&self) -> bool {
        self.kind == Type::STREAM || self.kind == Type::SEQPACKET
    }

    /// Whether a socket that `listener` accepts has the option as the listener has it.
    fn after_accept(
        &self,
        option: &SocketOption,
        listener: Socket,
        now: &Value,
    ) -> io::Result<String> {
        let accepted = option.get(&self.accept_from(listener)?)?;

        // For comparison: what accept gives when nothing was set.
        let plain = Socket::new(Domain::from(self.family.number), self.kind, self.protocol())?;

        let usual = option.get(&self.accept_from(plain)?)?;
        Ok(match () {
            () if accepted == usual && accepted == *now => "the same".into(),
            () if accepted == *now => "inherited".into(),
            () if accepted == usual => "not inherited".into(),
            () => accepted.to_string(),
        })
    }

    fn accept_from(&self, listener: Socket) -> io::Result<Socket> {
        // It becomes a listener, and a client connects to it.
        listener.bind(&self.any_address()?)?;
        listener.listen(1)?;
        let client = Socket::new(Domain::from(self.family.number), self.kind, self.protocol())?;
        client.connect(&listener.local_addr()?)?;

        // accept makes a socket. Here it is seen whether it has the listener's option.
        let (accepted, _) = listener.accept()?;

        Ok(accepted)
    }

    /// The kernel chooses: a free port, or for AF_UNIX a name that is no file.
    fn any_address(&self) -> io::Result<SockAddr> {
        match self.family.name {
            "AF_INET" => Ok(at("127.0.0.1", 0)),
            "AF_INET6" => Ok(at("::1", 0)),
            _ => SockAddr::unix(""),
        }
    }
}

/// The value, or the name of the error.
fn told(answer: io::Result<Value>) -> String {
    answer.map_or_else(|error| name(&error), |value| value.to_string())
}

fn name(error: &io::Error) -> String {
    Errno::from(error).name().into()
}
