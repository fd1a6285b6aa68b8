//! The types of the language: what a parameter takes, and what is known of a value before it is there.
//!
//! In: nothing. Out: [`Type`], and whether values have it. Always: a type is finite and nested no deeper than its text.
//! Not here: the types of fields, which are `schema`'s, and how a type is written (`expression::annotation`).

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::{Kind, Object, Value};

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Anything.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number, whole or not.
    Float,
    /// Text.
    String,
    /// An amount: a number, with a unit or without.
    Quantity,
    /// A span of time: a number with a unit.
    Duration,
    /// A number with a unit that may be either of the two.
    Unit,
    /// A list of such elements.
    List(Arc<Type>),
    /// Any names, each with such a value.
    Map(Arc<Type>),
    /// Names and values of any kind.
    Object,
    /// This value alone.
    Literal(Value),
    /// Any of these.
    Union(Arc<[Type]>),
}

impl Type {
    /// The type of a value, as exact as is useful.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match &value.kind {
            Kind::Unknown(ty) => ty.as_ref().clone(),
            Kind::Null => Self::Null,
            Kind::Bool(_) => Self::Bool,
            Kind::Int(_) => Self::Int,
            Kind::Float(_) => Self::Float,
            Kind::String(_) => Self::String,
            Kind::Unit(_) => Self::Unit,
            Kind::Duration(_) => Self::Duration,
            Kind::List(list) => Self::List(Arc::new(Self::of_elements(list.items()))),
            Kind::Object(_) => Self::Object,
            Kind::Poison | Kind::Range(_) | Kind::Environment(_) => Self::Any,
        }
    }

    /// A type that all elements of a list have. Only a little is looked at: of long lists and of lists in lists it is anything.
    fn of_elements(items: &[Value]) -> Self {
        const MOST: usize = 100;
        if items.len() > MOST {
            return Self::Any;
        }
        Self::common(items.iter().map(|item| match &item.kind {
            Kind::List(_) => Self::List(Arc::new(Self::Any)),
            _ => Self::of(item),
        }))
    }

    /// A type that all of these have.
    pub fn common(types: impl IntoIterator<Item = Self>) -> Self {
        let mut types = types.into_iter();
        let Some(first) = types.next() else { return Self::Any };
        if types.all(|ty| ty == first) { first } else { Self::Any }
    }

    /// Whether a value of this type may have one of the forms for which `may` is true; of what can be anything, it may.
    #[must_use]
    pub fn may(&self, may: &dyn Fn(&Self) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::Union(types) => types.iter().any(|ty| ty.may(may)),
            Self::Literal(value) => may(&Self::of(value)),
            ty => may(ty),
        }
    }

    /// The elements, where a list may be.
    #[must_use]
    pub fn element(&self) -> Option<Self> {
        match self {
            Self::List(element) => Some(element.as_ref().clone()),
            Self::Any => Some(Self::Any),
            Self::Union(types) => types.iter().find_map(Self::element),
            _ => None,
        }
    }

    /// The values by name, where names may be.
    #[must_use]
    pub fn field(&self) -> Option<Self> {
        match self {
            Self::Map(value) => Some(value.as_ref().clone()),
            Self::Object | Self::Any => Some(Self::Any),
            Self::Union(types) => types.iter().find_map(Self::field),
            _ => None,
        }
    }

    /// What messages call it, with an article.
    #[must_use]
    pub fn described(&self) -> String {
        match self {
            Self::Any => "any value".into(),
            Self::Null => "`null`".into(),
            Self::Bool => "`true` or `false`".into(),
            Self::Int => "a whole number".into(),
            Self::Float => "a number".into(),
            Self::String => "a string".into(),
            Self::Quantity => "a quantity such as `500m` or `2Gi`".into(),
            Self::Duration => "a duration such as `90s` or `1h30m`".into(),
            Self::Unit => "a number with a unit".into(),
            Self::List(element) if **element == Self::Any => "a list".into(),
            Self::List(element) => match element.plural() {
                Some(elements) => format!("a list of {elements}"),
                None => format!("a list, each element {}", element.described()),
            },
            Self::Map(value) if **value == Self::Any => "a map".into(),
            Self::Map(value) => match value.plural() {
                Some(values) => format!("a map of {values}"),
                None => format!("a map, each value {}", value.described()),
            },
            Self::Object => "an object".into(),
            Self::Literal(value) => format!("`{}`", literal(value)),
            Self::Union(types) => Self::alternatives(types),
        }
    }

    /// What messages call several of them, where there is a word for it.
    fn plural(&self) -> Option<&'static str> {
        Some(match self {
            Self::Int => "whole numbers",
            Self::Float => "numbers",
            Self::String => "strings",
            Self::Quantity => "quantities",
            Self::Duration => "durations",
            Self::Unit => "numbers with units",
            Self::List(_) => "lists",
            Self::Map(_) => "maps",
            Self::Object => "objects",
            _ => return None,
        })
    }

    fn alternatives(types: &[Self]) -> String {
        let all: Vec<String> = types.iter().map(Self::described).collect();
        match all.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => "nothing".into(),
        }
    }

    /// The words, where only certain strings are allowed.
    #[must_use]
    pub fn words(&self) -> Option<Vec<&str>> {
        match self {
            Self::Literal(value) => value.as_str().map(|text| vec![text.as_str()]),
            Self::Union(types) => {
                let words: Option<Vec<Vec<&str>>> = types.iter().map(Self::words).collect();
                words.map(|words| words.concat())
            }
            _ => None,
        }
    }
}

