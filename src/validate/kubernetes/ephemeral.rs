//! Ephemeral containers, which no pod can be made with.
//!
//! In: a pod, its volumes, and the names of its other containers. Out: one fault for people, at the list; whatever else
//! Kubernetes finds in it only follows. Source: `ValidatePodCreate` and `validateEphemeralContainers` in validation.go.

use k8s_openapi::api::core::v1::{Container, EphemeralContainer};

use super::containers::{Names, brought, common};
use super::volumes::Volumes;
use super::{Pod, lifecycle};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::path::At;

/// Checks all of them; `at` is the spec.
pub fn check<'p>(pod: &Pod<'p>, volumes: &Volumes<'_>, mut names: Names<'p>, at: &At<'_>, faults: &mut Faults) {
    let Some(ephemeral) = pod.spec.ephemeral_containers.as_deref().filter(|list| !list.is_empty()) else { return };
    let list = at.field("ephemeralContainers");
    let fault = Fault::forbidden(code::EPHEMERAL_CONTAINERS, &list, "a pod cannot be made with `ephemeralContainers`")
        .note("Kubernetes adds them to a pod that runs already, as `kubectl debug` does")
        .help("for something that runs beside the task add a container, or a sidecar among `initContainers`");
    faults.push(fault);
    let before = faults.len();
    let others: Vec<&str> = others(pod);
    for (index, container) in ephemeral.iter().enumerate() {
        let place = list.index(index);
        let as_container = as_container(container);
        common(pod, &as_container, volumes, &place, faults);
        brought(pod, &as_container, &place, faults);
        not_allowed(pod, &as_container, &place, faults);
        faults.extend(names.add(&container.name, "ephemeralContainers", index, at));
        let target = container.target_container_name.as_deref().unwrap_or_default();
        if !target.is_empty() && !others.contains(&target) {
            let at = place.field("targetContainerName");
            faults.push(Fault::refused(code::EPHEMERAL_CONTAINERS, Reason::NotFound, &at, "no such container"));
        }
    }
    for fault in faults.iter_mut().skip(before) {
        fault.echo = true;
    }
    // What Kubernetes lets pass is not worth a word where nothing else is right.
    let mut place = 0;
    faults.retain(|fault| {
        place += 1;
        place <= before || fault.reason.is_some()
    });
}

/// The names that a target can have.
fn others<'p>(pod: &Pod<'p>) -> Vec<&'p str> {
    let init = pod.spec.init_containers.iter().flatten();
    pod.spec.containers.iter().chain(init).map(|container| container.name.as_str()).collect()
}

/// `allowedEphemeralContainerFields`, and the paths below volumes.
fn not_allowed(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let restarts = pod.features.container_restart_rules;
    let resources = container.resources.as_ref();
    let set = [
        ("ports", container.ports.is_some()),
        (
            "resources",
            resources.is_some_and(|own| own.claims.is_some() || own.limits.is_some() || own.requests.is_some()),
        ),
        ("livenessProbe", container.liveness_probe.is_some()),
        ("readinessProbe", container.readiness_probe.is_some()),
        ("startupProbe", container.startup_probe.is_some()),
        ("lifecycle", lifecycle::that_counts(pod, container).is_some()),
        ("resizePolicy", pod.features.in_place_pod_vertical_scaling && container.resize_policy.is_some()),
        ("restartPolicy", restarts && container.restart_policy.is_some()),
        ("restartPolicyRules", restarts && container.restart_policy_rules.is_some()),
    ];
    let mut forbid = |at: &At<'_>| {
        faults.push(Fault::forbidden(code::EPHEMERAL_CONTAINERS, at, "an ephemeral container cannot have it"));
    };
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        forbid(&at.field(field));
    }
    let list = at.field("volumeMounts");
    for (index, mount) in container.volume_mounts.iter().flatten().enumerate() {
        let at = list.index(index);
        for (field, path) in [("subPath", &mount.sub_path), ("subPathExpr", &mount.sub_path_expr)] {
            if path.as_ref().is_some_and(|path| !path.is_empty()) {
                forbid(&at.field(field));
            }
        }
    }
}

/// The same as a container, which Kubernetes looks at as well. It is a copy, made only where the pod is refused.
fn as_container(ephemeral: &EphemeralContainer) -> Container {
    let EphemeralContainer {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        target_container_name: _,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    } = ephemeral.clone();
    Container {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    }
}
