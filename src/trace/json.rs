//! A trace for programs.
//!
//! In: a [`Trace`]. Out: one JSON document, keys sorted. Always: fields are in the order of the pod, layers from the last to the first; what is not
//! known is left out. Not here: what layers are.

use serde_json::{Map, Value, json};

use super::layers::{Layers, Via};
use super::{Field, Layer, Trace};
use crate::source::Span;

/// Writes the trace.
#[must_use]
pub fn write(trace: &Trace, layers: &Layers<'_>) -> String {
    let fields: Vec<Value> = trace.fields.iter().map(|field| of_field(field, layers)).collect();
    format!("{:#}\n", json!({ "name": trace.name, "fields": fields }))
}

fn of_field(field: &Field, layers: &Layers<'_>) -> Value {
    let list: Vec<Value> = field.layers.iter().map(|layer| of_layer(layer, layers)).collect();
    let mut object = json!({ "path": field.path.to_string(), "layers": list });
    if let (Some(value), Some(object)) = (&field.value, object.as_object_mut()) {
        object.insert("value".to_owned(), value.clone());
    }
    object
}

fn of_layer(layer: &Layer, layers: &Layers<'_>) -> Value {
    let mut object = Map::new();
    object.insert("by".to_owned(), json!(plain(&layer.who)));
    object.insert("does".to_owned(), json!(if layer.takes_away { "take away" } else { "set" }));
    if let Some(place) = layer.place {
        object.insert("place".to_owned(), of_place(place, layers));
        if layer.why.is_none() {
            object.insert("source".to_owned(), json!(layers.text(place)));
        }
    }
    if let Some(why) = &layer.why {
        object.insert("why".to_owned(), json!(why));
    }
    if let Some(by) = &layer.overruled {
        let mut overruled = json!({ "by": plain(&by.who) });
        if let (Some(place), Some(object)) = (by.place, overruled.as_object_mut()) {
            object.insert("place".to_owned(), of_place(place, layers));
        }
        object.insert("overruled".to_owned(), overruled);
    }
    let through: Vec<Value> = layer.through.iter().map(|via| of_via(via, layers)).collect();
    object.insert("through".to_owned(), json!(through));
    Value::Object(object)
}

fn of_via(via: &Via, layers: &Layers<'_>) -> Value {
    json!({ "what": plain(&via.who), "place": of_place(via.place, layers), "counts": !via.overruled })
}

/// Words without the marks around names.
fn plain(who: &str) -> String {
    who.replace('`', "")
}

fn of_place(place: Span, layers: &Layers<'_>) -> Value {
    let source = layers.sources().get(place.file);
    let position = source.position(place.range().start);
    json!({ "file": source.name, "line": position.line, "column": position.column, "offset": position.offset })
}
