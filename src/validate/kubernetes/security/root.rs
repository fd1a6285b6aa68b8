//! Users that a container may not run as by its own words.
//!
//! In: a pod. Out: warnings. Source: `verifyRunAsNonRoot` in the kubelet (pkg/kubelet/kuberuntime), where a container's own
//! setting goes before the pod's. Always: one warning for one pair of settings, at the user.

use k8s_openapi::api::core::v1::SecurityContext;

use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::Pod;
use crate::validate::path::At;

/// Checks what the containers inherit; `at` is the spec.
pub fn of_pod(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(context) = &pod.spec.security_context else { return };
    if context.run_as_non_root != Some(true) || context.run_as_user != Some(0) {
        return;
    }
    let inherits = |context: Option<&SecurityContext>| {
        context.is_none_or(|context| context.run_as_user.is_none() && context.run_as_non_root.is_none())
    };
    let containers = pod.spec.init_containers.iter().flatten().chain(&pod.spec.containers);
    if containers.into_iter().any(|container| inherits(container.security_context.as_ref())) {
        let at = at.field("securityContext");
        faults.push(never_starts(&at.field("runAsUser"), &at.field("runAsNonRoot")));
    }
}

/// Checks a container with a setting of its own, at its context.
pub fn of_container(pod: &Pod<'_>, context: &SecurityContext, at: &At<'_>, faults: &mut Faults) {
    if context.run_as_user.is_none() && context.run_as_non_root.is_none() {
        return;
    }
    let of_pod = pod.spec.security_context.as_ref();
    let user = context.run_as_user.or_else(|| of_pod?.run_as_user);
    let non_root = context.run_as_non_root.or_else(|| of_pod?.run_as_non_root);
    if user != Some(0) || non_root != Some(true) {
        return;
    }
    let root = At::root();
    let spec = root.field("spec");
    let shared = spec.field("securityContext");
    let place = |own: bool| if own { at } else { &shared };
    let user = place(context.run_as_user.is_some()).field("runAsUser");
    let non_root = place(context.run_as_non_root.is_some()).field("runAsNonRoot");
    faults.push(never_starts(&user, &non_root));
}

fn never_starts(user: &At<'_>, non_root: &At<'_>) -> Fault {
    let message = "a container that may not run as root is told to run as root, and never starts";
    Fault::found(code::kubernetes::ROOT_AS_NON_ROOT, user, message)
        .relation()
        .here("0 is root")
        .other(non_root, "root is ruled out here")
        .note("Kubernetes accepts the pod; the node then refuses the container with `CreateContainerConfigError`")
        .help("give `runAsUser` a number above 0, or leave out one of the two")
}
