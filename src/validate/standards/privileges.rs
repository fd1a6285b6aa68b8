//! What a container may do beyond its user: privileges and capabilities.
//!
//! In: a container. Out: faults. Source: the checks `privileged`, `capabilities_baseline`, `capabilities_restricted` and
//! `allowPrivilegeEscalation` of kubernetes/pod-security-admission.

use k8s_openapi::api::core::v1::Capabilities;

use super::{Check, Container, Level, Whose};
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::Faults;
use crate::validate::kubernetes::{Pod, os};
use crate::validate::literal;
use crate::validate::path::At;

const PRIVILEGED: Check = Check {
    code: code::STANDARD_PRIVILEGED,
    name: "baseline: privileged",
    why: "a privileged container has the devices and nearly all rights of its node",
};
const BEYOND_DEFAULT: Check = Check {
    code: code::STANDARD_CAPABILITIES,
    name: "baseline: non-default capabilities",
    why: "`baseline` allows only the capabilities that container runtimes give anyway; others reach beyond the container",
};
const BEYOND_RESTRICTED: Check = Check {
    code: code::STANDARD_CAPABILITIES,
    name: "restricted: unrestricted capabilities",
    why: "`restricted` allows only the one for ports below 1024; all others are parts of root's power",
};
const KEPT: Check = Check {
    code: code::STANDARD_KEPT_CAPABILITIES,
    name: "restricted: unrestricted capabilities",
    why: "a container runtime gives a dozen capabilities, parts of root's power, unless it is told to drop them",
};
const ESCALATION: Check = Check {
    code: code::STANDARD_ESCALATION,
    name: "restricted: allowPrivilegeEscalation != false",
    why: "without it, a program can become root by starting one that is marked for that, such as `sudo`",
};

/// What `baseline` lets a container add: what container runtimes give it anyway.
const DEFAULT: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
/// What `restricted` lets it add.
const RESTRICTED: &[&str] = &["NET_BIND_SERVICE"];

/// Checks the container at `at`.
pub fn container(pod: &Pod<'_>, level: Level, container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    let name = container.name;
    let at = at.field("securityContext");
    if container.context.is_some_and(|context| context.privileged == Some(true)) {
        let detail = format!("{} must not set securityContext.privileged=true", Whose::Container(name));
        let message = format!("the container `{name}` is privileged");
        let fault = PRIVILEGED.finds(&at.field("privileged"), message, &detail);
        faults.push(fault.help("leave `privileged` out, or write `false`").suggest("write `false`", "false"));
    }
    let capabilities = container.context.and_then(|context| context.capabilities.as_ref());
    if level == Level::Baseline {
        added(capabilities, name, &BEYOND_DEFAULT, DEFAULT, &at, faults);
    } else if !os::is_windows(pod.spec) {
        // Windows knows neither; there the stricter check lets all pass, in place of the other one too.
        added(capabilities, name, &BEYOND_RESTRICTED, RESTRICTED, &at, faults);
        dropped(capabilities, name, &at, faults);
        escalation(container, &at, faults);
    }
}

fn added(
    capabilities: Option<&Capabilities>,
    container: &str,
    check: &Check,
    allowed: &[&str],
    at: &At<'_>,
    faults: &mut Faults,
) {
    let at = at.field("capabilities");
    let at = at.field("add");
    let names = capabilities.iter().flat_map(|capabilities| capabilities.add.iter().flatten()).enumerate();
    for (index, name) in names.filter(|(_, name)| !allowed.contains(&name.as_str())) {
        let detail =
            format!("{} must not include \"{name}\" in securityContext.capabilities.add", Whose::Container(container));
        let message = format!("the container `{container}` adds the capability `{name}`");
        let fault = check.finds(&at.index(index), message, &detail);
        let upper = name.to_ascii_uppercase();
        let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
        faults.push(if allowed.contains(&bare) {
            fault
                .help(format!("write `{bare}`, as the standard has it"))
                .replace(format!("write `{bare}`"), literal::text(bare))
        } else {
            let near = closest(bare, allowed.iter().copied());
            let allowed: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
            match near {
                Some(near) => fault
                    .help(format!("did you mean `{near}`?"))
                    .suggest(format!("write `{near}`"), literal::text(near)),
                None => fault.help(format!("leave it out; allowed is {}", allowed.join(", "))),
            }
        });
    }
}

fn dropped(capabilities: Option<&Capabilities>, container: &str, at: &At<'_>, faults: &mut Faults) {
    let dropped = capabilities.and_then(|capabilities| capabilities.drop.as_deref()).unwrap_or_default();
    if dropped.iter().any(|name| name == "ALL") {
        return;
    }
    let detail = format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", Whose::Container(container));
    let message = format!("the container `{container}` keeps capabilities");
    let at = at.field("capabilities");
    let list = at.field("drop");
    let other_case = dropped.iter().position(|name| name.eq_ignore_ascii_case("ALL"));
    faults.push(match other_case {
        Some(index) => KEPT
            .finds(&list.index(index), message, &detail)
            .here("the standard does not know this as `ALL`")
            .help("write `ALL`")
            .replace("write `ALL`", "\"ALL\""),
        None if dropped.is_empty() => KEPT
            .misses(&list, message, &detail)
            .help("add `capabilities { drop = [\"ALL\"] }` to the `securityContext` of the container")
            .insert("drop all of them", &at, "drop = [\"ALL\"]"),
        None => KEPT
            .misses(&list, message, &detail)
            .help("drop `\"ALL\"`, which takes these away too")
            .suggest("drop all of them", "[\"ALL\"]"),
    });
}

fn escalation(container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    let name = container.name;
    let detail = format!("{} must set securityContext.allowPrivilegeEscalation=false", Whose::Container(name));
    let message = format!("the container `{name}` may gain privileges");
    let place = at.field("allowPrivilegeEscalation");
    match container.context.and_then(|context| context.allow_privilege_escalation) {
        Some(false) => {}
        Some(true) => faults
            .push(ESCALATION.finds(&place, message, &detail).help("write `false`").suggest("write `false`", "false")),
        None => faults.push(
            ESCALATION
                .misses(&place, message, &detail)
                .help("add `allowPrivilegeEscalation = false` to the `securityContext` of the container")
                .insert("rule it out", at, "allowPrivilegeEscalation = false"),
        ),
    }
}
