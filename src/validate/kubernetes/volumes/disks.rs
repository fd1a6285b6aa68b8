//! Volumes that are disks and shares of a cloud or of a store.
//!
//! In: a source of a volume. Out: faults. Source: the function of validation.go that each function names. Not here: whether there
//! is such a disk.

use k8s_openapi::api::core::v1::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, AzureFileVolumeSource, CinderVolumeSource,
    GCEPersistentDiskVolumeSource, PortworxVolumeSource, VsphereVirtualDiskVolumeSource,
};

use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::paths::{known_as, required};
use crate::validate::kubernetes::words::one_of;
use crate::validate::path::At;

/// A number that one byte can hold.
#[must_use]
pub fn byte(number: i32, what: &str, at: &At<'_>) -> Option<Fault> {
    let message = || format!("{what} is a number from 0 to 255, and {number} is none");
    (!(0..=255).contains(&number)).then(|| {
        Fault::invalid(code::OUT_OF_RANGE, at, message()).note("Kubernetes keeps it in one byte").help(
            "write the number as the node or the storage counts: the first disk has the `lun` 0, and without \
             `partition` it is all of the disk",
        )
    })
}

/// Checks a disk of Google's cloud, which Kubernetes calls by another name: `validateGCEPersistentDiskVolumeSource`.
pub fn gce(disk: &GCEPersistentDiskVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let before = faults.len();
    required(&disk.pd_name, "a `gcePersistentDisk` volume", "pdName", at, faults);
    faults.extend(byte(disk.partition.unwrap_or_default(), "`partition`", &at.field("partition")));
    if faults.len() > before {
        let known = at.path().to_string().replace("gcePersistentDisk", "persistentDisk");
        known_as(faults, before, at, &known);
    }
}

/// Checks a disk of Amazon's cloud: `validateAWSElasticBlockStoreVolumeSource`.
pub fn aws(disk: &AWSElasticBlockStoreVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&disk.volume_id, "an `awsElasticBlockStore` volume", "volumeID", at, faults);
    faults.extend(byte(disk.partition.unwrap_or_default(), "`partition`", &at.field("partition")));
}

/// Checks a disk of `OpenStack`: `validateCinderVolumeSource`.
pub fn cinder(disk: &CinderVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&disk.volume_id, "a `cinder` volume", "volumeID", at, faults);
    if let Some(secret) = &disk.secret_ref {
        required(&secret.name, "`secretRef`", "name", &at.field("secretRef"), faults);
    }
}

/// Checks a share of Microsoft's cloud: `validateAzureFile`.
pub fn azure_file(share: &AzureFileVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&share.secret_name, "an `azureFile` volume", "secretName", at, faults);
    required(&share.share_name, "an `azureFile` volume", "shareName", at, faults);
}

/// The kinds of a disk of Microsoft's cloud.
const KINDS: &[&str] = &["Shared", "Dedicated", "Managed"];

/// Checks a disk of Microsoft's cloud: `validateAzureDisk`.
pub fn azure_disk(disk: &AzureDiskVolumeSource, at: &At<'_>, faults: &mut Faults) {
    const CACHING: &[&str] = &["None", "ReadOnly", "ReadWrite"];
    required(&disk.disk_name, "an `azureDisk` volume", "diskName", at, faults);
    required(&disk.disk_uri, "an `azureDisk` volume", "diskURI", at, faults);
    if let Some(caching) = &disk.caching_mode {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, caching, CACHING, &at.field("cachingMode")));
    }
    if let Some(kind) = &disk.kind {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, kind, KINDS, &at.field("kind")));
    }
    faults.extend(azure_address(disk, at));
}

/// The address of a managed disk has another form than that of one in a storage account. Without a kind, it is the latter.
fn azure_address(disk: &AzureDiskVolumeSource, volume: &At<'_>) -> Option<Fault> {
    let at = &volume.field("diskURI");
    let kind = disk.kind.as_deref().unwrap_or("Shared");
    let (start, example) = if kind == "Managed" {
        ("/subscriptions/", "/subscriptions/SUB/resourceGroups/GROUP/providers/Microsoft.Compute/disks/DISK")
    } else {
        ("https://", "https://ACCOUNT.blob.core.windows.net/CONTAINER/DISK.vhd")
    };
    if disk.disk_uri.starts_with(start) {
        return None;
    }
    let message = format!("the address of a disk of the kind `{kind}` starts with `{start}`");
    let fault = Fault::refused(codes::BAD_DISK_ADDRESS, Reason::NotSupported, at, message).relation();
    // A missing address is told as such.
    // Of a kind that there is not, no more can be said.
    let fault =
        fault.echo(disk.disk_uri.is_empty() || !KINDS.contains(&kind)).note(format!("it looks like `{example}`"));
    let assumed = "without `kind`, Kubernetes takes it for a disk in a storage account, which is the kind `Shared`";
    let fault = if disk.kind.is_none() { fault.note(assumed) } else { fault };
    let other = kind != "Managed" && disk.disk_uri.starts_with("/subscriptions/");
    if !other {
        return Some(fault.help("copy the address of the disk from the portal of the cloud"));
    }
    let fault = fault.help("this is the address of a managed disk: write `kind = \"Managed\"`");
    let (change, text) = ("write `kind = \"Managed\"`", "\"Managed\"");
    Some(match &disk.kind {
        Some(_) => fault.suggest_at(change, &volume.field("kind"), text),
        None => fault.insert(change, volume, format!("kind = {text}")),
    })
}

/// Checks a disk of vSphere: `validateVsphereVolumeSource`.
pub fn vsphere(disk: &VsphereVirtualDiskVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&disk.volume_path, "a `vsphereVolume`", "volumePath", at, faults);
}

/// Checks a disk of Portworx: `validatePortworxVolumeSource`.
pub fn portworx(disk: &PortworxVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&disk.volume_id, "a `portworxVolume`", "volumeID", at, faults);
}
