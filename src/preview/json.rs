//! A preview as JSON: the pod, and the origin of each value by its path.
//!
//! In: a [`Preview`]. Out: one object, laid out for people, keys sorted. Not here: what origins mean.

use serde_json::{Map, Value, json};

use super::tree::{Kind, Origin, Source, Tree};
use super::{Places, Preview};
use crate::validate::path::Path;

/// Writes the preview.
#[must_use]
pub fn write(preview: &Preview, places: &Places<'_>) -> String {
    let mut origins = Map::new();
    collect(&preview.pod, &Path::default(), places, &mut origins);
    let pod = preview.pod.to_json(&|name| format!("<{name}>"));
    let whole = json!({ "name": preview.name, "pod": pod, "origins": origins });
    format!("{whole:#}\n")
}

/// The origins of all values without parts, and of collections without items.
fn collect(tree: &Tree, path: &Path, places: &Places<'_>, origins: &mut Map<String, Value>) {
    match &tree.kind {
        Kind::List(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                collect(item, &path.index(at), places, origins);
            }
        }
        Kind::Map(entries) if !entries.is_empty() => {
            for (name, value) in entries {
                collect(value, &path.field(name), places, origins);
            }
        }
        _ => drop(origins.insert(path.to_string(), origin(&tree.origin, places))),
    }
}

fn origin(origin: &Origin, places: &Places<'_>) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: &str| _ = fields.insert(name.to_owned(), Value::from(value));
    match &origin.source {
        Source::Task => set("kind", "task"),
        Source::Template => set("kind", "template"),
        Source::Cluster { template, container } => {
            set("kind", "cluster template");
            set("template", template);
            if let Some(container) = container {
                set("container", container);
            }
        }
        Source::Platform(why) => {
            set("kind", "platform");
            set("what", why);
        }
        Source::ApiDefault => set("kind", "API default"),
    }
    if let Some(place) = places.of(origin) {
        set("place", &place);
    }
    Value::Object(fields)
}
