//! The fields of a pod by their names.
//!
//! In: a pod. Out: its [`Node`]s, each with its path. Always: elements of lists that Kubernetes keeps apart by a key are called by it,
//! where it tells them apart. Not here: where values come from.

use serde_json::Value;

use crate::compare::{Path, Shape, Step};
use crate::preview::tree::{Kind, Scalar, Tree};
use crate::validate::path::{Path as PodPath, Step as PodStep};

/// A value in a pod.
#[derive(Debug, Clone)]
pub struct Node<'p> {
    /// Where it is.
    pub path: Path,
    /// What is known of it by where it is.
    pub shape: Shape,
    /// The field that says its label, where it is an element with one.
    pub key: Option<&'static str>,
    /// The value.
    pub tree: &'p Tree,
}

impl<'p> Node<'p> {
    /// The pod itself.
    pub fn root(tree: &'p Tree) -> Self {
        Self { path: Path::default(), shape: Shape::Pod, key: None, tree }
    }

    /// The values right below it.
    pub fn children(&self) -> Vec<Self> {
        match &self.tree.kind {
            Kind::Scalar(_) => Vec::new(),
            Kind::Map(entries) => entries.iter().map(|(name, tree)| self.entry(name, tree)).collect(),
            Kind::List(items) => {
                let labels: Vec<Option<String>> = items.iter().map(|item| label(item, self.shape)).collect();
                let (shape, key) = self.shape.elements();
                let is_one = |label: &&String| labels.iter().flatten().filter(|other| other == label).count() == 1;
                let element = |(at, (tree, label)): (usize, (&'p Tree, &Option<String>))| {
                    let label = label.as_ref().filter(is_one);
                    let step = label.map_or(Step::Index(at), |label| Step::Element(label.clone(), at));
                    Self { path: self.path.and(step), shape, key: key.filter(|_| label.is_some()), tree }
                };
                items.iter().zip(&labels).enumerate().map(element).collect()
            }
        }
    }

    /// The last element of this label: of several, it is the one that counts.
    pub fn last_labelled(&self, word: &str) -> Option<Self> {
        let is = |child: &Self| label(child.tree, self.shape).is_some_and(|label| label == word);
        self.children().into_iter().rfind(is)
    }

    fn entry(&self, name: &str, tree: &'p Tree) -> Self {
        let path = if self.shape.is_map() { self.path.key(name) } else { self.path.field(name) };
        Self { path, shape: self.shape.field(name), key: None, tree }
    }

    /// Visits all values at and below it. Recursion follows the nesting of a pod.
    pub fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        self.children().iter().for_each(|child| child.each(visit));
    }

    /// Whether something at a path is, or would be, at or below it.
    pub fn has_below(&self, path: &Path) -> bool {
        let same = |(a, b): (&Step, &Step)| match (a, b) {
            // Where an element stands is no matter.
            (Step::Element(a, _), Step::Element(b, _)) => a == b,
            _ => a == b,
        };
        let (own, other) = (self.path.steps(), path.steps());
        own.len() <= other.len() && own.iter().zip(other).all(same)
    }

    /// The values without parts at and below it. Recursion follows the nesting of a pod.
    /// The name of an element is left out, where it has something else.
    pub fn leaves(self) -> Vec<Self> {
        let mut leaves = Vec::new();
        self.collect(&mut leaves);
        leaves
    }

    fn collect(self, leaves: &mut Vec<Self>) {
        let mut children = self.children();
        if children.len() > 1 {
            children.retain(
                |child| !matches!(child.path.steps().last(), Some(Step::Field(name)) if Some(name.as_str()) == self.key),
            );
        }
        if children.is_empty() {
            return leaves.push(self);
        }
        for child in children {
            child.collect(leaves);
        }
    }
}

/// What tells an element apart.
fn label(item: &Tree, list: Shape) -> Option<String> {
    let (_, key) = list.elements();
    match &item.get(key?)?.kind {
        Kind::Scalar(Scalar::Text(text)) => Some(text.to_string()),
        Kind::Scalar(Scalar::Int(number)) => Some(number.to_string()),
        _ => None,
    }
}

/// The path of a value in a pod, by names.
pub fn named(pod: &Value, path: &PodPath) -> Path {
    let (mut named, mut shape, mut here) = (Path::default(), Shape::Pod, Some(pod));
    for step in path.steps() {
        match step {
            PodStep::Field(name) | PodStep::Key(name) => {
                named = if shape.is_map() { named.key(name) } else { named.field(name) };
                shape = shape.field(name);
                here = here.and_then(|here| here.get(name));
            }
            PodStep::Index(at) => {
                let (element, key) = shape.elements();
                shape = element;
                here = here.and_then(|here| here.get(*at));
                let label = key.and_then(|key| text(here?.get(key)?));
                named = named.and(label.map_or(Step::Index(*at), |label| Step::Element(label, *at)));
            }
        }
    }
    named
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
