//! Which containers of a cluster's pod template count for a container of a task.
//!
//! In: the template's pod spec, and the container's list and name. Out: the template's containers that the task's is merged over.
//! Source: `MergeBasePodSpecOntoTemplate` in Flyte's `flytek8s/pod_helper.go`: `default` counts for every container, `primary` for
//! the primary one, and one of the same name; all others are dropped. Init containers have `default-init` and those of the same
//! name; `primary-init` is for a container that Flyte 2 never makes. Not here: how they are merged.

use super::{field, items, text};
use crate::data::Node;

/// A list of containers of a pod spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Those that come first.
    Init,
    /// All others.
    Regular,
}

impl List {
    /// Both lists.
    pub const ALL: [Self; 2] = [Self::Init, Self::Regular];

    /// What it is called in a pod spec.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Init => "initContainers",
            Self::Regular => "containers",
        }
    }

    /// The names of the containers that count for all, and for the primary one.
    fn magic(self) -> [&'static str; 2] {
        match self {
            Self::Init => ["default-init", "primary-init"],
            Self::Regular => ["default", "primary"],
        }
    }
}

/// The template's containers that a container is merged over, in that order.
///
/// Of several magic ones of one name Flyte takes the last; of others of one name it takes all.
#[must_use]
pub fn bases<'n>(template: &'n Node, list: List, name: &str, is_primary: bool) -> Vec<&'n Node> {
    let templates = field(template, list.field()).map(items).unwrap_or_default();
    let called = |node: &Node, name: &str| field(node, "name").and_then(text) == Some(name);
    let magic = |name: &str| templates.iter().rev().find(|node| called(node, name));
    let [default, primary] = list.magic();
    let is_primary = is_primary && list == List::Regular;
    let own = templates.iter().filter(|node| called(node, name) && !list.magic().contains(&name));
    let special = [magic(default), magic(primary).filter(|_| is_primary)];
    special.into_iter().flatten().chain(own).collect()
}
