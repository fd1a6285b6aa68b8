//! What is different between pods, field by field.
//!
//! In: two pods as JSON (`K8sPod`, or Kubernetes' `Pod`). Out: [`Change`]s, in the order of fields and elements. Always: two pods without
//! a change are the same JSON; elements of lists that Kubernetes keeps apart by a key are compared with those of the same key, wherever they stand. Not
//! here: how changes are shown, and which pods are compared.

pub mod groups;
mod lists;
mod path;
pub mod report;

use serde_json::{Map, Value};

pub use self::path::{Path, Step};
use crate::schema::kubernetes::{OBJECT_META, POD_SPEC};
use crate::schema::{Object, Type};

/// One thing that is different.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is.
    pub path: Path,
    /// What it was; nothing where it was not there.
    pub old: Option<Value>,
    /// What it is now; nothing where it is gone.
    pub new: Option<Value>,
}

/// The differences between two pods.
#[must_use]
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Changes { list: Vec::new() };
    changes.value(&Path::default(), Shape::Pod, old, new);
    changes.list
}

/// What is known of a value by where it stands.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// The pod itself.
    Pod,
    /// A value of this type.
    Of(&'static Type),
    /// An object of Kubernetes.
    Object(&'static Object),
    /// Nothing.
    Unknown,
}

impl Shape {
    /// The field of this name.
    #[must_use]
    pub fn field(self, name: &str) -> Self {
        let of = |object: &'static Object| object.field(name).map_or(Self::Unknown, |field| Self::Of(&field.ty));
        match self {
            Self::Pod => match name {
                "podSpec" | "spec" => Self::Object(&POD_SPEC),
                "metadata" => Self::Object(&OBJECT_META),
                _ => Self::Unknown,
            },
            Self::Object(object) => of(object),
            Self::Of(Type::Object(object)) => of(object),
            Self::Of(Type::Map(ty)) => Self::Of(ty),
            _ => Self::Unknown,
        }
    }

    /// Whether names below it are anybody's, and not fields.
    #[must_use]
    pub fn is_map(self) -> bool {
        matches!(self, Self::Of(Type::Map(_)))
    }

    /// The elements of a list, and the field that tells them apart.
    #[must_use]
    pub fn elements(self) -> (Self, Option<&'static str>) {
        match self {
            Self::Of(Type::List { element, key }) => (Self::Of(element), *key),
            _ => (Self::Unknown, None),
        }
    }
}

struct Changes {
    list: Vec<Change>,
}

impl Changes {
    /// Recursion follows the nesting of Kubernetes' types, and of JSON that a parser has bounded.
    fn value(&mut self, path: &Path, shape: Shape, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.object(path, shape, old, new),
            (Value::Array(old), Value::Array(new)) => self.list(path, shape, old, new),
            _ if old == new => {}
            _ => self.push(path.clone(), Some(old), Some(new)),
        }
    }

    fn push(&mut self, path: Path, old: Option<&Value>, new: Option<&Value>) {
        self.list.push(Change { path, old: old.cloned(), new: new.cloned() });
    }

    fn object(&mut self, path: &Path, shape: Shape, old: &Map<String, Value>, new: &Map<String, Value>) {
        let mut names: Vec<&String> = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))).collect();
        names.sort();
        for name in names {
            let below = if shape.is_map() { path.key(name) } else { path.field(name) };
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => self.value(&below, shape.field(name), old, new),
                (old, new) => self.push(below, old, new),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        let text = |value: Option<Value>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let told = changes(old, new).into_iter();
        told.map(|change| format!("{}: {} > {}", change.path, text(change.old), text(change.new))).collect()
    }

    fn spec(spec: &Value) -> Value {
        json!({ "metadata": {}, "podSpec": spec, "primaryContainerName": "primary" })
    }

    #[test]
    fn the_same_pods_have_no_changes() {
        let pod = spec(&json!({ "containers": [{ "name": "primary", "args": ["a", "b"] }] }));
        assert!(changes(&pod, &pod).is_empty());
    }

    #[test]
    fn containers_are_compared_by_name() {
        let old =
            spec(&json!({ "containers": [{ "name": "primary", "image": "a:1" }, { "name": "log", "image": "l" }] }));
        let new =
            spec(&json!({ "containers": [{ "name": "log", "image": "l" }, { "name": "primary", "image": "a:2" }] }));
        assert_eq!(
            told(&old, &new),
            [
                "podSpec.containers[primary].image: \"a:1\" > \"a:2\"",
                "podSpec.containers (order): [\"primary\",\"log\"] > [\"log\",\"primary\"]"
            ]
        );
    }

    #[test]
    fn elements_and_fields_come_and_go() {
        let env = |env: Value| spec(&json!({ "containers": [{ "name": "primary", "env": env }] }));
        let old = env(json!([{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }]));
        let new = env(json!([{ "name": "B", "value": "3" }, { "name": "C", "value": "4" }]));
        assert_eq!(
            told(&old, &new),
            [
                "podSpec.containers[primary].env[B].value: \"2\" > \"3\"",
                "podSpec.containers[primary].env[C]: - > {\"name\":\"C\",\"value\":\"4\"}",
                "podSpec.containers[primary].env[A]: {\"name\":\"A\",\"value\":\"1\"} > -",
            ]
        );
        let labels = |labels: Value| json!({ "metadata": { "labels": labels } });
        assert_eq!(
            told(&labels(json!({ "a/b": "1" })), &labels(json!({ "a/b": "2", "c": "3" }))),
            ["metadata.labels[\"a/b\"]: \"1\" > \"2\"", "metadata.labels.c: - > \"3\""]
        );
    }

    #[test]
    fn lists_without_keys_are_compared_in_their_order() {
        let args = |args: Value| spec(&json!({ "containers": [{ "name": "primary", "args": args }] }));
        let old = args(json!(["a", "--x", "1", "b"]));
        let new = args(json!(["a", "--x", "2", "b", "c"]));
        assert_eq!(
            told(&old, &new),
            ["podSpec.containers[primary].args[2]: \"1\" > \"2\"", "podSpec.containers[primary].args[4]: - > \"c\"",]
        );
        // Without names, or with a name twice, there is nothing to tell elements apart by.
        let twice = |value: &str| spec(&json!({ "containers": [{ "name": "a" }, { "name": "a", "image": value }] }));
        assert_eq!(told(&twice("1"), &twice("2")), ["podSpec.containers[1].image: \"1\" > \"2\""]);
    }

    #[test]
    fn one_change_of_many_pods_is_one() {
        let change = |path: &str, new: &str| Change {
            path: Path::default().field(path),
            old: Some(json!("x")),
            new: Some(json!(new)),
        };
        let pods = [
            ("a".to_owned(), vec![change("image", "1"), change("args", "9")]),
            ("b".to_owned(), vec![change("image", "1")]),
            ("c".to_owned(), vec![change("image", "1"), change("args", "9")]),
        ];
        let groups = groups::groups(pods);
        let pods: Vec<(usize, String)> =
            groups.iter().map(|group| (group.changes.len(), group.pods.join(" "))).collect();
        assert_eq!(pods, [(1, "a b c".to_owned()), (1, "a c".to_owned())]);
    }
}
