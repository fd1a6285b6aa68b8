//! Profiles of seccomp and `AppArmor` in annotations, where they stood before there were fields.
//!
//! In: a pod. Out: faults. Source: `ValidateSeccompPodAnnotations`, `ValidateAppArmorPodAnnotations`,
//! `validateSeccompAnnotationsAndFields` and `validateAppArmorAnnotationsAndFieldsMatchOnCreate` in validation.go,
//! `applyAppArmorVersionSkew` in pkg/registry/core/pod/strategy.go. Always: both annotations are looked at only where there are
//! some. Not here: the fields by themselves ([`super::security`]).

use std::collections::BTreeMap;
use std::ops::Bound;

use k8s_openapi::api::core::v1::{AppArmorProfile, Container, PodSpec, SeccompProfile};

use super::formats::{descending_path, shown};
use super::{Pod, words};
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::closest;
use crate::settings::template::{APPARMOR_ANNOTATION, APPARMOR_UNCONFINED};
use crate::validate::fault::{Fault, Faults, MOST_COMPARED};
use crate::validate::path::At;

const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
/// What Flyte's SDK puts beside the annotation that it needs for nested sandboxing.
const NESTED_SANDBOXING: &str = "flyte.org/capability-nested-sandboxing";

const RUNTIME_DEFAULT: &str = "runtime/default";
const DOCKER_DEFAULT: &str = "docker/default";
const UNCONFINED: &str = "unconfined";
const LOCALHOST: &str = "localhost/";
/// What a path on the node has at most. Source: `maxLocalhostProfileLength`.
const LONGEST_PROFILE: usize = 4095;

/// Checks the annotations of the metadata at `metadata` against the spec at `spec`.
pub fn check(pod: &Pod<'_>, metadata: &At<'_>, spec: &At<'_>, faults: &mut Faults) {
    let at = metadata.field("annotations");
    if let Some(profile) = pod.annotations.get(SECCOMP_OF_POD) {
        let annotation = Annotation { key: SECCOMP_OF_POD, profile };
        let wrong = annotation.seccomp(&at);
        let known = wrong.is_none();
        faults.extend(wrong);
        let context = spec.field("securityContext");
        let field = pod.spec.security_context.as_ref().and_then(|context| context.seccomp_profile.as_ref());
        faults.extend(seccomp_of(annotation, field, known, &at, &context.field("seccompProfile")));
    }
    for annotation in beginning(pod.annotations, SECCOMP_OF_CONTAINER) {
        let wrong = annotation.seccomp(&at);
        let known = wrong.is_none();
        faults.extend(wrong);
        for place in containers(pod.spec, annotation.container(SECCOMP_OF_CONTAINER)) {
            let field = place.container.security_context.as_ref().and_then(|context| context.seccomp_profile.as_ref());
            let list = spec.field(place.list);
            let container = list.index(place.index);
            let context = container.field("securityContext");
            faults.extend(seccomp_of(annotation, field, known, &at, &context.field("seccompProfile")));
        }
    }
    for annotation in beginning(pod.annotations, APPARMOR_ANNOTATION) {
        apparmor(pod, annotation, &at, spec, faults);
    }
}

/// An annotation with a profile.
#[derive(Debug, Clone, Copy)]
struct Annotation<'p> {
    key: &'p str,
    profile: &'p str,
}

impl<'p> Annotation<'p> {
    /// The container that it is for.
    fn container(self, prefix: &str) -> &'p str {
        self.key.strip_prefix(prefix).unwrap_or_default()
    }

    /// The same with the profile that was probably meant.
    fn meant(self, fault: Fault) -> Fault {
        match words::meant(self.profile, &[RUNTIME_DEFAULT, UNCONFINED]) {
            Some(profile) => fault.did_you_mean(self.profile, profile, false),
            None => fault,
        }
    }

    /// Whether it is right by itself: `ValidateAppArmorProfileFormat`.
    fn is_apparmor(self) -> bool {
        ["", RUNTIME_DEFAULT, UNCONFINED].contains(&self.profile) || self.profile.starts_with(LOCALHOST)
    }

    /// What is wrong with it by itself: `ValidateSeccompProfile`.
    fn seccomp(self, at: &At<'_>) -> Option<Fault> {
        if [RUNTIME_DEFAULT, DOCKER_DEFAULT, UNCONFINED].contains(&self.profile) {
            return None;
        }
        let here = match self.profile.strip_prefix(LOCALHOST) {
            Some(path) => format!("this {}", descending_path(path)?),
            None => String::new(),
        };
        let fault = Fault::invalid(code::BAD_PROFILE_ANNOTATION, &at.key(self.key), format!("{} is no seccomp profile", shown(self.profile)))
            .field(format!("{}.{}", at.path(), self.key))
            .here(here)
            .note(format!("Kubernetes knows `{RUNTIME_DEFAULT}`, `{UNCONFINED}` and `{LOCALHOST}` with a path below the node's folder of profiles"))
            .help("take it out, and set `seccompProfile` in `securityContext`");
        Some(self.meant(fault))
    }
}

