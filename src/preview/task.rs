//! Step 1: the pod that the task brings.
//!
//! In: a workload. Out: its pod as a tree, of which every value is the task's or its template's. Source: `BuildRawPod` in
//! `flytek8s/pod_helper.go`, for a target that is a `K8sPod`, and `_get_k8s_pod` in the SDK's `task_serde.py` for which of the two
//! brings what. Not here: what Flyte adds.

use std::slice;

use serde_json::{Value, json};

use super::tree::{Kind, Origin, Source, Tree};
use crate::cluster::containers::List;
use crate::lower::{Workload, env_vars, limits, requests};
use crate::settings::PodTemplate;
use crate::validate::path::Path;

/// The parts of a pod while it is being made.
pub struct Pod {
    /// Its metadata.
    pub metadata: Tree,
    /// Its spec.
    pub spec: Tree,
    /// The name of the primary container.
    pub primary: String,
}

impl Pod {
    /// The primary container.
    pub fn primary(&self) -> Option<&Tree> {
        self.spec.items_of("containers").iter().find(|container| container.str_of("name") == self.primary)
    }

    /// The primary container.
    pub fn primary_mut(&mut self) -> Option<&mut Tree> {
        let primary = &self.primary;
        self.spec.items_of_mut("containers").find(|container| container.str_of("name") == primary)
    }

    /// All containers, those that come first too.
    pub fn containers_mut(&mut self) -> impl Iterator<Item = &mut Tree> {
        // Both lists are lent out at once, as the entries of one map.
        let entries = match &mut self.spec.kind {
            Kind::Map(entries) => Some(entries.iter_mut()),
            _ => None,
        };
        let lists = entries
            .into_iter()
            .flatten()
            .filter(|(name, _)| List::ALL.iter().any(|list| list.field() == name.as_str()));
        lists.flat_map(|(_, list)| match &mut list.kind {
            Kind::List(items) => items.iter_mut(),
            _ => slice::IterMut::default(),
        })
    }
}

/// The pod of a workload.
pub fn pod(workload: &Workload) -> Pod {
    let template = &workload.template;
    let mut spec = value(&template.spec);
    if let Some(place) = spec.get_mut("containers").and_then(|list| list.get_mut(template.primary_index)) {
        *place = value(&workload.primary());
    }
    let source = match workload.settings.pod_template {
        PodTemplate::Inline(_) => Source::Template,
        // The SDK makes an empty pod spec around the task then.
        PodTemplate::None | PodTemplate::Named(_) => Source::Task,
    };
    let metadata = json!({ "labels": template.labels, "annotations": template.annotations });
    let root = Path::default();
    let mut pod = Pod {
        metadata: Tree::of_json(&metadata, &root.field("metadata"), &source),
        spec: Tree::of_json(&spec, &root.field("spec"), &source),
        primary: template.primary_name.clone(),
    };
    if let Some(primary) = pod.primary_mut() {
        claim(primary, workload);
    }
    // Source: the end of `BuildRawPod`; what the template says is lost.
    pod.spec.set("enableServiceLinks", Tree::bool(&Origin::platform("Flyte turns it off"), false));
    pod
}

/// One of Kubernetes' types as a value; all of them can be written as JSON.
fn value(typed: &impl serde::Serialize) -> Value {
    serde_json::to_value(typed).unwrap_or_default()
}

/// Says which values of the primary container are the task's.
fn claim(primary: &mut Tree, workload: &Workload) {
    let settings = &workload.settings;
    let mut own = vec!["command", "args"];
    if workload.template.primary().image.is_none() {
        own.push("image");
    }
    for name in own {
        if let Some(value) = primary.get_mut(name) {
            value.claim(&Source::Task);
        }
    }
    for variable in primary.items_of_mut("env").take(env_vars(settings).count()) {
        variable.claim(&Source::Task);
    }
    for (list, amounts) in [("requests", requests(&settings.resources)), ("limits", limits(&settings.resources))] {
        let Some(list) = primary.get_mut("resources").and_then(|resources| resources.get_mut(list)) else { continue };
        for (name, _) in amounts {
            if let Some(amount) = list.get_mut(name) {
                amount.claim(&Source::Task);
            }
        }
    }
}
