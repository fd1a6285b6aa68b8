//! Step 6: nodes with the right accelerator, and shared memory.
//!
//! In: the pod, merged with its templates. Out: node affinity and tolerations for the device and its partition, a label that
//! counts the slices of a GPU, and the volume of shared memory; or why Flyte refuses the pod. Source: `ApplyGPUNodeSelectors`,
//! `parseMigSlices` and `ApplySharedMemory` in `pod_helper.go`. Not here: accelerators that are explicitly not partitioned, which
//! the SDK never asks for.

use ecow::EcoString;

use super::scheduling::require;
use super::settings::{Accelerators, Settings};
use super::task::Pod;
use super::tree::{Origin, Tree};
use crate::flyte::accelerators::{wire_class, wire_name};
use crate::flyte::platform::DEVICE_CLASSES;
use crate::settings::resources::{Device, Resources};

/// The volume of shared memory, and where it is. Source: the SDK's `get_proto_extended_resources`.
const SHARED_VOLUME: &str = "flyte-shm";
const SHARED_PATH: &str = "/dev/shm";
/// The label that counts the slices of a GPU that a pod has. Source: `GpuPartitionSlicesLabel`.
const SLICES: &str = "platform.union.ai/gpu-partition-slices";

/// The class of a task's accelerator as the configuration calls it; none where a task asks for none, or for any.
pub fn class(resources: &Resources) -> Option<&'static str> {
    let device = resources.device.as_ref().filter(|device| device.device.is_some())?;
    let number = usize::try_from(wire_class(&device.class)).ok()?;
    DEVICE_CLASSES.get(number).map(|class| class.name)
}

/// Sends the pod to nodes that have the device.
pub fn select_nodes(pod: &mut Pod, settings: Settings<'_>, device: &Device, found: &Accelerators<'_>) {
    let Some(name) = device.device.as_deref() else { return };
    let limited = |container: &Tree| {
        let limits = container.get("resources").and_then(|resources| resources.get("limits"));
        settings.accelerator_resources().iter().any(|name| limits.is_some_and(|limits| limits.get(name).is_some()))
    };
    if pod.spec.items_of("containers").iter().any(limited) {
        let name = settings.device(wire_name(name));
        select(pod, "for the accelerator", &found.device_label, &name);
        if let Some(partition) = &device.partition {
            select(pod, "for the accelerator's partition", &found.partition_label, partition);
        }
    }
    if let Some(slices) = device.partition.as_deref().and_then(slices) {
        let origin = Origin::platform("the slices of the GPU");
        pod.metadata.map_at("labels", &origin).set(SLICES, Tree::text(&origin, slices));
    }
}

/// Requires a label of nodes, and tolerates the taint of the same name.
fn select(pod: &mut Pod, why: &str, label: &str, value: &EcoString) {
    let origin = Origin::platform(why);
    let text = |text: &str| Tree::text(&origin, text);
    let values = Tree::list(&origin, [text(value)]);
    let requirement = Tree::map(&origin, [("key", text(label)), ("operator", text("In")), ("values", values)]);
    require(&mut pod.spec, &requirement);
    let toleration = [("key", label), ("operator", "Equal"), ("value", value.as_str()), ("effect", "NoSchedule")];
    // Source: `MatchToleration` in Kubernetes' API: the same but for `tolerationSeconds`.
    let same = |other: &Tree| toleration.iter().all(|(name, value)| other.str_of(name) == *value);
    if !pod.spec.items_of("tolerations").iter().any(same) {
        let toleration = Tree::texts(&origin, toleration);
        pod.spec.list_at("tolerations", &origin).extend([toleration]);
    }
}

/// The slices of a partition such as `3g.20gb`.
fn slices(partition: &str) -> Option<&str> {
    let (slices, memory) = partition.split_once("g.")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(slices) && digits(memory.strip_suffix("gb")?)).then_some(slices)
}

/// Mounts shared memory into the primary container; says why Flyte refuses to.
pub fn share_memory(pod: &mut Pod, resources: &Resources) -> Option<String> {
    let size = resources.shared_memory.as_ref()?;
    if pod.spec.items_of("volumes").iter().any(|volume| volume.str_of("name") == SHARED_VOLUME) {
        return Some(format!("a volume is already named `{SHARED_VOLUME}`, which is the one of shared memory"));
    }
    let mounts = pod.primary().map(|primary| primary.items_of("volumeMounts")).unwrap_or_default();
    if mounts.iter().any(|mount| mount.str_of("name") == SHARED_VOLUME || mount.str_of("mountPath") == SHARED_PATH) {
        return Some(format!("something is already mounted at `{SHARED_PATH}`, where shared memory is"));
    }
    let origin = Origin::platform("shared memory");
    let text = |text: &str| Tree::text(&origin, text);
    // Without a size Flyte writes down 0, which Kubernetes takes for no limit.
    let size = if size.is_empty() { "0" } else { size.as_str() };
    let source = Tree::map(&origin, [("medium", text("Memory")), ("sizeLimit", text(size))]);
    let volume = Tree::map(&origin, [("name", text(SHARED_VOLUME)), ("emptyDir", source)]);
    pod.spec.list_at("volumes", &origin).extend([volume]);
    if let Some(primary) = pod.primary_mut() {
        let mount = Tree::texts(&origin, [("name", SHARED_VOLUME), ("mountPath", SHARED_PATH)]);
        primary.list_at("volumeMounts", &origin).extend([mount]);
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn slices_are_read_of_what_names_a_partition_of_a_gpu() {
        for (partition, expected) in [
            ("1g.5gb", Some("1")),
            ("3g.20gb", Some("3")),
            ("2x2", None),
            ("g.5gb", None),
            ("1g.gb", None),
            ("1g.5", None),
        ] {
            assert_eq!(super::slices(partition), expected, "{partition}");
        }
    }
}
