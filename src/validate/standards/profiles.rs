//! What watches over a container: seccomp, `AppArmor`, `SELinux`, and what is hidden from it of the kernel.
//!
//! In: a pod. Out: faults. Source: the checks `appArmorProfile`, `seLinuxOptions`, `procMount`, `procMount_restricted`,
//! `seccompProfile_baseline`, `seccompProfile_restricted` and `sysctls` of kubernetes/pod-security-admission.

use k8s_openapi::api::core::v1::{AppArmorProfile, SELinuxOptions, SeccompProfile};

use super::{Check, Container, Level, Whose, containers, has_own_users, listed};
use crate::diagnostics::code::kubernetes as code;
use crate::settings::template::APPARMOR_ANNOTATION;
use crate::validate::fault::Faults;
use crate::validate::kubernetes::security::sysctls;
use crate::validate::kubernetes::{Pod, os};
use crate::validate::path::At;

const APP_ARMOR: Check = Check {
    code: code::STANDARD_APP_ARMOR,
    name: "baseline: forbidden AppArmor profile",
    why: "AppArmor holds a program to the files and rights that containers need",
};
const SELINUX: Check = Check {
    code: code::STANDARD_SELINUX,
    name: "baseline: seLinuxOptions",
    why: "SELinux rules go by these labels, and a pod that chooses its own chooses its rules",
};
const PROC_MOUNT: Check = Check {
    code: code::STANDARD_PROC_MOUNT,
    name: "baseline: procMount",
    why: "container runtimes hide the parts of `/proc` that belong to the node",
};
const PROC_MOUNT_RESTRICTED: Check = Check {
    code: code::STANDARD_PROC_MOUNT,
    name: "restricted: procMount",
    why: "container runtimes hide the parts of `/proc` that belong to the node",
};
const SECCOMP: Check = Check {
    code: code::STANDARD_SECCOMP,
    name: "baseline: seccompProfile",
    why: "seccomp rules out the system calls that containers do not need",
};
const SECCOMP_RESTRICTED: Check = Check {
    code: code::STANDARD_SECCOMP,
    name: "restricted: seccompProfile",
    why: "seccomp rules out the system calls that containers do not need",
};
const NO_SECCOMP: Check = Check {
    code: code::STANDARD_NO_SECCOMP,
    name: "restricted: seccompProfile",
    why: "seccomp rules out the system calls that containers do not need, and many clusters turn it on only for pods that ask",
};
const SYSCTL: Check = Check {
    code: code::STANDARD_SYSCTL,
    name: "baseline: forbidden sysctls",
    why: "`baseline` allows only settings of the pod's own; others can disturb the pods beside it",
};

/// Checks the pod; `at` is its spec.
pub fn pod(pod: &Pod<'_>, level: Level, at: &At<'_>, faults: &mut Faults) {
    annotations(pod, faults);
    let at = at.field("securityContext");
    let context = pod.spec.security_context.as_ref();
    if let Some(context) = context {
        app_armor(context.app_armor_profile.as_ref(), Whose::Pod, &at, faults);
        selinux(pod, context.se_linux_options.as_ref(), Whose::Pod, &at, faults);
        sysctl_names(pod, context.sysctls.iter().flatten().map(|sysctl| sysctl.name.as_str()), &at, faults);
    }
    let profile = context.and_then(|context| context.seccomp_profile.as_ref());
    seccomp(pod, level, profile, Whose::Pod, &at, faults);
    if level == Level::Restricted && profile.is_none() && !os::is_windows(pod.spec) {
        no_seccomp(pod, &at, faults);
    }
}

/// Checks the container at `at`.
pub fn container(pod: &Pod<'_>, level: Level, container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(context) = container.context else { return };
    let at = at.field("securityContext");
    let whose = Whose::Container(container.name);
    if context.app_armor_profile.is_some() {
        app_armor(context.app_armor_profile.as_ref(), whose, &at, faults);
    }
    if context.se_linux_options.is_some() {
        selinux(pod, context.se_linux_options.as_ref(), whose, &at, faults);
    }
    if context.seccomp_profile.is_some() {
        seccomp(pod, level, context.seccomp_profile.as_ref(), whose, &at, faults);
    }
    if let Some(value) = context.proc_mount.as_deref().filter(|value| *value != "Default") {
        proc_mount(pod, level, value, container.name, &at, faults);
    }
}

fn annotations(pod: &Pod<'_>, faults: &mut Faults) {
    for (key, profile) in pod.annotations.iter().filter(|(key, _)| key.starts_with(APPARMOR_ANNOTATION)) {
        if profile.is_empty() || profile == "runtime/default" || profile.starts_with("localhost/") {
            continue;
        }
        let root = At::root();
        let metadata = root.field("metadata");
        let annotations = metadata.field("annotations");
        let detail = format!("annotation must not set AppArmor profile type to \"{key}={profile:?}\"");
        let container = key.strip_prefix(APPARMOR_ANNOTATION).unwrap_or_default();
        let message = format!("AppArmor does not watch over the container `{container}`");
        let fault = APP_ARMOR.finds(&annotations.key(key), message, &detail);
        let help = "leave the annotation out; the node then takes the profile of its container runtime";
        faults.push(fault.help(help).remove(key));
    }
}