/// The annotations that begin like this.
fn beginning<'p>(annotations: &'p BTreeMap<String, String>, prefix: &'p str) -> impl Iterator<Item = Annotation<'p>> {
    let from = annotations.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
    let pairs = from.take_while(move |(key, _)| key.starts_with(prefix));
    pairs.map(|(key, profile)| Annotation { key, profile })
}

/// A container, and where it is.
struct Place<'p> {
    list: &'static str,
    index: usize,
    container: &'p Container,
}

/// The containers of this name. There is one at most where nothing is wrong.
fn containers<'p>(spec: &'p PodSpec, name: &'p str) -> impl Iterator<Item = Place<'p>> {
    let init = spec.init_containers.iter().flatten().enumerate();
    let init = init.map(|(index, container)| Place { list: "initContainers", index, container });
    let regular = spec.containers.iter().enumerate();
    let regular = regular.map(|(index, container)| Place { list: "containers", index, container });
    init.chain(regular).filter(move |place| place.container.name == name)
}

/// That annotation and field of a container or pod say different things: `profile` is the field.
fn conflict(annotation: Annotation<'_>, annotations: &At<'_>, profile: &At<'_>, part: &str) -> Fault {
    let message = format!("the annotation `{}` says another profile than the field", annotation.key);
    Fault::forbidden(code::PROFILE_CONFLICT, &profile.field(part), message)
        .here("the field")
        .other(&annotations.key(annotation.key), "the annotation")
        .note("Kubernetes has kept both for old clusters, and takes them together only where they say the same")
        .help("take the annotation out")
}

// ---------------------------------------------------------------------------------------------------------- seccomp

/// What is said of an annotation and the field at `profile`; `known` is whether the annotation is right by itself.
fn seccomp_of(
    annotation: Annotation<'_>,
    field: Option<&SeccompProfile>,
    known: bool,
    at: &At<'_>,
    profile: &At<'_>,
) -> Option<Fault> {
    let Some(field) = field else {
        let message = format!("the annotation `{}` has no effect", annotation.key);
        let fault = Fault::found(code::OLD_ANNOTATION, &at.key(annotation.key), message)
            .at_key()
            .note("Kubernetes does not read it any more since 1.27")
            .help("use `seccompProfile` in `securityContext`");
        return known.then_some(fault);
    };
    let is_one_of = |words: &[&str]| words.contains(&annotation.profile);
    let part = match field.type_.as_str() {
        "Unconfined" => (!is_one_of(&[UNCONFINED])).then_some("type"),
        "RuntimeDefault" => (!is_one_of(&[RUNTIME_DEFAULT, DOCKER_DEFAULT])).then_some("type"),
        "Localhost" => localhost_difference(annotation.profile, field.localhost_profile.as_deref()),
        _ => None,
    };
    part.map(|part| conflict(annotation, at, profile, part).echo(!known))
}

/// In which field a profile of the node differs from the annotation.
fn localhost_difference(annotation: &str, field: Option<&str>) -> Option<&'static str> {
    match annotation.strip_prefix(LOCALHOST) {
        None => Some("type"),
        Some(path) => (field != Some(path)).then_some("localhostProfile"),
    }
}

// --------------------------------------------------------------------------------------------------------- AppArmor

