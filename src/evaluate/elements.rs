//! Elements of a list by their labels: `containers primary { … }`.
//!
//! In: an entry with a label, over what the list holds already. Out: the list with that element merged into, set, or taken away.
//! Always: the label is the value of the element's key, whatever else the element says. Not here: lists without keys.

use std::sync::Arc;

use ecow::EcoString;

use super::body::{Fields, Layering, Placed};
use super::coerce::Scalar;
use super::unknown::label_text;
use super::values::fields_of;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::weights;
use crate::schema::Type;
use crate::source::Span;
use crate::syntax::ast::{self, Body, Expression, Label, Operation, StatementKind};
use crate::value::{Kind, List, Object, Value};

/// The element that an entry means.
struct Element<'b> {
    fields: Fields,
    /// The field that is the key.
    by: &'static str,
    /// What the label says.
    text: EcoString,
    /// That as the value of the key.
    label: Value,
    placed: &'b Placed<'b>,
}

/// What a body sets that was set before by another block of the same label, in the same block around both.
fn set_before(base: &Object, body: &Body, element: &Element<'_>) -> Vec<(EcoString, Value)> {
    let keys = body.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Entry(entry) if matches!(entry.operation, Operation::Set(_)) => Some(&entry.key),
        _ => None,
    });
    let around = element.placed.body;
    let earlier = keys.filter_map(|key| {
        let entry = base.entry(&key.text)?;
        (around.contains(entry.key) && entry.key != key.span).then(|| (key.text.clone(), entry.value.clone()))
    });
    earlier.collect()
}

/// Says that two blocks of one label are one element.
fn one_element(name: &str, first: Span, written: &str, element: &Element<'_>) -> Diagnostic {
    let Element { by, placed, .. } = element;
    let message = format!("two blocks `{} {written}` are one element, and set its `{name}` twice", placed.name);
    let diagnostic = Diagnostic::new(code::SET_TWICE, element.label.span, message)
        .here("merged into the first")
        .label(first, "the first of them");
    let diagnostic = diagnostic.note(format!("the label is the `{by}` of the element, by which blocks find it"));
    diagnostic.help(format!("give one of them another `{by}`, or leave one out"))
}

/// What it costs to look at an element for its label, in what it costs to move one.
const LOOK: usize = 32;

impl Layering<'_, '_, '_, '_> {
    /// Does to an element what its entry says.
    pub fn element(&mut self, placed: &Placed<'_>, label: &Label, operation: &Operation, target: &mut Object) {
        let (name, key) = (placed.name, placed.entry.key.span);
        let keyed = match placed.ty {
            Type::List { element, key: Some(by) } => fields_of(element).map(|fields| (fields, *by)),
            _ => None,
        };
        let text = self.expressions.name(&label.name, placed.scope);
        let Some((fields, by)) = keyed else {
            target.poisoned = true;
            let diagnostic = self.unlabelled_map(no_such_label(name, label, placed.ty), placed.entry, placed.ty);
            return self.expressions.diagnostics.push(diagnostic);
        };
        let Some(text) = text else {
            target.poisoned = true;
            return self.unlabelled(operation, fields, placed);
        };
        let Some(value) = self.label_value(label, &text, fields, by, placed) else {
            target.poisoned = true;
            return;
        };
        let element = Element { fields, by, text, label: value, placed };
        // What an element is set to is known before the list is touched.
        let set = match operation {
            Operation::Set(expression) => {
                if let Some(value) = self.set_element(expression, &element) {
                    Some(value)
                } else {
                    target.poisoned = true;
                    return;
                }
            }
            _ => None,
        };
        if set.as_ref().is_some_and(|value| value.kind == Kind::Null) && target.get(name).is_none() {
            return;
        }
        let before = target.take(name);
        let trail = before.as_ref().and_then(|value| value.trail.clone());
        let mut list = match before.map(|value| value.kind) {
            Some(Kind::List(list)) => list,
            Some(Kind::Poison) => return target.set(name.clone(), key, Value::poison(key)),
            _ => Arc::default(),
        };
        // A list that something else shares is copied.
        let copied = if Arc::get_mut(&mut list).is_none() { list.items().len() } else { 0 };
        let takes_away = set.as_ref().is_some_and(|value| value.kind == Kind::Null);
        let searched = if takes_away { list.items().len() } else { list.unsorted() };
        if !self.expressions.keeps(copied * weights::ELEMENT, key) || !self.may_search(LOOK * searched, key) {
            target.poisoned = true;
            return target.set(name.clone(), key, Value::poison(key));
        }
        let items = Arc::make_mut(&mut list);
        match (operation, set) {
            (_, Some(Value { kind: Kind::Null, .. })) => items.remove_keyed(element.by, &element.text, key),
            (_, Some(value)) => {
                let conditional = self.expressions.conditions > 0;
                items.put_keyed(element.by, &element.text, value, conditional);
                self.overruled |= !conditional;
            }
            (Operation::Merge(body), _) => self.merge_element(items, body, &element),
            (Operation::Append(expression), _) => {
                self.bad_element(&element, expression);
                target.poisoned = true;
            }
            _ => target.poisoned = true,
        }
        target.set(name.clone(), key, Value { span: key, kind: Kind::List(list), trail });
    }

