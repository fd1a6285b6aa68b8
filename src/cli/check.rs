//! `flytec check`: all of `build` but the writing.

use super::args::{Check, Global};
use super::{Failure, Verdict, compile_and_report, project};

/// Runs the command.
pub fn run(global: &Global, check: &Check) -> Result<Verdict, Failure> {
    let Some(opened) = project::open(global, &check.common)? else { return Ok(Verdict::Bad) };
    let compilation = compile_and_report(global, &check.common, opened)?;
    Ok(if compilation.has_errors() { Verdict::Bad } else { Verdict::Good })
}
