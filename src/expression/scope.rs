//! What names mean at a place: the variables of loops, the parameters of a template, and the file around them.
//!
//! In: bindings, one after another. Out: [`Scope`], which is cheap to copy. Always: an inner name hides an outer one.
//! Not here: the names at the top of a file.

use std::sync::Arc;

use ecow::EcoString;

use crate::source::{FileId, Span};
use crate::syntax::ast::Name;
use crate::value::Value;
use crate::value::types::Type;

/// What names mean at a place.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The file.
    pub file: FileId,
    inner: Option<Arc<Frame>>,
}

/// The names of one loop or template.
#[derive(Debug, Clone)]
struct Frame {
    names: Vec<Binding>,
    outer: Option<Arc<Self>>,
}

/// A name and what it stands for.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The name.
    pub name: EcoString,
    /// What it stands for.
    pub value: Value,
    /// Where and with what type it was declared, if it was.
    pub declared: Option<(Span, Type)>,
}

impl Scope {
    /// The scope at the top of a file.
    #[must_use]
    pub fn of(file: FileId) -> Self {
        Self { file, inner: None }
    }

    /// A scope in this one, to which names can be [added](Scope::add).
    #[must_use]
    pub fn inside(&self) -> Self {
        Self { file: self.file, inner: Some(Arc::new(Frame { names: Vec::new(), outer: self.inner.clone() })) }
    }

    /// One more name in the innermost scope.
    pub fn add(&mut self, name: EcoString, value: Value, declared: Option<(Span, Type)>) {
        let frame = self.inner.get_or_insert_with(|| Arc::new(Frame { names: Vec::new(), outer: None }));
        Arc::make_mut(frame).names.push(Binding { name, value, declared });
    }

    /// A scope in this one with these names, each standing for one of these values.
    #[must_use]
    pub fn with(&self, names: &[Name], values: Vec<Value>) -> Self {
        let bound = names.iter().zip(values);
        // As many as there are, and no room for more: a scope may be kept for each of many tasks.
        let bound = bound.map(|(name, value)| Binding { name: name.text.clone(), value, declared: None }).collect();
        Self { file: self.file, inner: Some(Arc::new(Frame { names: bound, outer: self.inner.clone() })) }
    }

    /// A scope in this one with these names, all of them standing for one kind of value.
    #[must_use]
    pub fn with_all(&self, names: &[Name], value: impl Fn() -> Value) -> Self {
        self.with(names, names.iter().map(|_| value()).collect())
    }

    /// What an inner name stands for.
    #[must_use]
    pub fn binding(&self, name: &str) -> Option<&Binding> {
        self.bindings().find(|binding| binding.name == name)
    }

    /// The inner names, from the inside out.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        let frames = std::iter::successors(self.inner.as_deref(), |frame| frame.outer.as_deref());
        frames.flat_map(|frame| frame.names.iter().rev())
    }
}
