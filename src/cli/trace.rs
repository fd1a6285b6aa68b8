//! `flytec trace`: where the values of a pod come from.

use std::path::{Path, PathBuf};

use super::args::{Common, Global, Trace, TraceFormat};
use super::files::Drafts;
use super::preview::named;
use super::progress::Progress;
use super::shell::Shell;
use super::{Failure, Verdict, compiled, print, say, told};
use crate::preview;
use crate::trace::layers::Layers;
use crate::trace::{self, human, json};

/// Runs the command.
pub fn run(global: &Global, arguments: &Trace) -> Result<Verdict, Failure> {
    let (field, common) = told_apart(arguments);
    let (compilation, cluster) = compiled(&Shell::new(global), &common, Drafts::new(), &Progress::begin(global))?;
    if compilation.has_errors() {
        return Ok(told(global, &compilation));
    }
    let workload = named(&compilation, &arguments.name)?;
    let preview = preview::preview(workload, cluster.as_ref(), &compilation.version);
    let layers = Layers::new(&compilation.modules, &compilation.sources);
    let trace = trace::trace(workload, &preview, field, &layers).map_err(Failure::new)?;
    let text = match (arguments.format, field) {
        (TraceFormat::Json, _) => json::write(&trace, &layers),
        (TraceFormat::Human, None) => human::overview(&trace, &layers),
        (TraceFormat::Human, Some(_)) => human::write(&trace, &layers),
    };
    print(text.as_bytes())?;
    if let Some(name) = preview.unknown_template.filter(|_| !global.quiet) {
        say(&format!(
            "note: the pod template `{name}` of the cluster is not known; name a file that has it with `--cluster`\n"
        ));
    }
    Ok(Verdict::Good)
}

/// The field, and what is compiled: a word that is a file or folder here is no field.
fn told_apart(arguments: &Trace) -> (Option<&str>, Common) {
    let mut common = arguments.common.clone();
    let field = arguments.field.as_deref();
    let path = field.filter(|field| *field == "-" || Path::new(field).exists());
    let Some(path) = path else { return (field, common) };
    common.paths.insert(0, PathBuf::from(path));
    (None, common)
}
