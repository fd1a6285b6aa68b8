//! Volumes that a storage driver provides: claims, claims that live as long as the pod, and CSI drivers.
//!
//! In: a source of a volume. Out: faults. Source: `validatePersistentClaimVolumeSource`, `validateCSIVolumeSource`,
//! `ValidateCSIDriverName`, `validateEphemeralVolumeSource`, `ValidatePersistentVolumeClaimSpec` and what they call in
//! validation.go. Not here: whether such a claim, driver or class exists, and the name of the claim that the pod would make.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    CSIVolumeSource, EphemeralVolumeSource, PersistentVolumeClaimSpec, PersistentVolumeClaimVolumeSource,
    TypedLocalObjectReference, TypedObjectReference,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::files::name_of;
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::same_letters;
use crate::schema::units;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::amounts::{no_digit, parts_of_bytes, thousandths};
use crate::validate::kubernetes::formats::{dns_subdomain, nearest};
use crate::validate::kubernetes::metadata::{MOST_BYTES, annotation_key};
use crate::validate::kubernetes::paths::{label, required, subdomain};
use crate::validate::kubernetes::words::one_of;
use crate::validate::kubernetes::{Pod, labels, selectors};
use crate::validate::literal;
use crate::validate::path::At;

/// Checks a volume of a claim.
pub fn persistent(source: &PersistentVolumeClaimVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.claim_name, "a `persistentVolumeClaim` volume", "claimName", at, faults);
    faults.extend(name_of(&source.claim_name, "claim", &at.field("claimName")));
}

/// Checks a volume of a CSI driver.
pub fn csi(source: &CSIVolumeSource, at: &At<'_>, faults: &mut Faults) {
    const LONGEST: usize = 63;
    let driver = source.driver.as_str();
    required(driver, "a `csi` volume", "driver", at, faults);
    let place = at.field("driver");
    let long = driver.len() > LONGEST;
    if long {
        let message = format!("the name of a driver has {} characters, and {LONGEST} are allowed", driver.len());
        let fault = Fault::refused(codes::NO_DNS_NAME, Reason::TooLong, &place, message);
        let fault = fault.note(
            "Kubernetes finds the driver on the node by this name, which is a DNS name such as `efs.csi.aws.com`",
        );
        faults.push(fault.help("write it as `kubectl get csidrivers` shows it"));
    }
    if dns_subdomain(&driver.to_lowercase()).is_some() {
        let message = format!("`{driver}` cannot be the name of a driver");
        let fault = Fault::invalid(codes::NO_DNS_NAME, &place, message).echo(long || driver.is_empty());
        let fault =
            fault.note("for Kubernetes a driver has a name such as `efs.csi.aws.com`: letters, digits, `-` and `.`");
        faults.push(match nearest(driver, |name| dns_subdomain(&name.to_lowercase())) {
            Some(better) => fault.did_you_mean(driver, &better, false),
            None => fault.help(
                "write it as the driver's documentation has it; `kubectl get csidrivers` lists those of a cluster",
            ),
        });
    }
    let Some(secret) = &source.node_publish_secret_ref else { return };
    let here = at.field("nodePublishSecretRef");
    required(&secret.name, "`nodePublishSecretRef`", "name", &here, faults);
    if !secret.name.is_empty() {
        // Kubernetes names another place than it means.
        let field = at.field("name").path().to_string();
        faults.extend(subdomain(&secret.name, "a secret", &here.field("name")).map(|fault| fault.field(field)));
    }
}

/// Checks a claim that is made for the pod.
pub fn ephemeral(pod: &Pod<'_>, source: &EphemeralVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let at = at.field("volumeClaimTemplate");
    let Some(template) = &source.volume_claim_template else {
        let message = "an `ephemeral` volume needs `volumeClaimTemplate`";
        let fault = Fault::required(code::MISSING_FIELD, &at, message);
        faults.push(fault.note("Kubernetes makes a claim of it for each pod").help(
            "write `volumeClaimTemplate { spec { accessModes = [\"ReadWriteOnce\"], \
             resources { requests { storage = 10Gi } } } }`",
        ));
        return;
    };
    if let Some(metadata) = &template.metadata {
        check_metadata(metadata, &at.field("metadata"), faults);
    }
    check_claim(pod, &template.spec, &at.field("spec"), faults);
}

