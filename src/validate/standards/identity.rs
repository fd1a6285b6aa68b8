//! As whom containers run.
//!
//! In: a pod. Out: faults. Source: the checks `runAsNonRoot` and `runAsUser` of kubernetes/pod-security-admission. Always: a
//! container's own setting goes before the pod's.

use super::{Check, Container, Level, Whose, containers, has_own_users, listed};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::Faults;
use crate::validate::kubernetes::Pod;
use crate::validate::path::At;

const NON_ROOT: Check = Check {
    code: code::STANDARD_NON_ROOT,
    name: "restricted: runAsNonRoot != true",
    why: "root in a container is root to the kernel, with the walls of the container alone around it",
};
const ROOT_USER: Check = Check {
    code: code::STANDARD_ROOT_USER,
    name: "restricted: runAsUser=0",
    why: "root in a container is root to the kernel, with the walls of the container alone around it",
};

/// Checks the pod; `at` is its spec.
pub fn pod(pod: &Pod<'_>, level: Level, at: &At<'_>, faults: &mut Faults) {
    if level != Level::Restricted || has_own_users(pod) {
        return;
    }
    let at = at.field("securityContext");
    let context = pod.spec.security_context.as_ref();
    match context.and_then(|context| context.run_as_non_root) {
        Some(true) => {}
        Some(false) => non_root(Whose::Pod, &at, faults),
        None => unstated(pod, &at, faults),
    }
    if context.and_then(|context| context.run_as_user) == Some(0) {
        root_user(Whose::Pod, &at, faults);
    }
}

/// Checks the container at `at`.
pub fn container(pod: &Pod<'_>, level: Level, container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(context) = container.context.filter(|_| level == Level::Restricted && !has_own_users(pod)) else {
        return;
    };
    let (at, name) = (at.field("securityContext"), container.name);
    if context.run_as_non_root == Some(false) {
        non_root(Whose::Container(name), &at, faults);
    }
    if context.run_as_user == Some(0) {
        root_user(Whose::Container(name), &at, faults);
    }
}

/// Neither the pod nor some of its containers rule root out.
fn unstated(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let silent = containers::all(pod.spec)
        .filter(|(_, _, container)| container.context.is_none_or(|context| context.run_as_non_root.is_none()));
    let silent: Vec<&str> = silent.map(|(_, _, container)| container.name).collect();
    if silent.is_empty() {
        return;
    }
    let detail = format!("pod or {} must set securityContext.runAsNonRoot=true", listed(&silent));
    let message = format!("{} may run as root", super::shown(&silent));
    let help = "add `securityContext { runAsNonRoot = true }` to the pod spec, and see that the image has another user";
    let fault = NON_ROOT.misses(&at.field("runAsNonRoot"), message, &detail).help(help);
    faults.push(fault.insert("rule root out", at, "runAsNonRoot = true"));
}

fn non_root(whose: Whose<'_>, context: &At<'_>, faults: &mut Faults) {
    let detail = format!("{whose} must not set securityContext.runAsNonRoot=false");
    let fault = NON_ROOT.finds(&context.field("runAsNonRoot"), format!("{} may run as root", whose.shown()), &detail);
    faults.push(fault.help("write `true`").suggest("write `true`", "true"));
}

fn root_user(whose: Whose<'_>, context: &At<'_>, faults: &mut Faults) {
    let detail = format!("{whose} must not set runAsUser=0");
    let fault = ROOT_USER.finds(&context.field("runAsUser"), format!("the user of {} is root", whose.shown()), &detail);
    faults.push(fault.help("give the number of another user, or leave `runAsUser` out so that the image says it"));
}
