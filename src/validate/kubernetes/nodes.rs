//! Labels and taints that Kubernetes itself puts on nodes.
//!
//! In: keys and values by which a pod chooses its node. Out: warnings where a key is nearly one of these, and where a label is to have a
//! value that no node gives it. Always: nodes can have any other labels and taints, so only what is nearly known is told. Source: the
//! reference of well-known labels, annotations and taints; `GOOS` and `GOARCH`, which the kubelet sets as labels. Not here: labels
//! that were renamed ([`super::labels`]), and labels of pods ([`super::metadata`]).

use std::collections::BTreeMap;

use super::formats::shown;
use super::labels::{self, Of};
use super::metadata::is_near;
use super::{Pod, words};
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

const SYSTEM: &str = "kubernetes.io/os";
const ARCHITECTURE: &str = "kubernetes.io/arch";

/// The keys of labels that nodes have in every cluster, or in those of a cloud.
const LABELS: &[&str] = &[
    ARCHITECTURE,
    "kubernetes.io/hostname",
    SYSTEM,
    "node-role.kubernetes.io/control-plane",
    "node.kubernetes.io/instance-type",
    "node.kubernetes.io/windows-build",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// The keys of taints that Kubernetes itself sets.
const TAINTS: &[&str] = &[
    "node-role.kubernetes.io/control-plane",
    "node.cloudprovider.kubernetes.io/shutdown",
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/network-unavailable",
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/out-of-service",
    "node.kubernetes.io/pid-pressure",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/unschedulable",
];

/// The systems that the kubelet runs on.
const SYSTEMS: &[&str] = &["linux", "windows"];
/// The architectures that it is built for.
const ARCHITECTURES: &[&str] =
    &["386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "ppc64", "ppc64le", "riscv64", "s390x"];

/// Checks the labels that a node has to have; `at` is the spec.
pub fn selector(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let none = BTreeMap::new();
    let at = at.field("nodeSelector");
    for (name, text) in pod.spec.node_selector.as_ref().unwrap_or(&none) {
        let here = at.key(name);
        faults.extend(key(Of::Label, name, &here).map(Fault::at_key));
        faults.extend(value(name, text, &here));
    }
}

/// A warning about a key at `at` that is nearly one that Kubernetes sets.
#[must_use]
pub fn key(of: Of, key: &str, at: &At<'_>) -> Option<Fault> {
    let (known, what) = match of {
        Of::Label => (
            LABELS,
            "Kubernetes gives no node a label of this name; where nobody else does, no node fits and the pod waits \
             for ever",
        ),
        Of::Taint => (
            TAINTS,
            "Kubernetes gives no node a taint of this name, and tolerating one that there is not has no effect",
        ),
    };
    // An old name is told as one.
    if known.contains(&key) || labels::is_old(key) {
        return None;
    }
    let meant = closest(key, known.iter().copied().filter(|known| is_near(key, known)))?;
    let fault = Fault::found(code::RESERVED_KEY, at, format!("Kubernetes knows no `{key}`")).note(what);
    Some(fault.did_you_mean(key, meant, false))
}

/// A warning about a value at `at` that the label has on no node.
#[must_use]
pub fn value(key: &str, value: &str, at: &At<'_>) -> Option<Fault> {
    let (known, what) = match key {
        SYSTEM => (SYSTEMS, "the system that its containers run on"),
        ARCHITECTURE => (ARCHITECTURES, "the architecture of its processor, in the words of Go"),
        _ => return None,
    };
    if known.contains(&value) {
        return None;
    }
    let message = format!("no node has the value {} for the label `{key}`", shown(value));
    let fault = Fault::found(code::VALUE_OF_NO_NODE, at, message).note(format!(
        "Kubernetes sets this label of each node to {what}: {}; with another value no node fits, and the pod waits \
         for ever",
        words::alternatives(known)
    ));
    Some(match words::meant(value, known) {
        Some(meant) => fault.did_you_mean(value, meant, true),
        None => fault.help(format!("write one that your nodes have: `kubectl get nodes -L {key}` shows them")),
    })
}
