//! What is said of cluster files.
//!
//! In: what is at fault and its place. Out: diagnostics. Not here: finding the faults.

use super::PodTemplate;
use crate::data::{Key, Kind, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::schema::Type;
use crate::source::Span;

const DOCUMENTS: &str = "a cluster file has documents of `kind: PodTemplate`, Flyte's configuration below `plugins: k8s:`, and \
                         what tasks run as below `flyte:`";

/// A document that is none of a cluster file.
pub fn no_document(span: Span) -> Diagnostic {
    let message = "this document is nothing that a cluster file has";
    Diagnostic::new(code::BAD_CLUSTER_DOCUMENT, span, message).note(DOCUMENTS)
}

/// A file without documents.
pub fn nothing(span: Span) -> Diagnostic {
    Diagnostic::new(code::BAD_CLUSTER_DOCUMENT, span, "this cluster file is empty").note(DOCUMENTS)
}

/// A key that Flyte's configuration does not have at this place.
pub fn unknown_key<'k>(key: &Key, below: &str, known: impl IntoIterator<Item = &'k str>) -> Diagnostic {
    let below = if below.is_empty() { String::new() } else { format!(" below `{below}`") };
    let message = format!("Flyte's configuration has no `{}`{below}", key.text);
    let diagnostic = Diagnostic::new(code::UNKNOWN_CLUSTER_KEY, key.span, message)
        .note("Flyte ignores what it does not know, so this changes nothing on a cluster, and nothing here");
    match closest(&key.text, known) {
        Some(better) => renamed(diagnostic, key, better),
        None => diagnostic,
    }
}

/// A field that an object of Kubernetes, or of flytec's own document, does not have.
/// `home` is the field of it that does.
pub fn unknown_field<'k>(
    key: &Key,
    of: &str,
    known: impl IntoIterator<Item = &'k str>,
    home: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNKNOWN_FIELD, key.span, format!("{of} has no field `{}`", key.text));
    match (closest(&key.text, known), home) {
        (Some(better), _) => renamed(diagnostic, key, better),
        (None, Some(home)) => diagnostic.help(format!("`{}` is a field of its `{home}`", key.text)),
        (None, None) => diagnostic,
    }
}

/// Asks whether another key was meant. A key in quotes keeps them.
pub fn renamed(diagnostic: Diagnostic, key: &Key, better: &str) -> Diagnostic {
    let quoted = (key.span.end - key.span.start) as usize != key.text.len();
    let text = if quoted { format!("\"{better}\"") } else { better.to_owned() };
    diagnostic.did_you_mean(&key.text, better, key.span, text)
}

/// Fields that are required.
pub fn missing(span: Span, of: &str, names: &str) -> Diagnostic {
    Diagnostic::new(code::MISSING_FIELD, span, format!("Kubernetes' {of} needs {names}"))
        .here(format!("{names} is missing here"))
        .note("the API server refuses an object without it, so the cluster cannot have this one")
}

/// A value of another type than its field.
pub fn wrong_type(node: &Node, what: &str, expected: &str) -> Diagnostic {
    let message = format!("`{what}` takes {expected}, not {}", node.kind.described());
    let diagnostic = Diagnostic::new(code::WRONG_TYPE, node.span, message);
    match &node.kind {
        Kind::String(text) if is_meant(text, expected) => {
            let help = format!("write `{text}` without quotes");
            diagnostic.help(help).safe_fix("take the quotes away", node.span, text.as_str())
        }
        Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) if expected == described(&Type::String) => {
            diagnostic.help("put it between quotes")
        }
        _ => diagnostic,
    }
}

/// Whether a text would be a value of the type in these words, if it had no quotes.
fn is_meant(text: &str, expected: &str) -> bool {
    let words = expected == described(&Type::Bool) && ["true", "false"].contains(&text);
    words || (expected == described(&Type::Float) || expected == "a whole number") && text.parse::<i64>().is_ok()
}

/// A text that is no quantity.
pub fn bad_quantity(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_QUANTITY, span, format!("`{text}` is no quantity")).note(
        "Kubernetes reads a number and a unit: `m`, `k M G T P E` for powers of 1000, `Ki Mi Gi Ti Pi Ei` for powers of 1024",
    )
}

/// A text that is no moment.
pub fn bad_time(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_TIME, span, format!("`{what}` is a moment, and this is none"))
        .help("write it as RFC 3339 has it: `2024-01-02T03:04:05Z`")
}

/// A number beyond the bounds of its field.
pub fn out_of_range(span: Span, what: &str, min: i64, max: i64) -> Diagnostic {
    Diagnostic::new(code::OUT_OF_RANGE, span, format!("`{what}` is a number from {min} to {max}"))
}

/// A default template that the file lacks.
pub fn no_default_template<'k>(span: Span, name: &str, known: impl IntoIterator<Item = &'k str>) -> Diagnostic {
    let message = format!("the default pod template `{name}` is not in this file");
    let diagnostic = Diagnostic::new(code::NO_DEFAULT_TEMPLATE, span, message)
        .note("where the cluster lacks it too, Flyte goes on without a template and says nothing");
    match closest(name, known) {
        Some(better) => diagnostic.did_you_mean(name, better, span, better),
        None => diagnostic.help("add the template to this file as a document, as the cluster has it"),
    }
}

/// What a type takes, in words.
pub fn described(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "`true` or `false`",
        Type::Int { .. } => "a whole number",
        Type::Float => "a number",
        Type::Quantity => "a quantity",
        Type::IntOrString => "a whole number or a text",
        Type::List { .. } => "a list",
        Type::Map(_) | Type::Object(_) => "a map",
        _ => "a text",
    }
}

/// A name of which the file does not say whose it is.
#[must_use]
pub fn ambiguous(place: Span, name: &str, all: &[&PodTemplate]) -> Diagnostic {
    let message = format!("`{name}` could be any of {} pod templates of the cluster", all.len());
    let mut diagnostic = Diagnostic::new(code::NO_CLUSTER_TEMPLATE, place, message);
    for template in all {
        diagnostic = diagnostic.label(template.name.span, format!("`{}`", template.full_name()));
    }
    diagnostic
        .note("Flyte takes the one in the namespace that the task runs in")
        .help("say in the cluster file where tasks run: `flyte: {namespace: …}`")
}
