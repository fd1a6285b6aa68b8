//! Containers: regular ones, init containers and ephemeral ones.
//!
//! In: a pod, and its volumes. Out: faults. Source: `validateContainers`, `validateInitContainers`, `validateContainerCommon` and
//! `validateEphemeralContainers` in validation.go. Not here: the parts of a container, each of which has a module.

use k8s_openapi::api::core::v1::Container;

use super::volumes::Volumes;
use super::{Pod, devices, env, lifecycle, mounts, ports, probes, resources, security};
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks all containers; `at` is the spec.
pub fn check(pod: &Pod<'_>, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    let init = at.field("initContainers");
    for (index, container) in pod.spec.init_containers.iter().flatten().enumerate() {
        let at = init.index(index);
        common(pod, container, volumes, &at, faults);
        filled(pod, container, &at, faults);
    }
    let regular = at.field("containers");
    for (index, container) in pod.spec.containers.iter().enumerate() {
        let at = regular.index(index);
        common(pod, container, volumes, &at, faults);
        if pod.filled != Some(index) {
            filled(pod, container, &at, faults);
        }
    }
}

/// Checks what no task changes.
fn common(pod: &Pod<'_>, container: &Container, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    ports::check(pod, container, at, faults);
    env::sources(pod, container, at, faults);
    resources::resize_policy(pod, container, at, faults);
    mounts::check(pod, container, volumes, at, faults);
    devices::check(pod, container, volumes, at, faults);
    probes::check(pod, container, at, faults);
    lifecycle::check(pod, container, at, faults);
    security::container(pod, container, at, faults);
}

/// Checks what a task fills in: image, variables and resources of the container at `at`.
pub fn filled(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    env::variables(pod, container, at, faults);
    resources::check(pod, container, at, faults);
}
