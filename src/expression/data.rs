//! What stands in a data file, as a value.

use std::sync::Arc;

use crate::data::{self, Node};
use crate::value::{Kind, List, Object, Value};

/// The value of a node. Recursion follows the nesting of the file, which its reader bounds.
#[must_use]
pub fn value(node: &Node) -> Value {
    let kind = match &node.kind {
        data::Kind::Null => Kind::Null,
        data::Kind::Bool(truth) => Kind::Bool(*truth),
        data::Kind::Int(number) => Kind::Int(*number),
        data::Kind::Float(number) => Kind::Float(*number),
        data::Kind::String(text) => Kind::String(text.clone()),
        data::Kind::List(items) => Kind::List(Arc::new(List::new(items.iter().map(value).collect()))),
        data::Kind::Map(entries) => {
            let mut object = Object::default();
            for (key, node) in entries {
                object.set(key.text.clone(), key.span, value(node));
            }
            Kind::Object(Arc::new(object))
        }
    };
    Value::new(node.span, kind)
}
