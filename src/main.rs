//! The `flytec` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    flytec::cli::run()
}
