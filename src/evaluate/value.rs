//! Values: what a program's settings are after every layer has had its say.
//!
//! In: nothing. Out: [`Value`], [`Object`] and [`List`]. Always: every value has the span that set it; sharing is by
//! counted reference, so that what a thousand tasks inherit stands in memory once, and the same pointer means the same value.
//! Not here: types, and what a value is for.

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHasher};

use crate::resolve::EnvironmentId;
use crate::source::Span;

/// A value and the place that set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The place that set it.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Something that was reported; whoever meets it stays silent.
    Poison,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text; quantities, moments and words are text too.
    String(EcoString),
    /// A span of time in microseconds.
    Duration(i64),
    /// From the first to the second.
    Range(Arc<(Value, Value)>),
    /// Values in order.
    List(Arc<List>),
    /// Values by name.
    Object(Arc<Object>),
    /// An environment of the program.
    Environment(EnvironmentId),
}

/// Values in order.
#[derive(Debug, Clone, Default)]
pub struct List {
    items: Vec<Value>,
    /// Where the element of each key is, from the first labelled merge into a long list on.
    index: FxHashMap<EcoString, usize>,
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

/// Values by name, in the order in which the names were first set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    entries: IndexMap<EcoString, Entry, BuildHasherDefault<FxHasher>>,
    /// Whether something in it was reported, so that what is missing may have been meant.
    pub poisoned: bool,
}

/// One named value of an [`Object`].
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, where it was set last.
    pub key: Span,
    /// What it is set to.
    pub value: Value,
}

impl Value {
    /// The value that stands for something already reported.
    #[must_use]
    pub fn poison(span: Span) -> Self {
        Self { span, kind: Kind::Poison }
    }

    /// Its text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&EcoString> {
        if let Kind::String(text) = &self.kind { Some(text) } else { None }
    }

    /// Its truth, if it is `true` or `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Kind::Bool(truth) = self.kind { Some(truth) } else { None }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Kind::Int(number) = self.kind { Some(number) } else { None }
    }

    /// The microseconds, if it is a duration.
    #[must_use]
    pub fn as_duration(&self) -> Option<i64> {
        if let Kind::Duration(microseconds) = self.kind { Some(microseconds) } else { None }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Kind::List(list) = &self.kind { Some(&list.items) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Arc<Object>> {
        if let Kind::Object(object) = &self.kind { Some(object) } else { None }
    }

    /// Whether it was reported.
    #[must_use]
    pub fn is_poison(&self) -> bool {
        self.kind == Kind::Poison
    }
}

impl Object {
    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.get(name).map(|entry| &entry.value)
    }

    /// The entry of this name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&EcoString, &Entry)> {
        self.entries.iter()
    }

    /// Sets a name, in its old place where it has one.
    pub fn set(&mut self, name: EcoString, key: Span, value: Value) {
        self.entries.insert(name, Entry { key, value });
    }

    /// Takes a name away; the order of the others stays.
    pub fn remove(&mut self, name: &str) {
        self.entries.shift_remove(name);
    }

    /// The value of this name, taken out so that it can be changed without a copy; poison stays in its place.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let entry = self.entries.get_mut(name)?;
        let poison = Value::poison(entry.value.span);
        Some(std::mem::replace(&mut entry.value, poison))
    }

    /// The same without the names for which `keep` is false.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        let entries = self.entries.iter().filter(|(name, _)| keep(name));
        let entries = entries.map(|(name, entry)| (name.clone(), entry.clone())).collect();
        Self { entries, poisoned: self.poisoned }
    }
}

/// Lists shorter than this are searched from end to end.
const INDEX_FROM: usize = 16;

impl List {
    /// The list of these values.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        Self { items, index: FxHashMap::default() }
    }

    /// The elements.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// Adds elements at the end.
    pub fn extend(&mut self, items: impl IntoIterator<Item = Value>) {
        self.items.extend(items);
        self.index.clear();
    }

    /// Adds the element of a key at the end.
    pub fn push_keyed(&mut self, label: EcoString, value: Value) {
        if !self.index.is_empty() {
            self.index.entry(label).or_insert(self.items.len());
        }
        self.items.push(value);
    }

    /// Puts the element of a key in its old place, or at the end.
    pub fn put_keyed(&mut self, key: &str, label: &EcoString, value: Value) {
        match self.keyed(key, label) {
            Some(place) => *place = value,
            None => self.push_keyed(label.clone(), value),
        }
    }

    /// The first element whose field `key` says `label`.
    pub fn keyed(&mut self, key: &str, label: &str) -> Option<&mut Value> {
        let at = self.position(key, label)?;
        self.items.get_mut(at)
    }

    /// Takes away every element whose field `key` says `label`.
    pub fn remove_keyed(&mut self, key: &str, label: &str) {
        self.items.retain(|item| label_of(item, key).as_deref() != Some(label));
        self.index.clear();
    }

    fn position(&mut self, key: &str, label: &str) -> Option<usize> {
        if self.items.len() < INDEX_FROM {
            return self.items.iter().position(|item| label_of(item, key).as_deref() == Some(label));
        }
        if self.index.is_empty() {
            for (at, item) in self.items.iter().enumerate() {
                if let Some(label) = label_of(item, key) {
                    self.index.entry(label).or_insert(at);
                }
            }
        }
        self.index.get(label).copied()
    }
}

/// What the field `key` of a list element says: its label.
#[must_use]
pub fn label_of(item: &Value, key: &str) -> Option<EcoString> {
    match &item.as_object()?.get(key)?.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Int(number) => Some(ecow::eco_format!("{number}")),
        _ => None,
    }
}
