//! Values of a cluster file where the types of their fields are known.
//!
//! In: a value as it was written, and its [`Type`]. Out: the value as Kubernetes or Flyte reads it: without what is null,
//! quantities as texts, whole numbers as such; or nothing, and what is wrong with it. Always: what is reported is left out, and
//! the rest read on. Recursion follows the nesting of the file, which is bounded. Not here: which documents there are.

use ecow::{EcoString, eco_format};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::words;
use crate::data::{Key, Kind, Node};
use crate::diagnostics::Diagnostics;
use crate::schema::{Object, Type, units};
use crate::source::Span;

/// Whose way of reading it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As `kubectl` and the API server: unknown fields are refused, and fields can be required.
    Kubernetes,
    /// As Flyte reads its configuration: unknown fields are ignored; a list of maps stands for one map, whose keys keep their
    /// case then and lose it otherwise; one value stands for a list of one, and a number for a text.
    ///
    /// Source: `defaultDecoderConfig`, `sliceToMapHook` and `restoreDottedMapKeys` in Flyte's `flytestdlib/config/viper`, and
    /// mapstructure's `WeaklyTypedInput`.
    Flyte,
    /// As flytec's own documents: unknown fields are refused.
    Own,
}

/// The value, if it is one of this type; `what` is what messages call it.
pub fn checked(node: &Node, ty: &Type, way: Way, what: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    if node.kind == Kind::Null {
        return None;
    }
    let kind = match ty {
        Type::Object(object) => Kind::Map(fields(node, object, way, what, diagnostics)?),
        Type::Map(element) => Kind::Map(map(node, element, way, what, diagnostics)?),
        Type::List { element, .. } => Kind::List(list(node, element, way, what, diagnostics)?),
        Type::Any => node.kind.clone(),
        _ => scalar(node, ty, way, what, diagnostics)?,
    };
    Some(Node { span: node.span, kind })
}

fn refuse<T>(node: &Node, ty: &Type, what: &str, diagnostics: &mut Diagnostics) -> Option<T> {
    diagnostics.push(words::wrong_type(node, what, words::described(ty)));
    None
}

// ---------------------------------------------------------------------------------------------------- collections

fn fields(
    node: &Node,
    object: &'static Object,
    way: Way,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(Key, Node)>> {
    let Kind::Map(entries) = &node.kind else { return refuse(node, &Type::Object(object), what, diagnostics) };
    let mut known = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let Some(field) = object.field(&key.text) else {
            let names = object.fields.iter().map(|field| field.name);
            diagnostics.push(match way {
                Way::Kubernetes => {
                    let home = home(object, &key.text);
                    words::unknown_field(key, &format!("Kubernetes' {}", object.name), names, home)
                }
                Way::Flyte => words::unknown_key(key, what, names),
                Way::Own => words::unknown_field(key, &format!("`{}`", object.name), names, None),
            });
            continue;
        };
        known.extend(checked(value, &field.ty, way, field.name, diagnostics).map(|value| (key.clone(), value)));
    }
    if way == Way::Kubernetes {
        let absent = |name: &str| !entries.iter().any(|(key, value)| key.text == name && value.kind != Kind::Null);
        let missing = object.fields.iter().filter(|field| field.required && absent(field.name));
        let missing: Vec<String> = missing.map(|field| format!("`{}`", field.name)).collect();
        // What is there under an unknown key may be what is missing.
        let unknown = entries.iter().any(|(key, _)| object.field(&key.text).is_none());
        if !missing.is_empty() && !unknown {
            diagnostics.push(words::missing(node.span, object.name, &missing.join(" and ")));
        }
    }
    Some(known)
}

