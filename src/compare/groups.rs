//! The same change in many pods, as one.
//!
//! In: the changes of each pod. Out: [`Group`]s. Always: every change of every pod is in one group; groups stand in the order of their first pods. Not here:
//! words.

use std::collections::HashMap;

use serde_json::Value;

use super::{Change, Path};

/// Changes that come together, and the pods in which they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The changes.
    pub changes: Vec<Change>,
    /// The names of the pods, in their order.
    pub pods: Vec<String>,
}

/// The changes of pods, the same ones together.
#[must_use]
pub fn groups(pods: impl IntoIterator<Item = (String, Vec<Change>)>) -> Vec<Group> {
    let mut changes: Vec<(Change, Vec<String>)> = Vec::new();
    let mut places: HashMap<(Path, Option<String>, Option<String>), usize> = HashMap::new();
    for (pod, list) in pods {
        for change in list {
            let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
            let key = (change.path.clone(), text(&change.old), text(&change.new));
            let at = *places.entry(key).or_insert_with(|| {
                changes.push((change, Vec::new()));
                changes.len() - 1
            });
            if let Some((_, pods)) = changes.get_mut(at) {
                pods.push(pod.clone());
            }
        }
    }
    together(changes)
}

/// Changes of the same pods, in one group.
fn together(changes: Vec<(Change, Vec<String>)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<Vec<String>, usize> = HashMap::new();
    for (change, pods) in changes {
        let at = *places.entry(pods).or_insert_with_key(|pods| {
            groups.push(Group { changes: Vec::new(), pods: pods.clone() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.changes.push(change);
        }
    }
    groups
}
