//! Step 4: where and as whom the pod runs.
//!
//! In: the pod with its resources. Out: restart policy, tolerations, service account, scheduler, node selector, affinity, security
//! contexts, host network and DNS as Flyte's configuration has them. Source: `UpdatePod` and `ApplyInterruptibleNodeAffinity` in
//! `pod_helper.go`, `GetPodTolerations` in `k8s_resource_adds.go`, `resolveServiceAccount` in `task_exec_metadata.go`.
//!
//! A task is taken to be interruptible if it says so. The open-source backend looks at the run alone so far; whether a task's own
//! setting counts there is not certain. Not here: data loading ("copilot"), which is for tasks that the SDK makes no pod of.

use std::collections::BTreeSet;

use super::settings::Settings;
use super::task::Pod;
use super::tree::{Origin, Place, Source, Tree};
use crate::settings::TaskSettings;

/// Updates the pod.
pub fn update(pod: &mut Pod, settings: Settings<'_>, task: &TaskSettings) {
    let tolerations = tolerations(pod, settings, task.interruptible);
    let spec = &mut pod.spec;
    spec.set_missing("restartPolicy", || Tree::text(&Origin::platform("Flyte restarts no containers"), "Never"));
    if !tolerations.is_empty() {
        spec.list_at("tolerations", &Origin::platform("default-tolerations")).prepend(tolerations);
    }
    if let Some(account) = service_account(settings, task) {
        spec.set_missing("serviceAccountName", || account);
    }
    if let Some(scheduler) = settings.text("scheduler-name") {
        spec.set_missing("schedulerName", || scheduler);
    }
    node_selector(spec, settings, task.interruptible);
    for (name, key) in [
        ("affinity", "default-affinity"),
        ("securityContext", "default-pod-security-context"),
        ("dnsConfig", "default-pod-dns-config"),
    ] {
        if let Some(default) = settings.get(key).filter(|_| spec.get(name).is_none()) {
            spec.set(name, default);
        }
    }
    if let Some(host) = settings.get("enable-host-networking-pod") {
        spec.set("hostNetwork", host);
    }
    interruptible_affinity(spec, settings, task.interruptible);
    if let Some(default) = settings.get("default-security-context")
        && let Some(primary) = pod.primary_mut()
        && primary.get("securityContext").is_none()
    {
        primary.set("securityContext", default);
    }
}

/// Those of the resources that containers have, in any order in Flyte and sorted here; of interruptible tasks; of all tasks.
fn tolerations(pod: &Pod, settings: Settings<'_>, interruptible: bool) -> Vec<Tree> {
    let resources = pod.spec.items_of("containers").iter().filter_map(|container| container.get("resources"));
    let lists = resources.flat_map(|resources| ["requests", "limits"].map(|list| resources.get(list)));
    let names: BTreeSet<&str> = lists.flatten().flat_map(Tree::entries).map(|(name, _)| name.as_str()).collect();
    let mut all = Vec::new();
    for (name, tolerations) in settings.map("resource-tolerations") {
        if names.contains(name.as_str()) {
            all.extend(tolerations.items().iter().cloned());
        }
    }
    if interruptible {
        all.extend(settings.list("interruptible-tolerations"));
    }
    all.extend(settings.list("default-tolerations"));
    all
}

fn service_account(settings: Settings<'_>, task: &TaskSettings) -> Option<Tree> {
    let origin = Origin { source: Source::Task, place: Place::Nowhere };
    let own = task.service_account.as_deref().filter(|name| !name.is_empty());
    own.map(|name| Tree::text(&origin, name)).or_else(|| settings.service_account())
}

/// The pod wins over the selector of all tasks, and that of interruptible tasks over the pod.
fn node_selector(spec: &mut Tree, settings: Settings<'_>, interruptible: bool) {
    let origin = Origin::platform("default-node-selector");
    for (name, value) in settings.map("default-node-selector") {
        let selector = spec.map_at("nodeSelector", &origin);
        if selector.get(&name).is_none() {
            selector.set(&name, value);
        }
    }
    if interruptible {
        for (name, value) in settings.map("interruptible-node-selector") {
            spec.map_at("nodeSelector", &origin).set(&name, value);
        }
    }
}

/// Flyte makes an affinity for every pod, also where it has nothing to put in.
fn interruptible_affinity(spec: &mut Tree, settings: Settings<'_>, interruptible: bool) {
    spec.map_at("affinity", &Origin::platform("Flyte makes room for node affinity"));
    let key = if interruptible {
        "interruptible-node-selector-requirement"
    } else {
        "non-interruptible-node-selector-requirement"
    };
    if let Some(requirement) = settings.get(key) {
        require(spec, &requirement);
    }
}

/// Adds a requirement to every term of the required node affinity, or as the only one.
///
/// Source: `AddRequiredNodeSelectorRequirements`; a requirement that is there already is not added again.
pub fn require(spec: &mut Tree, requirement: &Tree) {
    let origin = &requirement.origin;
    let node = spec.map_at("affinity", origin).map_at("nodeAffinity", origin);
    let required = node.map_at("requiredDuringSchedulingIgnoredDuringExecution", origin);
    let only = required.items_of("nodeSelectorTerms").is_empty();
    let terms = required.list_at("nodeSelectorTerms", origin);
    if only {
        let expressions = Tree::list(origin, [requirement.clone()]);
        return terms.extend([Tree::map(origin, [("matchExpressions", expressions)])]);
    }
    for term in required.items_of_mut("nodeSelectorTerms") {
        let same = |other: &Tree| other.to_json(&str::to_owned) == requirement.to_json(&str::to_owned);
        if !term.items_of("matchExpressions").iter().any(same) {
            term.list_at("matchExpressions", origin).extend([requirement.clone()]);
        }
    }
}
