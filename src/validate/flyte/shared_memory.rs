//! Shared memory, and what is in its way.
//!
//! In: a workload. Out: faults. Source: `ApplySharedMemory` in `flytek8s/pod_helper.go`, and the name and path that the SDK gives it in
//! `resources_serde.py`.

use super::{Filled, primary};
use crate::diagnostics::code::kubernetes::SHARED_MEMORY_TAKEN;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// The volume that Flyte adds.
const VOLUME: &str = "flyte-shm";
/// Where Flyte mounts it.
const PATH: &str = "/dev/shm";

/// Checks a task that asks for shared memory.
pub fn check(filled: &Filled<'_>, faults: &mut Faults) {
    let workload = filled.workload;
    if workload.settings.resources.shared_memory.is_none() {
        return;
    }
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("volumes");
    let volumes = workload.template.spec.volumes.iter().flatten();
    let named = volumes.enumerate().find(|(_, volume)| volume.name == VOLUME);
    if let Some((index, _)) = named {
        faults.push(taken(&format!("a volume is called `{VOLUME}` already"), &list.index(index)));
    }
    primary(filled, |container, at| {
        let list = at.field("volumeMounts");
        for (index, mount) in container.volume_mounts.iter().flatten().enumerate() {
            // The mount of a volume of Flyte's name is the same conflict.
            if mount.mount_path == PATH && (named.is_none() || mount.name != VOLUME) {
                faults.push(taken(&format!("something is mounted at `{PATH}` already"), &list.index(index)));
            }
        }
    });
}

fn taken(message: &str, at: &At<'_>) -> Fault {
    let settings = At::settings();
    let resources = settings.field("resources");
    Fault::found(SHARED_MEMORY_TAKEN, at, format!("{message}, and the task asks for shared memory"))
        .relation()
        .other(&resources.field("shm"), "asked for here")
        .note(format!(
            "for `shm`, Flyte adds a volume `{VOLUME}` to the pod and mounts it at `{PATH}`; where either is taken, the \
             cluster fails the task"
        ))
        .help("keep `shm` and take out the volume with its mount, or keep these and take out `shm`")
}
