//! Volumes of files that say something of the pod itself, and what such a file can say.
//!
//! In: files, and the pod. Out: faults. Always: Kubernetes names no element of the list of files as the place, but the list's
//! owner. Source: `validateDownwardAPIVolumeSource`, `validateDownwardAPIVolumeFile`, `validateObjectFieldSelector`,
//! `validateContainerResourceFieldSelector` and `validateContainerResourceDivisor` in validation.go, `ConvertDownwardAPIFieldLabel`
//! in pkg/apis/core/pods/helpers.go. Not here: the same in environment variables, which can say other things.

use k8s_openapi::api::core::v1::{
    DownwardAPIVolumeFile, DownwardAPIVolumeSource, ObjectFieldSelector, ResourceFieldSelector,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::overlaps::Paths;
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::did_you_mean;
use crate::schema::units;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::Pod;
use crate::validate::kubernetes::amounts::billionths;
use crate::validate::kubernetes::formats::qualified_name;
use crate::validate::kubernetes::paths::{known_as, mode, of_file, required};
use crate::validate::kubernetes::words::{alternatives, one_of};
use crate::validate::path::At;

/// Checks a volume.
pub fn volume(pod: &Pod<'_>, source: &DownwardAPIVolumeSource, at: &At<'_>, faults: &mut Faults) {
    faults.extend(mode(source.default_mode, &at.field("defaultMode")));
    let list = at.field("items");
    let mut paths = Paths::default();
    for (index, one) in source.items.iter().flatten().enumerate() {
        let here = list.index(index);
        file(pod, one, &here, at, faults);
        let path = here.field("path");
        faults.extend(paths.add(&one.path, &path));
    }
}

/// Checks a file at `at`, which is `owner` to Kubernetes.
pub fn file(pod: &Pod<'_>, file: &DownwardAPIVolumeFile, at: &At<'_>, owner: &At<'_>, faults: &mut Faults) {
    let before = faults.len();
    required(&file.path, "a file of the downward API", "path", at, faults);
    of_file(&file.path, &at.field("path"), faults);
    match (&file.field_ref, &file.resource_field_ref) {
        (Some(field), other) => {
            field_of_pod(field, &at.field("fieldRef"), faults);
            if other.is_some() {
                let message = "a file says either `fieldRef` or `resourceFieldRef`";
                let fault = Fault::invalid(codes::TWO_THINGS_SAID, at, message).relation();
                faults.push(fault.help("make them two files"));
            }
        }
        (None, Some(resource)) => resource_of_container(pod, resource, &at.field("resourceFieldRef"), faults),
        (None, None) => {
            let message = "a file has to say something: `fieldRef` or `resourceFieldRef`";
            let fault = Fault::required(code::MISSING_FIELD, at, message);
            faults.push(fault.help("write `fieldRef { fieldPath = \"metadata.labels\" }`"));
        }
    }
    faults.extend(mode(file.mode, &at.field("mode")));
    if faults.len() > before {
        known_as(faults, before, at, &owner.path().to_string());
    }
}

// ------------------------------------------------------------------------------------------------ fields of the pod

/// What a file can say of its pod.
const FIELDS: &[&str] =
    &["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];
/// What an environment variable can say, and no file.
const OF_VARIABLES: &[&str] = &[
    "spec.nodeName",
    "spec.host",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// What the server knows, and nothing can say.
const OF_NOTHING: &[&str] = &["spec.restartPolicy", "spec.schedulerName", "status.phase"];

fn field_of_pod(field: &ObjectFieldSelector, at: &At<'_>, faults: &mut Faults) {
    let path = field.field_path.as_str();
    required(path, "`fieldRef`", "fieldPath", at, faults);
    if path.is_empty() {
        return;
    }
    let place = at.field("fieldPath");
    let version = field.api_version.as_deref().filter(|version| !version.is_empty()).unwrap_or("v1");
    if version != "v1" {
        let message = format!("pods have the version `v1`, and not `{version}`");
        let fault = Fault::invalid(codes::BAD_FIELD_OF_POD, &at.field("apiVersion"), message);
        faults.push(fault.field(place.path().to_string()).help("leave `apiVersion` out"));
        return;
    }
    if let Some((of, key)) = subscripted(path) {
        faults.extend(subscript(path, of, key, at));
    } else if !FIELDS.contains(&path) {
        let of_variables = OF_VARIABLES.contains(&path);
        let known = of_variables || OF_NOTHING.contains(&path);
        let reason = if known { Reason::NotSupported } else { Reason::Invalid };
        let message = format!("no file can say `{path}` of its pod");
        let mut fault = Fault::refused(codes::BAD_FIELD_OF_POD, reason, &place, message).note(format!(
            "it can say {}; and one label or annotation: `metadata.labels['key']`",
            alternatives(FIELDS)
        ));
        if of_variables {
            fault.help.push(format!("an environment variable can say `{path}`"));
        } else {
            fault.help.extend(did_you_mean(path, FIELDS.iter().copied()));
        }
        faults.push(fault);
    }
}

/// `metadata.labels['key']` as `metadata.labels` and `key`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?.split_once("['").filter(|(of, _)| !of.is_empty())
}

fn subscript(path: &str, of: &str, key: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = match of {
        "metadata.labels" => qualified_name(key),
        "metadata.annotations" => qualified_name(&key.to_lowercase()),
        _ => {
            let message = format!("`{of}` has no parts, so `{path}` is nothing");
            return Some(Fault::invalid(codes::BAD_FIELD_OF_POD, &at.field("fieldPath"), message));
        }
    }?;
    let message = format!("`{key}` is no key that {} can have: it {wrong}", of.trim_start_matches("metadata."));
    let fault = Fault::invalid(codes::BAD_FIELD_OF_POD, &at.field("fieldPath"), message);
    Some(fault.field(at.path().to_string()))
}

// ------------------------------------------------------------------------------------------- resources of containers

const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];

fn is_huge_pages(resource: &str) -> bool {
    resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-")
}

fn resource_of_container(pod: &Pod<'_>, selector: &ResourceFieldSelector, at: &At<'_>, faults: &mut Faults) {
    let container = selector.container_name.as_deref().unwrap_or_default();
    let resource = selector.resource.as_str();
    if container.is_empty() {
        required(container, "`resourceFieldRef` of a file", "containerName", at, faults);
    } else if resource.is_empty() {
        required(resource, "`resourceFieldRef`", "resource", at, faults);
    } else if !is_huge_pages(resource) {
        faults.extend(one_of(codes::BAD_RESOURCE_OF_CONTAINER, resource, RESOURCES, &at.field("resource")));
    }
    if !container.is_empty() {
        faults.extend(unknown_container(pod, container, &at.field("containerName")));
    }
    if let Some(divisor) = &selector.divisor {
        faults.extend(bad_divisor(resource, divisor, &at.field("divisor")));
    }
}

/// A warning, as the API server does not look whether there is such a container; the node does, and waits for it.
fn unknown_container(pod: &Pod<'_>, name: &str, at: &At<'_>) -> Option<Fault> {
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter().flatten());
    let names = containers.map(|container| container.name.as_str());
    if names.clone().any(|container| container == name) {
        return None;
    }
    let fault = Fault::found(codes::FILE_OF_NO_CONTAINER, at, format!("the pod has no container `{name}`")).relation();
    let mut fault = fault.note("the node cannot write the file, and the pod never starts");
    fault.help.extend(did_you_mean(name, names));
    Some(fault)
}

/// The unit that an amount is counted in.
fn bad_divisor(resource: &str, divisor: &Quantity, at: &At<'_>) -> Option<Fault> {
    const OF_CORES: &[&str] = &["1m", "1"];
    const OF_BYTES: &[&str] = &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let units = match resource {
        "limits.cpu" | "requests.cpu" => OF_CORES,
        _ if RESOURCES.contains(&resource) || is_huge_pages(resource) => OF_BYTES,
        _ => return None,
    };
    // Zero is no divisor, and counts as none.
    if billionths(divisor) == 0 || units::is_written_as(&divisor.0, units) {
        return None;
    }
    let message = format!("`{resource}` cannot be counted in units of `{}`", divisor.0);
    let fault = Fault::invalid(codes::BAD_DIVISOR, at, message).relation();
    Some(fault.note(format!("Kubernetes counts it in {}", alternatives(units))))
}
