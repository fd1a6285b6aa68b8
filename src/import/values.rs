//! Values of known types as statements.
//!
//! In: values with places, and their types. Out: statements. Always: fields that the type does not have are warnings, and values
//! of another type errors, as the API server would refuse them; null is absent. Recursion follows the nesting of the file, which is
//! bounded. Not here: which fields belong to a task.

use std::collections::BTreeSet;

use super::comments::Comments;
use super::literal;
use super::nodes::entries;
use super::statement::{Body, Item, Statement, Value};
use crate::data::{Key, Kind, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::schema::kubernetes::versions::retired;
use crate::schema::{Field, Object, Type};

/// Writes values, and says what cannot be written.
pub struct Writer<'c> {
    /// The comments that are not placed yet.
    pub comments: &'c mut Comments,
    /// What is to be said.
    pub diagnostics: &'c mut Diagnostics,
}

impl Writer<'_> {
    /// The fields of an object.
    pub fn fields(&mut self, fields: &[(Key, Node)], object: &'static Object) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (key, node) in fields.iter().filter(|(_, node)| node.kind != Kind::Null) {
            match field(object, &key.text) {
                Some(field) => statements.extend(self.entry(key, node, &field.ty)),
                None => self.diagnostics.push(unknown(key, object)),
            }
        }
        statements
    }

    /// An entry: one statement, or one for each element of a list whose elements have labels.
    pub fn entry(&mut self, key: &Key, node: &Node, ty: &'static Type) -> Vec<Statement> {
        let mut above = self.comments.above(key.span);
        let mut behind = self.comments.behind(key.span);
        if let Some(elements) = labelled(node, ty) {
            above.extend(behind);
            let mut statements: Vec<Statement> = elements.iter().map(|element| self.element(key, element)).collect();
            if let Some(first) = statements.first_mut() {
                *first = first.clone().below(above);
            }
            return statements;
        }
        let body = match (ty, &node.kind) {
            (Type::Object(object), Kind::Map(fields)) => Body::Block(self.fields(fields, object)),
            (Type::Map(element), Kind::Map(entries)) => Body::Block(self.map(entries, element)),
            _ => match self.value(node, ty, &key.text) {
                Some(value) => Body::Set(value),
                None => return Vec::new(),
            },
        };
        if !matches!(body, Body::Set(Value::Literal(_) | Value::Text(_))) {
            above.extend(behind.take());
        }
        vec![Statement { above, behind, ..Statement::new(literal::key(&key.text), "", body) }]
    }

    /// The entries of a map.
    pub fn map(&mut self, entries: &[(Key, Node)], element: &'static Type) -> Vec<Statement> {
        // Kubernetes reads an amount that is null as none.
        let is_set = |node: &Node| node.kind != Kind::Null || matches!(element, Type::Quantity);
        let set = entries.iter().filter(|(_, node)| is_set(node));
        set.flat_map(|(key, node)| self.entry(key, node, element)).collect()
    }

    /// An element of a list, by its label.
    fn element(&mut self, key: &Key, element: &Element<'_>) -> Statement {
        let mut above = self.comments.above(element.node.span);
        let mut rest = Vec::new();
        for (name, node) in entries(element.node).iter().filter(|(_, node)| node.kind != Kind::Null) {
            if name.text == element.key {
                above.extend(self.comments.above(name.span));
                above.extend(self.comments.behind(name.span));
            } else {
                rest.push((name.clone(), node.clone()));
            }
        }
        let body = Body::Block(self.fields(&rest, element.object));
        Statement { above, ..Statement::new(literal::key(&key.text), element.label.clone(), body) }
    }

    /// A value; nothing where it was reported.
    pub fn value(&mut self, node: &Node, ty: &'static Type, what: &str) -> Option<Value> {
        match (ty, &node.kind) {
            (Type::Object(object), Kind::Map(fields)) => Some(Value::Object(self.fields(fields, object))),
            (Type::Map(element), Kind::Map(entries)) => Some(Value::Object(self.map(entries, element))),
            (Type::List { element, .. }, Kind::List(items)) => {
                Some(Value::List(items.iter().filter_map(|item| self.item(item, element, what)).collect()))
            }
            (Type::Any, _) => Some(any(node)),
            _ => {
                let scalar = scalar(node, ty);
                if scalar.is_none() {
                    self.diagnostics.push(wrong_type(node, ty, what));
                }
                scalar
            }
        }
    }

    fn item(&mut self, node: &Node, ty: &'static Type, what: &str) -> Option<Item> {
        let mut above = self.comments.above(node.span);
        if !matches!(node.kind, Kind::Map(_) | Kind::List(_)) {
            above.extend(self.comments.behind(node.span));
        }
        Some(Item { above, value: self.value(node, ty, what)? })
    }
}

