//! Values: what expressions are worth, and what settings are after every layer has had its say.
//!
//! In: nothing. Out: [`Value`], [`Object`] and [`List`], and the types of the language ([`types`]). Always: every value has the
//! span at which it was written, and the [trail](trail::Step) of what happened to it since; sharing is by counted reference, so
//! that what a thousand tasks inherit stands in memory once, and the same pointer means the same value; values are nested at
//! most [`MAX_DEPTH`] deep, so that whoever recurses over them needs no bound. Two values are equal when they say the same,
//! wherever they were written. Not here: what a value is for.

pub mod trail;
pub mod types;

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHasher};

use self::trail::Step;
use self::types::Type;
use crate::source::Span;

/// How deep lists and objects may stand in each other.
pub const MAX_DEPTH: usize = 64;

/// How many values may stand in one.
pub const MAX_SIZE: usize = 1_000_000;

/// How many bytes of a text count as one more value.
const A_VALUE: usize = 64;

/// The number of an environment in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentId(pub usize);

/// A value and the place where it was written.
#[derive(Debug, Clone)]
pub struct Value {
    /// The place where it was written.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// What happened to it since, and what it overruled; `None` for one that stands where it was written, over nothing.
    pub trail: Option<Arc<Step>>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Something that was reported, or that nobody can know yet; whoever meets it stays silent.
    Poison,
    /// Only its type is known: a parameter while its template is looked at by itself, or anything in a branch not taken.
    Unknown(Arc<Type>),
    /// `null`, which takes away what it is set to; never part of a finished setting.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text; quantities, moments and words are text too.
    String(EcoString),
    /// A number with a unit, before a type gives it its meaning.
    Unit(EcoString),
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
    /// How deep lists and objects stand in each other here, at the most.
    depth: usize,
    /// How many values there are in it.
    size: usize,
    /// Where the element of each key is, from the first labelled merge into a long list on.
    index: FxHashMap<EcoString, usize>,
    /// The labels of elements that were taken away, with what took them away and what they were; one that is there again has left
    /// this list.
    removed: Vec<(EcoString, Arc<Step>)>,
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

/// Values by name, in the order in which the names were first set.
#[derive(Debug, Clone, Default)]
pub struct Object {
    entries: IndexMap<EcoString, Entry, BuildHasherDefault<FxHasher>>,
    /// The names that were taken away, with what took them away and what they were; a name that is set again leaves this list.
    removed: Vec<(EcoString, Arc<Step>)>,
    /// How deep lists and objects stand in each other here, at the most.
    depth: usize,
    /// How many values there are in it.
    size: usize,
    /// Whether something in it was reported, so that what is missing may have been meant.
    pub poisoned: bool,
    /// Whether it may have further names in another build, so that a missing one is no fault.
    pub open: bool,
}

/// One named value of an [`Object`].
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, where it was set last.
    pub key: Span,
    /// What it is set to.
    pub value: Value,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Value {
    /// A value that stands where it was written.
    #[must_use]
    pub fn new(span: Span, kind: Kind) -> Self {
        Self { span, kind, trail: None }
    }

    /// How deep lists and objects stand in each other in it.
    #[must_use]
    pub fn depth(&self) -> usize {
        match &self.kind {
            Kind::List(list) => list.depth,
            Kind::Object(object) => object.depth(),
            _ => 0,
        }
    }

    /// How many values there are in it, itself among them; one that stands in several places counts in each. What a long text says
    /// counts as well, by its length.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.kind {
            Kind::String(text) => 1 + text.len() / A_VALUE,
            Kind::List(list) => list.size.saturating_add(1),
            Kind::Object(object) => object.size.saturating_add(1),
            _ => 1,
        }
    }

    /// The value that stands for something already reported.
    #[must_use]
    pub fn poison(span: Span) -> Self {
        Self::new(span, Kind::Poison)
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

    /// The list, if it is one.
    #[must_use]
    pub fn as_items(&self) -> Option<&List> {
        if let Kind::List(list) = &self.kind { Some(list) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Arc<Object>> {
        if let Kind::Object(object) = &self.kind { Some(object) } else { None }
    }

    /// Whether nothing in it was reported, and all of it is known. Recursion follows its nesting.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.kind {
            Kind::Poison | Kind::Unknown(_) => false,
            Kind::Range(range) => range.0.is_whole() && range.1.is_whole(),
            Kind::List(list) => list.items.iter().all(Self::is_whole),
            Kind::Object(object) => object.is_whole(),
            _ => true,
        }
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

    /// Whether nothing in it was reported, and all of it is known. Recursion follows its nesting.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.poisoned && self.entries.values().all(|entry| entry.value.is_whole())
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

    /// The name and the entry at this place in the order.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<(&EcoString, &Entry)> {
        self.entries.get_index(index)
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How deep lists and objects stand in each other here.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth.max(1)
    }

    /// How many values there are in it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Sets a name, in its old place where it has one, without a word of what stood there.
    pub fn set(&mut self, name: EcoString, key: Span, value: Value) {
        self.depth = self.depth.max(value.depth() + 1);
        // A long name counts as a long text does.
        let of_name = name.len() / A_VALUE;
        self.size = self.size.saturating_add(value.size()).saturating_add(of_name);
        if let Some(old) = self.entries.insert(name, Entry { key, value }) {
            self.size = self.size.saturating_sub(old.value.size()).saturating_sub(of_name);
        }
    }

    /// Sets a name over what stood there: the new value remembers the old one. Tells whether there was one.
    pub fn overrule(&mut self, name: EcoString, key: Span, mut value: Value, conditional: bool) -> bool {
        let earlier = match self.entries.get_mut(&name) {
            Some(old) => {
                let poison = Value::poison(old.value.span);
                Some(Step::replaced(old.key, std::mem::replace(&mut old.value, poison), key, conditional))
            }
            None => self.removed.iter().position(|(removed, _)| *removed == name).map(|at| self.removed.remove(at).1),
        };
        let overruled = earlier.is_some();
        if let Some(step) = earlier {
            value.trail = Some(Step::after(step, value.trail.take()));
        }
        self.set(name, key, value);
        overruled
    }

    /// Takes a name away, and remembers what took it; the order of the others stays.
    pub fn remove(&mut self, name: &str, place: Span) {
        if let Some((name, entry)) = self.entries.shift_remove_entry(name) {
            self.size = self.size.saturating_sub(entry.value.size()).saturating_sub(name.len() / A_VALUE);
            self.removed.push((name, Step::removed(place, entry.key, entry.value)));
        }
    }

    /// The names that were taken away, each with what took it away.
    pub fn removed(&self) -> impl Iterator<Item = (&EcoString, &Arc<Step>)> {
        self.removed.iter().map(|(name, step)| (name, step))
    }

    /// The value of this name, taken out so that it can be changed without a copy; poison stays in its place.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let entry = self.entries.get_mut(name)?;
        let poison = Value::poison(entry.value.span);
        let value = std::mem::replace(&mut entry.value, poison);
        self.size = self.size.saturating_sub(value.size()).saturating_add(1);
        Some(value)
    }

    /// The same without the names for which `keep` is false.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        let entries = self.entries.iter().filter(|(name, _)| keep(name));
        let entries = entries.map(|(name, entry)| (name.clone(), entry.clone())).collect();
        let removed = self.removed.iter().filter(|(name, _)| keep(name)).cloned().collect();
        Self { entries, removed, depth: self.depth, size: self.size, poisoned: self.poisoned, open: self.open }
    }
}