fn app_armor(profile: Option<&AppArmorProfile>, whose: Whose<'_>, context: &At<'_>, faults: &mut Faults) {
    let Some(profile) = profile.filter(|profile| !matches!(profile.type_.as_str(), "RuntimeDefault" | "Localhost"))
    else {
        return;
    };
    let at = context.field("appArmorProfile");
    let detail = format!("{whose} must not set AppArmor profile type to {:?}", profile.type_);
    let fault = APP_ARMOR.finds(&at.field("type"), format!("AppArmor does not watch over {}", whose.shown()), &detail);
    faults.push(
        fault
            .help("write `RuntimeDefault`, or leave the profile out, which means the same")
            .suggest("write `RuntimeDefault`", "\"RuntimeDefault\""),
    );
}

fn selinux(pod: &Pod<'_>, options: Option<&SELinuxOptions>, whose: Whose<'_>, context: &At<'_>, faults: &mut Faults) {
    let Some(options) = options else { return };
    let at = context.field("seLinuxOptions");
    let start = format!("{whose} set forbidden securityContext.seLinuxOptions:");
    if let Some(kind) = options.type_.as_deref().filter(|kind| !is_selinux_type(pod, kind)) {
        let message = format!("the SELinux type `{kind}` is not one of those for containers");
        let fault = SELINUX.finds(&at.field("type"), message, &format!("{start} type {kind:?}"));
        let newest = if pod.features.minor >= 31 { ", `container_engine_t`" } else { "" };
        faults.push(
            fault
                .help(format!("leave it out, or write `container_t`, `container_init_t`, `container_kvm_t`{newest}"))
                .remove("type"),
        );
    }
    for (field, value) in [("user", &options.user), ("role", &options.role)] {
        if value.as_deref().is_some_and(|value| !value.is_empty()) {
            let message = format!("a pod cannot choose its SELinux {field}");
            let fault = SELINUX.finds(&at.field(field), message, &format!("{start} {field} may not be set"));
            faults.push(fault.at_key().help(format!("leave `{field}` out")).remove(field));
        }
    }
}

fn is_selinux_type(pod: &Pod<'_>, kind: &str) -> bool {
    match kind {
        "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
        "container_engine_t" => pod.features.minor >= 31,
        _ => false,
    }
}

fn proc_mount(pod: &Pod<'_>, level: Level, value: &str, container: &str, context: &At<'_>, faults: &mut Faults) {
    // From 1.35 on the stricter check asks without regard to users, and stands for the other one.
    let check = if level == Level::Restricted && pod.features.minor >= 35 {
        &PROC_MOUNT_RESTRICTED
    } else if has_own_users(pod) {
        return;
    } else {
        &PROC_MOUNT
    };
    let detail = format!("{} must not set securityContext.procMount to {value:?}", Whose::Container(container));
    let message = format!("the container `{container}` sees all of `/proc`");
    let fault = check.finds(&context.field("procMount"), message, &detail);
    faults.push(fault.help("leave `procMount` out, or write `Default`").suggest("write `Default`", "\"Default\""));
}

fn seccomp(
    pod: &Pod<'_>,
    level: Level,
    profile: Option<&SeccompProfile>,
    whose: Whose<'_>,
    context: &At<'_>,
    faults: &mut Faults,
) {
    let Some(profile) = profile.filter(|profile| !matches!(profile.type_.as_str(), "RuntimeDefault" | "Localhost"))
    else {
        return;
    };
    let check = match level {
        // The stricter check stands for the other one, and lets all of Windows pass.
        Level::Restricted if os::is_windows(pod.spec) => return,
        Level::Restricted => &SECCOMP_RESTRICTED,
        _ => &SECCOMP,
    };
    let at = context.field("seccompProfile");
    let detail = format!("{whose} must not set securityContext.seccompProfile.type to {:?}", profile.type_);
    let fault = check.finds(&at.field("type"), format!("seccomp does not watch over {}", whose.shown()), &detail);
    faults.push(
        fault
            .help("write `RuntimeDefault`, the profile of the container runtime")
            .suggest("write `RuntimeDefault`", "\"RuntimeDefault\""),
    );
}

/// Neither the pod nor some of its containers have a profile.
fn no_seccomp(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let silent = containers::all(pod.spec)
        .filter(|(_, _, container)| container.context.is_none_or(|context| context.seccomp_profile.is_none()));
    let silent: Vec<&str> = silent.map(|(_, _, container)| container.name).collect();
    if silent.is_empty() {
        return;
    }
    let detail = format!(
        "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
        listed(&silent)
    );
    let message = format!("seccomp does not watch over {}", super::shown(&silent));
    let help = "add `securityContext { seccompProfile { type = \"RuntimeDefault\" } }` to the pod spec";
    let place = at.field("seccompProfile");
    let fault = NO_SECCOMP.misses(&place, message, &detail).help(help);
    faults.push(fault.insert("take the runtime's own profile", &place, "type = \"RuntimeDefault\""));
}

fn sysctl_names<'p>(pod: &Pod<'_>, names: impl Iterator<Item = &'p str>, context: &At<'_>, faults: &mut Faults) {
    let minor = pod.features.minor;
    let at = context.field("sysctls");
    for (index, name) in names.enumerate().filter(|(_, name)| !sysctls::is_safe(name, minor)) {
        let element = at.index(index);
        let message = format!("the pod sets `{name}` of the kernel");
        let fault = SYSCTL.finds(&element.field("name"), message, name);
        let safe: Vec<String> = sysctls::safe(minor).map(|name| format!("`{name}`")).collect();
        faults.push(fault.help(format!("leave it out; allowed is {}", safe.join(", "))));
    }
}
