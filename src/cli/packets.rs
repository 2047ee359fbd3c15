//! Whether the packets of a run are shown, and where they are written to.

use crate::account::Tapping;
use crate::error::{Doing, Error};
use crate::kernel::files::out_of_the_way;
use crate::sinks::Pcapng;
use crate::trace::Capture;
use clap::Args;
use std::fs::File;
use std::path::PathBuf;

/// What is wanted of the wire.
#[derive(Args)]
pub struct Packets {
    /// Show the packets that really cross loopback, too. A lesson moves into a network of its own
    /// for that, if it may
    #[arg(long)]
    wire: bool,
    /// Write the packets to FILE, for Wireshark: each with the call that caused it. Implies --wire
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
}

impl Packets {
    pub fn are_wanted(&self) -> bool {
        self.wire || self.pcap.is_some()
    }

    /// Opens the capture file, if there shall be one.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn file(&self) -> Result<Option<Box<dyn Capture>>, Error> {
        let make = |path: &PathBuf| {
            let failed = |source| Error::File {
                doing: Doing::Write,
                path: path.display().to_string(),
                source,
            };
            let file = File::create(path).map(out_of_the_way).map_err(failed)?;
            let file = Pcapng::new(file).map_err(failed)?;
            Ok(Box::new(file) as Box<dyn Capture>)
        };
        self.pcap.as_ref().map(make).transpose()
    }

    /// What a live command asks for: on the machine's own network, where others are, too.
    ///
    /// # Errors
    /// The capture file cannot be made.
    pub fn live(&self) -> Result<Option<Tapping>, Error> {
        Ok(self.tapping(self.file()?, false))
    }

    /// What the stage is asked for. `alone`: nobody else uses this loopback.
    pub fn tapping(&self, file: Option<Box<dyn Capture>>, alone: bool) -> Option<Tapping> {
        self.are_wanted().then_some(Tapping { alone, file })
    }
}
