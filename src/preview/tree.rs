//! The pod while it is being made: values, each with its origin.
//!
//! In: the parts of a pod, from wherever they come. Out: [`Tree`]. Always: every value knows its [`Origin`], collections too, of
//! which it is who made them. Not here: what Flyte and Kubernetes do with it.

use std::collections::BTreeMap;
use std::slice;

use ecow::EcoString;
use serde_json::Value;

use crate::data::{self, Node};
use crate::schema::units;
use crate::source::Span;
use crate::validate::path::Path;

/// A value of a pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Where it comes from.
    pub origin: Origin,
    /// The value.
    pub kind: Kind,
    /// Where the values come from that it won over when pods were merged, from the last to the first.
    pub lost: Vec<Origin>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// It has no parts.
    Scalar(Scalar),
    /// Values in their order.
    List(Vec<Tree>),
    /// Values by name.
    Map(BTreeMap<EcoString, Tree>),
}

/// A value without parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(EcoString),
    /// The name of something that is known only when the task runs, such as `run-name`; shown as `<run-name>`.
    Symbol(EcoString),
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who brought it.
    pub source: Source,
    /// Where it was written.
    pub place: Place,
}

/// Who brings values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The settings of the task.
    Task,
    /// The pod template of the program.
    Template,
    /// A pod template of the cluster.
    Cluster {
        /// Its name, with its namespace.
        template: EcoString,
        /// The container of the template.
        container: Option<EcoString>,
    },
    /// Flyte: a key of its configuration, or why it does so.
    Platform(EcoString),
    /// The defaults of Kubernetes' API server.
    ApiDefault,
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere.
    Nowhere,
    /// In the program: at the place that makes this field of the task's own pod.
    Pod(Path),
    /// In the cluster file.
    Cluster(Span),
}

impl Origin {
    /// What Flyte does by itself, and why.
    pub fn platform(why: impl Into<EcoString>) -> Self {
        Self { source: Source::Platform(why.into()), place: Place::Nowhere }
    }

    /// What the API server adds.
    #[must_use]
    pub fn api_default() -> Self {
        Self { source: Source::ApiDefault, place: Place::Nowhere }
    }

    fn of(source: &Source, place: Place) -> Self {
        Self { source: source.clone(), place }
    }
}

impl Tree {
    /// A value that won over nothing.
    #[must_use]
    pub fn new(origin: Origin, kind: Kind) -> Self {
        Self { origin, kind, lost: Vec::new() }
    }

    /// A scalar.
    #[must_use]
    pub fn scalar(origin: &Origin, scalar: Scalar) -> Self {
        Self::new(origin.clone(), Kind::Scalar(scalar))
    }

    /// A text.
    pub fn text(origin: &Origin, text: impl Into<EcoString>) -> Self {
        Self::scalar(origin, Scalar::Text(text.into()))
    }

    /// Something that is known only when the task runs.
    pub fn symbol(origin: &Origin, name: impl Into<EcoString>) -> Self {
        Self::scalar(origin, Scalar::Symbol(name.into()))
    }

    /// A truth value.
    #[must_use]
    pub fn bool(origin: &Origin, truth: bool) -> Self {
        Self::scalar(origin, Scalar::Bool(truth))
    }

    /// A whole number.
    #[must_use]
    pub fn int(origin: &Origin, number: i64) -> Self {
        Self::scalar(origin, Scalar::Int(number))
    }

    /// A list.
    pub fn list(origin: &Origin, items: impl IntoIterator<Item = Self>) -> Self {
        Self::new(origin.clone(), Kind::List(items.into_iter().collect()))
    }

