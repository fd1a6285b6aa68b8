//! Pod templates as `flyte.PodTemplate`.
//!
//! In: lowered templates. Out: expressions over the types of the Kubernetes client. Always: every field of the pod spec is there, as
//! the table of Kubernetes' types names it. Not here: fields that only older versions of Kubernetes have, which the client has no
//! word for.

use serde_json::Value;

use super::tree::Expression;
use crate::flyte::PRIMARY_CONTAINER;
use crate::lower::Template;
use crate::schema::kubernetes::POD_SPEC;
use crate::schema::{Object, Type};

/// The expression of a template.
pub fn template(template: &Template) -> Expression {
    let mut arguments = Vec::new();
    if template.primary_name != PRIMARY_CONTAINER {
        arguments.push(("primary_container_name", Expression::text(&template.primary_name)));
    }
    for (name, texts) in [("labels", &template.labels), ("annotations", &template.annotations)] {
        let entries = texts.iter().map(|(key, text)| (key.clone(), Expression::text(text))).collect();
        if !texts.is_empty() {
            arguments.push((name, Expression::Dict(entries)));
        }
    }
    // All of Kubernetes' types can be written as JSON.
    let spec = serde_json::to_value(&template.spec).unwrap_or_default();
    arguments.push(("pod_spec", object(&spec, &POD_SPEC)));
    Expression::Call("flyte.PodTemplate", arguments)
}

/// One of the client's types. Recursion follows the nesting of Kubernetes' types, which is bounded where values are read.
fn object(value: &Value, ty: &Object) -> Expression {
    let fields = value.as_object().into_iter().flatten();
    let known = fields.filter_map(|(name, value)| Some((name, value, ty.field(name)?)));
    let mut fields: Vec<(&String, Expression)> =
        known.map(|(name, value, field)| (name, of_type(value, &field.ty))).collect();
    // People look for the name of a thing at its beginning.
    fields.sort_by_key(|(name, _)| name.as_str() != "name");
    let fields = fields.into_iter().map(|(name, value)| (attribute(name), value)).collect();
    Expression::Type(class(ty.name), fields)
}

fn of_type(value: &Value, ty: &Type) -> Expression {
    match (value, ty) {
        (Value::Object(_), Type::Object(ty)) => object(value, ty),
        (Value::Array(items), Type::List { element, .. }) => {
            Expression::List(items.iter().map(|item| of_type(item, element)).collect())
        }
        (Value::Object(entries), Type::Map(element)) => {
            Expression::Dict(entries.iter().map(|(key, value)| (key.clone(), of_type(value, element))).collect())
        }
        (Value::String(text), Type::Time) => {
            Expression::Call("datetime.fromisoformat", vec![("", Expression::text(&text.replace('Z', "+00:00")))])
        }
        _ => plain(value),
    }
}

/// JSON as Python writes it.
fn plain(value: &Value) -> Expression {
    match value {
        Value::Null => Expression::none(),
        Value::Bool(truth) => Expression::truth(*truth),
        Value::Number(number) => Expression::number(number),
        Value::String(text) => Expression::text(text),
        Value::Array(items) => Expression::List(items.iter().map(plain).collect()),
        Value::Object(entries) => {
            Expression::Dict(entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}

/// The client's name of a type: there are two `ResourceClaim`s.
fn class(name: &str) -> String {
    if name == "ResourceClaim" { "CoreV1ResourceClaim".to_owned() } else { format!("V1{name}") }
}

/// The client's name of a field: its words in small letters, with `_` between them. A run of capitals is a word, of which the last
/// begins the next one.
fn attribute(field: &str) -> String {
    match field {
        // A word of Python once.
        "exec" => return "_exec".to_owned(),
        "targetWWNs" => return "target_wwns".to_owned(),
        _ => {}
    }
    let letters: Vec<char> = field.chars().collect();
    let mut name = String::with_capacity(field.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = before.is_some_and(|before| !before.is_ascii_uppercase())
            || before.is_some() && after.is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && begins {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_the_client_calls_them() {
        for (field, name) in [
            ("hostIPC", "host_ipc"),
            ("setHostnameAsFQDN", "set_hostname_as_fqdn"),
            ("gcePersistentDisk", "gce_persistent_disk"),
            ("diskURI", "disk_uri"),
            ("scaleIO", "scale_io"),
            ("seLinuxOptions", "se_linux_options"),
            ("httpGet", "http_get"),
            ("fieldsV1", "fields_v1"),
            ("tty", "tty"),
        ] {
            assert_eq!(attribute(field), name);
        }
    }
}
