//! Types as they are written: what they mean, and whether a value has them.

use std::sync::Arc;

use ecow::eco_format;

use super::Evaluator;
use super::scope::Scope;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Edit, Fix, code};
use crate::schema::units;
use crate::syntax::ast::{Name, TypeExpression, TypeTerm};
use crate::value::types::Type;
use crate::value::{Kind, List, Object, Value};

/// The names of types.
const NAMES: &[&str] =
    &["string", "int", "float", "bool", "quantity", "duration", "list", "map", "object", "null", "any"];

impl Evaluator<'_, '_> {
    /// The type that is written. Recursion follows the nesting of the source.
    pub fn annotation(&mut self, expression: &TypeExpression, scope: &Scope) -> Type {
        let unknown: Vec<&Name> = expression.alternatives.iter().filter_map(bare_word).collect();
        if let ([first, others @ ..], true) = (unknown.as_slice(), unknown.len() > 1) {
            self.diagnostics.push(bare_words(first, others));
            return Type::Any;
        }
        let types: Vec<Type> = expression.alternatives.iter().map(|term| self.term(term, scope)).collect();
        match types.as_slice() {
            [] => Type::Any,
            [only] => only.clone(),
            _ => Type::Union(types.into()),
        }
    }

    fn term(&mut self, term: &TypeTerm, scope: &Scope) -> Type {
        let (name, of) = match term {
            TypeTerm::Literal(literal) => {
                let value = self.value(literal, scope);
                return if value.is_poison() { Type::Any } else { Type::Literal(value) };
            }
            TypeTerm::Named(name, of) => (name, of.as_ref()),
        };
        let takes_parameter = matches!(name.text.as_str(), "list" | "map");
        let is_known = NAMES.contains(&name.text.as_str());
        if let Some(of) = of.filter(|_| is_known && !takes_parameter) {
            let message = format!("`{}` is not made of other types", name.text);
            let diagnostic = Diagnostic::new(code::UNKNOWN_TYPE, of.span, message);
            self.diagnostics.push(diagnostic.help("only `list(…)` and `map(…)` are"));
        }
        let mut inner = || Arc::new(of.map_or(Type::Any, |of| self.annotation(of, scope)));
        match name.text.as_str() {
            "string" => Type::String,
            "int" => Type::Int,
            "float" => Type::Float,
            "bool" => Type::Bool,
            "quantity" => Type::Quantity,
            "duration" => Type::Duration,
            "list" => Type::List(inner()),
            "map" => Type::Map(inner()),
            "object" => Type::Object,
            "null" => Type::Null,
            "any" => Type::Any,
            "true" => Type::Literal(Value::new(name.span, Kind::Bool(true))),
            "false" => Type::Literal(Value::new(name.span, Kind::Bool(false))),
            _ => {
                let diagnostic = unknown(name);
                self.diagnostics.push(diagnostic);
                Type::Any
            }
        }
    }
}

/// A term that is no type and nearly none.
fn bare_word(term: &TypeTerm) -> Option<&Name> {
    match term {
        TypeTerm::Named(name, None) if !NAMES.contains(&name.text.as_str()) => {
            let word = ["true", "false"].contains(&name.text.as_str());
            (!word && unknown(name).fixes.iter().all(|fix| fix.message == QUOTE)).then_some(name)
        }
        _ => None,
    }
}

/// What is said of several words of one type that have no quotes.
fn bare_words(first: &Name, others: &[&Name]) -> Diagnostic {
    let message = format!("there is no type `{}`", first.text);
    let all = || std::iter::once(first).chain(others.iter().copied());
    let quoted: Vec<String> = all().map(|name| format!("\"{}\"", name.text)).collect();
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_TYPE, first.span, message)
        .note("a word that is allowed is a text, which stands between quotes")
        .help(format!("write `{}`", quoted.join(" | ")));
    for other in others {
        diagnostic.add_label(other.span, "nor this one");
    }
    let edits = all().zip(quoted).map(|(name, text)| Edit { span: name.span, text }).collect();
    diagnostic.fixes.push(Fix { message: QUOTE.into(), safe: false, edits });
    diagnostic
}

/// What a change is called that makes a word of a name.
const QUOTE: &str = "quote it";

fn unknown(name: &Name) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNKNOWN_TYPE, name.span, format!("there is no type `{}`", name.text));
    let habit = match name.text.as_str() {
        "str" | "text" | "String" => Some("string"),
        "integer" | "number" | "Int" | "i64" => Some("int"),
        "boolean" | "Bool" => Some("bool"),
        "double" => Some("float"),
        "array" | "List" | "set" => Some("list"),
        "dict" | "Mapping" | "Map" => Some("map"),
        "None" | "nil" => Some("null"),
        "timedelta" | "time" => Some("duration"),
        "resource" | "size" | "bytes" => Some("quantity"),
        _ => None,
    };
    if let Some(better) = habit.or_else(|| closest(&name.text, NAMES.iter().copied())) {
        diagnostic.did_you_mean(&name.text, better, name.span, better)
    } else {
        let names: Vec<String> = NAMES.iter().map(|name| format!("`{name}`")).collect();
        diagnostic
            .note(format!("the types are {}", names.join(", ")))
            .help(format!("for this word alone, write it as a string: `\"{}\"`", name.text))
            .unsafe_fix(QUOTE, name.span, format!("\"{}\"", name.text))
    }
}