// ---------------------------------------------------------------------------------------------------------- metadata

/// Labels and annotations alone: `ValidateTemplateObjectMeta`.
fn check_metadata(metadata: &ObjectMeta, at: &At<'_>, faults: &mut Faults) {
    let annotations = metadata.annotations.iter().flatten();
    let place = at.field("annotations");
    for (key, _) in annotations.clone() {
        faults.extend(annotation_key(key, &place));
    }
    let size: usize = annotations.map(|(key, value)| key.len() + value.len()).sum();
    if size > MOST_BYTES {
        let message = format!("annotations of {size} bytes, and {MOST_BYTES} are allowed");
        faults.push(Fault::refused(codes::ANNOTATIONS_TOO_LARGE, Reason::TooLong, &place, message));
    }
    if let Some(own) = &metadata.labels {
        labels::map(own, &at.field("labels"), faults);
    }
    for field in others(metadata) {
        let message = format!("a claim that is made for a pod cannot have `{field}`");
        let fault = Fault::forbidden(codes::BAD_CLAIM_METADATA, &at.field(field), message);
        let fault = fault.remove(field).note(
            "Kubernetes makes the claim with the pod and gives it all this itself; only labels and annotations are \
             the template's",
        );
        faults.push(match field {
            "name" | "generateName" => fault.help("take it out: the claim is called after the pod and the volume"),
            "namespace" => fault.help("take it out: the claim is in the namespace of its pod"),
            _ => fault.help("take it out"),
        });
    }
}

/// The fields of metadata that are set, beside labels and annotations.
fn others(metadata: &ObjectMeta) -> impl Iterator<Item = &'static str> {
    let text = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let all = [
        ("name", text(&metadata.name)),
        ("generateName", text(&metadata.generate_name)),
        ("namespace", text(&metadata.namespace)),
        ("selfLink", text(&metadata.self_link)),
        ("uid", text(&metadata.uid)),
        ("resourceVersion", text(&metadata.resource_version)),
        ("generation", metadata.generation.is_some_and(|number| number != 0)),
        ("creationTimestamp", metadata.creation_timestamp.is_some()),
        ("deletionTimestamp", metadata.deletion_timestamp.is_some()),
        ("deletionGracePeriodSeconds", metadata.deletion_grace_period_seconds.is_some()),
        ("ownerReferences", metadata.owner_references.is_some()),
        ("finalizers", metadata.finalizers.is_some()),
        ("managedFields", metadata.managed_fields.is_some()),
    ];
    all.into_iter().filter(|(_, set)| *set).map(|(field, _)| field)
}

// ------------------------------------------------------------------------------------------------------------- claims

/// Checks a claim: `ValidatePersistentVolumeClaimSpec`.
fn check_claim(pod: &Pod<'_>, claim: &PersistentVolumeClaimSpec, at: &At<'_>, faults: &mut Faults) {
    const MODES: &[&str] = &["Block", "Filesystem"];
    /// Since when Kubernetes looks at the class of attributes.
    const ATTRIBUTES: u8 = 34;
    check_access(claim.access_modes.as_deref().unwrap_or_default(), at, faults);
    if let Some(selector) = &claim.selector {
        selectors::check(selector, &at.field("selector"), faults);
    }
    check_size(claim, &at.field("resources"), faults);
    let class = claim.storage_class_name.as_deref().unwrap_or_default();
    faults.extend(named(class, "a storage class", &at.field("storageClassName")));
    let class = claim.volume_attributes_class_name.as_deref().unwrap_or_default();
    if pod.features.minor >= ATTRIBUTES {
        faults.extend(named(class, "a class of attributes", &at.field("volumeAttributesClassName")));
    }
    if let Some(mode) = &claim.volume_mode {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, mode, MODES, &at.field("volumeMode")));
    }
    check_data(claim, at, faults);
}

fn named(name: &str, what: &str, at: &At<'_>) -> Option<Fault> {
    if name.is_empty() { None } else { subdomain(name, what, at) }
}

