//! Parts of values.
//!
//! In: values of data files. Out: what stands in them by name. Always: what is null is absent, as for `kubectl`. Not here: what the parts
//! mean.

use crate::data::{Key, Kind, Node};

/// The entries of a map; of anything else none.
pub fn entries(node: &Node) -> &[(Key, Node)] {
    match &node.kind {
        Kind::Map(entries) => entries,
        _ => &[],
    }
}

/// The items of a list; of anything else none.
pub fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::List(items) => items,
        _ => &[],
    }
}

/// An entry of a map that is not null.
pub fn entry<'n>(node: &'n Node, name: &str) -> Option<(&'n Key, &'n Node)> {
    let found = entries(node).iter().find(|(key, value)| key.text == name && value.kind != Kind::Null);
    found.map(|(key, value)| (key, value))
}

/// The value of an entry.
pub fn value<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    entry(node, name).map(|(_, value)| value)
}

/// The text that a value is.
pub fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// What an object is called; the beginning of its name counts where Kubernetes makes up the rest.
pub fn name(node: &Node) -> Option<&str> {
    let metadata = value(node, "metadata")?;
    value(metadata, "name").or_else(|| value(metadata, "generateName")).and_then(text)
}
