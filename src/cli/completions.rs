//! `flytec completions`: scripts for shells.

use clap::CommandFactory as _;

use super::args::{Arguments, Completions};
use super::{Failure, Verdict, print};

/// Prints the script of a shell.
pub fn run(completions: &Completions) -> Result<Verdict, Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut command, name, &mut script);
    print(&script).map(|()| Verdict::Good)
}
