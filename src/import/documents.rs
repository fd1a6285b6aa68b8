//! The pods in documents.
//!
//! In: the values of documents. Out: a [`Pod`] for each pod that a document has or makes. Always: what of a document is no part of
//! its pod is one warning with all places; documents without a pod are warnings beside such with one, and an error alone.
//! Not here: what is in a pod's spec.

use super::Input;
use super::names;
use crate::data::{Key, Kind, Node};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;

/// A pod as a document says it.
#[derive(Debug)]
pub struct Pod<'n> {
    /// What its environment is called.
    pub environment: String,
    /// What its task is called, if the document says it.
    pub task: Option<String>,
    /// Whether other pods may stand in the same environment.
    pub joins: bool,
    /// The labels.
    pub labels: Option<(&'n Key, &'n Node)>,
    /// The annotations.
    pub annotations: Option<(&'n Key, &'n Node)>,
    /// The spec.
    pub spec: &'n Node,
    /// Where its key is, or the spec where it has none.
    pub place: Span,
    /// Where the document begins.
    pub top: Span,
    /// The name of the primary container, if the document says it.
    pub primary: Option<(&'n str, Span)>,
    /// Whether it is a pod of Flyte, of which nothing may change, not even what is empty.
    pub exact: bool,
}

/// What Kubernetes makes pods of, and where it has their template.
const MAKERS: &[(&str, &[&str])] = &[
    ("PodTemplate", &["template"]),
    ("CronJob", &["spec", "jobTemplate", "spec", "template"]),
    ("DaemonSet", &["spec", "template"]),
    ("Deployment", &["spec", "template"]),
    ("Job", &["spec", "template"]),
    ("ReplicaSet", &["spec", "template"]),
    ("ReplicationController", &["spec", "template"]),
    ("StatefulSet", &["spec", "template"]),
];

/// What several documents are printed as.
const LIST: &str = "List";

/// The pods of a file.
pub fn pods<'n>(input: &'n Input, diagnostics: &mut Diagnostics) -> Vec<Pod<'n>> {
    let mut finder = Finder { stem: input.stem.as_deref(), pods: Vec::new(), others: Vec::new(), diagnostics };
    let before = finder.diagnostics.errors();
    for document in &input.documents {
        finder.document(document, None);
    }
    let Finder { pods, mut others, .. } = finder;
    if pods.is_empty() && diagnostics.errors() == before {
        let start = Span::new(input.file, 0..0);
        let first = others.drain(..).next();
        diagnostics.push(first.unwrap_or_else(|| no_pod(start, "this file has no document".to_owned())));
    }
    let skipped = |other: Diagnostic| {
        let place = other.span().unwrap_or(Span::new(input.file, 0..0));
        Diagnostic::new(code::LEFT_OUT, place, other.message)
            .note("the document is left out; the others of the file are imported")
    };
    diagnostics.extend(others.into_iter().map(skipped));
    pods
}

struct Finder<'n, 'd> {
    stem: Option<&'n str>,
    pods: Vec<Pod<'n>>,
    /// What is said of documents without a pod.
    others: Vec<Diagnostic>,
    diagnostics: &'d mut Diagnostics,
}

/// What a document says beside its pod.
type Dropped = Vec<(String, Span)>;

