//! Labels and annotations of a pod.
//!
//! In: a pod. Out: faults. Source: `ValidateObjectMeta` in k8s.io/apimachinery/pkg/api/validation/objectmeta.go,
//! `ValidatePodSpecificAnnotations` in validation.go, `deprecatedAnnotations` in pkg/api/pod/warnings.go. Not here: the name, the
//! namespace, owners and finalizers, which Flyte sets itself, and profiles of security in annotations ([`super::profiles`]).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Toleration;
use serde_json::Value;

use super::formats::{qualified_name, shown};
use super::{Pod, labels, tolerations};
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::{closest, same_letters};
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::path::At;

/// What all annotations have together at most, in bytes. Source: `TotalAnnotationSizeLimitB`.
pub const MOST_BYTES: usize = 256 * 1024;
/// What the kubelet puts on pods that it makes of files. Source: `MirrorPodAnnotationKey`.
const MIRROR: &str = "kubernetes.io/config.mirror";
/// Source: `TolerationsAnnotationKey`.
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
/// Source: `PodDeletionCost`.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// Checks the metadata at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let at_labels = at.field("labels");
    let mut found = Faults::new();
    labels::map(pod.labels, &at_labels, &mut found);
    faults.extend(found.into_iter().map(|fault| match fault.code {
        code::BAD_LABEL_VALUE => fault.help("put free text into `annotations`, which take any"),
        _ => fault,
    }));
    for key in pod.labels.keys() {
        faults.extend(reserved(key, LABELS, &at_labels.key(key)));
    }
    let at = at.field("annotations");
    let mut bytes = 0_usize;
    for (key, value) in pod.annotations {
        bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
        faults.extend(annotation_key(key, &at));
        faults.extend(reserved(key, ANNOTATIONS, &at.key(key)));
    }
    if bytes > MOST_BYTES {
        let message = format!("the annotations have {bytes} bytes together");
        let fault = Fault::refused(code::ANNOTATIONS_TOO_LARGE, Reason::TooLong, &at, message)
            .relation()
            .note(format!(
                "Kubernetes takes {MOST_BYTES} bytes of keys and values, and Flyte adds annotations of its own"
            ))
            .help("put large texts into a config map");
        faults.push(fault);
    }
    mirror(pod, &at, faults);
    tolerations_annotation(pod, &at, faults);
    deletion_cost(pod, &at, faults);
    out_of_date(pod.annotations, &at, faults);
}

/// Keys of annotations are those of labels, but their case does not matter; `at` is the map. Source: `ValidateAnnotations`.
#[must_use]
pub fn annotation_key(key: &str, at: &At<'_>) -> Option<Fault> {
    qualified_name(key)?;
    let wrong = qualified_name(&key.to_lowercase())?;
    let fault = Fault::invalid(code::BAD_ANNOTATION_KEY, &at.key(key), format!("{} cannot be the key of an annotation", shown(key)))
        .at_key()
        .field(at.path().to_string())
        .here(format!("this {wrong}"))
        .note("for Kubernetes the key of an annotation has at most 63 characters, after a DNS name and `/` where it has a prefix");
    Some(labels::better_key(fault, key))
}

/// Whether the pod says that it mirrors a file of its node.
#[must_use]
pub fn is_mirror(pod: &Pod<'_>) -> bool {
    pod.annotations.contains_key(MIRROR)
}

fn mirror(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    if is_mirror(pod) && pod.spec.node_name.as_deref().unwrap_or_default().is_empty() {
        let fault = Fault::invalid(code::MIRROR_POD, &at.key(MIRROR), "this pod does not mirror a file of a node")
            .relation()
            .at_key()
            .note("the kubelet marks pods by this annotation that it made of files of its own node, and sets `nodeName` with it")
            .help("take the annotation out");
        faults.push(fault);
    }
}

/// Source: `GetDeletionCostFromPodAnnotations`.
fn deletion_cost(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(cost) = pod.annotations.get(DELETION_COST) else { return };
    let begins = matches!(cost.as_bytes(), b"0" | [b'-' | b'1'..=b'9', ..]);
    if begins && cost.parse::<i32>().is_ok() {
        return;
    }
    let fault = Fault::invalid(
        code::BAD_DELETION_COST,
        &at.key(DELETION_COST),
        format!("{} is no cost of deletion", shown(cost)),
    )
    .note("Kubernetes reads a whole number of 32 bits here, without leading zeros and without `+`, and deletes pods of a low cost first");
    faults.push(match cost.trim().trim_start_matches('+').parse::<i32>() {
        Ok(number) => fault.did_you_mean(cost, &number.to_string(), false),
        Err(_) => fault.help("write a number in quotes, such as `\"100\"`"),
    });
}

// --------------------------------------------------------------------------------------- tolerations in an annotation

