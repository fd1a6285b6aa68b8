//! Volumes of drivers that Kubernetes has removed: it still takes them, and then does nothing with them.
//!
//! In: a source of a volume. Out: faults, and a warning for each. Source: the function of validation.go that each function names;
//! the warnings of pkg/api/pod/warnings.go. Not here: drivers whose work CSI drivers do today under the old name.

use k8s_openapi::api::core::v1::{
    CephFSVolumeSource, FlockerVolumeSource, GitRepoVolumeSource, GlusterfsVolumeSource,
    PhotonPersistentDiskVolumeSource, QuobyteVolumeSource, RBDVolumeSource, ScaleIOVolumeSource, StorageOSVolumeSource,
};

use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::paths::{below, label, required};
use crate::validate::path::At;

/// A warning about a driver that does nothing since some version.
fn removed(since: &str, instead: &str, at: &At<'_>) -> Fault {
    let path = at.path().to_string();
    let name = path.rsplit('.').next().unwrap_or_default();
    Fault::found(codes::REMOVED_DRIVER, at, format!("`{name}` volumes do not work since Kubernetes {since}"))
        .at_key()
        .note("the API server takes them still, and the pod never starts")
        .help(instead)
}

const BY_CLAIM: &str = "use a driver of CSI, through `persistentVolumeClaim`, `ephemeral` or `csi`";

/// Checks a Git repository: `validateGitRepoVolumeSource`.
pub fn git_repo(source: &GitRepoVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.repository, "a `gitRepo` volume", "repository", at, faults);
    below(source.directory.as_deref().unwrap_or_default(), &at.field("directory"), faults);
    faults.push(removed("1.33", "clone it in an init container, into an `emptyDir` volume", at));
}

/// Checks a folder of Gluster: `validateGlusterfsVolumeSource`.
pub fn glusterfs(source: &GlusterfsVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.endpoints, "a `glusterfs` volume", "endpoints", at, faults);
    required(&source.path, "a `glusterfs` volume", "path", at, faults);
    faults.push(removed("1.26", BY_CLAIM, at));
}

/// Checks a dataset of Flocker: `validateFlockerVolumeSource`.
pub fn flocker(source: &FlockerVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let name = source.dataset_name.as_deref().unwrap_or_default();
    let id = source.dataset_uuid.as_deref().unwrap_or_default();
    match (name.is_empty(), id.is_empty()) {
        (true, true) => {
            let message = "a `flocker` volume needs `datasetName` or `datasetUUID`";
            faults.push(Fault::required(code::MISSING_FIELD, at, message).help("add `datasetName = \"…\"`"));
        }
        (false, false) => {
            let message = "a `flocker` volume has either `datasetName` or `datasetUUID`";
            let field = at.path().to_string();
            let fault = Fault::invalid(codes::TWO_WAYS_TO_A_DISK, &at.field("datasetUUID"), message).field(field);
            let fault = fault.relation().at_key().other(&at.field("datasetName"), "named here already");
            faults.push(fault.note("the two could name different datasets").help("leave one of them out"));
        }
        _ => {}
    }
    if name.contains('/') {
        let message = format!("the name of a dataset cannot have a `/`, as `{name}` has");
        let fault = Fault::invalid(codes::BAD_DISK_ADDRESS, &at.field("datasetName"), message);
        let fault = fault.note("Kubernetes makes a folder of the node of it");
        faults.push(fault.help("write the name alone, without what it is in"));
    }
    faults.push(removed("1.25", BY_CLAIM, at));
}

/// Checks a disk of Ceph: `validateRBDVolumeSource`.
pub fn rbd(source: &RBDVolumeSource, at: &At<'_>, faults: &mut Faults) {
    faults.extend(monitors(&source.monitors, "an `rbd` volume", at));
    required(&source.image, "an `rbd` volume", "image", at, faults);
    faults.push(removed("1.31", BY_CLAIM, at));
}

