//! The functions that look into lists and objects, or make them.
//!
//! In: arguments of the types that the table of functions asks for. Out: what each makes of them, or poison where that was reported.

use std::sync::Arc;

use super::Given;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::compare::{equal, may_equal};
use crate::expression::{Evaluator, weights, written_at};
use crate::value::types::{Type, called};
use crate::value::{Kind, Object, Value};

pub(super) fn contains(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let [within, what] = values else { return Value::poison(given.span) };
    let found = match (&within.kind, &what.kind) {
        (Kind::List(list), _) if list.items().is_empty() || list.items().iter().any(|item| may_equal(item, what)) => {
            list.items().iter().any(|item| equal(item, what))
        }
        (Kind::String(text), Kind::String(part)) => text.contains(part.as_str()),
        (Kind::Object(object), Kind::String(name)) => object.get(name).is_some(),
        _ => {
            let found = called(what);
            let message = match within.as_list().and_then(<[Value]>::first) {
                Some(first) => {
                    format!("the elements of this list are never equal to {found}: one is {}", called(first))
                }
                None => format!("{} contains strings, not {found}", called(within)),
            };
            let diagnostic = Diagnostic::new(code::WRONG_TYPE, given.place(1), message);
            return this.refuse(written_at(diagnostic, what, given.place(1)), given.span);
        }
    };
    Value::new(given.span, Kind::Bool(found))
}

pub(super) fn length(_: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let length = match values.first().map(|value| &value.kind) {
        Some(Kind::String(text)) => text.chars().count(),
        Some(Kind::List(list)) => list.items().len(),
        Some(Kind::Object(object)) => object.len(),
        _ => 0,
    };
    Value::new(given.span, Kind::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

pub(super) fn keys(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let object = object(values.first());
    if object.open {
        return Value::new(given.span, Kind::Unknown(Arc::new(Type::List(Arc::new(Type::String)))));
    }
    let items = object.iter().map(|(name, entry)| Value::new(entry.key, Kind::String(name.clone()))).collect();
    this.listed(items, given)
}

pub(super) fn values(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let object = object(values.first());
    if object.open {
        return Value::new(given.span, Kind::Unknown(Arc::new(Type::List(Arc::new(Type::Any)))));
    }
    let items = object.iter().map(|(_, entry)| entry.value.clone()).collect();
    this.listed(items, given)
}

pub(super) fn merge(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let mut merged = object(values.first());
    for more in values.iter().skip(1) {
        let more = object(Some(more));
        let work = more.len() + merged.len();
        if !this.spend(work, given.span) || !this.keeps(weights::OBJECT + work * weights::ENTRY, given.span) {
            return Value::poison(given.span);
        }
        merged = merged_over(merged, &more);
    }
    this.bounded(Value::new(given.span, Kind::Object(merged)))
}

/// An object with another over it, name by name and object by object, as a block would do it.
///
/// Recursion follows the nesting of the objects, which is bounded.
fn merged_over(mut base: Arc<Object>, more: &Object) -> Arc<Object> {
    let target = Arc::make_mut(&mut base);
    for (name, entry) in more.iter() {
        let value = match (target.take(name).map(|value| value.kind), &entry.value.kind) {
            (Some(Kind::Object(inner)), Kind::Object(over)) => {
                Value { kind: Kind::Object(merged_over(inner, over)), ..entry.value.clone() }
            }
            _ => entry.value.clone(),
        };
        target.set(name.clone(), entry.key, value);
    }
    base
}

pub(super) fn range(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    if this.forgetful {
        return Value::new(given.span, Kind::Unknown(Arc::new(Type::List(Arc::new(Type::Int)))));
    }
    let number = |at: usize| values.get(at).and_then(Value::as_int);
    let (from, to) = match (number(0), number(1)) {
        (Some(from), Some(to)) => (from, to),
        (to, _) => (0, to.unwrap_or_default()),
    };
    let length = usize::try_from(to.saturating_sub(from)).unwrap_or_default();
    if !this.spend(length, given.span) || !this.keeps(length.saturating_mul(weights::ELEMENT), given.span) {
        return Value::poison(given.span);
    }
    let items = (from..to).map(|number| Value::new(given.span, Kind::Int(number))).collect();
    let kind = this.list(items, given.span);
    Value::new(given.span, kind)
}

fn object(value: Option<&Value>) -> Arc<Object> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}
