//! What a task and its template's primary container both say, of which only one counts.
//!
//! Source: `_get_k8s_pod` in the SDK: the task's command and arguments replace the container's, the container's image wins over the
//! task's, and the task's environment variables come before the container's own, of which Kubernetes takes the last.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::settings::PodTemplate;
use crate::settings::template::primary_container;
use crate::source::Span;
use crate::value::{Object, Value};

/// Warns of settings that a task or its template's container silently wins over. Nothing is said where there are errors.
pub fn warn(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() {
        return;
    }
    let mut images: BTreeMap<Span, Vec<Span>> = BTreeMap::new();
    let mut seen: FxHashSet<*const Object> = FxHashSet::default();
    for subject in checked.subjects() {
        let PodTemplate::Inline(fields) = &subject.settings.pod_template else { continue };
        let Some(primary) = primary_container(fields) else { continue };
        if seen.insert(std::sync::Arc::as_ptr(fields)) {
            replaced(primary, diagnostics);
            lists(fields, diagnostics);
        }
        if let (Some(own), Some(set)) = (primary.get("image"), subject.values.get("image")) {
            let places = images.entry(own.span).or_default();
            if !places.contains(&set.span) {
                places.push(set.span);
            }
        }
        shared_variables(primary, subject.values, diagnostics);
    }
    for (own, set) in images {
        diagnostics.push(image_wins(own, &set));
    }
}

/// The container's own command and arguments never run.
fn replaced(primary: &Object, diagnostics: &mut Diagnostics) {
    for name in ["command", "args"] {
        if let Some(entry) = primary.entry(name) {
            let message = format!("the task replaces this `{name}`");
            let diagnostic = Diagnostic::new(code::REPLACED_COMMAND, entry.key, message)
                .note("Flyte puts the task's own command and arguments into the primary container")
                .help("set it in a task that runs a command, or take it away");
            diagnostics.push(diagnostic);
        }
    }
}

fn image_wins(own: Span, set: &[Span]) -> Diagnostic {
    /// How many of the places that lose are shown.
    const MOST: usize = 3;
    let message = "this image wins over the one that the task or its environment sets";
    let mut diagnostic = Diagnostic::new(code::TEMPLATE_IMAGE_WINS, own, message)
        .note("Flyte takes a task's image only where the template's primary container has none");
    for place in set.iter().take(MOST) {
        diagnostic = diagnostic.label(*place, "not used where this template is");
    }
    diagnostic.help("take the template's away to have each task run in its own, or take the task's away")
}

// ------------------------------------------------------------------------------------------------------ variables

/// Variables that the task sets, and its container too.
fn shared_variables(primary: &Object, values: &Object, diagnostics: &mut Diagnostics) {
    let Some(set) = values.get("env_vars").and_then(Value::as_object).filter(|set| !set.is_empty()) else { return };
    for item in primary.get("env").and_then(Value::as_list).unwrap_or_default() {
        if let Some(name) = name_of(item)
            && let Some(entry) = set.entry(name)
        {
            diagnostics.push(twice(name, entry.key, item.span, "the container sets it too, and comes last"));
        }
    }
}

/// Variables that one container sets twice.
fn lists(fields: &Object, diagnostics: &mut Diagnostics) {
    let spec = fields.get("pod_spec").and_then(Value::as_object);
    let lists = ["containers", "initContainers"].iter().filter_map(|name| spec?.get(name)?.as_list());
    for container in lists.flatten().filter_map(Value::as_object) {
        let mut first: FxHashMap<&str, Span> = FxHashMap::default();
        for item in container.get("env").and_then(Value::as_list).unwrap_or_default() {
            let Some(name) = name_of(item) else { continue };
            if let Some(earlier) = first.insert(name, item.span) {
                diagnostics.push(twice(name, earlier, item.span, "set again here"));
            }
        }
    }
}

fn name_of(variable: &Value) -> Option<&str> {
    variable.as_object()?.get("name")?.as_str().map(ecow::EcoString::as_str)
}

fn twice(name: &str, loses: Span, wins: Span, how: &str) -> Diagnostic {
    Diagnostic::new(code::VARIABLE_SET_TWICE, loses, format!("environment variable `{name}` is set twice"))
        .here("this one does not count")
        .label(wins, how)
        .note("of two variables of one name Kubernetes takes the last")
        .help("set it in one of the two places")
}
