//! The program `playground`: it parses, performs and exits.

use socket_playground::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