    /// A map.
    pub fn map<'k>(origin: &Origin, entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let entries = entries.into_iter().map(|(name, value)| (name.into(), value));
        Self::new(origin.clone(), Kind::Map(entries.collect()))
    }

    /// A map of nothing but texts.
    pub fn texts<'k>(origin: &Origin, entries: impl IntoIterator<Item = (&'k str, &'k str)>) -> Self {
        Self::map(origin, entries.into_iter().map(|(name, text)| (name, Self::text(origin, text))))
    }

    /// A value of the cluster file.
    #[must_use]
    pub fn of_node(node: &Node, source: &Source) -> Self {
        let inner = |node: &Node| Self::of_node(node, source);
        let kind = match &node.kind {
            data::Kind::Bool(truth) => Kind::Scalar(Scalar::Bool(*truth)),
            data::Kind::Int(number) => Kind::Scalar(Scalar::Int(*number)),
            data::Kind::Float(number) => Kind::Scalar(Scalar::Float(*number)),
            data::Kind::String(text) => Kind::Scalar(Scalar::Text(text.clone())),
            data::Kind::List(items) => Kind::List(items.iter().map(inner).collect()),
            data::Kind::Map(entries) => {
                Kind::Map(entries.iter().map(|(key, value)| (key.text.clone(), inner(value))).collect())
            }
            // What is null was left out when the file was read.
            data::Kind::Null => Kind::Map(BTreeMap::new()),
        };
        Self::new(Origin::of(source, Place::Cluster(node.span)), kind)
    }

    /// A value of the task's own pod.
    #[must_use]
    pub fn of_json(value: &Value, path: &Path, source: &Source) -> Self {
        let kind = match value {
            Value::Null => Kind::Map(BTreeMap::new()),
            Value::Bool(truth) => Kind::Scalar(Scalar::Bool(*truth)),
            Value::Number(number) => Kind::Scalar(match number.as_i64() {
                Some(whole) => Scalar::Int(whole),
                None => Scalar::Float(number.as_f64().unwrap_or_default()),
            }),
            Value::String(text) => Kind::Scalar(Scalar::Text(text.into())),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                Kind::List(items.map(|(at, item)| Self::of_json(item, &path.index(at), source)).collect())
            }
            Value::Object(entries) => {
                let entries = entries.iter();
                Kind::Map(
                    entries.map(|(key, value)| (key.into(), Self::of_json(value, &path.field(key), source))).collect(),
                )
            }
        };
        Self::new(Origin::of(source, Place::Pod(path.clone())), kind)
    }

    /// The value as JSON, with symbols as `symbol` writes them.
    pub fn to_json(&self, symbol: &dyn Fn(&str) -> String) -> Value {
        match &self.kind {
            Kind::Scalar(Scalar::Bool(truth)) => Value::from(*truth),
            Kind::Scalar(Scalar::Int(number)) => Value::from(*number),
            Kind::Scalar(Scalar::Float(number)) => Value::from(*number),
            Kind::Scalar(Scalar::Text(text)) => Value::from(text.as_str()),
            Kind::Scalar(Scalar::Symbol(name)) => Value::from(symbol(name)),
            Kind::List(items) => items.iter().map(|item| item.to_json(symbol)).collect(),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.to_string(), value.to_json(symbol)));
                Value::Object(entries.collect())
            }
        }
    }

    /// The value in place of another one.
    #[must_use]
    pub fn instead_of(mut self, other: Self) -> Self {
        self.lost.push(other.origin);
        self.lost.extend(other.lost);
        self
    }

    /// Says of this value and all in it that this brought it.
    pub fn claim(&mut self, source: &Source) {
        self.origin.source = source.clone();
        match &mut self.kind {
            Kind::Scalar(_) => {}
            Kind::List(items) => items.iter_mut().for_each(|item| item.claim(source)),
            Kind::Map(entries) => entries.values_mut().for_each(|value| value.claim(source)),
        }
    }

    // ------------------------------------------------------------------------------------------------------- reading

    /// The entry of a map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.get(name),
            _ => None,
        }
    }

    /// The entry of a map.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        match &mut self.kind {
            Kind::Map(entries) => entries.get_mut(name),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The items of the list that an entry is.
    pub fn items_of(&self, name: &str) -> &[Self] {
        self.get(name).map_or(&[], Self::items)
    }

    /// The items of the list that an entry is.
    pub fn items_of_mut(&mut self, name: &str) -> slice::IterMut<'_, Self> {
        match self.get_mut(name).map(|tree| &mut tree.kind) {
            Some(Kind::List(items)) => items.iter_mut(),
            _ => slice::IterMut::default(),
        }
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&EcoString, &Self)> {
        match &self.kind {
            Kind::Map(entries) => Some(entries.iter()),
            _ => None,
        }
        .into_iter()
        .flatten()
    }

    /// The text that it is.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of an entry; empty if there is none.
    pub fn str_of(&self, name: &str) -> &str {
        self.get(name).and_then(Self::as_str).unwrap_or_default()
    }

    /// Whether it is what Go takes for no value: false, 0, an empty text, or a quantity of nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match &self.kind {
            Kind::Scalar(Scalar::Bool(truth)) => !truth,
            Kind::Scalar(Scalar::Int(number)) => *number == 0,
            Kind::Scalar(Scalar::Float(number)) => *number == 0.0,
            Kind::Scalar(Scalar::Text(text)) => text.is_empty(),
            Kind::Scalar(Scalar::Symbol(_)) => false,
            Kind::List(items) => items.is_empty(),
            Kind::Map(entries) => entries.is_empty(),
        }
    }

    /// The quantity that it is, in billionths; nothing for what is none.
    #[must_use]
    pub fn amount(&self) -> i128 {
        match &self.kind {
            Kind::Scalar(Scalar::Text(text)) => units::quantity(text).unwrap_or_default(),
            _ => 0,
        }
    }

    // ------------------------------------------------------------------------------------------------------ changing

    /// Sets an entry of a map.
    pub fn set(&mut self, name: &str, value: Self) {
        if let Kind::Map(entries) = &mut self.kind {
            entries.insert(name.into(), value);
        }
    }

    /// Sets an entry of a map that is not there, or is what Go takes for no value.
    pub fn set_missing(&mut self, name: &str, value: impl FnOnce() -> Self) {
        if self.get(name).is_none_or(|present| !matches!(present.kind, Kind::Map(_)) && present.is_zero()) {
            self.set(name, value());
        }
    }

    /// Takes an entry away.
    pub fn take(&mut self, name: &str) -> Option<Self> {
        match &mut self.kind {
            Kind::Map(entries) => entries.remove(name),
            _ => None,
        }
    }

    /// The map that an entry is; made if it is not there.
    pub fn map_at(&mut self, name: &str, origin: &Origin) -> &mut Self {
        self.at(name, || Self::map(origin, []))
    }

    /// The list that an entry is; made if it is not there.
    pub fn list_at(&mut self, name: &str, origin: &Origin) -> &mut Self {
        self.at(name, || Self::list(origin, []))
    }

    /// What is no map becomes one.
    fn at(&mut self, name: &str, new: impl FnOnce() -> Self) -> &mut Self {
        if !matches!(self.kind, Kind::Map(_)) {
            self.kind = Kind::Map(BTreeMap::new());
        }
        match self.kind {
            Kind::Map(ref mut entries) => entries.entry(name.into()).or_insert_with(new),
            Kind::Scalar(_) | Kind::List(_) => self,
        }
    }

    /// Adds items at the end of a list.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Self>) {
        if let Kind::List(items) = &mut self.kind {
            items.extend(more);
        }
    }

    /// Adds items at the beginning of a list.
    pub fn prepend(&mut self, more: impl IntoIterator<Item = Self>) {
        if let Kind::List(items) = &mut self.kind {
            items.splice(0..0, more);
        }
    }

    /// Keeps the items of a list for which this holds.
    pub fn retain(&mut self, keep: impl FnMut(&Self) -> bool) {
        if let Kind::List(items) = &mut self.kind {
            items.retain(keep);
        }
    }
}
