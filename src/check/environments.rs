//! Rules of environments as a whole: names that the wire cuts, dependencies, and settings that no task would show.

use rustc_hash::FxHashMap;

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::{MAX_DESCRIPTION, MAX_NAME};
use crate::graph;
use crate::settings::{cache, resources, reuse, secrets};
use crate::source::Span;
use crate::value::EnvironmentId;
use crate::value::{Kind, Value};

/// Names longer than the wire holds are cut there; two must not become one.
pub fn names(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let mut cut: FxHashMap<String, Vec<Span>> = FxHashMap::default();
    let mut order: Vec<String> = Vec::new();
    for environment in &checked.program.environments {
        let name = &environment.name;
        if name.text.chars().count() <= MAX_NAME {
            continue;
        }
        let short: String = name.text.chars().take(MAX_NAME).collect();
        let places = cut.entry(short.clone()).or_default();
        if places.is_empty() {
            order.push(short);
        }
        places.push(name.span);
    }
    for short in order {
        match cut.get(&short).map(Vec::as_slice).unwrap_or_default() {
            [only] => warn_cut(*only, "an environment's name", MAX_NAME, diagnostics),
            // That each of them is cut is a part of what is wrong.
            [first, others @ ..] => others.iter().for_each(|other| diagnostics.push(cut_alike(*other, *first, &short))),
            [] => {}
        }
    }
    for subject in checked.subjects() {
        let long = subject.settings.short_name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME);
        if let Some(value) = subject.values.get("short_name").filter(|_| long) {
            warn_cut(value.span, "a short name", MAX_NAME, diagnostics);
        }
    }
    for values in checked.evaluation.environments.iter().map(|layer| &layer.values) {
        let long = |value: &&Value| value.as_str().is_some_and(|text| text.chars().count() > MAX_DESCRIPTION);
        if let Some(value) = values.get("description").filter(long) {
            warn_cut(value.span, "an environment's description", MAX_DESCRIPTION, diagnostics);
        }
    }
}

fn cut_alike(place: Span, first: Span, short: &str) -> Diagnostic {
    Diagnostic::new(code::NAMES_CUT_ALIKE, place, "two environments have the same name once it is cut")
        .label(first, "the other one")
        .note(format!("Flyte cuts an environment's name after {MAX_NAME} characters; both become `{short}`"))
        .help("shorten them, with what tells them apart first")
}

fn warn_cut(span: Span, what: &str, length: usize, diagnostics: &mut Diagnostics) {
    let message = format!("Flyte cuts {what} after {length} characters");
    let diagnostic = Diagnostic::new(code::NAME_IS_CUT, span, message)
        .note("Flyte's protocol has room for no more, so its pages show the beginning alone");
    diagnostics.push(diagnostic.help(format!("write {length} characters at the most")));
}

/// No environment depends on itself, directly or through others.
pub fn dependencies(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let edges: Vec<Vec<(EnvironmentId, Span)>> =
        checked.evaluation.environments.iter().map(|layer| depends_on(layer.values.get("depends_on"))).collect();
    let needs: Vec<Vec<usize>> = edges.iter().map(|edges| edges.iter().map(|(id, _)| id.0).collect()).collect();
    for ring in graph::order(&needs).rings {
        let edge = |(at, need): &(usize, usize)| edges.get(*at)?.get(*need).copied();
        report_ring(checked, &ring.iter().filter_map(edge).collect::<Vec<_>>(), diagnostics);
    }
}

fn depends_on(value: Option<&Value>) -> Vec<(EnvironmentId, Span)> {
    let items = value.and_then(Value::as_list).unwrap_or_default();
    let environment = |item: &Value| if let Kind::Environment(id) = item.kind { Some((id, item.span)) } else { None };
    items.iter().filter_map(environment).collect()
}

fn report_ring(checked: &Checked<'_>, ring: &[(EnvironmentId, Span)], diagnostics: &mut Diagnostics) {
    let Some(((first, span), rest)) = ring.split_last() else { return };
    let name = |id: &EnvironmentId| checked.program.environments[id.0].name.text.as_str();
    let path: Vec<&str> = std::iter::once(name(first)).chain(ring.iter().map(|(id, _)| name(id))).collect();
    let message = format!("environment `{}` depends on itself", name(first));
    let mut diagnostic = Diagnostic::new(code::DEPENDENCY_CYCLE, *span, message)
        .note(
            "an environment is deployed together with those that it depends on, which a ring never comes to the end of",
        )
        .help("take the environment out of one of these lists");
    if !rest.is_empty() {
        diagnostic = diagnostic.note(format!("the ring is {}", path.join(" → ")));
    }
    for (id, span) in rest {
        diagnostic = diagnostic.label(*span, format!("which depends on `{}`", name(id)));
    }
    diagnostics.push(diagnostic);
}

/// What is wrong with an environment's settings is said also where no task takes them over.
pub fn settings(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    for values in checked.evaluation.environments.iter().map(|layer| &layer.values) {
        resources::read(values, diagnostics);
        secrets::read(values, diagnostics);
        cache::read(values, diagnostics);
        reuse::read(values, diagnostics);
    }
}
