//! The rules that Kubernetes' API server holds a new pod to.
//!
//! In: a [`Pod`] as its author wrote it. Out: faults. Always: what the API server would fill in counts as filled in
//! (`defaults`), and what it would drop because a gate is off is not looked at; an area of rules is a module, and each of its
//! functions names the function of Kubernetes that it follows. Source: pkg/apis/core/validation/validation.go, and the pod
//! strategy in pkg/registry/core/pod and pkg/api/pod. Not here: unknown fields and wrong types, which the schema refuses, and what
//! only a cluster can know.

mod affinity;
mod amounts;
mod containers;
pub(super) mod defaults;
mod devices;
mod dns;
mod downward;
mod env;
mod ephemeral;
mod expansion;
pub mod features;
pub mod formats;
mod handlers;
mod hosts;
mod images;
mod ip;
mod labels;
mod lifecycle;
mod metadata;
mod mounts;
mod namespaces;
mod nodes;
pub(super) mod os;
mod paths;
mod pod_resources;
mod ports;
mod priority;
mod probes;
mod profiles;
mod resources;
mod restarts;
pub(super) mod security;
mod selectors;
mod spec;
mod spread;
mod tolerations;
mod unlikely;
pub mod volumes;
mod words;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec};

use self::features::Features;
use super::fault::Faults;
use super::path::At;

/// A pod as the rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Pod<'p> {
    /// Its labels.
    pub labels: &'p BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: &'p BTreeMap<String, String>,
    /// Its spec, as it was written.
    pub spec: &'p PodSpec,
    /// What the cluster can do.
    pub features: &'p Features,
    /// The container that each task fills in: its image, variables and resources are looked at by [`task`] alone.
    pub filled: Option<usize>,
}

/// Calls `with` with each container of a pod, init containers among them, and its place.
fn each_container(pod: &Pod<'_>, mut with: impl FnMut(&Container, &At<'_>)) {
    let root = At::root();
    let spec = root.field("spec");
    let init = pod.spec.init_containers.as_deref().unwrap_or_default();
    for (list, containers) in [("containers", pod.spec.containers.as_slice()), ("initContainers", init)] {
        let list = spec.field(list);
        for (index, container) in containers.iter().enumerate() {
            with(container, &list.index(index));
        }
    }
}

/// Holds a pod to every rule, but for what tasks fill in.
pub fn pod(pod: &Pod<'_>, faults: &mut Faults) {
    let root = At::root();
    metadata::check(pod, &root.field("metadata"), faults);
    let at = root.field("spec");
    profiles::check(pod, &root.field("metadata"), &at, faults);
    let volumes = volumes::check(pod, &at.field("volumes"), faults);
    let names = containers::check(pod, &volumes, &at, faults);
    ephemeral::check(pod, &volumes, names, &at, faults);
    volumes::together(faults);
    spec::check(pod, &at, faults);
    hosts::check(pod, &at, faults);
    dns::check(pod, &at, faults);
    namespaces::check(pod, &at, faults);
    security::pod(pod, &at, faults);
    os::check(pod, &at, faults);
    priority::check(pod, &at, faults);
    nodes::selector(pod, &at, faults);
    affinity::check(pod, &at.field("affinity"), faults);
    tolerations::check(pod, &at.field("tolerations"), faults);
    spread::check(pod, &at.field("topologySpreadConstraints"), faults);
    if pod.filled.is_none() {
        pod_resources::check(pod, &at, faults);
    }
}

/// Holds what a task filled into the container `index` to every rule: its image and resources.
pub fn task(pod: &Pod<'_>, container: &Container, index: usize, faults: &mut Faults) {
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    containers::filled(pod, container, &list.index(index), faults);
    if pod.spec.resources.is_some() {
        pod_resources::filled(pod, container, index, &spec, faults);
    }
}

/// Holds the variables that a task filled into the container `index` to every rule.
pub fn variables(pod: &Pod<'_>, container: &Container, index: usize, faults: &mut Faults) {
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    containers::variables(pod, container, &list.index(index), faults);
}

/// Holds the command that a task filled into the container `index` to every rule.
pub fn command(container: &Container, index: usize, faults: &mut Faults) {
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    containers::command(container, &list.index(index), faults);
}
