//! The words by which people ask for a field: `spec.containers[primary].image`.
//!
//! In: a text. Out: the [`Node`] of the pod that it means. Always: what stands in `spec` and `metadata` can be asked for without them, and a
//! field of a container alone is that of the primary one; `podSpec` is `spec`; what is not there is told with what is. Not here: where values come from.

use super::tree::Node;
use crate::compare::{Path, Shape, Step};
use crate::diagnostics::suggest::did_you_mean;
use crate::schema::kubernetes::POD_SPEC;

/// A field that was asked for.
#[derive(Debug)]
pub struct Query<'q> {
    /// As it was written.
    text: &'q str,
    /// The names, labels and numbers, from the pod down.
    words: Vec<String>,
}

/// A field that is not there.
#[derive(Debug)]
pub struct Missing {
    /// Where it would be, where its names can be those of a field.
    pub path: Option<Path>,
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
        let mut words = words.ok_or_else(|| {
            format!(
                "`{text}` is no field; write one like `spec.containers[primary].image` or `metadata.labels[\"a/b\"]`"
            )
        })?;
        // Whatever is asked for begins at the pod.
        let root = match words.first().map(String::as_str) {
            Some("podSpec") => Some((vec!["spec"], 1)),
            Some("labels" | "annotations") => Some((vec!["metadata"], 0)),
            Some(first) if POD_SPEC.field(first).is_some() => Some((vec!["spec"], 0)),
            Some(first) if is_of_container(first) => Some((vec!["spec", "containers", primary], 0)),
            _ => None,
        };
        if let Some((root, dropped)) = root {
            words.splice(..dropped, root.into_iter().map(ToOwned::to_owned));
        }
        Ok(Self { text, words })
    }

    /// What it means in a pod.
    pub fn find<'p>(&self, root: Node<'p>) -> Result<Node<'p>, Missing> {
        let mut here = root;
        for (at, word) in self.words.iter().enumerate() {
            let children = here.children();
            match children.iter().find(|child| child.path.steps().last().is_some_and(|step| is(step, word))) {
                Some(child) => here = child.clone(),
                None => return Err(self.missing(&here, at, word, &children)),
            }
        }
        Ok(here)
    }

    fn missing(&self, here: &Node<'_>, at: usize, word: &str, children: &[Node<'_>]) -> Missing {
        let rest = self.words.get(at..).unwrap_or_default();
        let known: Vec<&str> = children.iter().filter_map(|child| child.path.steps().last()).map(name_of).collect();
        let place = if here.path.steps().is_empty() { "the pod".to_owned() } else { format!("`{}`", here.path) };
        let asked = if self.words.len() > at + 1 {
            format!("`{}`: {place} has no `{word}`", self.text)
        } else {
            format!("`{word}` in {place}")
        };
        let mut message = format!("there is no field {asked}");
        if let Some(similar) = did_you_mean(word, known.iter().copied()) {
            message = format!("{message}; {similar}");
        } else if !known.is_empty() {
            message = format!("{message}; it has {}", listed(&known));
        }
        Missing { path: below(here, rest), message }
    }
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
fn below(here: &Node<'_>, words: &[String]) -> Option<Path> {
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
    Some(path)
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
