//! The resources of a container.
//!
//! In: a container. Out: faults. Source: `ValidateContainerResourceRequirements`, `validateResourceClaimNames` and
//! `validateResizePolicy` in validation.go. Not here: names and amounts ([`super::amounts`]), and the claims that a pod declares.

use k8s_openapi::api::core::v1::{Container, ResourceClaim};

use super::amounts::{self, Of, Requirements};
use super::paths::label;
use super::words::one_of;
use super::{Pod, defaults};
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// Checks `resources` of the container at `at`.
pub fn check(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(resources) = &container.resources else { return };
    let at = at.field("resources");
    let asked = Requirements {
        of: Of::Container,
        limits: resources.limits.as_ref(),
        requests: resources.requests.as_ref(),
        // Only the names of limits are filled in.
        fills_in: false,
        is_overhead: false,
    };
    amounts::check(&asked, &at, faults);
    if pod.features.dynamic_resource_allocation {
        claims(pod, resources.claims.as_deref().unwrap_or_default(), &at.field("claims"), faults);
    }
}

// ------------------------------------------------------------------------------------------------------------ claims

fn claims(pod: &Pod<'_>, claims: &[ResourceClaim], list: &At<'_>, faults: &mut Faults) {
    let declared = || pod.spec.resource_claims.iter().flatten().map(|claim| claim.name.as_str());
    for (index, claim) in claims.iter().enumerate() {
        let at = list.index(index);
        let name = claim.name.as_str();
        if name.is_empty() {
            let fault =
                Fault::required(code::MISSING_FIELD, &at.field("name"), "an element of `claims` needs a `name`");
            faults.push(fault.field(at.path().to_string()));
            continue;
        }
        // `index` is below the length.
        let earlier = claims.get(..index).unwrap_or_default();
        claimed_twice(claim, earlier, list, &at, faults);
        if !declared().any(|declared| declared == name) {
            let message = format!("the pod has no resource claim `{name}`");
            let fault = Fault::refused(codes::UNKNOWN_CLAIM, Reason::NotFound, &at.field("name"), message)
                .field(at.path().to_string())
                .note(
                    "for Kubernetes a container can use what `resourceClaims` of the pod declares, by its name there",
                );
            faults.push(match closest(name, declared().take(MOST_COMPARED)) {
                Some(near) => fault.did_you_mean(name, near, true),
                None => fault.help(format!(
                    "declare it in the pod spec: `resourceClaims {} {{ resourceClaimTemplateName = \"…\" }}`",
                    literal::key(name)
                )),
            });
        }
    }
}

fn request(claim: &ResourceClaim) -> &str {
    claim.request.as_deref().unwrap_or_default()
}

/// A claim can be used once as a whole, or once for each of its requests.
fn claimed_twice(claim: &ResourceClaim, earlier: &[ResourceClaim], list: &At<'_>, at: &At<'_>, faults: &mut Faults) {
    let same = || earlier.iter().enumerate().filter(|(_, other)| other.name == claim.name);
    let whole = same().find(|(_, other)| request(other).is_empty());
    if whole.is_none() && !request(claim).is_empty() {
        faults.extend(label(request(claim), "a request of a claim", &at.field("request")));
    }
    let alike = |(_, other): &(usize, &ResourceClaim)| request(claim).is_empty() || request(other) == request(claim);
    let Some((first, _)) = whole.or_else(|| same().find(alike)) else { return };
    let message = format!("the claim `{}` is used twice", claim.name);
    let fault = Fault::refused(codes::CLAIM_USED_TWICE, Reason::Duplicate, at, message);
    let fault = fault
        .other(&list.index(first), "used here already")
        .note("for Kubernetes a container uses a claim once as a whole, or once for each of its requests");
    faults.push(fault.help("take one of them out, or give each a `request` of the claim"));
}

// ----------------------------------------------------------------------------------------------------- resize policy

/// Checks `resizePolicy` of the container at `at`. Kubernetes names the whole list as the place, but for repetitions.
pub fn resize_policy(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    const RESOURCES: &[&str] = &["cpu", "memory"];
    const POLICIES: &[&str] = &["NotRequired", "RestartContainer"];
    let Some(policies) = container.resize_policy.as_ref().filter(|_| pod.features.in_place_pod_vertical_scaling) else {
        return;
    };
    let list = at.field("resizePolicy");
    for (index, policy) in policies.iter().enumerate() {
        let at = list.index(index);
        let (resource, restart) = (policy.resource_name.as_str(), policy.restart_policy.as_str());
        let earlier = policies.iter().take(index).position(|other| other.resource_name == resource);
        if let Some(first) = earlier {
            let message = format!("`resizePolicy` says twice what happens with `{resource}`");
            let fault = Fault::refused(codes::RESIZED_TWICE, Reason::Duplicate, &at, message);
            let fault = fault
                .other(&list.index(first), "said here already")
                .note("Kubernetes takes one entry for each resource, and could not tell which of two counts");
            faults.push(fault.help("take one of them out"));
        }
        let before = faults.len();
        faults.extend(word(resource, RESOURCES, &at.field("resourceName")));
        let of_restart = faults.len();
        faults.extend(word(restart, POLICIES, &at.field("restartPolicy")));
        if restart != "NotRequired" {
            let wrong_word = faults.len() > of_restart;
            let fault = never_restarted(pod, &at.field("restartPolicy"));
            faults.extend(fault.map(|fault| fault.echo(wrong_word)));
        }
        let field = || list.path().to_string();
        faults.iter_mut().skip(before).for_each(|fault| fault.field = Some(field()));
    }
}

/// What is wrong with a word that has to be there.
fn word(value: &str, words: &[&str], at: &At<'_>) -> Option<Fault> {
    if value.is_empty() {
        return Some(Fault::required(code::MISSING_FIELD, at, "an element of `resizePolicy` needs both of its fields"));
    }
    one_of(code::kubernetes::UNKNOWN_WORD, value, words, at)
}

/// Kubernetes refuses it where the pod says `Never`; where the pod says nothing, Flyte does.
fn never_restarted(pod: &Pod<'_>, at: &At<'_>) -> Option<Fault> {
    let message = "a container that is never restarted cannot be restarted to resize it";
    let fault = match defaults::restart_policy(pod.spec) {
        Some("Never") => Fault::invalid(codes::RESIZE_RESTARTS, at, message)
            .other(&At::root().field("spec").field("restartPolicy"), "the containers of this pod are never restarted")
            .note("Kubernetes takes the two only where both can be kept")
            .help("resize it while it runs, with `NotRequired`, or let the pod restart its containers"),
        None => Fault::found(codes::RESIZE_RESTARTS_IN_FLYTE, at, message)
            .note("Flyte sets the `restartPolicy` of a pod to `Never` where nothing is said, and Kubernetes refuses the two together"),
        Some(_) => return None,
    };
    let fault = fault.help("write `NotRequired`, or leave `resizePolicy` out, which means the same");
    Some(fault.relation().suggest("write `NotRequired`", "\"NotRequired\""))
}
