//! `flytec check`: all of `build` but the writing.

use super::args::{Check, Global};
use super::{Failure, Verdict, compile_and_report};

/// Runs the command.
pub fn run(global: &Global, check: &Check) -> Result<Verdict, Failure> {
    let (compilation, _) = compile_and_report(global, &check.common)?;
    Ok(if compilation.has_errors() { Verdict::Bad } else { Verdict::Good })
}