/// Lists shorter than this are searched from end to end.
const INDEX_FROM: usize = 16;

impl List {
    /// How deep lists and objects stand in each other here.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth.max(1)
    }

    /// The list of these values.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        let depth = items.iter().map(Value::depth).max().unwrap_or_default() + 1;
        let size = items.iter().map(Value::size).fold(0, usize::saturating_add);
        Self { items, depth, size, index: FxHashMap::default(), removed: Vec::new() }
    }

    /// The elements.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// Adds elements at the end.
    pub fn extend(&mut self, items: impl IntoIterator<Item = Value>) {
        for item in items {
            self.depth = self.depth.max(item.depth() + 1);
            self.size = self.size.saturating_add(item.size());
            self.items.push(item);
        }
        self.index.clear();
    }

    /// How many elements have to be looked at before one is found by its label: few, or none once all have been looked at.
    #[must_use]
    pub fn unsorted(&self) -> usize {
        if self.items.len() < INDEX_FROM || !self.index.is_empty() { 0 } else { self.items.len() }
    }

    /// Adds the element of a key at the end; where it was taken away before, it remembers that.
    pub fn push_keyed(&mut self, label: EcoString, mut value: Value) {
        if let Some(at) = self.removed.iter().position(|(removed, _)| *removed == label) {
            value.trail = Some(Step::after(self.removed.remove(at).1, value.trail.take()));
        }
        if !self.index.is_empty() {
            self.index.entry(label).or_insert(self.items.len());
        }
        self.depth = self.depth.max(value.depth() + 1);
        self.size = self.size.saturating_add(value.size());
        self.items.push(value);
    }

    /// Puts the element of a key in its old place, where it remembers what stood there, or at the end.
    pub fn put_keyed(&mut self, key: &str, label: &EcoString, mut value: Value, conditional: bool) {
        match self.keyed(key, label) {
            Some(place) => {
                let old = std::mem::replace(place, Value::poison(value.span));
                value.trail =
                    Some(Step::after(Step::replaced(old.span, old, value.span, conditional), value.trail.take()));
                *place = value;
            }
            None => self.push_keyed(label.clone(), value),
        }
    }

    /// The first element whose field `key` says `label`.
    pub fn keyed(&mut self, key: &str, label: &str) -> Option<&mut Value> {
        let at = self.position(key, label)?;
        self.items.get_mut(at)
    }

    /// Takes away every element whose field `key` says `label`, and remembers the first, and what took it.
    pub fn remove_keyed(&mut self, key: &str, label: &EcoString, place: Span) {
        if let Some(at) = self.position(key, label) {
            // It was found there.
            let item = self.items.remove(at);
            self.size = self.size.saturating_sub(item.size());
            self.removed.push((label.clone(), Step::removed(place, item.span, item)));
        }
        self.items.retain(|item| label_of(item, key).as_deref() != Some(label));
        self.index.clear();
    }

    /// The labels of elements that were taken away, each with what took it away.
    pub fn removed(&self) -> impl Iterator<Item = (&EcoString, &Arc<Step>)> {
        self.removed.iter().map(|(label, step)| (label, step))
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
