//! `flytec diff`: what changes in the pods between two states of sources, or of what was built of them.
//!
//! In: two names of such states. Out: the changes on standard output. Always: both states are compiled with the same arguments; nothing of the
//! project or of its repository is changed. Not here: the comparison.

mod revision;
mod sides;

use self::sides::Side;
use super::args::{Diff, DiffFormat, Global};
use super::progress::Progress;
use super::shell::Shell;
use super::{Failure, Verdict, pods, print};
use crate::compare::Path;
use crate::compare::report::{Format, Report};

/// Runs the command.
pub fn run(global: &Global, arguments: &Diff) -> Result<Verdict, Failure> {
    let (old, new) = (sides::named(&arguments.old)?, sides::named(&arguments.new)?);
    let kind = sides::kind(&old, &new)?;
    let shell = Shell::new(global);
    let Some(old) = Side::of(&old, kind, &shell, arguments)? else { return Ok(Verdict::Bad) };
    let Some(new) = Side::of(&new, kind, &shell, arguments)? else { return Ok(Verdict::Bad) };
    let progress = Progress::begin(global);
    progress.stage("comparing", old.pods.len().max(new.pods.len()), "pod");
    let report = Report::of(&old.pods, &new.pods);
    let place = |pod: &str, path: &Path| pods::place(new.compilation.as_ref()?, pod, path);
    let text = report.render(arguments.format.into(), &place);
    drop(progress);
    print(text.as_bytes())?;
    Ok(if report.is_empty() { Verdict::Good } else { Verdict::Bad })
}

impl From<DiffFormat> for Format {
    fn from(format: DiffFormat) -> Self {
        match format {
            DiffFormat::Human => Self::Human,
            DiffFormat::Markdown => Self::Markdown,
            DiffFormat::Json => Self::Json,
        }
    }
}
