//! What a pod says of its operating system, and what only the other one has.
//!
//! In: a pod. Out: faults. Source: `validateOS`, `validateLinux` and `validateWindows` in validation.go. Always: a field that is
//! given counts, even where its value changes nothing. Not here: the resources of a pod for Windows ([`super::pod_resources`]).

use k8s_openapi::api::core::v1::{PodSecurityContext, PodSpec, SecurityContext};

use super::Pod;
use super::words::one_of;
use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// Whether a pod says that it is for Windows.
#[must_use]
pub fn is_windows(spec: &PodSpec) -> bool {
    spec.os.as_ref().is_some_and(|os| os.name == "windows")
}

/// Checks it at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(os) = &pod.spec.os else { return };
    let place = at.field("os");
    let name = place.field("name");
    match os.name.as_str() {
        "linux" => linux(pod.spec, at, faults),
        "windows" => windows(pod.spec, at, faults),
        "" => {
            let message = "an operating system needs a name";
            let fault = Fault::required(code::MISSING_FIELD, &name, message);
            let fault = fault.note("Kubernetes checks by it which settings the pod may have");
            faults.push(fault.help("write `name = \"linux\"` or `name = \"windows\"`, or leave `os` out"));
        }
        other => {
            let fault = one_of(code::kubernetes::UNKNOWN_OS, other, &["linux", "windows"], &name);
            faults.extend(fault.map(|fault| system(other, fault).field(place.path().to_string())));
        }
    }
}

/// The fault of a system that pods do not know. Most names of others are kinds of Linux.
fn system(name: &str, fault: Fault) -> Fault {
    let fault = Fault { message: format!("there is no operating system `{name}` for pods"), ..fault };
    if fault.replacement.is_some() {
        return fault;
    }
    let fault = Fault { help: Vec::new(), ..fault };
    let meant = if name.to_ascii_lowercase().starts_with("win") { "windows" } else { "linux" };
    fault
        .help(format!(
            "write `{meant}`; a distribution or version is the image's, and nodes are chosen with `nodeSelector`"
        ))
        .suggest(format!("write `{meant}`"), literal::text(meant))
}

fn linux(spec: &PodSpec, at: &At<'_>, faults: &mut Faults) {
    let context = at.field("securityContext");
    if spec.security_context.as_ref().is_some_and(|context| context.windows_options.is_some()) {
        faults.push(foreign("linux", &context.field("windowsOptions"), at));
    }
    each_context(spec, at, |context, place| {
        if context.windows_options.is_some() {
            faults.push(foreign("linux", &place.field("windowsOptions"), at));
        }
    });
}

fn windows(spec: &PodSpec, at: &At<'_>, faults: &mut Faults) {
    let of_pod = [
        ("hostUsers", spec.host_users.is_some()),
        ("hostPID", spec.host_pid == Some(true)),
        ("hostIPC", spec.host_ipc == Some(true)),
        ("shareProcessNamespace", spec.share_process_namespace.is_some()),
    ];
    forbid(&of_pod, at, at, faults);
    if let Some(context) = &spec.security_context {
        forbid(&of_linux_pod(context), &at.field("securityContext"), at, faults);
    }
    each_context(spec, at, |context, place| forbid(&of_linux_container(context), place, at, faults));
}

/// The fields that only Linux has, and whether they are given.
fn of_linux_pod(context: &PodSecurityContext) -> [(&'static str, bool); 11] {
    [
        ("appArmorProfile", context.app_armor_profile.is_some()),
        ("seLinuxOptions", context.se_linux_options.is_some()),
        ("seccompProfile", context.seccomp_profile.is_some()),
        ("fsGroup", context.fs_group.is_some()),
        ("fsGroupChangePolicy", context.fs_group_change_policy.is_some()),
        ("sysctls", context.sysctls.as_ref().is_some_and(|sysctls| !sysctls.is_empty())),
        ("runAsUser", context.run_as_user.is_some()),
        ("runAsGroup", context.run_as_group.is_some()),
        ("supplementalGroups", context.supplemental_groups.is_some()),
        ("supplementalGroupsPolicy", context.supplemental_groups_policy.is_some()),
        ("seLinuxChangePolicy", context.se_linux_change_policy.is_some()),
    ]
}

/// The same of a container.
fn of_linux_container(context: &SecurityContext) -> [(&'static str, bool); 10] {
    [
        ("appArmorProfile", context.app_armor_profile.is_some()),
        ("seLinuxOptions", context.se_linux_options.is_some()),
        ("seccompProfile", context.seccomp_profile.is_some()),
        ("capabilities", context.capabilities.is_some()),
        ("readOnlyRootFilesystem", context.read_only_root_filesystem.is_some()),
        ("privileged", context.privileged.is_some()),
        ("allowPrivilegeEscalation", context.allow_privilege_escalation.is_some()),
        ("procMount", context.proc_mount.is_some()),
        ("runAsUser", context.run_as_user.is_some()),
        ("runAsGroup", context.run_as_group.is_some()),
    ]
}

fn forbid(fields: &[(&str, bool)], at: &At<'_>, spec: &At<'_>, faults: &mut Faults) {
    for (name, _) in fields.iter().filter(|(_, given)| *given) {
        faults.push(foreign("windows", &at.field(name), spec));
    }
}

/// A field of the other system.
fn foreign(os: &str, at: &At<'_>, spec: &At<'_>) -> Fault {
    let path = at.path().to_string();
    let field = path.rsplit('.').next().unwrap_or_default();
    let (code, here, there) = match os {
        "windows" => (code::kubernetes::LINUX_FIELD_ON_WINDOWS, "Windows", "Linux"),
        _ => (code::kubernetes::WINDOWS_FIELD_ON_LINUX, "Linux", "Windows"),
    };
    let chosen = spec.field("os");
    let fault = Fault::forbidden(code, at, format!("a pod for {here} cannot have `{field}`"))
        .remove(field)
        .other(&chosen.field("name"), format!("the pod is for {here}"))
        .note(format!(
            "it means something only on {there}, and Kubernetes refuses it even where its value changes nothing"
        ));
    match field {
        "runAsUser" => fault.help("on Windows a user has a name: `windowsOptions { runAsUserName = \"…\" }`"),
        "windowsOptions" => fault.help("leave it out, or write `os { name = \"windows\" }` if the pod is for Windows"),
        _ => fault.help(format!(
            "leave it out (`{field} = null` where it is inherited), or write `os {{ name = \"linux\" }}` if the pod \
             is for Linux"
        )),
    }
}

fn each_context(spec: &PodSpec, at: &At<'_>, mut look: impl FnMut(&SecurityContext, &At<'_>)) {
    let init = at.field("initContainers");
    for (index, container) in spec.init_containers.iter().flatten().enumerate() {
        let at = init.index(index);
        container.security_context.iter().for_each(|context| look(context, &at.field("securityContext")));
    }
    let regular = at.field("containers");
    for (index, container) in spec.containers.iter().enumerate() {
        let at = regular.index(index);
        container.security_context.iter().for_each(|context| look(context, &at.field("securityContext")));
    }
    let ephemeral = at.field("ephemeralContainers");
    for (index, container) in spec.ephemeral_containers.iter().flatten().enumerate() {
        let at = ephemeral.index(index);
        container.security_context.iter().for_each(|context| look(context, &at.field("securityContext")));
    }
}
