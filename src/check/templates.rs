//! Rules of templates: those that tasks use are complete.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Checked;
use crate::diagnostics::Diagnostics;
use crate::evaluate::inline_template;
use crate::settings::{PodTemplate, template};
use crate::value::Object;

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
    let inline = checked.evaluation.environments.iter().filter_map(|layer| inline_template(&layer.values));
    for (_, fields) in inline {
        if seen.insert(Arc::as_ptr(fields)) {
            template::check_declared(fields, diagnostics);
        }
    }
    for fields in checked.evaluation.templates.iter().flatten() {
        if seen.insert(Arc::as_ptr(fields)) {
            template::check_declared(fields, diagnostics);
        }
    }
}
