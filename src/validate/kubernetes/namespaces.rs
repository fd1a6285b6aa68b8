//! The namespaces of the node, and users of the pod's own.
//!
//! In: a pod. Out: faults. Source: `validateHostUsers` in validation.go. Not here: devices with users of the pod's own
//! ([`super::devices`]), ports of the node ([`super::ports`]), and pods for Windows ([`super::os`]).

use super::Pod;
use super::defaults::host_network;
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Checks it; `at` is the spec.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let spec = pod.spec;
    if spec.host_users != Some(false) {
        return;
    }
    let network = host_network(spec) && !pod.features.user_namespaces_host_network;
    // Kubernetes writes two of the fields in its own way.
    for (used, name, field) in [
        (network, "hostNetwork", "hostNetwork"),
        (spec.host_pid == Some(true), "hostPID", "HostPID"),
        (spec.host_ipc == Some(true), "hostIPC", "HostIPC"),
    ] {
        if used {
            faults.push(together(name, field, at));
        }
    }
}

fn together(name: &str, field: &str, at: &At<'_>) -> Fault {
    let message = format!("`{name} = true` does not go with `hostUsers = false`");
    let fault = Fault::forbidden(code::HOST_NAMESPACE_WITH_OWN_USERS, &at.field(name), message)
        .field(format!("{}.{field}", at.path()))
        .other(&at.field("hostUsers"), "the pod has users of its own")
        .note("in a namespace of the node the pod's own users would have no rights, so Kubernetes takes one of the two only");
    let fault = if name == "hostNetwork" {
        fault.note("clusters that take both have the feature gate `UserNamespacesHostNetworkSupport` on")
    } else {
        fault
    };
    fault.help("take one of them out")
}