    /// What stands in an element whose label is not known is still looked at.
    fn unlabelled(&mut self, operation: &Operation, fields: Fields, placed: &Placed<'_>) {
        let body = match operation {
            Operation::Merge(body) => body,
            Operation::Set(Expression { value: ast::Value::Object(body), .. }) => body,
            _ => return,
        };
        self.apply_fields(body, Arc::default(), fields, placed.scope, false);
    }

    /// What an element is set to, `null` to take it away; nothing where that was reported.
    fn set_element(&mut self, expression: &Expression, element: &Element<'_>) -> Option<Value> {
        match &expression.value {
            ast::Value::Object(body) => Some(self.new_element(body, element)),
            ast::Value::Null => Some(Value::new(expression.span, Kind::Null)),
            ast::Value::Missing => None,
            _ => {
                let Type::List { element: ty, .. } = element.placed.ty else { return None };
                let literal = matches!(
                    expression.value,
                    ast::Value::Bool(_)
                        | ast::Value::Int(_)
                        | ast::Value::Float(_)
                        | ast::Value::Unit(_)
                        | ast::Value::String(_)
                        | ast::Value::Text(_)
                        | ast::Value::List(_)
                        | ast::Value::Range(..)
                );
                if literal {
                    self.bad_element(element, expression);
                    return None;
                }
                let value = self.value(expression, ty, element.placed.name, element.placed.scope);
                match value.kind {
                    Kind::Object(mut object) => {
                        if object.get(element.by).is_none() {
                            let label = element.label.clone();
                            Arc::make_mut(&mut object).set(element.by.into(), label.span, label);
                        }
                        let object = self.check_label(object, element);
                        Some(Value { span: value.span, kind: Kind::Object(object), trail: value.trail })
                    }
                    Kind::Null => Some(value),
                    _ => None,
                }
            }
        }
    }

