//! A field that an object does not have.
//!
//! In: the object, the name that was written, and the entry that it was written in. Out: what is said of it, with what was probably
//! meant. Always: another spelling of a field comes first, then the words that people bring along, then a field that is nearly
//! called so, then one of that name in a block inside or around; where nothing of that helps, the fields that there are.
//! Not here: the words that people bring along (`habits`).

use std::sync::LazyLock;

use super::habits::{Meant, meant};
use crate::diagnostics::suggest::{closest, same_letters};
use crate::diagnostics::{Diagnostic, Edit, Fix, code};
use crate::schema::{Field, Object, Type, kubernetes, language};
use crate::source::Span;
use crate::syntax::ast::{self, Entry, Operation};

/// How far down a field is looked for: from a task to a field of a container.
const DEEPEST: usize = 3;

/// Names that too many objects have, so that another one that has it says nothing.
const EVERYWHERE: &[&str] =
    &["name", "key", "value", "path", "type", "kind", "items", "optional", "mode", "operator", "port"];

/// An object inside of another.
struct Edge {
    parent: &'static Object,
    field: &'static str,
    child: &'static Object,
}

/// All of them, those that are nearer to a declaration first.
static EDGES: LazyLock<Vec<Edge>> = LazyLock::new(|| {
    let mut edges: Vec<Edge> = Vec::new();
    let mut waiting = vec![&language::ENVIRONMENT, &language::TASK, &language::OVERRIDE, &language::TEMPLATE];
    let mut at = 0;
    while let Some(parent) = waiting.get(at).copied() {
        for field in parent.fields {
            let Some(child) = object_of(&field.ty) else { continue };
            edges.push(Edge { parent, field: field.name, child });
            if !waiting.iter().any(|known| std::ptr::eq(*known, child)) {
                waiting.push(child);
            }
        }
        at += 1;
    }
    edges
});

/// All objects that a declaration leads to.
#[cfg(test)]
pub fn objects() -> Vec<&'static Object> {
    EDGES.iter().flat_map(|edge| [edge.parent, edge.child]).collect()
}

/// The object that may stand where a type is expected, be it in a list.
fn object_of(ty: &Type) -> Option<&'static Object> {
    match ty {
        Type::Object(object) | Type::Shorthand(object, _) => Some(object),
        Type::PodTemplate => Some(&language::TEMPLATE),
        Type::List { element, .. } | Type::OneOrMany(element) => object_of(element),
        Type::OneOf(types) => types.iter().find_map(object_of),
        _ => None,
    }
}

/// What is said of a field that an object does not have; without an entry it stands in a file of data, or in an object that a name
/// stands for. Where not `few` have been reported, it is not searched for in other blocks.
#[must_use]
pub fn unknown_field(object: &'static Object, name: &str, place: Span, entry: Option<&Entry>, few: bool) -> Diagnostic {
    let message = format!("{} has no field `{name}`", described(object));
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_FIELD, place, message);
    diagnostic.notes.extend(whose(object));
    let own = || object.fields.iter().map(|field| field.name);
    if let Some(same) = own().find(|field| same_letters(field, name)) {
        return diagnostic.did_you_mean(name, same, place, same);
    }
    // What has a label may have been meant to be a declaration.
    let labelled = entry.is_some_and(|entry| entry.label.is_some());
    let declarations: &[&str] = if object.name == "environment" && labelled { &["task", "override"] } else { &[] };
    if let Some(word) = closest(name, declarations.iter().copied()) {
        return diagnostic.did_you_mean(name, word, place, word);
    }
    match meant(object.name, name) {
        // What is no key by itself is a form of this language.
        Some(Meant::Field(better)) if entry.is_none() && better.contains(' ') => {
            return diagnostic.help(format!("did you mean `{better}`?"));
        }
        Some(Meant::Field(better)) => return diagnostic.did_you_mean(name, better, place, better),
        Some(Meant::Inside(path, field)) => return inside(diagnostic, path, field, place, entry),
        Some(Meant::Otherwise(help)) => return diagnostic.help(help),
        None => {}
    }
    if let Some(nearest) = closest(name, own()) {
        return diagnostic.did_you_mean(name, nearest, place, nearest);
    }
    // Of very many, each is not worth a search.
    if !few {
        return diagnostic;
    }
    if let Some(better) = elsewhere(object, name, &diagnostic, place, entry) {
        return better;
    }
    if let Some(longer) = begun(object, name) {
        return diagnostic.did_you_mean(name, longer, place, longer);
    }
    if let Some(help) = beside(object, name) {
        return diagnostic.help(help);
    }
    let names: Vec<String> = own().map(|name| format!("`{name}`")).collect();
    diagnostic.note(format!("it has {}", names.join(", ")))
}

