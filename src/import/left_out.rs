//! What is said of what no task has.
//!
//! In: what documents say beside their pods, and documents without one. Out: diagnostics. Always: what is left out of one object is one
//! warning with all places, and the documents of a file that are left out are one too, which counts them by their kinds.
//! Not here: what has pods.

use crate::data::{Kind, Node};
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

use super::nodes::entries;

/// What a document says beside its pod.
#[derive(Debug, Default)]
pub struct Dropped(Vec<(String, Span)>);

impl Dropped {
    /// Notes what is there beside these keys; what is null says nothing.
    pub fn others(&mut self, node: &Node, kept: &[&str], way: &str) {
        let is_other = |key: &str, value: &Node| !kept.contains(&key) && value.kind != Kind::Null;
        let other = entries(node).iter().filter(|(key, value)| is_other(&key.text, value));
        self.0.extend(other.map(|(key, _)| (format!("{way}{}", key.text), key.span)));
    }

    /// What is said of it.
    pub fn told(&self, of: &str) -> Option<Diagnostic> {
        let names = self.0.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<String>>();
        let is = if names.len() == 1 { "is" } else { "are" };
        let diagnostic = at_all(&self.0, format!("{} of {of} {is} left out", names.join(", ")))?;
        Some(diagnostic.note(
            "a task has the spec, the labels and the annotations of a pod; what is around them is Flyte's to set",
        ))
    }
}

/// A warning at all these places.
pub fn at_all(places: &[(String, Span)], message: String) -> Option<Diagnostic> {
    let mut places = places.iter().map(|(_, span)| *span);
    let diagnostic = Diagnostic::new(code::LEFT_OUT, places.next()?, message);
    Some(places.fold(diagnostic, |diagnostic, place| diagnostic.label(place, "and this")))
}

/// A document without a pod.
#[derive(Debug)]
pub struct Other {
    place: Span,
    message: String,
    /// Its kind, if it is one that has no pods.
    kind: Option<String>,
    /// Whether it is no surprise beside pods.
    expected: bool,
}

impl Other {
    /// Of which this is to be said.
    pub fn new(place: Span, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), kind: None, expected: false }
    }

    /// Of a kind that has no pods.
    pub fn of_kind(place: Span, kind: &str) -> Self {
        let message = format!("{} has no pod", counted(1, kind));
        Self { kind: Some(kind.to_owned()), ..Self::new(place, message) }
    }

    /// The manifest of a build, which stands in the folder of its pods.
    pub fn manifest(place: Span) -> Self {
        let message = "this is the manifest of a build: the pods are in the files beside it";
        Self { expected: true, ..Self::new(place, message) }
    }

    /// What is said of it where nothing has a pod.
    pub fn refused(self) -> Diagnostic {
        let diagnostic = Diagnostic::new(code::NO_POD, self.place, self.message).note(
            "pods are in a `Pod`, a `PodTemplate`, a `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job` or `CronJob`, a \
             `List` of these, a pod spec, or a `K8sPod` of Flyte",
        );
        if self.kind.is_none() {
            return diagnostic;
        }
        diagnostic
            .help("what a controller makes of it is in its cluster: import what `kubectl get pods -o yaml` prints")
    }
}

/// What is said of the documents of a file that are left out beside pods.
pub fn skipped(others: Vec<Other>) -> Vec<Diagnostic> {
    let (known, others): (Vec<Other>, Vec<Other>) =
        others.into_iter().filter(|other| !other.expected).partition(|other| other.kind.is_some());
    let skipped = |place: Span, message: String| Diagnostic::new(code::LEFT_OUT, place, message);
    let mut diagnostics: Vec<Diagnostic> = others
        .into_iter()
        .map(|other| skipped(other.place, other.message).note("the document is left out; what has pods is imported"))
        .collect();
    if let Some(first) = known.first() {
        let message = match known.as_slice() {
            [one] => format!("{}, and is left out", one.message),
            _ => format!("documents without a pod are left out: {}", kinds(&known)),
        };
        diagnostics.push(skipped(first.place, message));
    }
    diagnostics
}

/// The kinds in the order in which they come, each with how often it comes.
fn kinds(others: &[Other]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for kind in others.iter().filter_map(|other| other.kind.as_deref()) {
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    counts.into_iter().map(|(kind, count)| counted(count, kind)).collect::<Vec<String>>().join(", ")
}

fn counted(count: usize, kind: &str) -> String {
    match (count, kind.starts_with(['A', 'E', 'I', 'O'])) {
        (1, true) => format!("an `{kind}`"),
        (1, false) => format!("a `{kind}`"),
        _ => format!("{count} of kind `{kind}`"),
    }
}
