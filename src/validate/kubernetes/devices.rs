//! The volume devices of a container.
//!
//! In: a container, and the pod's volumes. Out: faults. Source: `ValidateVolumeDevices` and `validateHostUsers` in validation.go.
//! Not here: what a device and a mount have in common is told at the mount ([`super::mounts`]).

use k8s_openapi::api::core::v1::{Container, VolumeDevice};

use super::Pod;
use super::formats::has_parent_element;
use super::mounts::Taken;
use super::paths::{required, without_parents};
use super::volumes::{Named, Volumes};
use crate::diagnostics::code::kubernetes as codes;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Checks those of the container at `at`.
pub fn check(pod: &Pod<'_>, container: &Container, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(devices) = container.volume_devices.as_ref().filter(|devices| !devices.is_empty()) else { return };
    let list = at.field("volumeDevices");
    let mounts = container.volume_mounts.as_deref().unwrap_or_default();
    let mounts = Taken::of(mounts.iter().map(|mount| (mount.name.as_str(), mount.mount_path.as_str())));
    let mut earlier = Taken::default();
    for (index, device) in devices.iter().enumerate() {
        let here = list.index(index);
        check_name(device, volumes, &here, faults);
        required(&device.device_path, "an element of `volumeDevices`", "devicePath", &here, faults);
        faults.extend(without_parents(&device.device_path, &here.field("devicePath")));
        repeated(device, index, &mut earlier, &list, faults);
        beside_mounts(&mounts, device, &here, faults);
    }
    if pod.spec.host_users == Some(false) {
        let fault =
            Fault::forbidden(codes::DEVICES_OF_OTHER_USERS, &list, "devices cannot be used with `hostUsers = false`");
        let spec = At::root();
        let spec = spec.field("spec");
        faults.push(
            fault
                .other(&spec.field("hostUsers"), "the pod has users of its own")
                .note(
                    "a device of the node belongs to users of the node, and Kubernetes translates only what is mounted",
                )
                .help("take `hostUsers` out, or mount the volume: `volumeMounts`"),
        );
    }
}

fn check_name(device: &VolumeDevice, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    required(&device.name, "an element of `volumeDevices`", "name", at, faults);
    let at = at.field("name");
    match volumes.get(&device.name) {
        Some(Named::Volume(volume, index)) => {
            if volume.persistent_volume_claim.is_some() || volume.ephemeral.is_some() {
                return;
            }
            let message = format!("the volume `{}` cannot be a device", device.name);
            let fault = Fault::invalid(codes::NO_BLOCK_DEVICE, &at, message).relation();
            let spec = At::root();
            let list = spec.field("spec");
            let list = list.field("volumes");
            faults.push(
                fault
                    .other(&list.index(index), "this volume")
                    .note(
                        "to Kubernetes only the volumes `persistentVolumeClaim` and `ephemeral` are disks that a \
                         container can have without their file system",
                    )
                    .help(format!("mount it instead: `volumeMounts \"/{0}\" {{ name = \"{0}\" }}`", device.name)),
            );
        }
        Some(Named::Broken | Named::Dropped) | None => faults.push(volumes.unknown(&device.name, "this device", &at)),
    }
}

/// A name and a path can be there once. A path that goes up is not remembered.
fn repeated<'p>(device: &'p VolumeDevice, index: usize, earlier: &mut Taken<'p>, list: &At<'_>, faults: &mut Faults) {
    let at = list.index(index);
    let (name, path) = (device.name.as_str(), device.device_path.as_str());
    if let Some(first) = earlier.by_name.get(name) {
        let message = format!("the volume `{name}` is a device of the container twice");
        let fault = Fault::invalid(codes::DEVICE_TWICE, &at.field("name"), message).relation();
        let first = list.index(*first);
        faults.push(
            fault
                .here("the second time")
                .other(&first.field("name"), "the first time")
                .note("Kubernetes gives a container each device once")
                .help("keep one of the two paths"),
        );
    }
    if let Some(first) = earlier.by_path.get(path) {
        let fault =
            Fault::invalid(codes::DEVICE_TWICE, &at.field("devicePath"), format!("two devices are at `{path}`"));
        let first = list.index(*first);
        let fault = fault.relation().echo(path.is_empty()).here("the second at this path");
        faults.push(
            fault
                .other(&first.field("devicePath"), "the first of them")
                .note("one path of a container is one device")
                .help("give one of them another path"),
        );
    }
    if !name.is_empty() {
        earlier.by_name.entry(name).or_insert(index);
    }
    if !has_parent_element(path) {
        earlier.by_path.entry(path).or_insert(index);
    }
}

/// What is both is told at the mount.
fn beside_mounts(mounts: &Taken<'_>, device: &VolumeDevice, at: &At<'_>, faults: &mut Faults) {
    let message = "a volume cannot be a mount and a device";
    if mounts.by_name.contains_key(device.name.as_str()) {
        faults.push(Fault::invalid(codes::MOUNT_AND_DEVICE, &at.field("name"), message).echo(true));
    }
    if mounts.by_path.contains_key(device.device_path.as_str()) {
        faults.push(Fault::invalid(codes::MOUNT_PATH_TWICE, &at.field("devicePath"), message).echo(true));
    }
}
