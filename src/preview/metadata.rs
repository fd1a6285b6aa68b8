//! Step 7: what the plugin does last, and the pod's metadata.
//!
//! In: the pod. Out: the readiness probe of a task that is debugged, the annotation that names the primary container, labels,
//! annotations, name, namespace and owner. Source: `BuildResource` in `plugins/k8s/pod/plugin.go`, `addObjectMetadata` in the
//! executor's `plugin_manager.go`, `NewTaskExecutionMetadata` in its `task_exec_metadata.go`.

use super::settings::Settings;
use super::task::Pod;
use super::tree::{Origin, Tree};
use crate::flyte::platform::ORGANIZATION;

/// The label that makes Flyte's webhook put secrets into a pod. Source: `PodLabel` in `utils/secrets/marshaler.go`.
pub const SECRETS_LABEL: &str = "inject-flyte-secrets";
const PRIMARY_ANNOTATION: &str = "primary_container_name";
/// The variable that turns debugging on.
const DEBUG: &str = "_F_E_VS";
const DEBUG_PORT: i64 = 6060;

/// What the plugin does last; `is_command` of a task that runs a command.
pub fn finish(pod: &mut Pod, is_command: bool) {
    debug_probe(pod);
    let only = pod.spec.items_of("containers").len() == 1;
    if only && !is_command {
        let origin = Origin::platform("since there is one container");
        let primary = Tree::text(&origin, pod.primary.as_str());
        pod.metadata.map_at("annotations", &origin).set(PRIMARY_ANNOTATION, primary);
    }
}

/// Source: `IsVscodeEnabled`, which reads the first variable of this name as Go's `strconv.ParseBool` does.
fn debug_probe(pod: &mut Pod) {
    let Some(primary) = pod.primary_mut() else { return };
    let set = primary.items_of("env").iter().find(|variable| variable.str_of("name") == DEBUG);
    if !set.is_some_and(|variable| ["1", "t", "T", "true", "TRUE", "True"].contains(&variable.str_of("value"))) {
        return;
    }
    let origin = Origin::platform(format!("since {DEBUG} is set"));
    let int = |number| Tree::int(&origin, number);
    let get = Tree::map(&origin, [("port", int(DEBUG_PORT))]);
    let probe = Tree::map(
        &origin,
        [("httpGet", get), ("initialDelaySeconds", int(15)), ("periodSeconds", int(5)), ("failureThreshold", int(50))],
    );
    primary.set("readinessProbe", probe);
}

/// Names and labels the pod. What the task or a template says of these names is lost.
pub fn name(pod: &mut Pod, settings: Settings<'_>, task: &str, secrets: &[Tree]) {
    let run = Origin::platform("what the run is");
    let metadata = &mut pod.metadata;
    below(metadata, "annotations", settings.annotations());
    below(metadata, "labels", settings.map("default-labels"));
    let labels = metadata.map_at("labels", &run);
    for (name, value) in [
        ("organization", Tree::text(&run, ORGANIZATION)),
        ("project", Tree::symbol(&run, "project")),
        ("domain", Tree::symbol(&run, "domain")),
        ("flyte.org/managed", Tree::text(&run, "true")),
        ("run", Tree::symbol(&run, "run-name")),
        ("action", Tree::symbol(&run, "action-name")),
        ("attempt", Tree::symbol(&run, "attempt")),
        ("task-name", Tree::text(&run, label_value(task))),
    ] {
        labels.set(name, value);
    }
    secret_marks(metadata, secrets);
    metadata.set("name", Tree::symbol(&run, "pod-name"));
    metadata.set("namespace", settings.namespace());
    if !settings.truth("disable-inject-owner-references") {
        metadata.set("ownerReferences", Tree::list(&run, [owner(&run)]));
    }
    if let Some(set) = settings.get("inject-finalizer").filter(|_| settings.truth("inject-finalizer")) {
        let finalizer = Tree::text(&set.origin, "flyte/flytek8s");
        metadata.list_at("finalizers", &set.origin).extend([finalizer]);
    }
}

/// Puts entries below those that are there.
fn below(metadata: &mut Tree, name: &str, entries: Vec<(ecow::EcoString, Tree)>) {
    for (key, value) in entries {
        let texts = metadata.map_at(name, &value.origin);
        if texts.get(&key).is_none() {
            texts.set(&key, value);
        }
    }
}

/// What the webhook reads: a label, and an annotation for each secret.
fn secret_marks(metadata: &mut Tree, secrets: &[Tree]) {
    let Some(first) = secrets.first() else { return };
    let origin = first.origin.clone();
    metadata.map_at("labels", &origin).set(SECRETS_LABEL, Tree::text(&origin, "true"));
    for (at, secret) in secrets.iter().enumerate() {
        metadata.map_at("annotations", &origin).set(&format!("flyte.secrets/s{at}"), secret.clone());
    }
}

fn owner(origin: &Origin) -> Tree {
    let symbol = |name: &str| Tree::symbol(origin, name);
    let text = |text: &str| Tree::text(origin, text);
    Tree::map(
        origin,
        [
            ("apiVersion", text("flyte.org/v1")),
            ("kind", text("TaskAction")),
            ("name", symbol("task-action")),
            ("uid", symbol("task-action-uid")),
            ("controller", Tree::bool(origin, true)),
        ],
    )
}

/// A text as a label can have it. Source: `SanitizeLabelValue` in `utils/labels.go`.
fn label_value(text: &str) -> String {
    /// As Kubernetes has it.
    const LONGEST: usize = 63;
    let allowed = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let mut value: Vec<char> = text.chars().map(allowed).take(LONGEST).collect();
    for end in [0, value.len().saturating_sub(1)] {
        if let Some(c) = value.get_mut(end).filter(|c| !c.is_ascii_alphanumeric()) {
            *c = 'x';
        }
    }
    value.into_iter().collect()
}
