//! How Flyte merges two pod specs: the task's over a template's.
//!
//! In: two trees and the type of both. Out: the first, with the second merged into it. Always, with `over` the task's value and
//! `base` the template's:
//!
//! - a scalar wins unless it is zero: `false`, 0 and an empty text count only where the base has no value;
//! - an object is merged field by field;
//! - a list is appended to the base's;
//! - an entry of a map wins, also if it is zero.
//!
//! Source: `deepMerge` in mergo's `merge.go`, with `WithOverride` and `WithAppendSlice`, as Flyte's `flytek8s/pod_helper.go` calls
//! it. Go merges structs, of which Kubernetes' JSON does not show whether a field is a pointer. Where both sides have a value
//! that makes no difference, and where only one has, that one counts. These rules were read, not tried out. Not here: which
//! parts of a pod are merged with which.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::tree::{Kind, Scalar, Tree};
use crate::schema::Type;

/// Merges a value over another one of the same type. Recursion follows the nesting of Kubernetes' types.
pub fn merge(base: &mut Tree, over: Tree, ty: &Type) {
    match ty {
        Type::Object(object) => {
            for (name, value) in parts(over) {
                match (base.get_mut(&name), object.field(&name)) {
                    (Some(present), Some(field)) => merge(present, value, &field.ty),
                    (Some(present), None) => merge(present, value, &Type::Any),
                    (None, _) => base.set(&name, value),
                }
            }
        }
        Type::Map(_) => {
            for (name, value) in parts(over) {
                let value = match base.take(&name) {
                    Some(present) => value.instead_of(present),
                    None => value,
                };
                base.set(&name, value);
            }
        }
        Type::List { .. } => {
            if let Kind::List(items) = over.kind {
                base.extend(items);
            }
        }
        Type::IntOrString => int_or_string(base, over),
        _ if over.is_zero() => {}
        _ => replace(base, over),
    }
}

fn replace(base: &mut Tree, over: Tree) {
    let lost = std::mem::replace(base, over.clone());
    *base = over.instead_of(lost);
}

fn parts(tree: Tree) -> BTreeMap<EcoString, Tree> {
    match tree.kind {
        Kind::Map(entries) => entries,
        _ => BTreeMap::new(),
    }
}

