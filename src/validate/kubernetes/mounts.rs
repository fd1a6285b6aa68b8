//! The volume mounts of a container.
//!
//! In: a container, and the pod's volumes. Out: faults. Always: a mount of a volume that the server drops is dropped with it.
//! Source: `ValidateVolumeMounts`, `validateMountPropagation` and `validateMountRecursiveReadOnly` in validation.go,
//! `dropImageVolumes` in pkg/api/pod/util.go; what paths come to at the node, in the kubelet's `makeMounts`.
//! Not here: mounts below mounts of secrets and config maps, for which the node makes folders.

use k8s_openapi::api::core::v1::{Container, VolumeMount};
use rustc_hash::FxHashMap;

use super::Pod;
use super::paths::{below, known_as, required};
use super::volumes::{Named, Volumes};
use super::words::one_of;
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED};
use crate::validate::literal;
use crate::validate::path::At;

/// Checks those of the container at `at`.
pub fn check(pod: &Pod<'_>, container: &Container, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    let mounts = container.volume_mounts.as_deref().unwrap_or_default();
    let list = at.field("volumeMounts");
    let (devices, of_devices) = (devices(container), at.field("volumeDevices"));
    let mut paths = Paths::default();
    let mut dropped = 0;
    for (index, mount) in mounts.iter().enumerate() {
        if matches!(volumes.get(&mount.name), Some(Named::Dropped)) {
            dropped += 1;
            continue;
        }
        let (here, before) = (list.index(index), faults.len());
        required(&mount.name, "an element of `volumeMounts`", "name", &here, faults);
        if !matches!(volumes.get(&mount.name), Some(Named::Volume(..))) {
            faults.push(volumes.unknown(&mount.name, "this mount", &here.field("name")));
        }
        check_path(pod, mount, &mut paths, &list, index, faults);
        beside_devices(&devices, mount, &of_devices, &here, faults);
        if dropped > 0 {
            known_as(faults, before, &here, &list.index(index - dropped).path().to_string());
        }
        of_list(container, mount, &list, &here, faults);
        variables(pod, container, mount, &here, faults);
    }
}

// ------------------------------------------------------------------------------------------------------------- paths

/// The paths of a container's mounts so far, as they were written and without a `/` at the end.
#[derive(Default)]
struct Paths<'p> {
    written: FxHashMap<&'p str, usize>,
    meant: FxHashMap<&'p str, usize>,
}

fn check_path<'p>(
    pod: &Pod<'_>,
    mount: &'p VolumeMount,
    paths: &mut Paths<'p>,
    list: &At<'_>,
    index: usize,
    faults: &mut Faults,
) {
    let here = list.index(index);
    let path = mount.mount_path.as_str();
    required(path, "an element of `volumeMounts`", "mountPath", &here, faults);
    let at = here.field("mountPath");
    if let Some(first) = paths.written.get(path) {
        let fault = Fault::invalid(codes::MOUNT_PATH_TWICE, &at, format!("two volumes are mounted at `{path}`"));
        let other = list.index(*first);
        let fault = fault.relation().echo(path.is_empty());
        faults.push(fault.other(&other.field("mountPath"), "the first of them").help("mount one of them elsewhere"));
        return;
    }
    paths.written.insert(path, index);
    if path.is_empty() || is_of_windows(pod, path) {
        return;
    }
    let meant = path.trim_end_matches('/');
    if let Some(first) = paths.meant.get(meant) {
        let message = format!("`{path}` is the path of another mount, written otherwise");
        let other = list.index(*first);
        let fault = Fault::found(codes::SAME_MOUNT_PATH, &at, message).relation();
        let fault = fault.note("one of the two hides the other");
        faults.push(fault.other(&other.field("mountPath"), "the other one").help("mount one of them elsewhere"));
    }
    paths.meant.insert(meant, index);
    faults.extend(odd(path, &at));
}

/// Whether a path is one of Windows, whose paths have a drive and other rules.
fn is_of_windows(pod: &Pod<'_>, path: &str) -> bool {
    pod.spec.os.as_ref().is_some_and(|os| os.name == "windows") || path.contains('\\') || path.get(1..2) == Some(":")
}

