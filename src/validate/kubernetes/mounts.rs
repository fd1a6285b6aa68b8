//! The volume mounts of a container.
//!
//! In: a container, and the pod's volumes. Out: faults. Always: a mount of a volume that the server drops is dropped with it.
//! Source: `ValidateVolumeMounts`, `validateMountPropagation` and `validateMountRecursiveReadOnly` in validation.go,
//! `dropImageVolumes` in pkg/api/pod/util.go; what paths come to at the node, in the kubelet's `makeMounts`.
//! Not here: mounts below mounts of secrets and config maps, for which the node makes folders.

use k8s_openapi::api::core::v1::{Container, VolumeMount};
use rustc_hash::FxHashMap;

use super::paths::{below, from_root, known_as, required};
use super::volumes::{Named, Volumes};
use super::words::one_of;
use super::{Pod, each_container};
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED, Point};
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
        let fault = fault.relation().echo(path.is_empty()).here("the second at this path");
        faults.push(
            fault
                .other(&other.field("mountPath"), "the first of them")
                .note(
                    "one path of a container shows one volume: the second would hide the first, so Kubernetes \
                     refuses it",
                )
                .help("mount one of them at another path, or take one of the mounts out"),
        );
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
        let fault = fault.note("Kubernetes' reference says that it must not: container runtimes split there");
        return Some(match path.strip_suffix(":ro") {
            Some(bare) => fault
                .help(format!("write `{bare}`, and `readOnly = true` beside `name`"))
                .suggest(format!("write `{bare}`"), literal::text(bare)),
            None => fault.help("write a path without `:`"),
        });
    }
    if path.ends_with(char::is_whitespace) {
        let message = format!("the mount path `{path}` ends with a blank");
        let fault = Fault::found(codes::ODD_MOUNT_PATH, at, message);
        let fault = fault.note("the blank is part of the name: the container finds nothing at the path without it");
        let meant = path.trim_end();
        return Some(fault.help(format!("write `{meant}`")).suggest("take the blank away", literal::text(meant)));
    }
    if path.starts_with('/') {
        return None;
    }
    let message = format!("the volume is mounted at `/{path}`, wherever the container works");
    let fault = Fault::found(codes::ODD_MOUNT_PATH, at, message)
        .note("Kubernetes takes the path of a mount from the root of the container, and replaces nothing in it");
    Some(match from_root(path) {
        Some(meant) => fault.help(format!("write `{meant}`")).suggest("make it absolute", literal::text(&meant)),
        None => fault.help("write the whole path, such as `/home/worker/data`"),
    })
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
        let fault = fault.here("the mount").other(&device.field("name"), "the device");
        faults.push(
            fault
                .note(
                    "a container has a volume as a folder of files or as a raw block device; Kubernetes gives it \
                     no volume as both",
                )
                .help("take the mount out, or the device"),
        );
    }
    if let Some(index) = devices.by_path.get(mount.mount_path.as_str()) {
        let message = format!("a mount and a device are both at `{}`", mount.mount_path);
        let fault = Fault::invalid(codes::MOUNT_PATH_TWICE, &at.field("mountPath"), message).relation();
        let fault = fault.echo(mount.mount_path.is_empty());
        let device = list.index(*index);
        let fault = fault.here("the mount").other(&device.field("devicePath"), "the device");
        faults.push(
            fault
                .note("one path of a container shows one thing; Kubernetes does not choose which")
                .help("give one of them another path"),
        );
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
        let fault = fault.at_key().here("a folder with variables in its name");
        faults.push(
            fault
                .other(&at.field("subPath"), "a folder as it is written")
                .note("both say which folder of the volume is mounted, and Kubernetes does not choose")
                .help("keep `subPathExpr` if the folder has a variable `$(NAME)` in its name, else `subPath`")
                .remove("subPathExpr"),
        );
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
        let fault = Fault { point: Point::Value, ..Fault::forbidden(codes::PROPAGATION_NEEDS_PRIVILEGE, at, message) };
        let fault = fault
            .note(
                "whatever the container mounts there would be mounted on the node too, which Kubernetes leaves to \
                 privileged containers",
            )
            .help(
                "write `HostToContainer` if the container only has to see what the node mounts, \
                 or `securityContext { privileged = true }` if it mounts something itself",
            )
            .suggest("write `HostToContainer`", literal::text("HostToContainer"));
        faults.push(fault);
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
        faults.push(writable(mount, read_only, at, &place));
    }
    if mount.mount_propagation.as_deref().is_some_and(|propagation| propagation != "None") {
        let message = format!("`recursiveReadOnly = \"{read_only}\"` cannot stand beside `mountPropagation`");
        let fault = Fault::forbidden(codes::BAD_READ_ONLY, &place, message);
        faults.push(
            fault
                .other(&at.field("mountPropagation"), "mounts come and go here")
                .note(
                    "Kubernetes can promise that nothing below is written to only where nothing is mounted there later",
                )
                .help("leave `mountPropagation` out, or write `recursiveReadOnly = \"Disabled\"`"),
        );
    }
}

/// Only what is read-only can be so in depth.
fn writable(mount: &VolumeMount, read_only: &str, at: &At<'_>, place: &At<'_>) -> Fault {
    let message = format!("`recursiveReadOnly = \"{read_only}\"` needs a mount that is read-only");
    let fault = Fault::forbidden(codes::BAD_READ_ONLY, place, message)
        .note("it makes what is mounted below the mount read-only as well, and the mount itself can be written to");
    let (change, entry) = ("make the mount read-only", "readOnly = true");
    let fault = fault.help(format!("write `{entry}`"));
    match mount.read_only {
        Some(_) => {
            let written = at.field("readOnly");
            fault.other(&written, "it is writable").suggest_at(change, &written, "true")
        }
        None => fault.insert(change, at, entry),
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
        faults.push(fault.meant_within(&format!("$({name})"), &format!("$({similar})")));
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
    each_container(pod, |container, at| {
        let mounts = container.volume_mounts.iter().flatten().map(|mount| mount.name.as_str());
        let devices = container.volume_devices.iter().flatten().map(|device| device.name.as_str());
        for (index, _) in mounts.enumerate().filter(|(_, name)| *name == volume) {
            with(&at.field("volumeMounts").index(index).field("name"));
        }
        for (index, _) in devices.enumerate().filter(|(_, name)| *name == volume) {
            with(&at.field("volumeDevices").index(index).field("name"));
        }
    });
}
