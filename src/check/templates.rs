//! Rules of templates: those that tasks use are complete.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{Checked, primary};
use crate::diagnostics::Diagnostics;
use crate::evaluate::inline_template;
use crate::settings::{PodTemplate, template};
use crate::source::SourceMap;
use crate::value::Object;

/// Checks every effective template once, however many tasks share it.
pub fn effective(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    for (fields, used) in all(checked) {
        template::check(fields, diagnostics);
        if used {
            primary::check(fields, sources, diagnostics);
        }
    }
}

/// Every effective template once, and whether a task uses it as it is.
pub fn all<'a>(checked: &Checked<'a>) -> Vec<(&'a Object, bool)> {
    let mut seen: FxHashSet<*const Object> = FxHashSet::default();
    let mut all = Vec::new();
    for subject in checked.subjects() {
        if let PodTemplate::Inline(fields) = &subject.settings.pod_template
            && seen.insert(Arc::as_ptr(fields))
        {
            all.push((fields.as_ref(), true));
        }
    }
    let inline = checked.evaluation.environments.iter().filter_map(|layer| inline_template(&layer.values));
    let declared = inline.map(|(_, fields)| fields).chain(checked.evaluation.templates.iter().flatten());
    all.extend(declared.filter(|fields| seen.insert(Arc::as_ptr(fields))).map(|fields| (fields.as_ref(), false)));
    all
}
