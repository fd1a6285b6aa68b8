//! `flytec preview`: the pod that will really run.

use super::args::{Global, Preview, PreviewFormat};
use super::files::Drafts;
use super::progress::Progress;
use super::reads::Reads;
use super::{Failure, Verdict, compiled_of, print, project, report, say, told};
use crate::compile::Compilation;
use crate::diagnostics::Diagnostics;
use crate::diagnostics::suggest::did_you_mean;
use crate::lower::Workload;
use crate::preview::{self, Places, rules};
use crate::source::Span;
use crate::validate::kubernetes::features::Features;
use crate::validate::path::Path;

/// What no preview shows, for whoever reads one.
const UNKNOWN: &str =
    "note: not shown is what other webhooks, limit ranges, the service account and the scheduler do to the pod\n";

/// Runs the command.
pub fn run(global: &Global, arguments: &Preview) -> Result<Verdict, Failure> {
    let opened = match project::open(&arguments.common, Drafts::new(), &Reads::default())? {
        Ok(opened) => opened,
        Err(refused) => return Ok(told(global, &refused)),
    };
    let features = Features::new(&opened.kubernetes);
    let (compilation, cluster) = compiled_of(global, &arguments.common, opened, &Progress::begin(global))?;
    if compilation.has_errors() {
        return Ok(told(global, &compilation));
    }
    let workload = named(&compilation, &arguments.name)?;
    let preview = preview::preview(workload, cluster.as_ref(), &compilation.version);
    let place = |span: Span| place(&compilation, span);
    let written = |path: &Path| preview::written(workload, path).map(place);
    let places = Places { pod: &written, cluster: &place };
    let text = match arguments.format {
        PreviewFormat::Yaml => preview::yaml::write(&preview, &places),
        PreviewFormat::Json => preview::json::write(&preview, &places),
    };
    print(text.as_bytes())?;
    if !global.quiet {
        say(UNKNOWN);
        if let Some(name) = &preview.unknown_template {
            say(&format!(
                "note: nor is the pod template `{name}` of the cluster; name a file that has it with `--cluster`\n"
            ));
        }
    }
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(compilation.diagnostics.iter().cloned());
    diagnostics.extend(rules::refusals(&preview, workload, &features));
    let refused = diagnostics.has_errors();
    report(global, &diagnostics.finish(&compilation.sources), &compilation.sources);
    if let Some(why) = &preview.refused {
        say(&format!("error: Flyte does not start this pod: {why}\n"));
    }
    Ok(if refused || preview.refused.is_some() { Verdict::Bad } else { Verdict::Good })
}

/// The task or variant of this name.
pub fn named<'c>(compilation: &'c Compilation, name: &str) -> Result<&'c Workload, Failure> {
    let names: Vec<String> = compilation.workloads.iter().map(|workload| workload.name.to_string()).collect();
    let found = compilation.workloads.iter().zip(&names).find(|(_, known)| *known == name);
    found.map(|(workload, _)| workload).ok_or_else(|| {
        let similar = did_you_mean(name, names.iter().map(String::as_str));
        let similar = similar.map_or_else(String::new, |similar| format!("; {similar}"));
        Failure::new(format!("no task or variant is called `{name}`{similar}"))
    })
}

/// A place as `file:line`.
fn place(compilation: &Compilation, span: Span) -> String {
    let source = compilation.sources.get(span.file);
    format!("{}:{}", source.name, source.line(span.start as usize))
}