/// A path that Kubernetes takes, and that does not mean what it says.
fn odd(path: &str, at: &At<'_>) -> Option<Fault> {
    if path.contains(':') {
        let message = format!("the mount path `{path}` has a `:`");
        let fault = Fault::found(codes::ODD_MOUNT_PATH, at, message);
        return Some(fault.note("Kubernetes' reference says that it must not: container runtimes split there"));
    }
    if path.starts_with('/') {
        return None;
    }
    let meant = format!("/{path}");
    let message = format!("the volume is mounted at `{meant}`, wherever the container works");
    let fault = Fault::found(codes::ODD_MOUNT_PATH, at, message);
    Some(fault.help(format!("write `{meant}`")).suggest("make it absolute", literal::text(&meant)))
}

/// Mounts or devices of a container by their names and by their paths. Of several with one name the last counts.
///
/// Source: `GetVolumeMountMap` and `GetVolumeDeviceMap` in validation.go.
#[derive(Default)]
pub struct Taken<'p> {
    /// By the name of the volume.
    pub by_name: FxHashMap<&'p str, usize>,
    /// By the path.
    pub by_path: FxHashMap<&'p str, usize>,
}

impl<'p> Taken<'p> {
    /// Those of these names and paths.
    pub fn of(all: impl Iterator<Item = (&'p str, &'p str)> + Clone) -> Self {
        let by_name: FxHashMap<&str, usize> = all.clone().enumerate().map(|(index, (name, _))| (name, index)).collect();
        let counts = |(index, (name, _)): &(usize, (&str, &str))| by_name.get(name) == Some(index);
        let by_path = all.enumerate().filter(counts).map(|(index, (_, path))| (path, index)).collect();
        Self { by_name, by_path }
    }
}

/// The devices of a container.
fn devices(container: &Container) -> Taken<'_> {
    match &container.volume_devices {
        None => Taken::default(),
        Some(devices) => Taken::of(devices.iter().map(|device| (device.name.as_str(), device.device_path.as_str()))),
    }
}

/// A volume, and a path, is of a mount or of a device.
fn beside_devices(devices: &Taken<'_>, mount: &VolumeMount, list: &At<'_>, at: &At<'_>, faults: &mut Faults) {
    if let Some(index) = devices.by_name.get(mount.name.as_str()) {
        let message = format!("the volume `{}` cannot be a mount and a device", mount.name);
        let fault = Fault::invalid(codes::MOUNT_AND_DEVICE, &at.field("name"), message).relation();
        let fault = fault.echo(mount.name.is_empty());
        let device = list.index(*index);
        faults.push(fault.other(&device.field("name"), "the device").help("take one of them away"));
    }
    if let Some(index) = devices.by_path.get(mount.mount_path.as_str()) {
        let message = format!("a mount and a device are both at `{}`", mount.mount_path);
        let fault = Fault::invalid(codes::MOUNT_PATH_TWICE, &at.field("mountPath"), message).relation();
        let fault = fault.echo(mount.mount_path.is_empty());
        let device = list.index(*index);
        faults.push(fault.other(&device.field("devicePath"), "the device").help("put one of them elsewhere"));
    }
}

// -------------------------------------------------------------------------------- what Kubernetes says of all mounts

/// The rules for which Kubernetes names the list as the place, and not its element.
fn of_list(container: &Container, mount: &VolumeMount, list: &At<'_>, at: &At<'_>, faults: &mut Faults) {
    let sub_path = mount.sub_path.as_deref().unwrap_or_default();
    let expression = mount.sub_path_expr.as_deref().unwrap_or_default();
    if sub_path.is_empty()
        && expression.is_empty()
        && mount.mount_propagation.is_none()
        && mount.recursive_read_only.is_none()
    {
        return;
    }
    if !sub_path.is_empty() && !expression.is_empty() {
        let message = "a mount has either `subPath` or `subPathExpr`";
        let fault = Fault::invalid(codes::TWO_PARTS_OF_A_VOLUME, &at.field("subPathExpr"), message).relation();
        faults.push(fault.at_key().other(&at.field("subPath"), "beside this").help("leave one of them out"));
    }
    let before = faults.len();
    below(sub_path, &at.field("subPath"), faults);
    below(expression, &at.field("subPathExpr"), faults);
    if let Some(propagation) = &mount.mount_propagation {
        propagated(container, propagation, &at.field("mountPropagation"), faults);
    }
    if let Some(read_only) = &mount.recursive_read_only {
        read_only_in_depth(mount, read_only, at, faults);
    }
    if faults.len() > before {
        known_as(faults, before, at, &list.path().to_string());
    }
}