impl<'n> Finder<'n, '_> {
    /// Takes a document, which may be an item of a list that says its kind. Lists in lists are no deeper than files are.
    fn document(&mut self, node: &'n Node, kind: Option<&str>) {
        let kind = value(node, "kind").and_then(text).or(kind);
        match kind {
            Some("Pod") => self.pod(node),
            Some(kind) if MAKERS.iter().any(|(maker, _)| *maker == kind) => self.made(node, kind),
            Some(kind) if kind.ends_with(LIST) => {
                let items = value(node, "items").map(items).unwrap_or_default();
                let of = kind.strip_suffix(LIST).filter(|of| !of.is_empty());
                if items.is_empty() {
                    self.others.push(no_pod(node.span, "this list has no items".to_owned()));
                }
                for item in items {
                    self.document(item, of);
                }
            }
            Some(kind) => {
                let place = entry(node, "kind").map_or(node.span, |(_, kind)| kind.span);
                self.others.push(no_pod(place, format!("a `{kind}` has no pod")));
            }
            None => self.kindless(node),
        }
    }

    /// Takes a document that does not say what it is.
    fn kindless(&mut self, node: &'n Node) {
        let named = value(node, "pod").filter(|pod| value(pod, "podSpec").is_some());
        if let Some(pod) = named {
            return self.flyte(pod, value(node, "name").and_then(text));
        }
        if value(node, "podSpec").is_some() {
            return self.flyte(node, None);
        }
        if value(node, "containers").is_some() {
            let pod = Self::bare(self.environment(None), node, node, node.span);
            return self.pods.push(pod);
        }
        if value(node, "spec").is_some_and(|spec| value(spec, "containers").is_some()) {
            return self.pod(node);
        }
        let place = entries(node).first().map_or(node.span, |(key, _)| key.span);
        self.others.push(no_pod(place, "this document is no pod, and nothing that has one".to_owned()));
    }

    fn environment(&self, name: Option<&str>) -> String {
        names::environment(name.or(self.stem).unwrap_or_default())
    }

    fn bare(environment: String, document: &Node, spec: &'n Node, place: Span) -> Pod<'n> {
        Pod {
            top: entries(document).first().map_or(document.span, |(key, _)| key.span),
            environment,
            task: None,
            joins: false,
            labels: None,
            annotations: None,
            spec,
            place,
            primary: None,
            exact: false,
        }
    }

    /// Takes a `K8sPod`.
    fn flyte(&mut self, node: &'n Node, name: Option<&str>) {
        let mut dropped = Dropped::new();
        others(node, &["metadata", "podSpec", "primaryContainerName"], "", &mut dropped);
        let Some((key, spec)) = entry(node, "podSpec") else { return };
        let named = name.or(self.stem).and_then(names::of_file);
        let (environment, task) = named.map_or((None, None), |(environment, task)| (Some(environment), Some(task)));
        let mut pod = Self::bare(self.environment(environment.as_deref().or(name)), node, spec, key.span);
        if let Some((_, metadata)) = entry(node, "metadata") {
            take_metadata(&mut pod, metadata, "metadata.", &mut dropped);
        }
        let primary = value(node, "primaryContainerName").and_then(|name| Some((text(name)?, name.span)));
        let pod = Pod { joins: task.is_some(), task, primary, exact: true, ..pod };
        self.found(pod, "the `K8sPod`", &dropped);
    }

    /// Takes a `Pod`.
    fn pod(&mut self, node: &'n Node) {
        let mut dropped = Dropped::new();
        others(node, &["apiVersion", "kind", "metadata", "spec"], "", &mut dropped);
        let Some((key, spec)) = entry(node, "spec") else {
            return self.others.push(no_pod(node.span, "this `Pod` has no `spec`".to_owned()));
        };
        let mut pod = Self::bare(self.environment(name(node)), node, spec, key.span);
        if let Some((_, metadata)) = entry(node, "metadata") {
            take_metadata(&mut pod, metadata, "metadata.", &mut dropped);
        }
        self.found(pod, "the `Pod`", &dropped);
    }

    /// Takes what Kubernetes makes pods of.
    fn made(&mut self, node: &'n Node, kind: &str) {
        let path = MAKERS.iter().find(|(maker, _)| *maker == kind).map_or(&[][..], |(_, path)| path);
        let mut dropped = Dropped::new();
        if let Some((_, metadata)) = entry(node, "metadata") {
            others(metadata, &["name", "generateName"], "metadata.", &mut dropped);
        }
        let (mut inner, mut way) = (node, String::new());
        for (at, step) in path.iter().enumerate() {
            let kept = if at == 0 { &["apiVersion", "kind", "metadata", *step][..] } else { &[*step][..] };
            others(inner, kept, &way, &mut dropped);
            way = format!("{way}{step}.");
            let Some((_, next)) = entry(inner, step) else {
                let message = format!("this `{kind}` has no pod template: no `{}`", way.trim_end_matches('.'));
                return self.others.push(no_pod(inner.span, message));
            };
            inner = next;
        }
        others(inner, &["metadata", "spec"], &way, &mut dropped);
        let Some((key, spec)) = entry(inner, "spec") else {
            return self.others.push(no_pod(inner.span, format!("the pod template of this `{kind}` has no `spec`")));
        };
        let mut pod = Self::bare(self.environment(name(node)), node, spec, key.span);
        if let Some((_, metadata)) = entry(inner, "metadata") {
            take_metadata(&mut pod, metadata, &format!("{way}metadata."), &mut dropped);
        }
        self.found(pod, &format!("the `{kind}`"), &dropped);
    }

    fn found(&mut self, pod: Pod<'n>, of: &str, dropped: &Dropped) {
        self.diagnostics.extend(left_out(of, dropped));
        self.pods.push(pod);
    }
}

