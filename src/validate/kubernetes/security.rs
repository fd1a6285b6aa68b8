//! Security contexts of pods and containers.
//!
//! In: a pod. Out: faults. Source: `validatePodSpecSecurityContext` and `ValidateSecurityContext` in validation.go. Always: what only
//! the node refuses later is a warning. Not here: what a security context may hold on which operating system ([`super::os`]), and
//! the Pod Security Standards ([`crate::validate::standards`]).

mod capabilities;
mod profiles;
mod root;
pub mod sysctls;
mod windows;

use k8s_openapi::api::core::v1::{Container, PodSecurityContext, PodSpec, SecurityContext};

use super::Pod;
use super::words::one_of;
use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Checks that of the pod; `at` is its spec.
pub fn pod(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    if let Some(context) = &pod.spec.security_context {
        let at = at.field("securityContext");
        numbers(context, &at, faults);
        policies(pod, context, &at, faults);
        sysctls::check(pod, context, &at.field("sysctls"), faults);
        profiles::seccomp(context.seccomp_profile.as_ref(), &at.field("seccompProfile"), faults);
        profiles::app_armor(context.app_armor_profile.as_ref(), &at.field("appArmorProfile"), faults);
        windows::options(context.windows_options.as_ref(), &at.field("windowsOptions"), faults);
    }
    shared_processes(pod.spec, at, faults);
    windows::host_process(pod.spec, at, faults);
    root::of_pod(pod, at, faults);
}

/// Checks that of a container at `at`.
pub fn container(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    if let Some(context) = &container.security_context {
        of_container(pod, context, &at.field("securityContext"), faults);
    }
}

fn of_container(pod: &Pod<'_>, context: &SecurityContext, at: &At<'_>, faults: &mut Faults) {
    number("runAsUser", context.run_as_user, at, faults);
    number("runAsGroup", context.run_as_group, at, faults);
    proc_mount(pod, context, at, faults);
    profiles::seccomp(context.seccomp_profile.as_ref(), &at.field("seccompProfile"), faults);
    profiles::app_armor(context.app_armor_profile.as_ref(), &at.field("appArmorProfile"), faults);
    windows::options(context.windows_options.as_ref(), &at.field("windowsOptions"), faults);
    escalation(context, at, faults);
    capabilities::check(pod, context, at, faults);
    root::of_container(pod, context, at, faults);
}

/// A text as it is shown in a message.
fn quoted(text: &str) -> String {
    if text.is_empty() { "empty".to_owned() } else { format!("`{text}`") }
}

fn numbers(context: &PodSecurityContext, at: &At<'_>, faults: &mut Faults) {
    number("fsGroup", context.fs_group, at, faults);
    number("runAsUser", context.run_as_user, at, faults);
    number("runAsGroup", context.run_as_group, at, faults);
    let groups = at.field("supplementalGroups");
    for (index, group) in context.supplemental_groups.iter().flatten().enumerate() {
        if !is_id(*group) {
            faults.push(bad_id("supplementalGroups", *group, &groups.index(index)));
        }
    }
}

fn number(name: &str, value: Option<i64>, at: &At<'_>, faults: &mut Faults) {
    if let Some(value) = value.filter(|value| !is_id(*value)) {
        faults.push(bad_id(name, value, &at.field(name)));
    }
}

/// Source: `IsValidUserID`, `IsValidGroupID`.
fn is_id(value: i64) -> bool {
    (0..=i64::from(i32::MAX)).contains(&value)
}

fn bad_id(name: &str, value: i64, at: &At<'_>) -> Fault {
    let kind = if name == "runAsUser" { "user" } else { "group" };
    Fault::invalid(code::kubernetes::BAD_USER_ID, at, format!("no {kind} can have the number {value}"))
        .note(format!("Kubernetes takes the numbers 0 to {} for `{name}`, which Linux calls UIDs and GIDs", i32::MAX))
        .help(format!("write the number of the {kind} as the image has it: 0 is root, and `1000` is a usual one"))
}