/// What messages call a value, with an article.
#[must_use]
pub fn called(value: &Value) -> String {
    match value.kind {
        Kind::Range(_) => "a range".into(),
        Kind::Environment(_) => "an environment".into(),
        _ => Type::of(value).described(),
    }
}

/// What messages say that a value is.
#[must_use]
pub fn said(value: &Value) -> String {
    match &value.kind {
        Kind::String(_) | Kind::Int(_) | Kind::Bool(_) | Kind::Float(_) | Kind::Unit(_) => {
            format!("`{}`", literal(value))
        }
        _ => called(value),
    }
}

/// What a scalar says in a text; nothing else says anything there.
#[must_use]
pub fn text(value: &Value) -> Option<EcoString> {
    match &value.kind {
        Kind::String(text) | Kind::Unit(text) => Some(text.clone()),
        Kind::Int(number) => Some(eco_format!("{number}")),
        Kind::Float(number) => Some(eco_format!("{number}")),
        Kind::Bool(truth) => Some(eco_format!("{truth}")),
        _ => None,
    }
}

/// A scalar as it would be written.
#[must_use]
pub fn literal(value: &Value) -> String {
    match &value.kind {
        Kind::Null => "null".into(),
        Kind::Bool(truth) => truth.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Float(number) => number.to_string(),
        Kind::Unit(text) => text.to_string(),
        Kind::String(text) => format!("\"{text}\""),
        _ => "…".into(),
    }
}

/// The same with only the types of scalars and lists left: what is known of a value in a branch that is not taken.
///
/// Recursion follows the nesting of the value, which is bounded.
#[must_use]
pub fn forgotten(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Poison => Kind::Poison,
        Kind::Object(object) => {
            let mut open = Object::default();
            for (name, entry) in object.iter() {
                open.set(name.clone(), entry.key, forgotten(&entry.value));
            }
            open.open = true;
            Kind::Object(Arc::new(open))
        }
        // What is `null` in this build was allowed to be, and is something else in another.
        Kind::Null => Kind::Unknown(Arc::new(Type::Any)),
        _ => Kind::Unknown(Arc::new(Type::of(value))),
    };
    Value { span: value.span, kind, trail: value.trail.clone() }
}