/// The only field that begins with a name.
fn begun(object: &'static Object, name: &str) -> Option<&'static str> {
    /// So many letters say enough.
    const FEWEST: usize = 4;
    let begins = |field: &&str| field.to_ascii_lowercase().starts_with(&name.to_ascii_lowercase());
    let mut fields = object.fields.iter().map(|field| field.name).filter(begins);
    match (fields.next(), fields.next()) {
        (Some(field), None) if name.len() >= FEWEST => Some(field),
        _ => None,
    }
}

/// Whose fields an object of the language has.
fn whose(object: &Object) -> Option<String> {
    let class = match object.name {
        "environment" => "TaskEnvironment",
        "task" => "@env.task",
        "override" => "task.override",
        "template" => "PodTemplate",
        "resources" => "Resources",
        "gpu" => "Device",
        "secret" => "Secret",
        "cache" => "Cache",
        "retries" => "RetryStrategy",
        "backoff" => "Backoff",
        "timeout" => "Timeout",
        "reusable" => "ReusePolicy",
        _ => return None,
    };
    Some(format!("its fields are those of `{class}` in Flyte's SDK, in its spelling"))
}

/// What is said of a field that stands in another block: inside of this one, around it, or beside it.
fn elsewhere(
    object: &'static Object,
    name: &str,
    diagnostic: &Diagnostic,
    place: Span,
    entry: Option<&Entry>,
) -> Option<Diagnostic> {
    if let Some(resource) = amount(object, name, diagnostic, entry) {
        return Some(resource);
    }
    let everywhere = EVERYWHERE.contains(&name);
    let (below, above) = (below(object, name, if everywhere { 1 } else { DEEPEST }), above(object, name));
    match (below.as_slice(), above) {
        ([], None) => None,
        ([], Some((help, _))) => Some(diagnostic.clone().help(help)),
        ([only, ..], Some((help, steps))) if steps < only.path.len() => Some(diagnostic.clone().help(help)),
        ([only], _) => {
            let path: Vec<&str> = only.path.iter().map(String::as_str).collect();
            Some(inside(diagnostic.clone(), &path, only.field, place, entry))
        }
        (several, _) => {
            let all: Vec<String> = several.iter().map(|home| format!("`{}`", home.path.join("."))).collect();
            Some(diagnostic.clone().help(format!("it is a field of {}", joined(&all))))
        }
    }
}

/// Says that a field belongs into blocks inside of this one, and puts them around its entry.
fn inside(diagnostic: Diagnostic, path: &[&str], field: &str, place: Span, entry: Option<&Entry>) -> Diagnostic {
    let opened = format!("{} {{ ", path.join(" { "));
    let closed = " }".repeat(path.len());
    let innermost = path.last().copied().unwrap_or_default();
    let form = match entry {
        Some(Entry { label: Some(label), .. }) => format!("{field} {} {{ … }}", label_text(label)),
        Some(Entry { operation: Operation::Merge(_), .. }) => format!("{field} {{ … }}"),
        _ => format!("{field} = …"),
    };
    let mut diagnostic = diagnostic.help(format!("it belongs into `{innermost}`: write `{opened}{form}{closed}`"));
    if let Some(entry) = entry.filter(|entry| entry.operation != Operation::Missing) {
        let edits = vec![
            Edit { span: place, text: format!("{opened}{field}") },
            Edit { span: entry.span.at_end(), text: closed },
        ];
        diagnostic.fixes.push(Fix { message: format!("put it into `{innermost}`"), safe: false, edits });
    }
    diagnostic
}

/// A label as it is written.
pub fn label_text(label: &ast::Label) -> String {
    let text = &label.name.text;
    if label.number || crate::modules::names::is_referable(text) { text.to_string() } else { format!("\"{text}\"") }
}

/// An amount that stands right in `resources` of a container, which has requests and limits.
fn amount(object: &Object, name: &str, diagnostic: &Diagnostic, entry: Option<&Entry>) -> Option<Diagnostic> {
    if object.name != "ResourceRequirements" && object.name != "VolumeResourceRequirements" {
        return None;
    }
    let known = ["cpu", "memory", "ephemeral-storage", "storage"].contains(&name) || name.contains(['/', '-']);
    let entry = entry.filter(|_| known)?;
    let diagnostic = diagnostic.clone().help(
        "an amount stands in `requests`, for what the pod is placed by, or in `limits`, for what it may use at most",
    );
    // A bare number is no amount there.
    let number = match &entry.operation {
        Operation::Set(value) => matches!(value.value, ast::Value::Int(_) | ast::Value::Float(_)).then_some(value.span),
        _ => None,
    };
    let mut edits = vec![Edit { span: entry.key.span.at_start(), text: "requests { ".into() }];
    edits.extend(number.map(|number| Edit { span: number.at_start(), text: "\"".into() }));
    let end = if number.is_some() { "\" }" } else { " }" };
    edits.push(Edit { span: entry.span.at_end(), text: end.into() });
    let mut diagnostic = diagnostic;
    diagnostic.fixes.push(Fix { message: "put it into `requests`".into(), safe: false, edits });
    Some(diagnostic)
}

/// A place below an object at which there is a field.
struct Home {
    path: Vec<String>,
    field: &'static str,
}

/// The nearest places below an object at which there is a field of this name.
fn below(object: &'static Object, name: &str, deepest: usize) -> Vec<Home> {
    let mut level: Vec<(Vec<String>, &'static Object)> = vec![(Vec::new(), object)];
    for _ in 0..deepest {
        let mut next = Vec::new();
        for (path, object) in &level {
            for field in object.fields {
                let Some((step, child)) = step(field) else { continue };
                let mut path = path.clone();
                path.push(step);
                next.push((path, child));
            }
        }
        let found = |(path, child): &(Vec<String>, &'static Object)| {
            let field = child.fields.iter().find(|field| same_letters(field.name, name))?;
            Some(Home { path: path.clone(), field: field.name })
        };
        let homes: Vec<Home> = next.iter().filter_map(found).collect();
        if !homes.is_empty() {
            return homes;
        }
        level = next;
    }
    Vec::new()
}

/// The block that a field is, if it is one: of lists only the containers, of which one is the task's.
fn step(field: &'static Field) -> Option<(String, &'static Object)> {
    match field.ty {
        Type::List { .. } if field.name == "containers" => Some(("containers primary".into(), &kubernetes::CONTAINER)),
        Type::List { .. } | Type::OneOrMany(_) => None,
        _ => object_of(&field.ty).map(|object| (field.name.into(), object)),
    }
}

/// Where around an object there is a field of this name, and how many steps that is away.
fn above(object: &'static Object, name: &str) -> Option<(String, usize)> {
    let mut level: Vec<&'static Object> = vec![object];
    for steps in 1..=DEEPEST {
        let edges = || EDGES.iter().filter(|edge| level.iter().any(|child| std::ptr::eq(*child, edge.child)));
        let has = |edge: &&Edge| edge.parent.fields.iter().any(|field| same_letters(field.name, name));
        if let Some(edge) = edges().find(has) {
            let field = edge.parent.fields.iter().find(|field| same_letters(field.name, name))?.name;
            return Some((moved(edge, field), steps));
        }
        level = edges().map(|edge| edge.parent).collect();
    }
    None
}

/// Where anywhere there is a field of this name: in the language for a block of the language, in Kubernetes for one of Kubernetes.
fn beside(object: &Object, name: &str) -> Option<String> {
    if EVERYWHERE.contains(&name) {
        return None;
    }
    let has = |edge: &&Edge| edge.child.fields.iter().any(|field| same_letters(field.name, name));
    let own = |object: &Object| object.name.starts_with(|c: char| c.is_ascii_lowercase());
    let akin = |edge: &&Edge| own(edge.child) == own(object);
    let edge = EDGES.iter().filter(akin).find(has).or_else(|| EDGES.iter().find(has))?;
    let field = edge.child.fields.iter().find(|field| same_letters(field.name, name))?.name;
    let around = match edge.parent.name {
        "PodSpec" => "the pod spec".to_owned(),
        "Container" => "a container".to_owned(),
        _ => described(edge.parent),
    };
    Some(format!("`{field}` is a field of `{}` in {around}", edge.field))
}

/// What is said of a field that belongs to the object around another.
fn moved(edge: &Edge, field: &str) -> String {
    let owner = match edge.parent.name {
        "environment" | "task" | "override" if edge.field == "pod_template" => {
            return format!(
                "`{field}` is set in the environment, or in the task, that uses the template: move it out of the template"
            );
        }
        "environment" | "task" | "override" => "the environment, or of the task".into(),
        "template" => "the template".into(),
        "PodSpec" => "the pod spec".into(),
        "Container" => "the container".into(),
        name => format!("Kubernetes' {name}"),
    };
    format!("`{field}` is a field of {owner}, around this block: move it out of `{}`", edge.field)
}

/// What messages call an object: the language's own by what they are, Kubernetes' by their type.
fn described(object: &Object) -> String {
    if object.name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return format!("Kubernetes' {}", object.name);
    }
    let article = if object.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    match object.name {
        "environment" | "task" | "template" | "override" | "secret" => format!("{article} {}", object.name),
        name => format!("`{name}`"),
    }
}

fn joined(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and of {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
