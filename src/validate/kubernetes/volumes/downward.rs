//! Volumes of files that say something of the pod itself.
//!
//! In: files, and the pod. Out: faults. Always: Kubernetes names no element of the list of files as the place, but the list's
//! owner. Source: `validateDownwardAPIVolumeSource` and `validateDownwardAPIVolumeFile` in validation.go. Not here: references to
//! fields and amounts, which environment variables have too ([`downward`](crate::validate::kubernetes::downward)).

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, DownwardAPIVolumeSource, ResourceFieldSelector};

use super::overlaps::Paths;
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED};
use crate::validate::kubernetes::paths::{known_as, mode, of_file, required};
use crate::validate::kubernetes::{Pod, downward};
use crate::validate::literal;
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
            downward::field(field, FIELDS, &at.field("fieldRef"), faults);
            if other.is_some() {
                let message = "a file says either `fieldRef` or `resourceFieldRef`";
                let place = at.field("resourceFieldRef");
                let fault = Fault::invalid(codes::TWO_THINGS_SAID, &place, message)
                    .relation()
                    .at_key()
                    .field(at.path().to_string())
                    .here("another thing to say")
                    .other(&at.field("fieldRef"), "the file says this already")
                    .note("Kubernetes writes one text into each file");
                faults.push(fault.help("make it an element of `items` of its own, with another `path`"));
            }
        }
        (None, Some(resource)) => resource_of_container(pod, resource, &at.field("resourceFieldRef"), faults),
        (None, None) => {
            let message = "a file has to say something: `fieldRef` or `resourceFieldRef`";
            let fault = Fault::required(code::MISSING_FIELD, at, message);
            let fault = fault.note("Kubernetes writes into the file what one of them names");
            faults.push(fault.help("write `fieldRef = { fieldPath = \"metadata.labels\" }`"));
        }
    }
    faults.extend(mode(file.mode, &at.field("mode")));
    if faults.len() > before {
        known_as(faults, before, at, &owner.path().to_string());
    }
}

/// What a file can say of its pod.
const FIELDS: &[&str] =
    &["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];

/// Checks an amount. Without a container, the server does not ask which amount it is.
fn resource_of_container(pod: &Pod<'_>, selector: &ResourceFieldSelector, at: &At<'_>, faults: &mut Faults) {
    let container = selector.container_name.as_deref().unwrap_or_default();
    if container.is_empty() {
        required(container, "`resourceFieldRef` of a file", "containerName", at, faults);
        downward::divisor(selector, at, faults);
    } else {
        downward::resource(selector, at, faults);
        faults.extend(unknown_container(pod, container, &at.field("containerName")));
    }
}

/// A warning, as the API server does not look whether there is such a container; the node does, and waits for it.
fn unknown_container(pod: &Pod<'_>, name: &str, at: &At<'_>) -> Option<Fault> {
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter().flatten());
    let names = containers.map(|container| container.name.as_str());
    if names.clone().any(|container| container == name) {
        return None;
    }
    let fault = Fault::found(codes::NO_SUCH_CONTAINER, at, format!("the pod has no container `{name}`")).relation();
    let fault = fault.note("the node cannot write the file, and the pod never starts");
    Some(match closest(name, names.take(MOST_COMPARED)) {
        Some(near) => {
            fault.help(format!("did you mean `{near}`?")).suggest(format!("write `{near}`"), literal::text(near))
        }
        None => fault.help("write the name of a container of this pod"),
    })
}
