//! Volumes that no container uses.
//!
//! In: a pod, and its volumes. Out: warnings. Always: where a mount names a volume that there is not, nothing is said, for that
//! mount was probably meant for the unused volume. Source: no rule of Kubernetes; a volume without a mount does nothing but delay
//! the pod. Not here: templates that no task uses as they stand, whose mounts may come from elsewhere.

use k8s_openapi::api::core::v1::{Container, Volume};
use rustc_hash::FxHashSet;

use super::{Named, Volumes};
use crate::diagnostics::code::kubernetes as codes;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::Pod;
use crate::validate::kubernetes::formats::dns_label;
use crate::validate::literal;
use crate::validate::path::At;

/// Warns about volumes that are not among those used; `at` is the list of volumes.
pub fn check(pod: &Pod<'_>, volumes: &Volumes<'_>, used: &FxHashSet<&str>, at: &At<'_>, faults: &mut Faults) {
    let declared = pod.spec.volumes.as_deref().unwrap_or_default();
    // Without containers there is a template that is not finished.
    if declared.is_empty() || pod.spec.containers.is_empty() {
        return;
    }
    if used.iter().any(|name| volumes.get(name).is_none()) {
        return;
    }
    for (index, volume) in declared.iter().enumerate() {
        let name = volume.name.as_str();
        if used.contains(name) || !matches!(volumes.get(name), Some(Named::Volume(..))) {
            continue;
        }
        // Of a volume that does not say what it is, that is told.
        if *volume == (Volume { name: volume.name.clone(), ..Volume::default() }) {
            continue;
        }
        let at = at.index(index);
        let fault =
            Fault::found(codes::UNUSED_VOLUME, &at.field("name"), format!("no container uses the volume `{name}`"));
        let mount = format!("volumeMounts {} {{ name = {} }}", literal::text(&format!("/{name}")), literal::text(name));
        let fault = fault
            .relation()
            .note("a volume does nothing until it is mounted, and yet the pod waits until its node has brought it")
            .help(format!("mount it in a container: `{mount}`"));
        faults.push(match pod.filled {
            Some(primary) => {
                let root = At::root();
                let (spec, message) = (root.field("spec"), "mount it in the primary container");
                fault.insert(message, &spec.field("containers").index(primary), mount)
            }
            None => fault,
        });
    }
}

/// The volume that no container uses, if there is one alone.
#[must_use]
pub fn spare<'p>(pod: &Pod<'p>, used: &FxHashSet<&str>) -> Option<&'p str> {
    let declared = pod.spec.volumes.as_deref()?;
    let mut unused = declared.iter().map(|volume| volume.name.as_str()).filter(|name| !used.contains(name));
    unused.next().filter(|_| unused.next().is_none())
}

/// The name that several containers or mounts have for the one volume that is not used, if that is nearly called so; and which volume it is.
#[must_use]
pub fn misspelt<'p>(pod: &Pod<'p>, volumes: &Volumes<'p>, used: &FxHashSet<&'p str>) -> Option<(&'p str, usize)> {
    let spare = volumes.spare?;
    let Some(Named::Volume(_, index)) = volumes.get(spare) else { return None };
    let mut unknown = used.iter().copied().filter(|name| volumes.get(name).is_none());
    let name = unknown.next().filter(|name| closest(name, [spare]).is_some())?;
    let several = all(pod).filter(|other| *other == name).nth(1).is_some();
    (several && unknown.next().is_none() && dns_label(name).is_none()).then_some((name, index))
}

/// The volumes that containers name.
#[must_use]
pub fn used<'p>(pod: &Pod<'p>) -> FxHashSet<&'p str> {
    all(pod).collect()
}

/// The same, each as often as it is named.
fn all<'p>(pod: &Pod<'p>) -> impl Iterator<Item = &'p str> + use<'p> {
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter().flatten());
    let ephemeral = pod.spec.ephemeral_containers.iter().flatten();
    let mounts = ephemeral.flat_map(|container| container.volume_mounts.iter().flatten());
    containers.flat_map(names).chain(mounts.map(|mount| mount.name.as_str()))
}

/// The volumes that a container names.
fn names(container: &Container) -> impl Iterator<Item = &str> {
    let mounts = container.volume_mounts.iter().flatten().map(|mount| mount.name.as_str());
    let devices = container.volume_devices.iter().flatten().map(|device| device.name.as_str());
    let files = container
        .env
        .iter()
        .flatten()
        .filter_map(|variable| Some(variable.value_from.as_ref()?.file_key_ref.as_ref()?.volume_name.as_str()));
    mounts.chain(devices).chain(files)
}
