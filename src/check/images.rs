//! Every task has an image: its own, its environment's, or that of its template's primary container.

use std::collections::BTreeMap;

use super::{Checked, Subject};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::resolve::EnvironmentId;
use crate::settings::template::primary_container;
use crate::settings::{PodTemplate, TaskSettings};
use crate::value::{Kind, Object, Value};

/// Reports tasks without an image, once for each environment.
pub fn missing(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let mut without: BTreeMap<EnvironmentId, Vec<Subject<'_>>> = BTreeMap::new();
    for subject in checked.subjects() {
        match subject.values.get("image") {
            Some(value) => check_text(value, diagnostics),
            None if template_image(subject.settings) || subject.values.poisoned || is_hidden(subject.values) => {}
            None => without.entry(subject.environment).or_default().push(subject),
        }
    }
    for subjects in without.values() {
        report(checked, subjects, diagnostics);
    }
    for values in checked.evaluation.environments.iter().map(|layer| &layer.values) {
        if let Some(value) = values.get("image") {
            check_text(value, diagnostics);
        }
    }
}

fn check_text(value: &Value, diagnostics: &mut Diagnostics) {
    let Some(text) = value.as_str() else { return };
    if text == "auto" {
        let diagnostic = Diagnostic::new(code::MISSING_IMAGE, value.span, "`auto` is not an image here")
            .note("in Flyte's SDK it stands for an image with the Python of the machine that compiles, so that others get another one")
            .help("name the image, such as `\"ghcr.io/flyteorg/flyte:py3.13-v2.12.1\"`");
        diagnostics.push(diagnostic);
    } else if text.trim().is_empty() {
        let diagnostic = Diagnostic::new(code::MISSING_IMAGE, value.span, "an image cannot be empty")
            .note("Kubernetes starts the task's container from it");
        diagnostics.push(diagnostic.help("name the image, such as `\"ghcr.io/acme/train:1.4.0\"`"));
    }
}

fn report(checked: &Checked<'_>, subjects: &[Subject<'_>], diagnostics: &mut Diagnostics) {
    let Some((first, others)) = subjects.split_first() else { return };
    let environment = &checked.program.environments[first.environment.0].name;
    let name = checked.program.qualified_name(first.task);
    let message = match others.len() {
        0 => format!("task `{name}` has no image"),
        1 => format!("task `{name}` and another one have no image"),
        more => format!("task `{name}` and {more} others have no image"),
    };
    let diagnostic = Diagnostic::new(code::MISSING_IMAGE, first.name.span, message)
        .label(environment.span, "nor does their environment give one")
        .note("Kubernetes starts the task's container from an image; this language has no default for it")
        .help(format!("set `image = \"…\"` in environment `{}` for all its tasks, or in the task", environment.text));
    diagnostics.push(diagnostic);
}

/// Whether something of the template was reported that may have held an image.
fn is_hidden(values: &Object) -> bool {
    let mut at = values.get("pod_template");
    let template = at.and_then(Value::as_object);
    // Without the name of the primary container, it may be any.
    if template.and_then(|fields| fields.get("primary_container_name")).is_some_and(Value::is_poison) {
        return true;
    }
    for name in ["pod_spec", "containers"] {
        match at.map(|value| &value.kind) {
            Some(Kind::Poison) => return true,
            Some(Kind::Object(fields)) if fields.poisoned => return true,
            Some(Kind::Object(fields)) => at = fields.get(name),
            _ => return false,
        }
    }
    at.is_some_and(Value::is_poison)
}

/// Whether the template's primary container has an image of its own.
fn template_image(settings: &TaskSettings) -> bool {
    let PodTemplate::Inline(fields) = &settings.pod_template else { return false };
    primary_container(fields).is_some_and(|primary| primary.get("image").is_some())
}
