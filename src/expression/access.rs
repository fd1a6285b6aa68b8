//! Parts of values: `sizes.m`, `sizes["m"]`, `names[0]`.

use std::sync::Arc;

use super::scope::Scope;
use super::{Evaluator, written_at};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::modules::names::is_referable;
use crate::source::Span;
use crate::syntax::ast::{self, Access, Expression, Name, Step};
use crate::value::types::{Type, called};
use crate::value::{Kind, List, Object, Value};

impl Evaluator<'_, '_> {
    pub(super) fn access(&mut self, access: &Access, span: Span, scope: &Scope) -> Value {
        let base = self.value(&access.base, scope);
        let part = access.steps.iter().fold(base, |value, step| match step {
            Step::Field(name) => self.field(&value, name, span),
            Step::Index(index) => self.index(&value, index, scope),
        });
        self.passed(part, span)
    }

    /// The value of a name in an object.
    pub(super) fn field(&mut self, value: &Value, name: &Name, place: Span) -> Value {
        let unknown = |ty: Type| Value::new(place, Kind::Unknown(Arc::new(ty)));
        match &value.kind {
            Kind::Poison => Value::poison(place),
            Kind::Object(object) => match object.get(&name.text) {
                Some(part) => part.clone(),
                None if object.open => unknown(Type::Any),
                None if object.poisoned => Value::poison(place),
                None => {
                    let diagnostic = no_such_name(value, object, &name.text, name.span, |better| {
                        is_referable(better).then(|| better.to_owned())
                    });
                    self.refuse_value(diagnostic, place)
                }
            },
            Kind::Unknown(ty) if ty.field().is_some() => unknown(ty.field().unwrap_or(Type::Any)),
            _ => {
                let message = format!("{} has no parts with names", called(value));
                let mut diagnostic = Diagnostic::new(code::NO_SUCH_PART, name.span, message);
                if matches!(value.kind, Kind::List(_)) {
                    diagnostic = diagnostic.help("an element of a list has a number: `…[0]`");
                }
                self.refuse(written_at(diagnostic, value, place), place)
            }
        }
    }

    fn index(&mut self, value: &Value, index: &Expression, scope: &Scope) -> Value {
        let place = index.span;
        let key = self.value(index, scope);
        let unknown = |ty: Type| Value::new(place, Kind::Unknown(Arc::new(ty)));
        match (&value.kind, &key.kind) {
            (Kind::Poison, _) | (_, Kind::Poison) => Value::poison(place),
            (Kind::List(list), Kind::Int(at)) => self.element(value, list, *at, place),
            (Kind::Object(object), Kind::String(name)) => match object.get(name) {
                Some(part) => part.clone(),
                None if object.open => unknown(Type::Any),
                None if object.poisoned => Value::poison(place),
                None => {
                    let literal = matches!(index.value, ast::Value::String(_));
                    let diagnostic =
                        no_such_name(value, object, name, place, |better| literal.then(|| format!("\"{better}\"")));
                    self.refuse_value(written_at(diagnostic, &key, place), place)
                }
            },
            (Kind::List(list), Kind::Unknown(ty)) if ty.may(&|ty| *ty == Type::Int) => {
                unknown(Type::common(list.items().iter().map(Type::of)))
            }
            (Kind::Object(object), Kind::Unknown(ty)) if ty.may(&|ty| *ty == Type::String) => {
                unknown(Type::common(object.iter().map(|(_, entry)| Type::of(&entry.value))))
            }
            (Kind::Unknown(of), _) if is(&key, &Type::Int) && of.element().is_some() => {
                unknown(of.element().unwrap_or(Type::Any))
            }
            (Kind::Unknown(of), _) if is(&key, &Type::String) && of.field().is_some() => {
                unknown(of.field().unwrap_or(Type::Any))
            }
            _ => {
                let diagnostic = bad_index(value, &key, place);
                self.refuse(diagnostic, place)
            }
        }
    }

    fn element(&mut self, value: &Value, list: &List, at: i64, place: Span) -> Value {
        if let Some(item) = usize::try_from(at).ok().and_then(|at| list.items().get(at)) {
            return item.clone();
        }
        let message = match list.items().len() {
            0 => "this list is empty".to_owned(),
            1 => format!("this list has one element, number 0, and no number {at}"),
            length => format!("this list has {length} elements, numbers 0 to {}, and no number {at}", length - 1),
        };
        let diagnostic = Diagnostic::new(code::NO_SUCH_PART, place, message).note("elements are counted from 0");
        // Who counts from 1 is one too far at the end.
        let diagnostic = if at > 0 && usize::try_from(at) == Ok(list.items().len()) {
            let before = (at - 1).to_string();
            diagnostic.help(format!("the last one is number {before}")).unsafe_fix(
                format!("write `{before}`"),
                place,
                before,
            )
        } else {
            diagnostic
        };
        self.refuse_value(written_at(diagnostic, value, place), place)
    }
}

/// Whether a value is of a type, or may be.
fn is(value: &Value, wanted: &Type) -> bool {
    Type::of(value).may(&|ty| ty == wanted)
}

fn bad_index(value: &Value, key: &Value, place: Span) -> Diagnostic {
    let (of, by) = (called(value), called(key));
    let diagnostic = match &value.kind {
        Kind::List(_) => {
            Diagnostic::new(code::WRONG_TYPE, place, format!("a list is indexed by a whole number, not by {by}"))
        }
        Kind::Object(_) => {
            Diagnostic::new(code::WRONG_TYPE, place, format!("an object is indexed by a string, not by {by}"))
        }
        _ => Diagnostic::new(code::NO_SUCH_PART, place, format!("{of} has no parts")),
    };
    written_at(diagnostic, value, place)
}

/// `written` is how a name is written at the place, if it can be.
fn no_such_name(
    value: &Value,
    object: &Object,
    name: &str,
    place: Span,
    written: impl Fn(&str) -> Option<String>,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(code::NO_SUCH_PART, place, format!("there is no `{name}` in this object"));
    let names: Vec<&str> = object.iter().map(|(name, _)| name.as_str()).collect();
    let better = closest(name, names.iter().copied());
    if let Some(better) = better {
        diagnostic = match written(better) {
            Some(text) => diagnostic.did_you_mean(name, better, place, text),
            None => diagnostic.help(format!("did you mean `{better}`?")),
        };
    }
    if better.is_none() && !names.is_empty() && names.len() <= 12 {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        diagnostic = diagnostic.note(format!("it has {}", names.join(", ")));
    }
    written_at(diagnostic, value, place)
}
