//! Priority, runtime class, overhead and resource claims.
//!
//! In: a pod. Out: faults. Source: `ValidatePreemptionPolicy`, `validateOverhead` and `validatePodResourceClaims` in
//! validation.go; the plugins Priority and `RuntimeClass` of admission for what is set by the cluster. Not here: claims that
//! containers use ([`super::resources`]), and what only a cluster has: classes of priority and runtimes.

use k8s_openapi::api::core::v1::PodResourceClaim;
use rustc_hash::FxHashMap;

use super::formats::{dns_label, dns_subdomain, shown};
use super::metadata::is_mirror;
use super::spec::{dns_name, dns_name_of};
use super::words::one_of;
use super::{Pod, amounts, each_container};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::path::At;

/// Source: `PreemptionPolicy` in k8s.io/api/core/v1/types.go.
const PREEMPTION_POLICIES: &[&str] = &["PreemptLowerPriority", "Never"];

/// Checks it; `at` is the spec.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let spec = pod.spec;
    if let Some(name) = spec.priority_class_name.as_deref().filter(|name| !name.is_empty()) {
        let at = at.field("priorityClassName");
        faults.extend(dns_name(dns_subdomain(name), "the name of a priority class", name, &at));
    }
    if let Some(name) = &spec.runtime_class_name {
        let at = at.field("runtimeClassName");
        faults.extend(dns_name(dns_subdomain(name), "the name of a runtime class", name, &at));
    }
    if let Some(policy) = &spec.preemption_policy {
        // Kubernetes misses an empty word, and does not know another.
        let reason = if policy.is_empty() { Reason::Required } else { Reason::NotSupported };
        let fault = one_of(code::UNKNOWN_WORD, policy, PREEMPTION_POLICIES, &at.field("preemptionPolicy"));
        faults.extend(fault.map(|fault| Fault { reason: Some(reason), ..fault }));
    }
    priority(pod, at, faults);
    overhead(pod, &at.field("overhead"), faults);
    if pod.features.dynamic_resource_allocation {
        claims(pod, &at.field("resourceClaims"), faults);
    }
}

/// The plugin Priority of admission fills it in, and refuses a pod that says something else.
fn priority(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    if pod.spec.priority.is_some() {
        let fault = Fault::found(code::SET_BY_CLUSTER, &at.field("priority"), "the cluster computes `priority` itself")
            .at_key()
            .note("Kubernetes' plugin Priority takes it from the class of the pod, and refuses a pod that gives another number")
            .help("set `priorityClassName`, or nothing for the cluster's default")
            .remove("priority");
        faults.push(fault);
    }
}

// --------------------------------------------------------------------------------------------------------- overhead

/// An overhead is like the limits of a container.
fn overhead(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(overhead) = pod.spec.overhead.as_ref().filter(|overhead| !overhead.is_empty()) else { return };
    let before = faults.len();
    amounts::overhead(overhead, at, faults);
    // Of an overhead that is refused this would be one message too many.
    if faults.len() == before {
        let fault = Fault::found(code::SET_BY_CLUSTER, at, "the cluster fills in `overhead` itself")
            .at_key()
            .note("Kubernetes' plugin RuntimeClass takes it from the runtime class, and refuses a pod that gives something else")
            .help("set `runtimeClassName` alone");
        faults.push(fault);
    }
}

// ----------------------------------------------------------------------------------------------------------- claims

fn claims(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(claims) = pod.spec.resource_claims.as_deref().filter(|claims| !claims.is_empty()) else { return };
    if is_mirror(pod) {
        for index in 0..claims.len() {
            let fault = Fault::forbidden(
                code::MIRROR_POD,
                &at.index(index),
                "a pod that mirrors a file of its node claims no resources",
            )
            // What Kubernetes writes for no field at all.
            .field("[]")
            .note("such pods are started by the kubelet alone, which makes no claims")
            .help("take the annotation `kubernetes.io/config.mirror` out");
            faults.push(fault);
        }
        return;
    }
    let mut names = FxHashMap::default();
    for (index, claim) in claims.iter().enumerate() {
        let first = *names.entry(claim.name.as_str()).or_insert(index);
        claim_name(pod, claim, (first != index).then(|| at.index(first)), &at.index(index), faults);
        faults.extend(sources(claim, &at.index(index)));
        for (name, field, what) in [
            (&claim.resource_claim_name, "resourceClaimName", "the name of a resource claim"),
            (
                &claim.resource_claim_template_name,
                "resourceClaimTemplateName",
                "the name of a template of resource claims",
            ),
        ] {
            let here = at.index(index);
            let fault = name.as_ref().and_then(|name| dns_name(dns_subdomain(name), what, name, &here.field(field)));
            faults.extend(fault);
        }
    }
}

fn claim_name(pod: &Pod<'_>, claim: &PodResourceClaim, first: Option<At<'_>>, at: &At<'_>, faults: &mut Faults) {
    let name_at = at.field("name");
    if claim.name.is_empty() {
        let fault =
            Fault::required(crate::diagnostics::code::MISSING_FIELD, &name_at, "this resource claim has no name")
                .note("containers refer to a claim by its name");
        faults.push(fault);
    } else if let Some(first) = first {
        let message = format!("two resource claims are called `{}`", claim.name);
        let fault = Fault::refused(code::DUPLICATE_CLAIM, Reason::Duplicate, &name_at, message)
            .other(&first.field("name"), "first here")
            .note("containers refer to a claim by its name, so Kubernetes takes each name once")
            .help("give one of them another name, or take it out");
        faults.push(fault);
    } else {
        let (name, what) = (claim.name.as_str(), "the name of a resource claim");
        let fault = dns_name_of(code::NO_DNS_LABEL, dns_label(name), what, name, &name_at);
        faults.extend(fault.map(|mut fault| {
            each_use(pod, name, |at| fault.also(at));
            fault.surely(name)
        }));
    }
}

/// Calls `with` with each place at which a container uses the claim of this name.
fn each_use(pod: &Pod<'_>, name: &str, mut with: impl FnMut(&At<'_>)) {
    each_container(pod, |container, at| {
        let resources = at.field("resources");
        let claims = resources.field("claims");
        let used = container.resources.iter().filter_map(|own| own.claims.as_ref()).flatten().enumerate();
        for (index, _) in used.filter(|(_, claim)| claim.name == name) {
            with(&claims.index(index).field("name"));
        }
    });
}

/// A claim is one that there is, or is made of a template.
fn sources(claim: &PodResourceClaim, at: &At<'_>) -> Option<Fault> {
    match (&claim.resource_claim_name, &claim.resource_claim_template_name) {
        (Some(_), Some(_)) => {
            let message = format!("the resource claim {} has two sources", shown(&claim.name));
            let fault = Fault::invalid(code::CLAIM_SOURCE, &at.field("resourceClaimTemplateName"), message)
                .relation()
                .at_key()
                .here("one that is made of a template")
                .other(&at.field("resourceClaimName"), "and one that there is")
                .note("Kubernetes takes one of the two: it has to know on which devices the pod waits");
            Some(fault.field(at.path().to_string()).help("take one of them out"))
        }
        (None, None) => {
            let message = format!("the resource claim {} has no source", shown(&claim.name));
            let fault = Fault::invalid(code::CLAIM_SOURCE, &at.field("name"), message)
                .relation()
                .note("Kubernetes has to know which claim it is, or of which template it is made");
            let fault = fault.field(at.path().to_string());
            Some(fault.help(
                "add `resourceClaimTemplateName = \"…\"` for a claim of the pod's own, or `resourceClaimName = \"…\"` for one that there is",
            ))
        }
        _ => None,
    }
}
