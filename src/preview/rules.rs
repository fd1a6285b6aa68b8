//! The rules of Kubernetes once more, on the pod that will really run.
//!
//! In: a preview, and the workload that it is of. Out: what Kubernetes would refuse, at the place where the value at fault comes
//! from: in the program, in the cluster file, or, where Flyte adds it, at the task. Always: it is about what merging and Flyte's
//! own steps made of an accepted pod. Not here: the rules, and warnings, which were told of the author's own pod.

use super::Preview;
use super::tree::{Origin, Place};
use crate::diagnostics::{Diagnostic, KubernetesError};
use crate::lower::Workload;
use crate::source::Span;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::features::Features;
use crate::validate::kubernetes::{self, Pod};
use crate::validate::locate;
use crate::validate::path::Path;

/// What Kubernetes would refuse of the pod that will run.
#[must_use]
pub fn refusals(preview: &Preview, workload: &Workload, features: &Features) -> Vec<Diagnostic> {
    // What does not fit Kubernetes' types was refused before.
    let Ok(pod) = preview.typed() else { return Vec::new() };
    let labels = pod.metadata.labels.unwrap_or_default();
    let annotations = pod.metadata.annotations.unwrap_or_default();
    let spec = pod.spec.unwrap_or_default();
    let pod = Pod { labels: &labels, annotations: &annotations, spec: &spec, features, filled: None };
    let mut faults = Faults::new();
    kubernetes::pod(&pod, &mut faults);
    let refusal = |fault: &Fault| diagnostic(fault, preview, workload);
    faults.iter().filter(|fault| !fault.echo).filter_map(refusal).collect()
}

fn diagnostic(fault: &Fault, preview: &Preview, workload: &Workload) -> Option<Diagnostic> {
    let reason = fault.reason?;
    let (place, source) = made(&fault.at, preview, workload);
    let mut diagnostic = Diagnostic::new(fault.code, place, fault.message.clone()).here(fault.here.clone());
    for (path, message) in &fault.others {
        let (place, origin) = made(path, preview, workload);
        // What is written nowhere is shown at the task, with who brought it.
        let by = origin.filter(|origin| origin.place == Place::Nowhere).map(|origin| format!(" ({})", origin.source));
        diagnostic = diagnostic.label(place, format!("{message}{}", by.unwrap_or_default()));
    }
    if place != workload.place {
        diagnostic = diagnostic.label(workload.place, format!("in the pod that runs `{}`", workload.name));
    }
    diagnostic.notes.clone_from(&fault.notes);
    let field = fault.kubernetes_field();
    let from = source.map_or_else(String::new, |source| format!(", which comes from the {}", source.source));
    let words = format!("Kubernetes would refuse the pod that will run: `{field}: {}`{from}", reason.text());
    diagnostic = diagnostic.note(words);
    diagnostic.help.clone_from(&fault.help);
    diagnostic.kubernetes = Some(KubernetesError { field, reason: reason.machine_name() });
    Some(diagnostic)
}

/// Where what a path of the finished pod leads to was written, and who brought it; of what is absent, what is around it.
fn made<'p>(path: &Path, preview: &'p Preview, workload: &Workload) -> (Span, Option<&'p Origin>) {
    let mut around = std::iter::once(path.clone()).chain(path.around());
    let origin = around.find_map(|path| preview.origin(&path));
    let place = match origin.map(|origin| &origin.place) {
        Some(Place::Pod(path)) => locate::Origin::of(workload).locate(path).value,
        Some(Place::Cluster(span)) => *span,
        Some(Place::Nowhere) | None => workload.place,
    };
    (place, origin)
}
