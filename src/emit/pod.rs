//! A workload as `flyteidl2.core.K8sPod` in JSON.
//!
//! In: a workload. Out: JSON values with sorted keys, as proto3's canonical JSON has them: empty maps and absent fields left
//! out. Always: moments are written as the Kubernetes client of the SDK writes them, with `+00:00` for `Z`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::Holed;
use crate::digest::sha256;
use crate::lower::{Template, Workload};

/// The whole message.
pub fn message(workload: &Workload) -> Value {
    around(&workload.template, value(&workload.primary()))
}

/// How deep the primary container stands: in the message, its `podSpec`, and the list of containers.
pub const CONTAINER_DEPTH: usize = 3;

/// The message with a hole where the primary container goes.
pub fn shell(template: &Template) -> Holed<1> {
    // No text holds its own digest.
    let mark = sha256(around(template, Value::Null).to_string().as_bytes());
    Holed { value: around(template, Value::String(mark.clone())), holes: [(mark, CONTAINER_DEPTH)] }
}

/// The fields of a primary container that the tasks of an environment mostly have each for themselves, in their order in JSON.
const OWN: [&str; 3] = ["args", "command", "env"];

/// A primary container with holes where its arguments, its command and its variables go.
pub fn primary(workload: &Workload) -> Holed<3> {
    let mut primary = value(&workload.primary());
    let digest = sha256(primary.to_string().as_bytes());
    let holes = OWN.map(|name| (format!("{name} {digest}"), CONTAINER_DEPTH + 1));
    if let Some(fields) = primary.as_object_mut() {
        for (name, (mark, _)) in OWN.iter().zip(&holes) {
            fields.insert((*name).to_owned(), Value::String(mark.clone()));
        }
    }
    Holed { value: primary, holes }
}

fn around(template: &Template, primary: Value) -> Value {
    json!({
        "metadata": metadata(template),
        "podSpec": pod_spec(template, primary),
        "primaryContainerName": template.primary_name,
    })
}

/// Labels and annotations, each only if there are any.
pub fn metadata(template: &Template) -> Map<String, Value> {
    let parts = [("annotations", &template.annotations), ("labels", &template.labels)];
    let parts = parts.into_iter().filter(|(_, texts)| !texts.is_empty());
    parts.map(|(name, texts)| (name.to_owned(), json!(texts))).collect()
}

fn pod_spec(template: &Template, primary: Value) -> Value {
    let mut spec = value(&template.spec);
    moments(&mut spec);
    if let Some(place) = spec.get_mut("containers").and_then(|list| list.get_mut(template.primary_index)) {
        *place = primary;
    }
    add_retired(&mut spec, template);
    spec
}

/// Puts the fields of older versions beside those that Kubernetes' types have.
pub fn add_retired(spec: &mut Value, template: &Template) {
    if let Some(fields) = spec.as_object_mut() {
        fields.extend(template.retired.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// One of Kubernetes' types as a value; all of them can be written as JSON.
pub fn value(typed: &impl Serialize) -> Value {
    serde_json::to_value(typed).unwrap_or_default()
}

/// The only moments in a pod spec are in the metadata of the claims that volumes make.
fn moments(spec: &mut Value) {
    let volumes = spec.get_mut("volumes").and_then(Value::as_array_mut);
    for volume in volumes.into_iter().flatten() {
        let Some(metadata) = volume.pointer_mut("/ephemeral/volumeClaimTemplate/metadata") else { continue };
        for name in ["creationTimestamp", "deletionTimestamp"] {
            metadata.get_mut(name).map(moment);
        }
        let managed = metadata.get_mut("managedFields").and_then(Value::as_array_mut);
        managed.into_iter().flatten().filter_map(|entry| entry.get_mut("time")).for_each(moment);
    }
}

fn moment(value: &mut Value) {
    if let Some(utc) = value.as_str().and_then(|text| text.strip_suffix('Z')) {
        *value = Value::String(format!("{utc}+00:00"));
    }
}