/// The field of an object that has a field of this name.
fn home(object: &'static Object, name: &str) -> Option<&'static str> {
    let has = |ty: &Type| matches!(ty, Type::Object(inner) if inner.field(name).is_some());
    object.fields.iter().find(|field| has(&field.ty)).map(|field| field.name)
}

fn map(node: &Node, element: &Type, way: Way, what: &str, diagnostics: &mut Diagnostics) -> Option<Vec<(Key, Node)>> {
    let mut known: IndexMap<EcoString, (Span, Node), FxBuildHasher> = IndexMap::default();
    let mut add = |key: &Key, name: EcoString, value: &Node, diagnostics: &mut Diagnostics| {
        if let Some(value) = checked(value, element, way, &key.text, diagnostics) {
            known.insert(name, (key.span, value));
        }
    };
    match &node.kind {
        Kind::Map(entries) => {
            for (key, value) in entries {
                add(key, if way == Way::Flyte { folded(&key.text) } else { key.text.clone() }, value, diagnostics);
            }
        }
        Kind::List(items) if way == Way::Flyte => {
            for item in items {
                let Kind::Map(entries) = &item.kind else {
                    return refuse(item, &Type::Map(&Type::Any), what, diagnostics);
                };
                for (key, value) in entries {
                    add(key, key.text.clone(), value, diagnostics);
                }
            }
        }
        _ => return refuse(node, &Type::Map(&Type::Any), what, diagnostics),
    }
    Some(known.into_iter().map(|(text, (span, value))| (Key { text, span }, value)).collect())
}

/// A key of a map as Flyte's reader of configuration leaves it: in lower case, unless there is a `.` in it.
fn folded(key: &EcoString) -> EcoString {
    if key.contains('.') { key.clone() } else { key.to_lowercase() }
}

fn list(node: &Node, element: &Type, way: Way, what: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Node>> {
    let items = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ if way == Way::Flyte => std::slice::from_ref(node),
        _ => return refuse(node, &Type::List { element: &Type::Any, key: None }, what, diagnostics),
    };
    let mut known = Vec::with_capacity(items.len());
    for item in items {
        if item.kind == Kind::Null {
            return refuse(item, element, what, diagnostics);
        }
        known.extend(checked(item, element, way, what, diagnostics));
    }
    Some(known)
}

// -------------------------------------------------------------------------------------------------------- scalars

fn scalar(node: &Node, ty: &Type, way: Way, what: &str, diagnostics: &mut Diagnostics) -> Option<Kind> {
    let kind = match (ty, &node.kind) {
        (Type::Bool, Kind::Bool(_))
        | (Type::Float, Kind::Int(_) | Kind::Float(_))
        | (Type::String | Type::IntOrString, Kind::String(_)) => node.kind.clone(),
        (Type::Time, Kind::String(text)) => return moment(node, text, what, diagnostics),
        (Type::Bool, Kind::String(text)) if way == Way::Flyte => match truth(text) {
            Some(truth) => Kind::Bool(truth),
            None => return refuse(node, ty, what, diagnostics),
        },
        (Type::Int { min, max }, Kind::String(text)) if way == Way::Flyte => match text.parse() {
            Ok(number) => {
                return int(&Node { span: node.span, kind: Kind::Int(number) }, *min, *max, what, diagnostics);
            }
            Err(_) => return refuse(node, ty, what, diagnostics),
        },
        (Type::Int { min, max }, _) => return int(node, *min, *max, what, diagnostics),
        (Type::IntOrString, Kind::Int(_)) => {
            return int(node, i32::MIN.into(), i32::MAX.into(), what, diagnostics);
        }
        (Type::Quantity, Kind::String(text)) => quantity(node, text.clone(), diagnostics)?,
        (Type::Quantity, Kind::Int(number)) => quantity(node, eco_format!("{number}"), diagnostics)?,
        (Type::Quantity, Kind::Float(number)) => quantity(node, eco_format!("{number}"), diagnostics)?,
        (Type::String, Kind::Int(number)) if way == Way::Flyte => Kind::String(eco_format!("{number}")),
        (Type::String, Kind::Float(number)) if way == Way::Flyte => Kind::String(eco_format!("{number}")),
        (Type::String, Kind::Bool(truth)) if way == Way::Flyte => Kind::String(if *truth { "1" } else { "0" }.into()),
        _ => return refuse(node, ty, what, diagnostics),
    };
    Some(kind)
}

/// A truth value as Go's `strconv.ParseBool` reads it.
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn moment(node: &Node, text: &EcoString, what: &str, diagnostics: &mut Diagnostics) -> Option<Kind> {
    // k8s-openapi reads moments with the same parser, so what passes here can be a pod's.
    if text.parse::<k8s_openapi::jiff::Timestamp>().is_ok() {
        return Some(Kind::String(text.clone()));
    }
    diagnostics.push(words::bad_time(node.span, what));
    None
}

/// A whole number; as `kubectl` sends it, `1.0` is one.
fn int(node: &Node, min: i64, max: i64, what: &str, diagnostics: &mut Diagnostics) -> Option<Kind> {
    let number = match &node.kind {
        Kind::Int(number) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "a number that does not fit is out of every bound")]
        Kind::Float(number) if number.fract() == 0.0 => *number as i64,
        _ => return refuse(node, &Type::Int { min, max }, what, diagnostics),
    };
    if (min..=max).contains(&number) {
        return Some(Kind::Int(number));
    }
    diagnostics.push(words::out_of_range(node.span, what, min, max));
    None
}

fn quantity(node: &Node, text: EcoString, diagnostics: &mut Diagnostics) -> Option<Kind> {
    if units::quantity(&text).is_some() {
        return Some(Kind::String(text));
    }
    diagnostics.push(words::bad_quantity(node.span, &text));
    None
}
