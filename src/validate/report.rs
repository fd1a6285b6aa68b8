//! Faults to diagnostics.
//!
//! In: faults, and what each pod was made of. Out: diagnostics at the places where values were written. Always: what many pods
//! share is told once, with the first of them; what only follows from another fault is not told, nor is what may only follow from
//! something that was reported before. Not here: the rules.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::fault::{Fault, Point, Scope};
use super::locate::{Located, Origin};
use crate::diagnostics::{Diagnostic, Diagnostics, KubernetesError};
use crate::source::Span;

/// The pods that a fault is found in.
#[derive(Debug, Clone, Copy)]
pub struct Pods<'a> {
    /// The name of the first.
    pub first: &'a str,
    /// How many there are.
    pub count: usize,
}

/// Collects diagnostics of faults.
pub struct Report {
    /// Where errors were reported before.
    before: FxHashSet<Span>,
    /// By code, place and message: the diagnostic, and in how many pods it was found, with the place and name of the first.
    found: BTreeMap<(&'static str, Span, String), Found>,
}

struct Found {
    diagnostic: Diagnostic,
    place: Option<Span>,
    first: String,
    count: usize,
}

impl Report {
    /// After these diagnostics.
    #[must_use]
    pub fn new(diagnostics: &Diagnostics) -> Self {
        Self { before: diagnostics.error_places().collect(), found: BTreeMap::new() }
    }

    /// Adds a fault of a pod. `whole` is whether everything in the pod is as its author meant it; `pods` names the pods, where
    /// there are some.
    pub fn add(&mut self, fault: &Fault, origin: &Origin<'_>, whole: bool, pods: Option<Pods<'_>>) {
        if fault.echo || (fault.scope == Scope::Relation && (!whole || self.is_doubtful(fault, origin))) {
            return;
        }
        let located = origin.locate(&fault.at);
        if located.broken || self.before.contains(&located.value) || self.before.contains(&located.key) {
            return;
        }
        let place = if fault.point == Point::Key { located.key } else { located.value };
        let key = (fault.code.id, place, fault.message.clone());
        let count = pods.map_or(0, |pods| pods.count);
        if let Some(found) = self.found.get_mut(&key) {
            found.count += count;
            return;
        }
        let diagnostic = diagnostic(fault, &located, place, origin);
        let first = pods.map_or_else(String::new, |pods| pods.first.to_owned());
        let place = pods.map(|_| origin.place);
        self.found.insert(key, Found { diagnostic, place, first, count });
    }

    /// Whether something around one of the places was reported, such as a list that lacks the primary container.
    fn is_doubtful(&self, fault: &Fault, origin: &Origin<'_>) -> bool {
        let others = fault.others.iter().map(|(path, _)| path);
        let mut keys = others.chain([&fault.at]).flat_map(|path| origin.keys_on_the_way(path));
        !self.before.is_empty() && keys.any(|key| self.before.contains(&key))
    }

    /// All diagnostics.
    pub fn finish(self, diagnostics: &mut Diagnostics) {
        for Found { diagnostic, place, first, count } in self.found.into_values() {
            let known = |place: &Span| diagnostic.labels.iter().any(|label| label.span == *place);
            let diagnostic = match place.filter(|place| !known(place)) {
                Some(place) => diagnostic.label(place, in_pods(&first, count)),
                None => diagnostic,
            };
            diagnostics.push(diagnostic);
        }
    }
}

fn in_pods(first: &str, count: usize) -> String {
    match count {
        0 | 1 => format!("in the pod of `{first}`"),
        2 => format!("in the pods of `{first}` and 1 more"),
        count => format!("in the pods of `{first}` and {} more", count - 1),
    }
}

fn diagnostic(fault: &Fault, located: &Located, place: Span, origin: &Origin<'_>) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(fault.code, place, fault.message.clone()).here(fault.here.clone());
    for (at, message) in &fault.others {
        diagnostic = diagnostic.label(origin.locate(at).value, message.clone());
    }
    diagnostic.notes.clone_from(&fault.notes);
    diagnostic.help.clone_from(&fault.help);
    if let Some(reason) = fault.reason {
        let field = fault.kubernetes_field();
        diagnostic = diagnostic.note(format!("Kubernetes would refuse the pod: `{field}: {}`", reason.text()));
        diagnostic.kubernetes = Some(KubernetesError { field, reason: reason.machine_name() });
    }
    match &fault.replacement {
        Some(with) if located.found && with.safe => diagnostic.safe_fix(&with.message, located.value, &with.text),
        Some(with) if located.found => diagnostic.unsafe_fix(&with.message, located.value, &with.text),
        _ => diagnostic,
    }
}
