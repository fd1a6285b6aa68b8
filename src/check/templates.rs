//! Rules of templates: those that tasks use are complete, and each is used.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::evaluate::inline_template;
use crate::evaluate::value::Object;
use crate::settings::{PodTemplate, template};
use crate::syntax::ast::{Body, Operation, Value};

/// Checks every effective template once, however many tasks share it.
pub fn effective(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: FxHashSet<*const Object> = FxHashSet::default();
    for subject in checked.subjects() {
        if let PodTemplate::Inline(fields) = &subject.settings.pod_template
            && seen.insert(Arc::as_ptr(fields))
        {
            template::check(fields, diagnostics);
        }
    }
    let inline = checked.evaluation.environments.iter().filter_map(|values| inline_template(values));
    for (_, fields) in inline {
        if seen.insert(Arc::as_ptr(fields)) {
            template::check_declared(fields, diagnostics);
        }
    }
    for fields in &checked.evaluation.templates {
        if seen.insert(Arc::as_ptr(fields)) {
            template::check_declared(fields, diagnostics);
        }
    }
}

/// Warns of templates that nothing refers to.
pub fn unused(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    // What an error hides may be the use.
    if diagnostics.has_errors() {
        return;
    }
    let program = checked.program;
    let mut used = FxHashSet::default();
    let environments = program.environments.iter().map(|environment| &environment.declaration.body);
    let tasks = program.tasks.iter().map(|task| &task.declaration.body);
    let amendments = program.tasks.iter().flat_map(|task| &task.amendments).map(|amendment| &amendment.body);
    let variants = program.variants.iter().map(|variant| &variant.declaration.body);
    for body in environments.chain(tasks).chain(amendments).chain(variants) {
        used.extend(references(body).filter_map(|(file, name)| program.template(file, name)).map(|id| id.0));
    }
    for (at, declared) in program.templates.iter().enumerate() {
        if !used.contains(&at) {
            let message = format!("template `{}` is never used", declared.name.text);
            let diagnostic = Diagnostic::new(code::UNUSED_TEMPLATE, declared.name.span, message);
            diagnostics
                .push(diagnostic.help(format!("use it with `pod_template = {}`, or remove it", declared.name.text)));
        }
    }
}

fn references(body: &Body) -> impl Iterator<Item = (crate::source::FileId, &str)> {
    body.entries().filter(|entry| entry.key.text == "pod_template").filter_map(|entry| match &entry.operation {
        Operation::Set(expression) => match &expression.value {
            Value::Reference(names) => names.first().map(|name| (name.span.file, name.text.as_str())),
            _ => None,
        },
        _ => None,
    })
}