    /// The value that the label gives to the field that it is the label of.
    fn label_value(
        &mut self,
        label: &Label,
        text: &EcoString,
        fields: Fields,
        by: &str,
        placed: &Placed<'_>,
    ) -> Option<Value> {
        let what = placed.name;
        let Fields::Known(object) = fields else { return None };
        let ty = &object.field(by)?.ty;
        // A string stands wherever a name does, so it may also stand for a number.
        let number = label.number || (matches!(ty, Type::Int { .. }) && text.parse::<i64>().is_ok());
        let kind = if number { number_label(text) } else { Kind::String(text.clone()) };
        let value = Value::new(label.name.span, kind);
        let what_label = format!("the label of `{what}`");
        let scalar = Scalar {
            value: &value,
            what: &what_label,
            at: value.span,
            literal: label.name.parts.is_none(),
            data: false,
            yaml: false,
        };
        match scalar.coerced(ty) {
            Ok(kind) => Some(Value { kind, ..value }),
            Err(diagnostic) => {
                let help = format!("elements of `{what}` are told apart by their `{by}`, which the label gives");
                let diagnostic = self.relabelled(diagnostic.help(help), placed.entry, by, placed.ty);
                self.expressions.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn merge_element(&mut self, items: &mut List, body: &Body, element: &Element<'_>) {
        let Some(place) = items.keyed(element.by, &element.text) else {
            let object = self.new_element(body, element);
            return items.push_keyed(element.text.clone(), object);
        };
        let span = element.label.span;
        let Kind::Object(base) = std::mem::replace(&mut place.kind, Kind::Poison) else { return };
        let first = place.span;
        let set = if self.again { Vec::new() } else { set_before(&base, body, element) };
        let object = self.apply_fields(body, base, element.fields, element.placed.scope, false);
        let mut object = self.check_label(object, element);
        if let Some((name, _)) = set.iter().find(|(name, value)| object.get(name) != Some(value)) {
            let written = self.expressions.sources.text(element.label.span);
            self.expressions.diagnostics.push(one_element(name, first, written, element));
            Arc::make_mut(&mut object).poisoned = true;
        }
        *place = Value { span, kind: Kind::Object(object), trail: place.trail.take() };
    }

    fn new_element(&mut self, body: &Body, element: &Element<'_>) -> Value {
        let span = element.label.span;
        let mut object = Object::default();
        object.set(element.by.into(), span, element.label.clone());
        let object = self.apply_fields(body, Arc::new(object), element.fields, element.placed.scope, false);
        let object = self.check_label(object, element);
        Value::new(span, Kind::Object(object))
    }

    /// Holds the key of an element to its label; the label is what counts after that.
    fn check_label(&mut self, mut object: Arc<Object>, element: &Element<'_>) -> Arc<Object> {
        let (by, label) = (element.by, &element.label);
        let Some(written) = object.get(by).filter(|written| written.kind != label.kind) else { return object };
        if !written.is_poison() {
            let message = format!("this `{by}` contradicts the element's label");
            let diagnostic = Diagnostic::new(code::LABEL_CONFLICT, written.span, message)
                .label(label.span, format!("the label is the element's `{by}`"))
                .help(format!("the label is the element's `{by}`; leave one of the two out, or make them the same"));
            let diagnostic = self.relabelled(diagnostic, element.placed.entry, by, element.placed.ty);
            self.expressions.diagnostics.push(diagnostic);
            // What else the element lacks may be what its label was meant for.
            Arc::make_mut(&mut object).poisoned = true;
        }
        Arc::make_mut(&mut object).set(by.into(), label.span, label.clone());
        object
    }

    fn bad_element(&mut self, element: &Element<'_>, expression: &Expression) {
        if expression.value == ast::Value::Missing {
            return;
        }
        let label = element.placed.entry.label.as_deref().map(label_text).unwrap_or_default();
        let name = format!("{} {label}", element.placed.name);
        let message = format!("an element of `{}` is a block, an object or `null`", element.placed.name);
        let diagnostic = Diagnostic::new(code::WRONG_TYPE, expression.span, message);
        let help = format!("write `{name} {{ … }}`, or `{name} = null` to take it away");
        let diagnostic = self.bare_element(diagnostic.help(help), element.placed.entry, expression, element.placed.ty);
        self.expressions.diagnostics.push(diagnostic);
    }
}

fn no_such_label(name: &str, label: &Label, ty: &'static Type) -> Diagnostic {
    let place: Span = label.name.span;
    let diagnostic = Diagnostic::new(code::NO_SUCH_LABEL, place, format!("`{name}` has no elements with labels"));
    match ty {
        Type::List { .. } | Type::OneOrMany(_) => diagnostic
            .note("Kubernetes merges this list as a whole")
            .help(format!("set it with `{name} = [ … ]`, or append with `{name} += [ … ]`")),
        Type::Map(_) => diagnostic
            .note("only elements of Kubernetes' lists have labels; here each name is set to a value")
            .help(format!("write `{name} {{ {} = … }}`", label.name.text)),
        _ => diagnostic.help(format!("write `{name} {{ … }}`")),
    }
}

/// A label of digits as the value that it gives; anything else that begins with a digit has a unit.
fn number_label(text: &EcoString) -> Kind {
    text.parse().map_or_else(|_| Kind::Unit(text.clone()), Kind::Int)
}
