//! The capabilities of a container.
//!
//! In: a container's security context. Out: warnings. Always: Kubernetes looks at no name; it is the container runtime that knows
//! them or not, when the container starts. Source: capabilities(7), and "Configure a Security Context" in Kubernetes' documentation.

use k8s_openapi::api::core::v1::SecurityContext;

use crate::diagnostics::{code, suggest};
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::{Pod, os};
use crate::validate::literal;
use crate::validate::path::At;

/// The capabilities of Linux, and the word for all of them.
const KNOWN: &[&str] = &[
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// Checks the names in the context at `at`.
pub fn check(pod: &Pod<'_>, context: &SecurityContext, at: &At<'_>, faults: &mut Faults) {
    let Some(capabilities) = &context.capabilities else { return };
    if os::is_windows(pod.spec) {
        return;
    }
    // What Kubernetes itself refuses is told once.
    let refused = |name: &str| name == "CAP_SYS_ADMIN" && context.allow_privilege_escalation == Some(false);
    let at = at.field("capabilities");
    for (field, names) in [("add", &capabilities.add), ("drop", &capabilities.drop)] {
        let at = at.field(field);
        for (index, name) in names.iter().flatten().enumerate().filter(|(_, name)| !KNOWN.contains(&name.as_str())) {
            if field != "add" || !refused(name) {
                faults.push(odd(name, &at.index(index)));
            }
        }
    }
}

fn odd(name: &str, at: &At<'_>) -> Fault {
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
    let found = |message: String| Fault::found(code::kubernetes::ODD_CAPABILITY, at, message);
    let Some(known) = KNOWN.iter().find(|known| **known == bare) else {
        let fault = found(format!("there is no capability {}", super::quoted(name)))
            .note("Kubernetes passes the name on, and the container runtime refuses to start a container with it");
        return match suggest::closest(bare, KNOWN.iter().copied()) {
            Some(close) => {
                fault.help(format!("did you mean `{close}`?")).suggest(format!("write `{close}`"), literal::text(close))
            }
            None => fault,
        };
    };
    let fault = if upper.starts_with("CAP_") {
        found(format!("the capability `{name}` begins with `CAP_`, which pods leave out")).note(
            "Kubernetes passes the name on as it is: some container runtimes put `CAP_` before it themselves, and the Pod \
             Security Standards know it without",
        )
    } else {
        found(format!("the capability `{name}` is not in capitals")).note(
            "Kubernetes passes the name on as it is: not every container runtime knows it so, and the Pod Security Standards \
             do not",
        )
    };
    fault.help(format!("write `{known}`")).replace(format!("write `{known}`"), literal::text(known))
}
