//! The words by which people ask for a field: `spec.containers[primary].image`.
//!
//! In: a text. Out: the [`Node`] of the pod that it means. Always: what stands in `spec` and `metadata` can be asked for without them, and a
//! field of a container alone is that of the primary one; `podSpec` is `spec`; what is not there is told with what is. Not here: where values come from.

use super::tree::Node;
use crate::compare::{Path, Shape, Step};
use crate::diagnostics::suggest::did_you_mean;
use crate::schema::Type;
use crate::schema::kubernetes::POD_SPEC;

/// A field that was asked for.
#[derive(Debug)]
pub struct Query<'q> {
    /// As it was written.
    text: &'q str,
    /// The names, labels and numbers from the pod down, for each thing that it can mean, the likeliest first.
    meanings: Vec<Vec<String>>,
}

/// A field that is not there.
#[derive(Debug)]
pub struct Missing {
    /// Where it would be, for each thing that it can mean.
    pub paths: Vec<Path>,
    /// What is said of it.
    pub message: String,
}

impl<'q> Query<'q> {
    /// Reads what was written.
    ///
    /// # Errors
    /// Where it is no way to a field.
    pub fn read(text: &'q str, primary: &str) -> Result<Self, String> {
        let words = words(text).filter(|words| !words.is_empty() && words.iter().all(|word| !word.is_empty()));
        let words = words.ok_or_else(|| {
            format!(
                "`{text}` is no field; write one like `spec.containers[primary].image` or `metadata.labels[\"a/b\"]`"
            )
        })?;
        Ok(Self { text, meanings: meanings(&words, primary) })
    }

    /// What it means in a pod.
    pub fn find<'p>(&self, root: &Node<'p>) -> Result<Node<'p>, Missing> {
        let mut missing: Option<Missing> = None;
        for words in &self.meanings {
            match self.follow(root, words) {
                Ok(node) => return Ok(node),
                Err(other) => match &mut missing {
                    Some(missing) => missing.paths.extend(other.paths),
                    None => missing = Some(other),
                },
            }
        }
        Err(missing.unwrap_or_else(|| Missing { paths: Vec::new(), message: format!("`{}` is no field", self.text) }))
    }

    fn follow<'p>(&self, root: &Node<'p>, words: &[String]) -> Result<Node<'p>, Missing> {
        let mut here = root.clone();
        for (at, word) in words.iter().enumerate() {
            let children = here.children();
            let child = children.iter().find(|child| child.path.steps().last().is_some_and(|step| is(step, word)));
            match child.cloned().or_else(|| here.last_labelled(word)) {
                Some(child) => here = child,
                None => return Err(self.missing(&here, words.get(at..).unwrap_or_default(), word, &children)),
            }
        }
        Ok(here)
    }

    fn missing(&self, here: &Node<'_>, rest: &[String], word: &str, children: &[Node<'_>]) -> Missing {
        let known: Vec<&str> = children.iter().filter_map(|child| child.path.steps().last()).map(name_of).collect();
        let known: Vec<&str> = known.into_iter().filter(|name| !name.is_empty()).collect();
        let place = if here.path.steps().is_empty() { "the pod".to_owned() } else { format!("`{}`", here.path) };
        let message = format!("there is no field `{}`: {place} has no `{word}`", self.text);
        // What can be asked for without its beginning is offered so.
        let shortened = if here.path.steps().is_empty() { short_names() } else { Vec::new() };
        let message = match did_you_mean(word, known.iter().copied().chain(shortened)) {
            Some(similar) => format!("{message}; {similar}"),
            None if known.is_empty() => message,
            None => format!("{message}; it has {}", listed(&known)),
        };
        Missing { paths: vec![below(here, rest)], message }
    }
}

/// What words can mean: what begins at the pod, in its spec or metadata, or in the primary container.
fn meanings(words: &[String], primary: &str) -> Vec<Vec<String>> {
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let within = |around: &[&str], words: &[String]| -> Vec<String> {
        around.iter().map(|name| (*name).to_owned()).chain(words.iter().cloned()).collect()
    };
    if first == "podSpec" {
        return vec![within(&["spec"], rest)];
    }
    let mut meanings = Vec::new();
    if POD_SPEC.field(first).is_some() {
        meanings.push(within(&["spec"], words));
    }
    if matches!(first.as_str(), "labels" | "annotations") {
        meanings.push(within(&["metadata"], words));
    }
    if is_of_container(first) {
        meanings.push(within(&["spec", "containers", primary], words));
    }
    if meanings.is_empty() { vec![words.to_vec()] } else { meanings }
}

/// The fields that can be asked for by their names alone.
fn short_names() -> Vec<&'static str> {
    let container = match Shape::Pod.field("spec").field("containers").elements() {
        (Shape::Of(Type::Object(container)), _) => container.fields,
        _ => &[],
    };
    let fields = POD_SPEC.fields.iter().chain(container).map(|field| field.name);
    fields.chain(["labels", "annotations", "podSpec"]).collect()
}

/// Whether containers have a field of this name.
fn is_of_container(name: &str) -> bool {
    let (container, _) = Shape::Pod.field("spec").field("containers").elements();
    matches!(container.field(name), Shape::Of(_))
}

/// Some of the names.
fn listed(names: &[&str]) -> String {
    /// More of them help nobody.
    const MOST: usize = 12;
    let mut listed: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        listed.push("more".to_owned());
    }
    listed.join(", ")
}

/// Where something would be that is not there.
fn below(here: &Node<'_>, words: &[String]) -> Path {
    let (mut path, mut shape) = (here.path.clone(), here.shape);
    for word in words {
        let (element, key) = shape.elements();
        if key.is_some() {
            path = path.and(Step::Element(word.clone(), usize::MAX));
            shape = element;
        } else if let Ok(at) = word.parse() {
            path = path.and(Step::Index(at));
            shape = element;
        } else {
            path = if shape.is_map() { path.key(word) } else { path.field(word) };
            shape = shape.field(word);
        }
    }
    path
}

fn name_of(step: &Step) -> &str {
    match step {
        Step::Field(name) | Step::Key(name) | Step::Element(name, _) => name,
        Step::Index(_) | Step::Order => "",
    }
}

/// Whether a word means a step; an element has its label and its number.
fn is(step: &Step, word: &str) -> bool {
    match step {
        Step::Field(name) | Step::Key(name) => name == word,
        Step::Element(label, at) => label == word || word.parse() == Ok(*at),
        Step::Index(at) => word.parse() == Ok(*at),
        Step::Order => false,
    }
}

/// The words between dots and in brackets; what stands in quotes is one word.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut first = true;
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (word, behind) = bracketed(bracket)?;
            words.push(word);
            rest = behind;
        } else {
            let name = if first { rest } else { rest.strip_prefix('.')? };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (word, behind) = name.split_at(end);
            words.push(word.to_owned());
            rest = behind;
        }
        first = false;
    }
    Some(words)
}

/// What stands between brackets, and what comes behind.
fn bracketed(text: &str) -> Option<(String, &str)> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (word, behind) = inner.split_once(quote)?;
            return Some((word.to_owned(), behind.strip_prefix(']')?));
        }
    }
    text.split_once(']').map(|(word, behind)| (word.to_owned(), behind))
}
