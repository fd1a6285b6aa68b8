//! Volumes that the node itself has: empty folders, folders of the node, and images.
//!
//! In: a source of a volume. Out: faults. Source: `validateVolumeSource`, `validateHostPathVolumeSource` and
//! `validateImageVolumeSource` in validation.go; media of empty folders in `pkg/volume/emptydir`, of which the kubelet refuses
//! others. Not here: what is at a path of a node.

use k8s_openapi::api::core::v1::{EmptyDirVolumeSource, HostPathVolumeSource, ImageVolumeSource};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::{closest, same_letters};
use crate::schema::units;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::Pod;
use crate::validate::kubernetes::amounts::{is_huge_pages, no_digit, parts_of_bytes, thousandths};
use crate::validate::kubernetes::paths::{required, without_parents};
use crate::validate::kubernetes::words::one_of;
use crate::validate::literal;
use crate::validate::path::At;

const HUGE_PAGES: &str = "HugePages";

/// Checks an empty folder.
pub fn empty_dir(pod: &Pod<'_>, folder: &EmptyDirVolumeSource, at: &At<'_>, faults: &mut Faults) {
    if let Some(limit) = folder.size_limit.as_ref().filter(|limit| thousandths(limit) < 0) {
        let message = format!("`sizeLimit` cannot be `{}`: that is below zero", limit.0);
        let fault = Fault::refused(codes::NEGATIVE_AMOUNT, Reason::Forbidden, &at.field("sizeLimit"), message)
            .note("it is how much the folder may hold before Kubernetes ends the pod")
            .help("write an amount such as `10Gi`, or leave `sizeLimit` out where there should be no bound");
        faults.push(fault.remove("sizeLimit"));
    } else if let Some(limit) = &folder.size_limit {
        faults.extend(odd_limit(limit, &at.field("sizeLimit")));
    }
    let medium = folder.medium.as_deref().unwrap_or_default();
    if medium.starts_with(HUGE_PAGES) {
        faults.extend(without_huge_pages(pod, medium, &at.field("medium")));
    } else if !matches!(medium, "" | "Memory") {
        faults.push(bad_medium(medium, &at.field("medium")));
    }
}

/// A limit that says something else than it seems to: of no bytes, or of a part of one.
fn odd_limit(limit: &Quantity, at: &At<'_>) -> Option<Fault> {
    if units::has_no_digit(&limit.0) {
        return Some(no_digit(&limit.0, at));
    }
    parts_of_bytes("sizeLimit", &limit.0, thousandths(limit), at)
}

fn bad_medium(medium: &str, at: &At<'_>) -> Fault {
    const MEDIA: &[&str] = &["Memory", HUGE_PAGES];
    let fault = Fault::found(codes::BAD_MEDIUM, at, format!("no node has the medium `{medium}` for a folder"));
    let fault = fault.note(
        "nodes know `Memory`, `HugePages` and `HugePages-SIZE`; without `medium` the folder is on the disk of the node",
    );
    // What Linux calls a folder in memory.
    let written = if matches!(medium, "tmpfs" | "ram" | "RAM") { "Memory" } else { medium };
    match closest(written, MEDIA.iter().copied()) {
        Some(word) => {
            let fault = fault.help(format!("did you mean `{word}`?"));
            let (write, text) = (format!("write `{word}`"), literal::text(word));
            if same_letters(medium, word) { fault.replace(write, text) } else { fault.suggest(write, text) }
        }
        None => fault.help("leave `medium` out for the disk, or write `Memory` for a folder in memory"),
    }
}

/// A folder in large pages needs a container that asks for some.
fn without_huge_pages(pod: &Pod<'_>, medium: &str, at: &At<'_>) -> Option<Fault> {
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter().flatten());
    let resources = containers.filter_map(|container| container.resources.as_ref());
    let mut amounts = resources
        .flat_map(|resources| [&resources.limits, &resources.requests])
        .chain(pod.spec.resources.iter().flat_map(|resources| [&resources.limits, &resources.requests]))
        .flatten();
    let asked = amounts.any(|amounts| amounts.keys().any(|name| is_huge_pages(name)));
    (!asked).then(|| {
        let message = format!("a folder with the medium `{medium}` in a pod without large pages");
        Fault::found(codes::MEDIUM_WITHOUT_PAGES, at, message)
            .relation()
            .note("the node cannot make the folder, and the pod never starts")
            .help("ask for them in a container: `limits { \"hugepages-2Mi\" = \"64Mi\" }`")
    })
}

/// Checks a folder or file of the node.
pub fn host_path(source: &HostPathVolumeSource, at: &At<'_>, faults: &mut Faults) {
    const KINDS: &[&str] =
        &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];
    required(&source.path, "a `hostPath` volume", "path", at, faults);
    if source.path.is_empty() {
        return;
    }
    faults.extend(without_parents(&source.path, &at.field("path")));
    let kind = source.type_.as_deref().unwrap_or_default();
    if !kind.is_empty() {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, kind, KINDS, &at.field("type")));
    }
}

/// Checks what is in an image.
pub fn image(source: &ImageVolumeSource, at: &At<'_>, faults: &mut Faults) {
    const POLICIES: &[&str] = &["Always", "IfNotPresent", "Never"];
    required(source.reference.as_deref().unwrap_or_default(), "an `image` volume", "reference", at, faults);
    // Without one, the server takes one by the tag of the image.
    if let Some(policy) = source.pull_policy.as_deref().filter(|policy| !policy.is_empty()) {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, policy, POLICIES, &at.field("pullPolicy")));
    }
}