/// Takes the labels and annotations over.
fn take_metadata<'n>(pod: &mut Pod<'n>, metadata: &'n Node, way: &str, dropped: &mut Dropped) {
    others(metadata, &["name", "generateName", "labels", "annotations"], way, dropped);
    pod.labels = entry(metadata, "labels");
    pod.annotations = entry(metadata, "annotations");
}

/// Notes what is there beside these keys.
fn others(node: &Node, kept: &[&str], way: &str, dropped: &mut Dropped) {
    let other =
        entries(node).iter().filter(|(key, value)| !kept.contains(&key.text.as_str()) && value.kind != Kind::Null);
    dropped.extend(other.map(|(key, _)| (format!("{way}{}", key.text), key.span)));
}

fn left_out(of: &str, dropped: &Dropped) -> Option<Diagnostic> {
    let names = dropped.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<String>>();
    let mut places = dropped.iter().map(|(_, span)| *span);
    let (first, is) = (places.next()?, if names.len() == 1 { "is" } else { "are" });
    let message = format!("{} of {of} {is} left out", names.join(", "));
    let diagnostic = Diagnostic::new(code::LEFT_OUT, first, message);
    let diagnostic = places.fold(diagnostic, |diagnostic, place| diagnostic.label(place, "and this"));
    Some(
        diagnostic.note(
            "a task has the spec, the labels and the annotations of a pod; what is around them is Flyte's to set",
        ),
    )
}

fn no_pod(place: Span, message: String) -> Diagnostic {
    Diagnostic::new(code::NO_POD, place, message).note(
        "pods are in a `Pod`, a `PodTemplate`, a `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job` or `CronJob`, a \
         `List` of these, a pod spec, or a `K8sPod` of Flyte",
    )
}

// ------------------------------------------------------------------------------------------------------------ nodes

/// The entries of a map; of anything else none.
pub fn entries(node: &Node) -> &[(Key, Node)] {
    match &node.kind {
        Kind::Map(entries) => entries,
        _ => &[],
    }
}

/// The items of a list; of anything else none.
pub fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::List(items) => items,
        _ => &[],
    }
}

/// An entry of a map that is not null.
pub fn entry<'n>(node: &'n Node, name: &str) -> Option<(&'n Key, &'n Node)> {
    let found = entries(node).iter().find(|(key, value)| key.text == name && value.kind != Kind::Null);
    found.map(|(key, value)| (key, value))
}

/// The value of an entry.
pub fn value<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    entry(node, name).map(|(_, value)| value)
}

/// The text that a value is.
pub fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// What an object is called; the beginning of its name counts where Kubernetes makes up the rest.
fn name(node: &Node) -> Option<&str> {
    let metadata = value(node, "metadata")?;
    value(metadata, "name").or_else(|| value(metadata, "generateName")).and_then(text)
}