/// A value of which nothing is known. Recursion follows the nesting of the file, which is bounded.
fn any(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Literal("null".to_owned()),
        Kind::Bool(truth) => Value::Literal(truth.to_string()),
        Kind::Int(number) => Value::Literal(number.to_string()),
        Kind::Float(number) => Value::Literal(number.to_string()),
        Kind::String(text) => Value::Text(text.to_string()),
        Kind::List(items) => {
            Value::List(items.iter().map(|item| Item { above: Vec::new(), value: any(item) }).collect())
        }
        Kind::Map(entries) => {
            let set = |(key, node): &(Key, Node)| Statement::set(&literal::key(&key.text), any(node));
            Value::Object(entries.iter().map(set).collect())
        }
    }
}

/// An element of a list whose elements are told apart by a key.
struct Element<'n> {
    node: &'n Node,
    object: &'static Object,
    key: &'static str,
    label: String,
}

/// The elements of a list by their labels, if each has one of its own.
fn labelled<'n>(node: &'n Node, ty: &'static Type) -> Option<Vec<Element<'n>>> {
    let Type::List { element: Type::Object(object), key: Some(key) } = ty else { return None };
    let Kind::List(items) = &node.kind else { return None };
    let mut seen = BTreeSet::new();
    let element = |node: &'n Node| {
        let label = entries(node).iter().find(|(name, _)| name.text == *key).map(|(_, label)| &label.kind)?;
        let label = match (label, &object.field(key)?.ty) {
            (Kind::String(text), Type::String | Type::Keyword(_)) if !text.is_empty() => literal::key(text),
            (Kind::Int(number), Type::Int { .. }) if *number >= 0 => number.to_string(),
            _ => return None,
        };
        seen.insert(label.clone()).then_some(Element { node, object, key, label })
    };
    let elements: Option<Vec<Element<'n>>> = items.iter().map(element).collect();
    elements.filter(|elements| !elements.is_empty())
}

fn field(object: &Object, name: &str) -> Option<&'static Field> {
    object.field(name).or_else(|| retired(object.name, name))
}

/// A single value as its type has it.
fn scalar(node: &Node, ty: &Type) -> Option<Value> {
    let literal = |text: String| Some(Value::Literal(text));
    match (ty, &node.kind) {
        (Type::Bool, Kind::Bool(truth)) => literal(truth.to_string()),
        (Type::Int { min, max }, _) => {
            whole(node).filter(|n| (min..=max).contains(&n)).and_then(|n| literal(n.to_string()))
        }
        (Type::IntOrString | Type::Float, Kind::Int(number)) => literal(number.to_string()),
        (Type::Float, Kind::Float(number)) => literal(format!("{number:?}")),
        (Type::String | Type::Keyword(_) | Type::IntOrString | Type::Time, Kind::String(text)) => {
            Some(Value::Text(text.to_string()))
        }
        (Type::Quantity, _) => amount(node).and_then(|amount| literal(literal::quantity(&amount))),
        _ => None,
    }
}

/// A quantity as Kubernetes reads it: numbers are texts as well.
pub fn amount(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Int(number) => Some(number.to_string()),
        Kind::Float(number) => Some(number.to_string()),
        Kind::Null => Some("0".to_owned()),
        _ => None,
    }
}

/// A whole number; as `kubectl` sends it, `1.0` is one.
fn whole(node: &Node) -> Option<i64> {
    match &node.kind {
        Kind::Int(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "a number that does not fit becomes the nearest that does")]
        Kind::Float(number) if number.fract() == 0.0 => Some(*number as i64),
        _ => None,
    }
}

// --------------------------------------------------------------------------------------------------------- messages

fn unknown(key: &Key, object: &Object) -> Diagnostic {
    let message = format!("Kubernetes' {} has no field `{}`, which is left out", object.name, key.text);
    let diagnostic = Diagnostic::new(code::LEFT_OUT, key.span, message);
    match closest(&key.text, object.fields.iter().map(|field| field.name)) {
        Some(better) => diagnostic.did_you_mean(&key.text, better, key.span, better),
        None => diagnostic,
    }
}

fn wrong_type(node: &Node, ty: &Type, what: &str) -> Diagnostic {
    let expected = match ty {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Int { min, max } if whole(node).is_some() => format!("a whole number from {min} to {max}"),
        Type::Int { .. } => "a whole number".to_owned(),
        Type::Float => "a number".to_owned(),
        Type::Quantity => "a quantity".to_owned(),
        Type::IntOrString => "a whole number or a text".to_owned(),
        Type::List { .. } => "a list".to_owned(),
        Type::Map(_) | Type::Object(_) => "a map".to_owned(),
        _ => "a text".to_owned(),
    };
    let found = node.kind.described();
    Diagnostic::new(code::WRONG_TYPE, node.span, format!("`{what}` takes {expected}"))
        .here(format!("this is {found}"))
        .note("the API server would refuse it as well")
}