/// The value as one of a type, or nothing where it is none. What is poison, or may be of the type, passes.
///
/// A whole number is a `float` as well; a quantity may be written as a string or a plain number, a duration as a plain number of
/// seconds. Recursion follows the nesting of the value.
#[must_use]
pub fn fitted(value: Value, ty: &Type) -> Option<Value> {
    let Value { span, kind, trail } = value;
    let kind = match (ty, kind) {
        (_, Kind::Poison) => Kind::Poison,
        (_, Kind::Unknown(of)) => may_fit(&of, ty).then_some(Kind::Unknown(of))?,
        (Type::Any, kind)
        | (Type::Null, kind @ Kind::Null)
        | (Type::Bool, kind @ Kind::Bool(_))
        | (Type::Int, kind @ Kind::Int(_))
        | (Type::Float, kind @ (Kind::Int(_) | Kind::Float(_)))
        | (Type::String, kind @ Kind::String(_))
        | (Type::Unit, kind @ Kind::Unit(_))
        | (Type::Object, kind @ Kind::Object(_)) => kind,
        (Type::Quantity, Kind::Unit(text) | Kind::String(text)) => {
            units::quantity(&text).is_some().then_some(Kind::Unit(text))?
        }
        (Type::Quantity, Kind::Int(number)) => Kind::Unit(eco_format!("{number}")),
        (Type::Quantity, Kind::Float(number)) => Kind::Unit(eco_format!("{number}")),
        (Type::Duration, Kind::Int(seconds)) => Kind::Unit(eco_format!("{seconds}s")),
        (Type::Duration, Kind::Unit(text)) => units::duration(&text).is_some().then_some(Kind::Unit(text))?,
        (Type::List(element), Kind::List(list)) => {
            let fit = |item: &Value| fitted(item.clone(), element);
            let items: Option<Vec<Value>> = list.items().iter().map(fit).collect();
            Kind::List(Arc::new(List::new(items?)))
        }
        (Type::Map(element), Kind::Object(object)) => {
            let mut fit = Object::default();
            for (name, entry) in object.iter() {
                fit.set(name.clone(), entry.key, fitted(entry.value.clone(), element)?);
            }
            (fit.poisoned, fit.open) = (object.poisoned, object.open);
            Kind::Object(Arc::new(fit))
        }
        (Type::Literal(only), kind) => (only.kind == kind).then_some(kind)?,
        (Type::Union(types), kind) => {
            let value = Value { span, kind, trail };
            // What is written exactly so comes before what may be taken for it.
            let exact = types.iter().find(|ty| matches!(ty, Type::Literal(only) if *only == value));
            return match exact {
                Some(_) => Some(value),
                None => types.iter().find_map(|ty| fitted(value.clone(), ty)),
            };
        }
        _ => return None,
    };
    Some(Value { span, kind, trail })
}

/// Whether something of one type may be of another.
fn may_fit(of: &Type, wanted: &Type) -> bool {
    wanted.may(&|wanted| {
        of.may(&|of| {
            of == wanted
                || matches!(
                    (of, wanted),
                    (Type::Int, Type::Float | Type::Quantity | Type::Duration)
                        | (Type::Float | Type::String | Type::Unit, Type::Quantity)
                        | (Type::Unit, Type::Duration)
                        | (Type::Quantity | Type::Duration, Type::Unit)
                        | (Type::List(_), Type::List(_))
                        | (Type::Map(_) | Type::Object, Type::Map(_) | Type::Object)
                )
        })
    })
}

/// The part of a value that keeps it from being of a type, and the type that part should have.
#[must_use]
pub fn misfit<'v>(value: &'v Value, ty: &Type) -> (&'v Value, Type) {
    let whole = (value, ty.clone());
    match (ty, &value.kind) {
        (Type::List(element), Kind::List(list)) => {
            let bad = list.items().iter().find(|item| fitted((*item).clone(), element).is_none());
            bad.map_or(whole, |item| misfit(item, element))
        }
        (Type::Map(element), Kind::Object(object)) => {
            let mut values = object.iter().map(|(_, entry)| &entry.value);
            let bad = values.find(|value| fitted((*value).clone(), element).is_none());
            bad.map_or(whole, |value| misfit(value, element))
        }
        _ => whole,
    }
}