/// Source: `validateFSGroupChangePolicy`, `validateSupplementalGroupsPolicy`, `validateSELinuxChangePolicy`.
fn policies(pod: &Pod<'_>, context: &PodSecurityContext, at: &At<'_>, faults: &mut Faults) {
    let selinux: &[&str] = if pod.features.selinux_mount { &["MountOption", "Recursive"] } else { &["Recursive"] };
    let policies: [(&str, &Option<String>, &[&str]); 3] = [
        ("fsGroupChangePolicy", &context.fs_group_change_policy, &["Always", "OnRootMismatch"]),
        ("supplementalGroupsPolicy", &context.supplemental_groups_policy, &["Merge", "Strict"]),
        ("seLinuxChangePolicy", &context.se_linux_change_policy, selinux),
    ];
    for (name, value, words) in policies {
        let Some(value) = value else { continue };
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, value, words, &at.field(name)));
    }
}

/// Source: `ValidateProcMountType`, and what `ValidateSecurityContext` asks of it.
fn proc_mount(pod: &Pod<'_>, context: &SecurityContext, at: &At<'_>, faults: &mut Faults) {
    let Some(value) = &context.proc_mount else { return };
    let at = at.field("procMount");
    faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, value, &["Default", "Unmasked"], &at));
    if value == "Unmasked" && pod.spec.host_users.unwrap_or(true) {
        faults.push(unmasked(pod.spec, &at));
    }
}

fn unmasked(spec: &PodSpec, at: &At<'_>) -> Fault {
    let message = "`procMount` cannot be `Unmasked` for users of the node";
    let fault = Fault::invalid(code::kubernetes::UNMASKED_PROC, at, message)
        .relation()
        .note(
            "Kubernetes shows all of `/proc` only to pods in a user namespace of their own: root in there is \
             nobody on the node",
        )
        .help("add `hostUsers = false` to the pod spec, or leave `procMount` out");
    let (root, change) = (At::root(), "give the pod users of its own: `hostUsers = false`");
    let place = root.field("spec");
    if spec.host_users.is_none() {
        return fault.insert(change, &place, "hostUsers = false");
    }
    let users = place.field("hostUsers");
    fault.other(&users, "these are the users of the node").suggest_at(change, &users, "false")
}

/// Source: `validatePodSpecSecurityContext`.
fn shared_processes(spec: &PodSpec, at: &At<'_>, faults: &mut Faults) {
    if spec.share_process_namespace != Some(true) || spec.host_pid != Some(true) {
        return;
    }
    faults.push(
        Fault::invalid(
            code::kubernetes::SHARED_PROCESSES_OF_NODE,
            &at.field("shareProcessNamespace"),
            "containers cannot share their processes with each other and with the node",
        )
        .field("spec.securityContext.shareProcessNamespace")
        .relation()
        .here("its containers see each other's processes")
        .other(&at.field("hostPID"), "the pod sees the processes of the node")
        .note("Linux has one list of processes for a container: Kubernetes takes the pod's or the node's")
        .help("leave out one of `shareProcessNamespace` and `hostPID`")
        .remove("shareProcessNamespace"),
    );
}

/// A container that may gain no privileges has none. Source: `ValidateSecurityContext`.
fn escalation(context: &SecurityContext, at: &At<'_>, faults: &mut Faults) {
    if context.allow_privilege_escalation != Some(false) {
        return;
    }
    let conflict = |message: &str, other: &At<'_>| {
        Fault::invalid(code::kubernetes::ESCALATION_CONFLICT, &at.field("allowPrivilegeEscalation"), message)
            .remove("allowPrivilegeEscalation")
            .field(at.path().to_string())
            .relation()
            .here("no more privileges than it starts with")
            .other(other, "but here it has all of them")
            .note(
                "Linux lets such a process gain privileges whatever is said here, so Kubernetes refuses a promise \
                 that nobody can keep",
            )
    };
    if context.privileged == Some(true) {
        let message = "a privileged container cannot be kept from gaining privileges";
        let help = "leave out one of `privileged = true` and `allowPrivilegeEscalation = false`";
        faults.push(conflict(message, &at.field("privileged")).help(help));
    }
    let capabilities = at.field("capabilities");
    let list = capabilities.field("add");
    let added = context.capabilities.iter().flat_map(|capabilities| capabilities.add.iter().flatten());
    if let Some((index, _)) = added.enumerate().find(|(_, name)| *name == "CAP_SYS_ADMIN") {
        let message = "a container with `CAP_SYS_ADMIN` cannot be kept from gaining privileges";
        let help = "leave out one of `CAP_SYS_ADMIN` and `allowPrivilegeEscalation = false`";
        faults.push(conflict(message, &list.index(index)).help(help));
    }
}
