//! The pods in objects of kinds that Kubernetes does not have itself.
//!
//! In: an object. Out: the pod specs in it, wherever they stand. Always: a spec is a map with `containers` of which one has an image; what is
//! in a spec is not searched, nor what an object says of its state. Recursion follows the nesting of the file, which is bounded.
//! Not here: what a controller does with such a spec before it makes pods of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::nodes::{entries, items, text, value};
use crate::data::{Key, Kind, Node};
use crate::flyte::PRIMARY_CONTAINER;
use crate::source::Span;

/// A pod spec in an object.
#[derive(Debug)]
pub struct Found<'n> {
    /// The spec; its only container has a name.
    pub spec: Cow<'n, Node>,
    /// Where its key is.
    pub place: Span,
    /// The metadata beside it.
    pub metadata: Option<&'n Node>,
    /// Where it stands.
    pub path: String,
    /// The places of the steps of its path.
    pub way: Vec<Span>,
    /// What they are called.
    steps: Vec<String>,
}

/// The specs of an object.
pub fn specs(object: &Node) -> Vec<Found<'_>> {
    let mut search = Search { found: Vec::new(), path: String::new(), way: Vec::new(), steps: Vec::new() };
    let parts = entries(object).iter().filter(|(key, _)| key.text != "metadata");
    for (key, node) in parts {
        search.entry(key, node, None);
    }
    search.found
}

struct Search<'n> {
    found: Vec<Found<'n>>,
    path: String,
    way: Vec<Span>,
    steps: Vec<String>,
}

impl<'n> Search<'n> {
    fn entry(&mut self, key: &Key, node: &'n Node, around: Option<&'n Node>) {
        if key.text == "status" {
            return;
        }
        let joint = if self.path.is_empty() { "" } else { "." };
        self.step(&format!("{joint}{}", key.text), key.text.to_string(), key.span, |search| {
            if is_spec(node) {
                let metadata = around.filter(|_| key.text == "spec").and_then(|around| value(around, "metadata"));
                return search.take(node, key.span, metadata);
            }
            for (key, inner) in entries(node) {
                search.entry(key, inner, Some(node));
            }
            for (at, item) in items(node).iter().enumerate() {
                search.item(at, item);
            }
        });
    }

    fn item(&mut self, at: usize, item: &'n Node) {
        let called = ["name", "groupName"].iter().find_map(|key| value(item, key).and_then(text));
        let called = called.map_or_else(|| at.to_string(), ToOwned::to_owned);
        self.step(&format!("[{at}]"), called, item.span, |search| {
            if is_spec(item) {
                return search.take(item, item.span, None);
            }
            for (key, inner) in entries(item) {
                search.entry(key, inner, Some(item));
            }
        });
    }

    /// Does something one step further down.
    fn step(&mut self, path: &str, called: String, place: Span, inside: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        self.path.push_str(path);
        self.way.push(place);
        self.steps.push(called);
        inside(self);
        self.steps.pop();
        self.way.pop();
        self.path.truncate(before);
    }

    fn take(&mut self, spec: &'n Node, place: Span, metadata: Option<&'n Node>) {
        let (path, way, steps) = (self.path.clone(), self.way.clone(), self.steps.clone());
        self.found.push(Found { spec: named(spec), place, metadata, path, way, steps });
    }
}

fn is_spec(node: &Node) -> bool {
    let containers = value(node, "containers").map(items).unwrap_or_default();
    containers.iter().any(|container| value(container, "image").and_then(text).is_some())
}

/// The spec with a name for its only container. Some controllers give it one, and Flyte has one for such.
fn named(spec: &Node) -> Cow<'_, Node> {
    let [container] = value(spec, "containers").map(items).unwrap_or_default() else { return Cow::Borrowed(spec) };
    if value(container, "name").is_some() {
        return Cow::Borrowed(spec);
    }
    let mut fields = entries(container).to_vec();
    let name = Node { span: container.span, kind: Kind::String(PRIMARY_CONTAINER.into()) };
    fields.insert(0, (Key { text: "name".into(), span: container.span }, name));
    let container = Node { span: container.span, kind: Kind::Map(fields) };
    let mut spec = spec.clone();
    if let Kind::Map(fields) = &mut spec.kind {
        for (_, node) in fields.iter_mut().filter(|(key, _)| key.text == "containers") {
            node.kind = Kind::List(vec![container.clone()]);
        }
    }
    Cow::Owned(spec)
}

/// What the tasks of these pods are called: nothing where its container tells a pod from the others, else what tells its path from those
/// of the others with such a container.
pub fn names(found: &[Found<'_>]) -> Vec<Option<String>> {
    let mut alike: BTreeMap<Option<&str>, Vec<&[String]>> = BTreeMap::new();
    for one in found {
        alike.entry(container(one)).or_default().push(&one.steps);
    }
    found.iter().map(|one| alike.get(&container(one)).and_then(|paths| own_steps(&one.steps, paths))).collect()
}

/// The name of the first container of a pod.
fn container<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    let first = value(&found.spec, "containers").map(items).unwrap_or_default().first()?;
    value(first, "name").and_then(text)
}

/// The steps of a path without those that all these paths begin or end with; nothing of a single one.
fn own_steps(path: &[String], all: &[&[String]]) -> Option<String> {
    if all.len() < 2 {
        return None;
    }
    let before = common(all, |path, at| path.get(at));
    let rests: Vec<&[String]> = all.iter().map(|path| path.get(before..).unwrap_or_default()).collect();
    let behind = common(&rests, |path, at| path.iter().rev().nth(at));
    let own = path.get(before..path.len().saturating_sub(behind)).unwrap_or_default().join("_").to_lowercase();
    (!own.is_empty()).then_some(own)
}

/// How many steps all paths have in common.
fn common<'p>(paths: &[&'p [String]], step: impl Fn(&'p [String], usize) -> Option<&'p String>) -> usize {
    let Some((first, others)) = paths.split_first() else { return 0 };
    let same = |at: &usize| others.iter().all(|path| step(path, *at) == step(first, *at));
    (0..first.len()).take_while(same).count()
}