fn check_access(modes: &[String], claim: &At<'_>, faults: &mut Faults) {
    const ALONE: &str = "ReadWriteOncePod";
    const MODES: &[&str] = &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", ALONE];
    let at = &claim.field("accessModes");
    if modes.is_empty() {
        let fault = Fault::required(code::MISSING_FIELD, at, "a claim needs `accessModes`");
        let entry = "accessModes = [\"ReadWriteOnce\"]";
        let fault = fault.note("Kubernetes finds a disk for the claim by how many nodes are to use it at once");
        let fault = fault.help(format!("write `{entry}` for a disk of one node"));
        faults.push(fault.insert(format!("write `{entry}`"), claim, entry));
    }
    for (index, mode) in modes.iter().enumerate() {
        let field = at.path().to_string();
        faults.extend(
            one_of(code::kubernetes::UNKNOWN_WORD, mode, MODES, &at.index(index)).map(|fault| fault.field(field)),
        );
    }
    let alone = modes.iter().position(|mode| mode == ALONE);
    let other = modes.iter().enumerate().find(|(_, mode)| *mode != ALONE && MODES.contains(&mode.as_str()));
    if let (Some(alone), Some((index, other))) = (alone, other) {
        let message = format!("`{ALONE}` allows one pod alone, and so no `{other}` beside it");
        let fault = Fault::forbidden(codes::ACCESS_OF_ONE_POD, &at.index(alone), message);
        faults.push(
            fault
                .field(at.path().to_string())
                .here("one pod on the whole cluster")
                .other(&at.index(index), "more than one pod")
                .note("Kubernetes refuses a claim whose access modes rule each other out")
                .help(format!("write `accessModes = [\"{ALONE}\"]`, or leave `{ALONE}` out")),
        );
    }
}

fn check_size(claim: &PersistentVolumeClaimSpec, at: &At<'_>, faults: &mut Faults) {
    const STORAGE: &str = "storage";
    let field = at.key(STORAGE).path().to_string();
    let resources = claim.resources.as_ref();
    let get = |amounts: Option<&BTreeMap<_, _>>| amounts.and_then(|amounts| amounts.get(STORAGE)).cloned();
    let requests = at.field("requests");
    let place = requests.key(STORAGE);
    match get(resources.and_then(|resources| resources.requests.as_ref())) {
        None => {
            let fault = Fault::required(code::MISSING_FIELD, &place, "a claim needs a size").field(field);
            let limit = get(resources.and_then(|resources| resources.limits.as_ref()));
            faults.push(without_size(fault, limit.as_ref(), &requests));
        }
        Some(size) if units::has_no_digit(&size.0) || thousandths(&size) <= 0 => {
            faults.push(
                Fault::invalid(codes::SIZE_OF_NOTHING, &place, format!("a claim of the size `{}` is none", size.0))
                    .field(field)
                    .note("Kubernetes makes a disk of this size for the pod, so it has to be more than 0")
                    .help("write how much storage it needs: `storage = \"10Gi\"`"),
            );
        }
        Some(size) => faults.extend(parts_of_bytes(STORAGE, &size.0, thousandths(&size), &place)),
    }
    if let Some(limit) = get(resources.and_then(|resources| resources.limits.as_ref())) {
        let limits = at.field("limits");
        let place = limits.key(STORAGE);
        let fault = parts_of_bytes(STORAGE, &limit.0, thousandths(&limit), &place);
        faults.extend(if units::has_no_digit(&limit.0) { Some(no_digit(&limit.0, &place)) } else { fault });
    }
}

/// Says how a claim is given a size. Who wrote a limit alone meant the same amount.
fn without_size(fault: Fault, limit: Option<&Quantity>, requests: &At<'_>) -> Fault {
    let fault = fault.note("Kubernetes makes a disk of this size for the pod");
    let Some(limit) = limit else {
        return fault.help("write `resources { requests { storage = 10Gi } }`");
    };
    let entry = format!("storage = {}", literal::quantity(&limit.0));
    fault.help(format!("a limit alone is no size: write `requests {{ {entry} }}`")).insert(
        format!("request it: `{entry}`"),
        requests,
        entry,
    )
}