fn apparmor(pod: &Pod<'_>, annotation: Annotation<'_>, at: &At<'_>, spec: &At<'_>, faults: &mut Faults) {
    let name = annotation.container(APPARMOR_ANNOTATION);
    let here = at.key(annotation.key);
    let ephemeral = pod.spec.ephemeral_containers.iter().flatten();
    if containers(pod.spec, name).next().is_none() && !ephemeral.into_iter().any(|container| container.name == name) {
        let fault =
            Fault::invalid(code::PROFILE_OF_NO_CONTAINER, &here, format!("there is no container {}", shown(name)))
                .relation()
                .at_key()
                .note(
                    "the end of the annotation's key is the name of the container that Kubernetes gives the profile to",
                );
        let names = pod
            .spec
            .init_containers
            .iter()
            .flatten()
            .chain(&pod.spec.containers)
            .map(|container| container.name.as_str());
        let near = closest(name, names.take(MOST_COMPARED));
        faults.push(match near.zip(annotation.key.strip_suffix(name)) {
            Some((near, prefix)) => fault.did_you_mean(annotation.key, &format!("{prefix}{near}"), false),
            None => fault.help("end the key with the name of a container of this pod"),
        });
    }
    let known = annotation.is_apparmor();
    if !known {
        let message = format!("{} is no AppArmor profile", shown(annotation.profile));
        let fault = Fault::invalid(code::BAD_PROFILE_ANNOTATION, &here, message)
            .note(format!(
                "Kubernetes knows `{RUNTIME_DEFAULT}`, `{UNCONFINED}` and `{LOCALHOST}` with the name of a profile of the node"
            ))
            .help("take it out, and set `appArmorProfile` in `securityContext`");
        faults.push(annotation.meant(fault));
    }
    if pod.spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    for place in containers(pod.spec, name) {
        let fault = apparmor_of(pod, annotation, &place, at, spec);
        // What a wrong annotation leads to is not told, and that it is old does not matter then.
        let fault = fault.filter(|fault| known || fault.reason.is_some());
        faults.extend(fault.map(|fault| fault.echo(!known)));
    }
}

/// The annotation of one container against its field. Without a field the annotation becomes one, unless it says nothing that a
/// field could say.
fn apparmor_of(
    pod: &Pod<'_>,
    annotation: Annotation<'_>,
    place: &Place<'_>,
    at: &At<'_>,
    spec: &At<'_>,
) -> Option<Fault> {
    let of_pod = pod.spec.security_context.as_ref().and_then(|context| context.app_armor_profile.as_ref());
    let own = place.container.security_context.as_ref().and_then(|context| context.app_armor_profile.as_ref());
    let list = spec.field(place.list);
    let container = list.index(place.index);
    let context = container.field("securityContext");
    let own_at = context.field("appArmorProfile");
    if let Some(own) = own {
        let part = apparmor_difference(annotation.profile, own)?;
        return Some(conflict(annotation, at, &own_at, part));
    }
    let made = as_field(annotation.profile);
    if let (None, Some(of_pod)) = (&made, of_pod)
        && let Some(part) = apparmor_difference(annotation.profile, of_pod)
    {
        let pod_context = spec.field("securityContext");
        let fault = conflict(annotation, at, &pod_context.field("appArmorProfile"), part);
        return Some(fault.field(own_at.field(part).path().to_string()));
    }
    let repeats = made.is_some() && made.as_ref() == of_pod;
    if repeats { None } else { out_of_date(pod, annotation, at) }
}

/// The annotation that the SDK writes for nested sandboxing is no choice of the author.
fn out_of_date(pod: &Pod<'_>, annotation: Annotation<'_>, at: &At<'_>) -> Option<Fault> {
    if annotation.profile == APPARMOR_UNCONFINED && pod.annotations.contains_key(NESTED_SANDBOXING) {
        return None;
    }
    let message = "an AppArmor profile in an annotation is out of date";
    let fault = Fault::found(code::OLD_ANNOTATION, &at.key(annotation.key), message)
        .at_key()
        .note("Kubernetes warns of it; the annotation is deprecated since Kubernetes 1.30")
        .help("use `appArmorProfile` in the container's `securityContext`");
    Some(fault)
}

/// The field that the API server makes of an annotation; `None` where there is none. Source: `ApparmorFieldForAnnotation`, and
/// `ValidateAppArmorProfileField`, which it has to pass.
fn as_field(annotation: &str) -> Option<AppArmorProfile> {
    let of_type = |name: &str| AppArmorProfile { type_: name.to_owned(), localhost_profile: None };
    match annotation {
        UNCONFINED => Some(of_type("Unconfined")),
        RUNTIME_DEFAULT => Some(of_type("RuntimeDefault")),
        _ => {
            let profile = annotation.strip_prefix(LOCALHOST)?;
            let valid = !profile.is_empty() && profile.trim() == profile && profile.len() <= LONGEST_PROFILE;
            valid.then(|| AppArmorProfile { localhost_profile: Some(profile.to_owned()), ..of_type("Localhost") })
        }
    }
}

/// In which part a field differs from the annotation.
fn apparmor_difference(annotation: &str, field: &AppArmorProfile) -> Option<&'static str> {
    match field.type_.as_str() {
        "Unconfined" => (annotation != UNCONFINED).then_some("type"),
        "RuntimeDefault" => (annotation != RUNTIME_DEFAULT).then_some("type"),
        "Localhost" => localhost_difference(annotation, field.localhost_profile.as_deref()),
        _ => None,
    }
}
