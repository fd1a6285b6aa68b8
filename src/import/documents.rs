//! The pods in documents.
//!
//! In: the values of documents. Out: a [`Pod`] for each pod that a document has or makes, and the documents without one. Always: what of
//! a document is no part of its pod is one warning with all places. Not here: what is in a pod's spec, and whether a document
//! without a pod is a fault.

use std::borrow::Cow;

use super::Input;
use super::left_out::{Dropped, Other, at_all};
use super::nodes::{entries, entry, items, name, text, value};
use super::{claims, custom, names};
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
    pub spec: Cow<'n, Node>,
    /// Where its key is, or the spec where it has none.
    pub place: Span,
    /// Where the document begins.
    pub top: Span,
    /// What stands around the spec, from the outside in.
    pub way: Vec<Span>,
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

/// What makes volumes of claims.
const CLAIMANT: &str = "StatefulSet";
/// Where it has the claims.
const CLAIMS: &str = "volumeClaimTemplates";

/// What several documents are printed as.
const LIST: &str = "List";

/// What is in a file.
#[derive(Debug)]
pub struct Found<'n> {
    /// The pods.
    pub pods: Vec<Pod<'n>>,
    /// The documents without a pod.
    pub others: Vec<Other>,
}

/// What is in a file; of a file without a document, that.
pub fn found<'n>(input: &'n Input, diagnostics: &mut Diagnostics) -> Found<'n> {
    let found = Found { pods: Vec::new(), others: Vec::new() };
    let mut finder = Finder { stem: input.stem.as_deref(), found, diagnostics };
    for document in input.documents.iter().flat_map(listed) {
        finder.document(document, None);
    }
    let mut found = finder.found;
    if input.documents.is_empty() {
        let start = Span::new(input.file, 0..0);
        found.others.push(Other::new(start, "this file has no document"));
    }
    found
}

/// The documents that a document is: several where it is a list of them, as `jq` writes it.
fn listed(document: &Node) -> &[Node] {
    match items(document) {
        list @ [first, ..] if matches!(first.kind, Kind::Map(_)) => list,
        _ => std::slice::from_ref(document),
    }
}