fn propagated(container: &Container, propagation: &str, at: &At<'_>, faults: &mut Faults) {
    const BOTH_WAYS: &str = "Bidirectional";
    const WAYS: &[&str] = &["None", "HostToContainer", BOTH_WAYS];
    faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, propagation, WAYS, at));
    let privileged = container.security_context.as_ref().and_then(|context| context.privileged).unwrap_or_default();
    if propagation == BOTH_WAYS && !privileged {
        let message = format!("only a privileged container can mount with `{BOTH_WAYS}`");
        let fault = Fault::forbidden(codes::PROPAGATION_NEEDS_PRIVILEGE, at, message);
        faults.push(fault.note("what it mounts would be mounted on the node as well").help(
            "write `HostToContainer` if the container need not mount anything itself, \
             or `securityContext { privileged = true }`",
        ));
    }
}

fn read_only_in_depth(mount: &VolumeMount, read_only: &str, at: &At<'_>, faults: &mut Faults) {
    const WORDS: &[&str] = &["Disabled", "IfPossible", "Enabled"];
    let place = at.field("recursiveReadOnly");
    if let Some(fault) = one_of(code::kubernetes::UNKNOWN_WORD, read_only, WORDS, &place) {
        faults.push(fault);
        return;
    }
    if read_only == "Disabled" {
        return;
    }
    if mount.read_only != Some(true) {
        let message = format!("`recursiveReadOnly = \"{read_only}\"` needs a mount that is read-only");
        faults.push(Fault::forbidden(codes::BAD_READ_ONLY, &place, message).help("write `readOnly = true`"));
    }
    if mount.mount_propagation.as_deref().is_some_and(|propagation| propagation != "None") {
        let message = format!("`recursiveReadOnly = \"{read_only}\"` cannot stand beside `mountPropagation`");
        let fault = Fault::forbidden(codes::BAD_READ_ONLY, &place, message);
        faults.push(fault.other(&at.field("mountPropagation"), "beside this"));
    }
}

// --------------------------------------------------------------------------------------------------------- variables

/// A variable of `subPathExpr` that the container does not have. It may come from elsewhere (`envFrom`, the task, Flyte, or the
/// configuration of a cluster), so only what looks like a slip is told.
fn variables(pod: &Pod<'_>, container: &Container, mount: &VolumeMount, at: &At<'_>, faults: &mut Faults) {
    let Some(expression) = &mount.sub_path_expr else { return };
    let filled = pod.filled.and_then(|index| pod.spec.containers.get(index));
    if container.env_from.is_some() || filled.is_some_and(|filled| filled.name == container.name) {
        return;
    }
    let names = || container.env.iter().flatten().map(|variable| variable.name.as_str());
    for name in references(expression).filter(|name| names().all(|known| known != *name)) {
        let Some(similar) = closest(name, names().take(MOST_COMPARED)) else { continue };
        let message = format!("the container has no variable `{name}`");
        let fault = Fault::found(codes::UNKNOWN_VARIABLE_IN_PATH, &at.field("subPathExpr"), message).relation();
        let fault = fault.note("the node would not know what to mount, and the container never starts");
        faults.push(fault.help(format!("did you mean `$({similar})`?")));
    }
}

/// The variables in a text: `$(NAME)`, where `$$` is a dollar sign.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('$')?;
            if let Some(inner) = after.strip_prefix('(')
                && let Some((name, behind)) = inner.split_once(')')
            {
                rest = behind;
                return Some(name);
            }
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    })
}

/// Calls `with` with each place at which a container names a volume of the pod: in its mounts and devices.
pub fn each_of(pod: &Pod<'_>, volume: &str, mut with: impl FnMut(&At<'_>)) {
    let root = At::root();
    let spec = root.field("spec");
    let init = pod.spec.init_containers.as_deref().unwrap_or_default();
    for (list, containers) in [("containers", pod.spec.containers.as_slice()), ("initContainers", init)] {
        let list = spec.field(list);
        for (index, container) in containers.iter().enumerate() {
            let at = list.index(index);
            let mounts = container.volume_mounts.iter().flatten().map(|mount| mount.name.as_str());
            let devices = container.volume_devices.iter().flatten().map(|device| device.name.as_str());
            for (index, _) in mounts.enumerate().filter(|(_, name)| *name == volume) {
                with(&at.field("volumeMounts").index(index).field("name"));
            }
            for (index, _) in devices.enumerate().filter(|(_, name)| *name == volume) {
                with(&at.field("volumeDevices").index(index).field("name"));
            }
        }
    }
}
