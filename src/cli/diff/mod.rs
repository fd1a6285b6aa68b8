//! `flytec diff`: what changes in the pods between two states of sources, or of what was built of them.
//!
//! In: two names of such states. Out: the changes on standard output. Always: both states are compiled with the same arguments; nothing of the
//! project or of its repository is changed. Not here: the comparison.

mod revision;
mod sides;

use self::sides::Side;
use super::args::{Diff, DiffFormat, Global};
use super::{Failure, Verdict, print};
use crate::compare::report::{Format, Report};
use crate::compare::{Path, Step};
use crate::lower::Workload;
use crate::preview::written;
use crate::validate::path::Path as PodPath;

/// Runs the command.
pub fn run(global: &Global, arguments: &Diff) -> Result<Verdict, Failure> {
    let (old, new) = (sides::named(&arguments.old)?, sides::named(&arguments.new)?);
    let kind = sides::kind(&old, &new)?;
    let Some(old) = Side::of(&old, kind, global, arguments)? else { return Ok(Verdict::Bad) };
    let Some(new) = Side::of(&new, kind, global, arguments)? else { return Ok(Verdict::Bad) };
    let report = Report::of(&old.pods, &new.pods);
    let place = |pod: &str, path: &Path| place(&new, pod, path);
    print(report.render(arguments.format.into(), &place).as_bytes())?;
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

/// Where something of a compiled pod was written.
fn place(side: &Side, pod: &str, path: &Path) -> Option<String> {
    let compilation = side.compilation.as_ref()?;
    let workload: &Workload = compilation.workloads.iter().find(|workload| workload.name.to_string() == pod)?;
    let span = written(workload, &pod_path(path))?;
    let source = compilation.sources.get(span.file);
    let place = source.position(span.start as usize);
    Some(format!("{}:{}:{}", source.name, place.line, place.column))
}

/// The same place in the pod as rules see it.
fn pod_path(path: &Path) -> PodPath {
    let mut place = PodPath::default();
    for step in path.steps() {
        place = match step {
            Step::Field(name) if name == "podSpec" => place.field("spec"),
            Step::Field(name) | Step::Key(name) => place.field(name),
            Step::Element(_, at) | Step::Index(at) => place.index(*at),
            Step::Order => place,
        };
    }
    place
}