fn tolerations_annotation(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(text) = pod.annotations.get(TOLERATIONS).filter(|text| !text.is_empty()) else { return };
    let here = at.key(TOLERATIONS);
    let Some(list) = read_tolerations(text) else {
        let fault =
            Fault::invalid(code::BAD_TOLERATIONS_ANNOTATION, &here, "this annotation is no list of tolerations")
                .field(at.path().to_string())
                .note("Kubernetes reads it as JSON, and has not scheduled by it for many versions")
                .help("take it out, and write `tolerations` in the pod spec");
        faults.push(fault);
        return;
    };
    let mut found = Faults::new();
    tolerations::list(&list, pod.features, &here, &mut found);
    // Kubernetes sets a dot before the key here.
    let (ours, theirs) = (here.path().to_string(), format!("{}.{TOLERATIONS}", at.path()));
    faults.extend(found.into_iter().map(|fault| {
        let field = fault.kubernetes_field().replacen(&ours, &theirs, 1);
        fault
            .field(field)
            .note("it stands in the JSON text of the annotation")
            .help("write `tolerations` in the pod spec instead")
    }));
}

/// The tolerations of a JSON text, read as Go reads it into a struct: `null` is nothing, and names are told apart by no case.
fn read_tolerations(text: &str) -> Option<Vec<Toleration>> {
    match serde_json::from_str(text).ok()? {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(read_toleration).collect(),
        _ => None,
    }
}

fn read_toleration(value: &Value) -> Option<Toleration> {
    let mut toleration = Toleration::default();
    let fields = match value {
        Value::Null => return Some(toleration),
        value => value.as_object()?,
    };
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let text = || value.as_str().map(|text| Some(text.to_owned()));
        match name.to_lowercase().as_str() {
            "key" => toleration.key = text()?,
            "operator" => toleration.operator = text()?,
            "value" => toleration.value = text()?,
            "effect" => toleration.effect = text()?,
            "tolerationseconds" => toleration.toleration_seconds = Some(value.as_i64()?),
            _ => {}
        }
    }
    Some(toleration)
}

// ------------------------------------------------------------------------------------------------------- old and own

/// Annotations without effect: the key, since which version, and the field instead. Source: `deprecatedAnnotations`.
const OUT_OF_DATE: &[(&str, &str, &str)] = &[
    ("scheduler.alpha.kubernetes.io/critical-pod", "1.16", "`priorityClassName`"),
    ("security.alpha.kubernetes.io/sysctls", "1.11", "`sysctls` in `securityContext`"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "1.11", "`sysctls` in `securityContext`"),
];

fn out_of_date(annotations: &BTreeMap<String, String>, at: &At<'_>, faults: &mut Faults) {
    for (key, since, field) in OUT_OF_DATE.iter().filter(|(key, ..)| annotations.contains_key(*key)) {
        let fault = Fault::found(code::OLD_ANNOTATION, &at.key(key), format!("the annotation `{key}` has no effect"))
            .at_key()
            .note(format!("Kubernetes does not read it any more since {since}"))
            .help(format!("take it out, and use {field}"))
            .remove(key);
        faults.push(fault);
    }
}

/// The keys of labels that Kubernetes itself describes. Source: the reference of well-known labels, annotations and taints.
const LABELS: &[&str] = &[
    "app.kubernetes.io/component",
    "app.kubernetes.io/created-by",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/version",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "service.kubernetes.io/headless",
];

/// The same for annotations.
const ANNOTATIONS: &[&str] = &[
    "batch.kubernetes.io/job-completion-index",
    "cluster-autoscaler.kubernetes.io/safe-to-evict",
    "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes",
    "controller.kubernetes.io/pod-deletion-cost",
    "descheduler.alpha.kubernetes.io/evict",
    "kubectl.kubernetes.io/default-container",
    "kubectl.kubernetes.io/default-exec-container",
    "kubectl.kubernetes.io/default-logs-container",
    "kubectl.kubernetes.io/last-applied-configuration",
    "kubectl.kubernetes.io/restartedAt",
    "kubernetes.io/description",
    "kubernetes.io/egress-bandwidth",
    "kubernetes.io/enforce-mountable-secrets",
    "kubernetes.io/ingress-bandwidth",
];

/// A key of a domain that is Kubernetes' own, which is nearly one that Kubernetes describes.
fn reserved(key: &str, known: &[&str], at: &At<'_>) -> Option<Fault> {
    let (domain, _) = key.split_once('/')?;
    let is_own = |own: &str| domain.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !(is_own("kubernetes.io") || is_own("k8s.io")) || known.contains(&key) {
        return None;
    }
    let meant = closest(key, known.iter().copied().filter(|known| is_near(key, known)))?;
    let fault = Fault::found(code::RESERVED_KEY, at, format!("Kubernetes knows no `{key}`"))
        .at_key()
        .note("keys with the domains `kubernetes.io` and `k8s.io` are Kubernetes' own; a key that nothing reads has no effect")
        .help(format!("did you mean `{meant}`?"))
        .rename(meant, same_letters(key, meant));
    Some(fault)
}

/// Whether a key may be a slip of the pen: the domain or the name is the same, or both are as long within two characters.
pub fn is_near(key: &str, known: &str) -> bool {
    let (Some((domain, name)), Some((other_domain, other_name))) = (key.split_once('/'), known.split_once('/')) else {
        return false;
    };
    let alike = |left: &str, right: &str| left.len().abs_diff(right.len()) <= 2 && closest(left, [right]).is_some();
    (domain == other_domain && alike(name, other_name)) || (name == other_name && alike(domain, other_domain))
}