// -------------------------------------------------------------------------------------------------------------- data

/// What a claim is filled with.
#[derive(Clone, Copy)]
struct Data<'p> {
    group: Option<&'p str>,
    kind: &'p str,
    name: &'p str,
}

impl<'p> Data<'p> {
    fn of(source: &'p TypedLocalObjectReference) -> Self {
        Self { group: source.api_group.as_deref(), kind: &source.kind, name: &source.name }
    }

    fn of_reference(source: &'p TypedObjectReference) -> Self {
        Self { group: source.api_group.as_deref(), kind: &source.kind, name: &source.name }
    }
}

fn check_data(claim: &PersistentVolumeClaimSpec, at: &At<'_>, faults: &mut Faults) {
    let source = claim.data_source.as_ref().map(Data::of);
    let reference = claim.data_source_ref.as_ref().map(Data::of_reference);
    for (field, data) in [("dataSource", source), ("dataSourceRef", reference)] {
        if let Some(data) = data {
            check_reference(data, field, &at.field(field), faults);
        }
    }
    let namespace = claim.data_source_ref.as_ref().and_then(|source| source.namespace.as_deref()).unwrap_or_default();
    let place = at.field("dataSourceRef");
    if !namespace.is_empty() {
        faults.extend(label(namespace, "a namespace", &place.field("namespace")));
    }
    let (Some(source), Some(reference)) = (source, reference) else { return };
    let equal = source.group == reference.group && source.kind == reference.kind && source.name == reference.name;
    let message = if !namespace.is_empty() {
        "`dataSource` cannot stand beside a `dataSourceRef` with a namespace"
    } else if !equal {
        "`dataSource` and `dataSourceRef` say different things"
    } else {
        return;
    };
    let fault = Fault::invalid(codes::BAD_DATA_SOURCE, &at.field("dataSource"), message).relation();
    let fault = fault.at_key().field(at.path().to_string()).other(&place, "beside this");
    faults.push(
        fault
            .note("to Kubernetes `dataSource` is the older form of `dataSourceRef`: a claim is filled from one thing")
            .help("leave `dataSource` out"),
    );
}

/// Says which group a kind has.
fn group_of(kind: &str, fault: Fault, at: &At<'_>) -> Fault {
    /// What claims are filled with in most clusters, and its group.
    const SNAPSHOT: (&str, &str) = ("VolumeSnapshot", "snapshot.storage.k8s.io");
    /// The kind that needs no group.
    const CLAIM: &str = "PersistentVolumeClaim";
    let (snapshot, group) = SNAPSHOT;
    if same_letters(kind, snapshot) {
        let entry = format!("apiGroup = \"{group}\"");
        return fault.help(format!("add `{entry}`")).insert(format!("write `{entry}`"), at, entry);
    }
    if same_letters(kind, CLAIM) {
        return fault.did_you_mean(kind, CLAIM, true);
    }
    fault.help(format!("add the group of the kind: `apiGroup = \"…\"`; that of a `{snapshot}` is `{group}`"))
}

/// What a claim is filled with is another claim, or something that has a group: `validateDataSource`.
fn check_reference(data: Data<'_>, owner: &str, at: &At<'_>, faults: &mut Faults) {
    const CLAIM: &str = "PersistentVolumeClaim";
    let owner = format!("`{owner}`");
    required(data.name, &owner, "name", at, faults);
    required(data.kind, &owner, "kind", at, faults);
    let group = data.group.unwrap_or_default();
    if group.is_empty() && data.kind != CLAIM {
        let message = format!("{owner} of the kind `{}` needs its `apiGroup`", data.kind);
        let fault = Fault::invalid(codes::BAD_DATA_SOURCE, &at.field("kind"), message);
        let fault = fault.field(at.path().to_string()).relation().echo(data.kind.is_empty());
        faults.push(
            group_of(data.kind, fault, at).note(format!("without a group, Kubernetes looks for a `{CLAIM}` alone")),
        );
    }
    if !group.is_empty() {
        faults.extend(subdomain(group, "a group", &at.field("apiGroup")));
    }
}