struct Finder<'n, 'd> {
    stem: Option<&'n str>,
    found: Found<'n>,
    diagnostics: &'d mut Diagnostics,
}

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
                    self.other(Other::new(node.span, "this list has no items"));
                }
                for item in items {
                    self.document(item, of);
                }
            }
            Some(kind) => self.custom(node, kind),
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
            return self.take(pod, "the pod", &Dropped::default());
        }
        if value(node, "spec").is_some_and(|spec| value(spec, "containers").is_some()) {
            return self.pod(node);
        }
        let place = top(node);
        if value(node, "manifest_version").is_some() && value(node, "pods").is_some() {
            return self.other(Other::manifest(place));
        }
        self.other(Other::new(place, "this document is no pod, and nothing that has one"));
    }

    fn other(&mut self, other: Other) {
        self.found.others.push(other);
    }

    fn environment(&self, name: Option<&str>) -> String {
        names::environment(name.or(self.stem).unwrap_or_default())
    }

    fn bare(environment: String, document: &Node, spec: &'n Node, place: Span) -> Pod<'n> {
        Pod {
            top: top(document),
            way: Vec::new(),
            environment,
            task: None,
            joins: false,
            labels: None,
            annotations: None,
            spec: Cow::Borrowed(spec),
            place,
            primary: None,
            exact: false,
        }
    }

    /// Takes a `K8sPod`.
    fn flyte(&mut self, node: &'n Node, name: Option<&str>) {
        let mut dropped = Dropped::default();
        dropped.others(node, &["metadata", "podSpec", "primaryContainerName"], "");
        let Some((key, spec)) = entry(node, "podSpec") else { return };
        let named = name.or(self.stem).and_then(names::of_file);
        let (environment, task) = named.map_or((None, None), |(environment, task)| (Some(environment), Some(task)));
        let mut pod = Self::bare(self.environment(environment.as_deref().or(name)), node, spec, key.span);
        if let Some((_, metadata)) = entry(node, "metadata") {
            take_metadata(&mut pod, metadata, "metadata.", &mut dropped);
        }
        let primary = value(node, "primaryContainerName").and_then(|name| Some((text(name)?, name.span)));
        let pod = Pod { joins: task.is_some(), task, primary, exact: true, ..pod };
        self.take(pod, "the `K8sPod`", &dropped);
    }

    /// Takes a `Pod`.
    fn pod(&mut self, node: &'n Node) {
        let mut dropped = Dropped::default();
        dropped.others(node, &["apiVersion", "kind", "metadata", "spec"], "");
        let Some((key, spec)) = entry(node, "spec") else {
            return self.other(Other::new(node.span, "this `Pod` has no `spec`"));
        };
        let mut pod = Self::bare(self.environment(name(node)), node, spec, key.span);
        if let Some((_, metadata)) = entry(node, "metadata") {
            take_metadata(&mut pod, metadata, "metadata.", &mut dropped);
        }
        self.take(pod, "the `Pod`", &dropped);
    }

    /// Takes what Kubernetes makes pods of.
    fn made(&mut self, node: &'n Node, kind: &str) {
        let path = MAKERS.iter().find(|(maker, _)| *maker == kind).map_or(&[][..], |(_, path)| path);
        let mut dropped = Dropped::default();
        if let Some((_, metadata)) = entry(node, "metadata") {
            dropped.others(metadata, &["name", "generateName"], "metadata.");
        }
        let claims = claims_of(node, kind).map_or("", |_| CLAIMS);
        let (mut inner, mut way, mut around) = (node, String::new(), Vec::new());
        for (at, step) in path.iter().enumerate() {
            let kept = if at == 0 { &["apiVersion", "kind", "metadata", *step][..] } else { &[*step, claims][..] };
            dropped.others(inner, kept, &way);
            way = format!("{way}{step}.");
            let Some((key, next)) = entry(inner, step) else {
                let message = format!("this `{kind}` has no pod template: no `{}`", way.trim_end_matches('.'));
                return self.other(Other::new(inner.span, message));
            };
            around.push(key.span);
            inner = next;
        }
        dropped.others(inner, &["metadata", "spec"], &way);
        let Some((key, spec)) = entry(inner, "spec") else {
            return self.other(Other::new(inner.span, format!("the pod template of this `{kind}` has no `spec`")));
        };
        let mut pod = Pod { way: around, ..Self::bare(self.environment(name(node)), node, spec, key.span) };
        if let Some((_, metadata)) = entry(inner, "metadata") {
            take_metadata(&mut pod, metadata, &format!("{way}metadata."), &mut dropped);
        }
        if let Some((key, claims)) = claims_of(node, kind) {
            self.diagnostics.push(short_lived(key));
            pod.spec = Cow::Owned(claims::with_volumes(spec, claims));
        }
        self.take(pod, &format!("the `{kind}`"), &dropped);
    }

    /// Takes an object of a kind that Kubernetes does not have itself.
    fn custom(&mut self, node: &'n Node, kind: &str) {
        let found = custom::specs(node);
        if found.is_empty() {
            let place = entry(node, "kind").map_or(node.span, |(_, kind)| kind.span);
            return self.other(Other::of_kind(place, kind));
        }
        self.diagnostics.extend(only(kind, &found));
        let joins = found.len() > 1;
        for (task, one) in custom::names(&found).into_iter().zip(found) {
            let mut pod = Self::bare(self.environment(name(node)), node, node, one.place);
            let mut dropped = Dropped::default();
            if let Some(metadata) = one.metadata {
                take_metadata(&mut pod, metadata, "metadata.", &mut dropped);
            }
            self.take(
                Pod { spec: one.spec, way: one.way, task, joins, ..pod },
                &format!("the pod of the `{kind}`"),
                &dropped,
            );
        }
    }

    fn take(&mut self, pod: Pod<'n>, of: &str, dropped: &Dropped) {
        self.diagnostics.extend(dropped.told(of));
        self.found.pods.push(pod);
    }
}

/// What is said of an object of which only these pods are taken.
fn only(kind: &str, found: &[custom::Found<'_>]) -> Option<Diagnostic> {
    let places: Vec<(String, Span)> = found.iter().map(|one| (format!("`{}`", one.path), one.place)).collect();
    let paths = places.iter().map(|(path, _)| path.as_str()).collect::<Vec<&str>>().join(", ");
    let told = at_all(&places, format!("of this `{kind}` only the pods at {paths} are imported"))?;
    Some(told.note("what else it says is for its controller, which may also change the pods that it makes of these"))
}

/// The claims of an object, where it makes volumes of some.
fn claims_of<'n>(object: &'n Node, kind: &str) -> Option<(&'n Key, &'n Node)> {
    let spec = value(object, "spec").filter(|_| kind == CLAIMANT)?;
    entry(spec, CLAIMS).filter(|(_, claims)| !items(claims).is_empty())
}

/// What is said of the volumes of claims.
fn short_lived(key: &Key) -> Diagnostic {
    Diagnostic::new(code::LEFT_OUT, key.span, format!("the volumes of `{CLAIMS}` become `ephemeral` ones"))
        .note("a claim is made for each pod, and is deleted with it and all that it holds; the pods of a task have no number that a claim could be kept for")
        .help("where a claim is there already, write `persistentVolumeClaim { claimName = \"…\" }` in place of `ephemeral`")
}

/// Where a document begins.
fn top(document: &Node) -> Span {
    entries(document).first().map_or(document.span, |(key, _)| key.span)
}

/// Takes the labels and annotations over.
fn take_metadata<'n>(pod: &mut Pod<'n>, metadata: &'n Node, way: &str, dropped: &mut Dropped) {
    dropped.others(metadata, &["name", "generateName", "labels", "annotations"], way);
    pod.labels = entry(metadata, "labels");
    pod.annotations = entry(metadata, "annotations");
}
