//! A workload as the wire bytes of `flyteidl2.core.K8sPod`.
//!
//! In: a workload. Out: protobuf. Always: maps in the order of their keys, so that there is one encoding.

use prost::Message as _;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct};
use serde_json::Value;

use super::pod;
use crate::flyte::idl;
use crate::lower::Workload;

/// Writes the message at the end of `out`.
pub fn write(workload: &Workload, out: &mut Vec<u8>) {
    let template = &workload.template;
    let spec = match pod::message(workload).get_mut("podSpec").map(Value::take) {
        Some(Value::Object(fields)) => Some(structure(fields)),
        _ => None,
    };
    let message = idl::K8sPod {
        metadata: Some(idl::K8sObjectMetadata {
            labels: idl::map_entries(&template.labels),
            annotations: idl::map_entries(&template.annotations),
        }),
        pod_spec: spec,
        primary_container_name: template.primary_name.clone(),
    };
    // Only a buffer that cannot grow refuses a message.
    let _ = message.encode(out);
}

/// Reads the message, as the JSON that [`super::value`] gives.
pub fn read(bytes: &[u8]) -> Result<Value, prost::DecodeError> {
    let message = idl::K8sPod::decode(bytes)?;
    let metadata = message.metadata.unwrap_or_default();
    let entries = |entries: Vec<idl::MapEntry>| -> serde_json::Map<String, Value> {
        let text = |text: Option<String>| text.unwrap_or_default();
        entries.into_iter().map(|entry| (text(entry.key), Value::from(text(entry.value)))).collect()
    };
    let parts = [("annotations", entries(metadata.annotations)), ("labels", entries(metadata.labels))];
    let parts = parts.into_iter().filter(|(_, entries)| !entries.is_empty());
    let metadata: serde_json::Map<String, Value> =
        parts.map(|(name, entries)| (name.to_owned(), Value::Object(entries))).collect();
    Ok(serde_json::json!({
        "metadata": metadata,
        "podSpec": read_structure(message.pod_spec.unwrap_or_default()),
        "primaryContainerName": message.primary_container_name,
    }))
}

fn read_structure(structure: Struct) -> Value {
    Value::Object(structure.fields.into_iter().map(|(name, value)| (name, read_value(value))).collect())
}

/// Recursion follows the nesting of the message, which prost bounds.
fn read_value(value: prost_types::Value) -> Value {
    /// Doubles hold every whole number up to this.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(truth)) => Value::Bool(truth),
        #[expect(clippy::cast_possible_truncation, reason = "a whole number within these bounds fits")]
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 && number.abs() <= EXACT => Value::from(number as i64),
        Some(Kind::NumberValue(number)) => serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => Value::Array(list.values.into_iter().map(read_value).collect()),
        Some(Kind::StructValue(structure)) => read_structure(structure),
    }
}

fn structure(fields: serde_json::Map<String, Value>) -> Struct {
    Struct { fields: fields.into_iter().map(|(name, value)| (name, wire_value(value))).collect() }
}

/// Recursion follows the nesting of the source.
fn wire_value(value: Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(truth) => Kind::BoolValue(truth),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(ListValue { values: items.into_iter().map(wire_value).collect() }),
        Value::Object(fields) => Kind::StructValue(structure(fields)),
    };
    prost_types::Value { kind: Some(kind) }
}

/// The value with each number as the double that the wire holds; whole numbers that doubles hold stay whole.
pub fn as_doubles(value: Value) -> Value {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|whole| whole.unsigned_abs() > EXACT) => {
            number.as_f64().and_then(serde_json::Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(as_doubles).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, as_doubles(value))).collect())
        }
        other => other,
    }
}