/// Checks a folder of Ceph: `validateCephFSVolumeSource`.
pub fn cephfs(source: &CephFSVolumeSource, at: &At<'_>, faults: &mut Faults) {
    faults.extend(monitors(&source.monitors, "a `cephfs` volume", at));
    faults.push(removed("1.31", BY_CLAIM, at));
}

fn monitors(monitors: &[String], owner: &str, at: &At<'_>) -> Option<Fault> {
    let message = || format!("{owner} needs `monitors`");
    monitors.is_empty().then(|| Fault::required(code::MISSING_FIELD, &at.field("monitors"), message()))
}

/// Checks a volume of Quobyte: `validateQuobyteVolumeSource`. Kubernetes calls a tenant that is too long a missing one.
pub fn quobyte(source: &QuobyteVolumeSource, at: &At<'_>, faults: &mut Faults) {
    const TENANT: usize = 64;
    required(&source.registry, "a `quobyte` volume", "registry", at, faults);
    let tenant = source.tenant.as_deref().unwrap_or_default();
    let registry = Some(source.registry.as_str()).filter(|registry| !registry.is_empty());
    // Without a registry, the server looks at neither.
    if registry.is_some() && tenant.len() > TENANT {
        let message = format!("a tenant has {} characters, and {TENANT} are allowed", tenant.len());
        let fault = Fault::required(codes::BAD_DISK_ADDRESS, &at.field("tenant"), message);
        let fault = fault.note("Kubernetes takes the identifier of a tenant, and not its description");
        faults.push(fault.help("write the identifier, which is shorter"));
    } else if let Some(registry) = registry.filter(|registry| !registry.split(',').all(is_host_and_port)) {
        let message = format!("`{registry}` is no registry");
        let fault = Fault::invalid(codes::BAD_DISK_ADDRESS, &at.field("registry"), message);
        faults.push(
            fault
                .note("a registry is `HOST:PORT`, or several of them with `,` between them")
                .help("write it with its port, such as `quobyte.example.com:7861`"),
        );
    }
    required(&source.volume, "a `quobyte` volume", "volume", at, faults);
    faults.push(removed("1.25", BY_CLAIM, at));
}

/// Whether Go splits a text into a host and a port: `net.SplitHostPort`.
fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let (host, in_brackets) = bracketed.map_or((host, false), |host| (host, true));
    !host.contains(['[', ']']) && !port.contains(['[', ']']) && (in_brackets || !host.contains(':'))
}

/// Checks a volume of `StorageOS`: `validateStorageOSVolumeSource`.
pub fn storageos(source: &StorageOSVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let name = source.volume_name.as_deref().unwrap_or_default();
    let namespace = source.volume_namespace.as_deref().unwrap_or_default();
    required(name, "a `storageos` volume", "volumeName", at, faults);
    for (text, field) in [(name, "volumeName"), (namespace, "volumeNamespace")] {
        faults.extend(
            Some(text)
                .filter(|text| !text.is_empty())
                .and_then(|text| label(text, "a volume of StorageOS", &at.field(field))),
        );
    }
    if let Some(secret) = &source.secret_ref {
        required(&secret.name, "`secretRef`", "name", &at.field("secretRef"), faults);
    }
    faults.push(removed("1.25", BY_CLAIM, at));
}

/// Checks a volume of `ScaleIO`: `validateScaleIOVolumeSource`.
pub fn scale_io(source: &ScaleIOVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.gateway, "a `scaleIO` volume", "gateway", at, faults);
    required(&source.system, "a `scaleIO` volume", "system", at, faults);
    required(source.volume_name.as_deref().unwrap_or_default(), "a `scaleIO` volume", "volumeName", at, faults);
    faults.push(removed("1.22", BY_CLAIM, at));
}

/// Checks a disk of Photon: `validatePhotonPersistentDiskVolumeSource`.
pub fn photon(source: &PhotonPersistentDiskVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.pd_id, "a `photonPersistentDisk` volume", "pdID", at, faults);
    faults.push(removed("1.16", BY_CLAIM, at));
}