/// In Go, a struct of a kind (0 for a number, 1 for a text), a number and a text, merged field by field: once one side is a
/// text, so is the result, and it is the last text that is not empty.
fn int_or_string(base: &mut Tree, over: Tree) {
    let is_text = |tree: &Tree| matches!(tree.kind, Kind::Scalar(Scalar::Text(_)));
    if !over.is_zero() && (is_text(&over) || !is_text(base)) {
        replace(base, over);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;
    use crate::preview::tree::{Source, Tree};
    use crate::schema::Type;
    use crate::schema::kubernetes::{CONTAINER, OBJECT_META, POD_SPEC};
    use crate::validate::path::Path;

    fn merged(base: &Value, over: &Value, ty: &Type) -> Tree {
        let mut tree = Tree::of_json(base, &Path::default(), &Source::Template);
        merge(&mut tree, Tree::of_json(over, &Path::default(), &Source::Task), ty);
        tree
    }

    fn check(ty: &Type, table: &[(Value, Value, Value)]) {
        for (base, over, expected) in table {
            assert_eq!(merged(base, over, ty).to_json(&str::to_owned), *expected, "{over} over {base}");
        }
    }

    #[test]
    fn a_scalar_wins_unless_it_is_zero() {
        check(
            &Type::Object(&POD_SPEC),
            &[
                (json!({"hostNetwork": true}), json!({}), json!({"hostNetwork": true})),
                (json!({"hostNetwork": true}), json!({"hostNetwork": false}), json!({"hostNetwork": true})),
                (json!({"hostNetwork": false}), json!({"hostNetwork": true}), json!({"hostNetwork": true})),
                (json!({}), json!({"hostNetwork": false}), json!({"hostNetwork": false})),
                (json!({"priority": 5}), json!({"priority": 0}), json!({"priority": 5})),
                (json!({"priority": 5}), json!({"priority": 7}), json!({"priority": 7})),
                (json!({"priority": 0}), json!({"priority": 0}), json!({"priority": 0})),
                (json!({"nodeName": "a"}), json!({"nodeName": ""}), json!({"nodeName": "a"})),
                (json!({"nodeName": "a"}), json!({"nodeName": "b"}), json!({"nodeName": "b"})),
            ],
        );
    }

    /// Fields that are pointers in Go: a pointer to zero is none where the base points to something.
    #[test]
    fn a_pointer_to_zero_counts_only_where_the_base_has_none() {
        let name = "enableServiceLinks";
        check(
            &Type::Object(&POD_SPEC),
            &[
                (json!({name: true}), json!({name: false}), json!({name: true})),
                (json!({}), json!({name: false}), json!({name: false})),
                (
                    json!({"terminationGracePeriodSeconds": 60}),
                    json!({"terminationGracePeriodSeconds": 0}),
                    json!({"terminationGracePeriodSeconds": 60}),
                ),
                (
                    json!({"securityContext": {"runAsUser": 1000, "fsGroup": 5}}),
                    json!({"securityContext": {"runAsUser": 0, "runAsGroup": 0}}),
                    json!({"securityContext": {"runAsUser": 1000, "fsGroup": 5, "runAsGroup": 0}}),
                ),
                (
                    json!({"securityContext": {"fsGroup": 5}}),
                    json!({"securityContext": {}}),
                    json!({"securityContext": {"fsGroup": 5}}),
                ),
                (json!({}), json!({"securityContext": {}}), json!({"securityContext": {}})),
            ],
        );
    }

    #[test]
    fn a_list_is_appended_and_nothing_in_it_is_merged() {
        let container = Type::Object(&CONTAINER);
        check(
            &container,
            &[
                (json!({"args": ["a"]}), json!({"args": ["b"]}), json!({"args": ["a", "b"]})),
                (json!({"args": ["a"]}), json!({"args": []}), json!({"args": ["a"]})),
                (json!({"command": ["a"]}), json!({"command": ["a"]}), json!({"command": ["a", "a"]})),
                (
                    json!({"env": [{"name": "A", "value": "1"}]}),
                    json!({"env": [{"name": "A", "value": "2"}]}),
                    json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
                ),
                (
                    json!({"securityContext": {"capabilities": {"add": ["A"], "drop": ["B"]}}}),
                    json!({"securityContext": {"capabilities": {"add": ["C"]}}}),
                    json!({"securityContext": {"capabilities": {"add": ["A", "C"], "drop": ["B"]}}}),
                ),
            ],
        );
    }

    #[test]
    fn an_entry_of_a_map_wins_also_if_it_is_zero() {
        check(
            &Type::Object(&CONTAINER),
            &[(
                json!({"resources": {"limits": {"cpu": "2", "x/y": "1"}}}),
                json!({"resources": {"limits": {"cpu": "0"}, "requests": {"cpu": "0"}}}),
                json!({"resources": {"limits": {"cpu": "0", "x/y": "1"}, "requests": {"cpu": "0"}}}),
            )],
        );
        check(
            &Type::Object(&OBJECT_META),
            &[(
                json!({"labels": {"a": "1", "b": "2"}, "finalizers": ["x"]}),
                json!({"labels": {"a": ""}, "finalizers": ["y"]}),
                json!({"labels": {"a": "", "b": "2"}, "finalizers": ["x", "y"]}),
            )],
        );
    }

    #[test]
    fn a_number_or_text_is_merged_as_the_struct_that_it_is_in_go() {
        let probe = |port: Value| json!({"livenessProbe": {"httpGet": {"port": port}}});
        let table = [
            (json!(80), json!(81), json!(81)),
            (json!(80), json!("http"), json!("http")),
            (json!("http"), json!("web"), json!("web")),
            (json!("http"), json!(81), json!("http")),
            (json!(80), json!(0), json!(80)),
        ];
        for (base, over, expected) in table {
            check(&Type::Object(&CONTAINER), &[(probe(base), probe(over), probe(expected))]);
        }
    }

    #[test]
    fn what_counts_keeps_its_origin() {
        let ty = Type::Object(&POD_SPEC);
        let tree = merged(&json!({"nodeName": "a", "priority": 5}), &json!({"nodeName": "b", "priority": 0}), &ty);
        assert_eq!(tree.get("nodeName").unwrap().origin.source, Source::Task);
        assert_eq!(tree.get("priority").unwrap().origin.source, Source::Template);
    }
}
