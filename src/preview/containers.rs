//! Step 2: what Flyte adds to every container.
//!
//! In: the pod, and what is known of the run. Out: environment variables, in Flyte's order behind the container's own, of which
//! Kubernetes takes the last of a name; and accelerators under the name of their resource.
//! Source: `AddFlyteCustomizationsToContainer` in `container_helper.go`, `DecorateEnvVars` in `k8s_resource_adds.go`, and
//! `NewTaskExecutionMetadata` in the executor's `task_exec_metadata.go`.
//!
//! Two of Flyte's lists come in any order, as Go walks its maps: the run's variables and `default-env-vars`. They are shown sorted.
//! Templates such as `{{.outputPrefix}}` in `command` and `args` are shown as they are written: what they become is known only
//! when the task runs. Not here: `FLYTE_INTERNAL_EXECUTION_WORKFLOW` and `FLYTE_EXECUTION_URL`, which Flyte 2 does not set for a
//! plain task, and variables that a run is started with.

use super::settings::Settings;
use super::task::Pod;
use super::tree::{Origin, Tree};
use crate::flyte::platform::ORGANIZATION_IN_ENVIRONMENT;

/// The resource by which the SDK asks for an accelerator.
const GPU: &str = "gpu";

/// Adds to every container.
pub fn customise(pod: &mut Pod, settings: Settings<'_>, task: &str, version: &str, class: Option<&str>) {
    let (variables, sources) = (variables(settings, task, version), sources(settings));
    let resource = settings.accelerators(class).resource;
    for container in pod.containers_mut() {
        let origin = container.origin.clone();
        container.list_at("env", &origin).extend(variables.iter().cloned());
        if !sources.is_empty() {
            container.list_at("envFrom", &origin).extend(sources.iter().cloned());
        }
        rename(container, &resource);
    }
}

/// Source: `SanitizeGPUResourceRequirements`.
fn rename(container: &mut Tree, resource: &str) {
    let Some(resources) = container.get_mut("resources") else { return };
    for list in ["requests", "limits"] {
        if let Some(list) = resources.get_mut(list)
            && let Some(amount) = list.take(GPU)
        {
            list.set(resource, amount);
        }
    }
}

// ------------------------------------------------------------------------------------------------------ variables

fn variables(settings: Settings<'_>, task: &str, version: &str) -> Vec<Tree> {
    let runtime = Origin::platform("for Flyte's runtime");
    let (text, symbol) = (|text: &str| Tree::text(&runtime, text), |name: &str| Tree::symbol(&runtime, name));
    let mut all: Vec<Tree> = Vec::new();
    let mut add = |name: &str, value: Tree| all.push(variable(&runtime, name, value));
    add("FLYTE_INTERNAL_EXECUTION_ID", symbol("run-name"));
    add("FLYTE_INTERNAL_EXECUTION_PROJECT", symbol("project"));
    add("FLYTE_INTERNAL_EXECUTION_DOMAIN", symbol("domain"));
    all.push(pod_name(&runtime));
    let mut add = |name: &str, value: Tree| all.push(variable(&runtime, name, value));
    // The first attempt is 0 here, and 1 in the label.
    add("FLYTE_ATTEMPT_NUMBER", symbol("retries-so-far"));
    for prefix in ["FLYTE_INTERNAL_TASK_", "FLYTE_INTERNAL_"] {
        add(&format!("{prefix}PROJECT"), symbol("project"));
        add(&format!("{prefix}DOMAIN"), symbol("domain"));
        add(&format!("{prefix}NAME"), text(task));
        add(&format!("{prefix}VERSION"), text(version));
    }
    add("ACTION_NAME", symbol("action-name"));
    add("RUN_NAME", symbol("run-name"));
    add("_U_ORG_NAME", text(ORGANIZATION_IN_ENVIRONMENT));
    add("_U_RUN_BASE", symbol("run-output-base"));
    for (name, value) in settings.map("default-env-vars") {
        all.push(variable(&value.origin.clone(), &name, value));
    }
    for (name, of) in settings.map("default-env-vars-from-env") {
        let value = Tree::symbol(&of.origin, format!("executor-env-{}", of.as_str().unwrap_or_default()));
        all.push(variable(&of.origin, &name, value));
    }
    all
}

fn variable(origin: &Origin, name: &str, value: Tree) -> Tree {
    Tree::map(origin, [("name", Tree::text(origin, name)), ("value", value)])
}

fn pod_name(origin: &Origin) -> Tree {
    let field = Tree::texts(origin, [("fieldPath", "metadata.name")]);
    let from = Tree::map(origin, [("fieldRef", field)]);
    Tree::map(origin, [("name", Tree::text(origin, "_F_PN")), ("valueFrom", from)])
}

/// Secrets, then config maps; a pod starts without them too.
fn sources(settings: Settings<'_>) -> Vec<Tree> {
    let kinds = [("default-env-from-secrets", "secretRef"), ("default-env-from-configmaps", "configMapRef")];
    let all = kinds.iter().flat_map(|(key, field)| {
        settings.list(key).into_iter().map(|name| {
            let origin = name.origin.clone();
            let reference = Tree::map(&origin, [("optional", Tree::bool(&origin, true)), ("name", name)]);
            Tree::map(&origin, [(*field, reference)])
        })
    });
    all.collect()
}
