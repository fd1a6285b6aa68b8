//! Examples of what fields take.
//!
//! In: what messages call a place, and the type that is expected there. Out: an example of a setting. Always: it is made of the schema;
//! only texts, of which the schema says nothing, are written down here. Not here: what helps with a value of another form.

use crate::schema::{Object, Type};

/// Texts that their fields take.
const TEXTS: &[(&str, &str)] = &[
    ("image", "ghcr.io/acme/train:1.4.0"),
    ("function", "pipelines.train:main"),
    ("queue", "gpu-queue"),
    ("service_account", "trainer"),
    ("serviceAccountName", "trainer"),
    ("description", "Trains the model."),
    ("short_name", "train"),
    ("primary_container_name", "primary"),
    ("device", "A100"),
    ("partition", "1g.5gb"),
    ("behavior", "auto"),
    ("group", "ml-team"),
    ("as_env_var", "API_TOKEN"),
    ("mountPath", "/data"),
    ("subPath", "train"),
    ("workingDir", "/app"),
    ("imagePullPolicy", "IfNotPresent"),
    ("restartPolicy", "Never"),
    ("dnsPolicy", "ClusterFirst"),
    ("runtimeClassName", "nvidia"),
    ("priorityClassName", "high-priority"),
    ("schedulerName", "default-scheduler"),
    ("nodeName", "node-1"),
    ("hostname", "trainer"),
    ("claimName", "training-data"),
    ("secretName", "registry-credentials"),
    ("medium", "Memory"),
    ("operator", "Exists"),
    ("effect", "NoSchedule"),
    ("topologyKey", "kubernetes.io/hostname"),
    ("fieldPath", "metadata.name"),
];

/// The fields that people set first.
const COMMON: &[&str] = &["image", "cpu", "memory", "replicas", "runAsUser"];

/// How many fields of a block are shown where none of these is there.
const MOST_FIELDS: usize = 2;

/// `for example …`, where there is an example.
pub fn shown(what: &str, ty: &'static Type) -> Option<String> {
    // A phrase is no key.
    if what.contains('`') || what.contains(' ') {
        let element = what.strip_prefix("an element of ").is_some();
        return element.then(|| value("", ty)).flatten().map(|value| format!("for example `{value}`"));
    }
    // What it takes says all of it.
    if matches!(ty, Type::Bool | Type::Keyword(_)) {
        return None;
    }
    setting(what, ty).map(|setting| format!("for example `{setting}`"))
}

/// A key with a value that it takes.
fn setting(name: &str, ty: &'static Type) -> Option<String> {
    match ty {
        Type::List { element: Type::Object(object), key: Some(key) } => Some(element(name, object, key)),
        Type::Object(_) | Type::Map(_) => Some(format!("{name} {}", value(name, ty)?)),
        _ => Some(format!("{name} = {}", value(name, ty)?)),
    }
}

/// An element of a list by its label.
fn element(name: &str, object: &'static Object, key: &str) -> String {
    let label = match object.field(key).map(|field| field.ty) {
        Some(Type::Int { .. }) => "8080".to_owned(),
        _ if key == "mountPath" => "\"/data\"".to_owned(),
        _ if name == "containers" => "primary".to_owned(),
        _ => key.to_uppercase(),
    };
    format!("{name} {label} {}", block(object, Some(key)))
}

/// A value that a type takes.
fn value(name: &str, ty: &'static Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "true".into(),
        Type::Int { .. } => number(name).into(),
        Type::Float => "1.5".into(),
        Type::String => match TEXTS.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => format!("\"{text}\""),
            // What stands in a list or block of texts is clear.
            None if name.is_empty() => return None,
            None => "\"…\"".into(),
        },
        Type::Keyword(words) => format!("\"{}\"", words.first()?),
        Type::Quantity | Type::QuantityOrAuto => "2Gi".into(),
        Type::Cores => "500m".into(),
        Type::Duration => "1h30m".into(),
        Type::IntOrString => "8080".into(),
        Type::Time => "\"2024-01-02T03:04:05Z\"".into(),
        Type::Range(Type::Cores) => "500m..2".into(),
        Type::Range(Type::Quantity) => "1Gi..4Gi".into(),
        Type::Range(_) => "1..3".into(),
        Type::List { element: Type::String, .. } => match name {
            "command" => "[\"python\", \"train.py\"]".into(),
            "args" => "[\"--epochs\", \"10\"]".into(),
            _ => "[\"…\"]".into(),
        },
        Type::List { element, .. } => format!("[{}]", value("", element)?),
        Type::Map(element) => match element {
            Type::String => "{ NAME = \"value\" }".into(),
            Type::Quantity => "{ cpu = \"1\", memory = \"2Gi\" }".into(),
            _ => format!("{{ NAME = {} }}", value("", element)?),
        },
        Type::Object(object) => block(object, None),
        Type::Shorthand(object, field) => {
            value(name, &object.field(field)?.ty).or_else(|| value(field, &object.field(field)?.ty))?
        }
        Type::OneOrMany(element) => value(name, element)?,
        Type::OneOf(types) => types.iter().find_map(|ty| value(name, ty))?,
        Type::PodTemplate => "gpu_pod".into(),
        Type::Environment | Type::Any => return None,
    })
}

/// A number that fits what its field counts.
fn number(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    match name {
        _ if name.ends_with("port") => "8080",
        _ if name.ends_with("seconds") => "30",
        _ if name.starts_with("runas") || name.ends_with("group") => "1000",
        _ => "3",
    }
}

/// A block with some of an object's fields: those that it needs, else the first ones that have an example.
fn block(object: &'static Object, without: Option<&str>) -> String {
    let fields = || object.fields.iter().filter(|field| Some(field.name) != without);
    let scalar = |name: &str, ty| match ty {
        &(Type::Object(_) | Type::List { .. } | Type::Map(_)) => None,
        ty => value(name, ty),
    };
    let entry = |field: &'static crate::schema::Field| {
        scalar(field.name, &field.ty).map(|value| format!("{} = {value}", field.name))
    };
    let needed = |field: &'static crate::schema::Field| {
        entry(field).unwrap_or_else(|| match field.ty {
            Type::String => format!("{} = \"…\"", field.name),
            Type::List { element: Type::Object(object), key: Some(key) } => element(field.name, object, key),
            _ => format!("{} …", field.name),
        })
    };
    let required: Vec<String> = fields().filter(|field| field.required).map(needed).collect();
    let common: Vec<String> = fields().filter(|field| COMMON.contains(&field.name)).filter_map(entry).collect();
    let some = match (required.is_empty(), common.is_empty()) {
        (false, _) => required,
        (true, false) => common,
        (true, true) => {
            let texts = fields().filter(|field| TEXTS.iter().any(|(known, _)| *known == field.name));
            texts.filter_map(entry).take(MOST_FIELDS).collect()
        }
    };
    if some.is_empty() { "{ … }".into() } else { format!("{{ {} }}", some.join(", ")) }
}
