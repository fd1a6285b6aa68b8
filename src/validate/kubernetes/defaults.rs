//! What the API server fills in before any rule looks at a pod.
//!
//! In: what was written. Out: what counts. Source: pkg/apis/core/v1/defaults.go. Always: nothing is changed; a rule asks for the
//! value that counts.

use k8s_openapi::api::core::v1::{ContainerPort, PodSpec, Volume};

/// A text that counts: one that is empty is filled in as if it were absent.
#[must_use]
pub fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// The restart policy of a pod, as it is written. Kubernetes would set `Always` where there is none, but Flyte sets `Never` before.
///
/// Source: `UpdatePod` in Flyte's `flytek8s/pod_helper.go`.
#[must_use]
pub fn restart_policy(spec: &PodSpec) -> Option<&str> {
    given(spec.restart_policy.as_deref())
}

/// How long a pod is given to end, in seconds.
#[must_use]
pub fn termination_grace_period(spec: &PodSpec) -> i64 {
    spec.termination_grace_period_seconds.unwrap_or(30)
}

/// Whether a pod is in the network of its node.
#[must_use]
pub fn host_network(spec: &PodSpec) -> bool {
    spec.host_network.unwrap_or_default()
}

/// The port of the node that a port takes; 0 for none. With the node's network, a container's port is one of the node's.
#[must_use]
pub fn host_port(spec: &PodSpec, port: &ContainerPort) -> i32 {
    match port.host_port {
        None | Some(0) if host_network(spec) => port.container_port,
        port => port.unwrap_or_default(),
    }
}

/// The protocol of a port.
#[must_use]
pub fn protocol(port: &ContainerPort) -> &str {
    match port.protocol.as_deref() {
        None | Some("") => "TCP",
        Some(protocol) => protocol,
    }
}

/// Whether a volume is an empty folder, as one without any source is.
#[must_use]
pub fn is_empty_dir(volume: &Volume) -> bool {
    volume.empty_dir.is_some() || *volume == Volume { name: volume.name.clone(), ..Volume::default() }
}
