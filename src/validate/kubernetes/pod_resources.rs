//! The resources of the whole pod.
//!
//! In: a pod. Out: faults. Always: what the API server fills in counts: requests of containers from their limits, and those of the
//! pod from its containers and its limits. Source: `validatePodResources` and `validatePodResourceConsistency` in validation.go,
//! `defaultPodRequests` and `defaultHugePagePodLimits` in defaults.go, `AggregateContainerRequests` in
//! k8s.io/component-helpers/resource/helpers.go. Not here: what overhead adds, which no rule looks at.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::Pod;
use super::amounts::{self, Amounts, Of, Requirements, is_huge_pages, may_overcommit, thousandths};
use crate::diagnostics::code::kubernetes as codes;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// Amounts in thousandths, by name.
type Sums<'p> = BTreeMap<&'p str, i128>;

/// Checks `resources` of the spec at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    check_with(pod, None, at, faults);
}

/// Checks `resources` of the spec at `at`, where `container` stands in the place of the container `index`.
pub fn filled(pod: &Pod<'_>, container: &Container, index: usize, at: &At<'_>, faults: &mut Faults) {
    check_with(pod, Some((index, container)), at, faults);
}

/// A container in the place of another.
type Instead<'p> = Option<(usize, &'p Container)>;

fn check_with(pod: &Pod<'_>, instead: Instead<'_>, spec: &At<'_>, faults: &mut Faults) {
    let Some(resources) = pod.spec.resources.as_ref().filter(|_| pod.features.pod_level_resources) else { return };
    let at = spec.field("resources");
    if pod.spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        let message = "a pod with Windows cannot have resources as a whole";
        let fault = Fault::forbidden(codes::POD_RESOURCES_ON_WINDOWS, &at, message);
        let fault =
            fault.note("amounts of a pod are kept by the Linux kernel, and Kubernetes has nothing like it on Windows");
        faults.push(fault.help("give each container its own `resources`"));
        return;
    }
    if resources.claims.is_some() {
        let message = "a pod as a whole cannot use resource claims";
        let fault = Fault::forbidden(codes::CLAIMS_OF_A_POD, &at.field("claims"), message);
        let fault = fault.note("Kubernetes brings the devices of a claim into single containers");
        faults.push(fault.help("use them in the containers that need them: `resources { claims = … }` of a container"));
    }
    let containers = Containers { pod, instead };
    let (limits, requests) = (resources.limits.as_ref(), resources.requests.as_ref());
    let asked =
        Requirements { of: Of::Pod, limits, requests, fills_in: fills_in(containers, resources), is_overhead: false };
    amounts::check(&asked, &at, faults);
    requests_of_containers(&containers, resources, &at, faults);
    requests_filled_in(&containers, resources, &at, faults);
    huge_pages_of_containers(&containers, resources, &at, faults);
    limits_of_containers(&containers, resources, spec, faults);
}

/// Whether the server fills in requests of CPU or memory: those of the containers, where the pod has a limit of anything.
fn fills_in(containers: Containers<'_>, resources: &ResourceRequirements) -> bool {
    let asked = |amounts: &Option<Amounts>| amounts.as_ref().is_some_and(|amounts| !amounts.is_empty());
    let limited = asked(&resources.limits)
        || (asked(&resources.requests) && containers.together(limits).keys().any(|name| is_huge_pages(name)));
    limited && containers.together(requests).keys().any(|name| matches!(*name, "cpu" | "memory"))
}

// -------------------------------------------------------------------------------------------------------- containers

/// The containers of a pod, one of which a task may have filled in.
#[derive(Clone, Copy)]
struct Containers<'p> {
    pod: &'p Pod<'p>,
    instead: Instead<'p>,
}

impl<'p> Containers<'p> {
    /// The resources of the regular containers, as far as they have some, with the place of each container.
    fn regular(self) -> impl Iterator<Item = (usize, &'p ResourceRequirements)> {
        let containers = self.pod.spec.containers.iter().enumerate();
        containers.filter_map(move |(index, container)| {
            let filled = self.instead.filter(|(at, _)| *at == index).map(|(_, filled)| filled);
            Some((index, filled.unwrap_or(container).resources.as_ref()?))
        })
    }

    /// What all containers come to: the regular ones and the sidecars together, or an init container with the sidecars before
    /// it, where that is more.
    fn together(self, of: impl Fn(&'p ResourceRequirements) -> Sums<'p>) -> Sums<'p> {
        let mut sums = Sums::new();
        self.regular().for_each(|(_, resources)| add(&mut sums, &of(resources)));
        let (mut sidecars, mut most) = (Sums::new(), Sums::new());
        for container in self.pod.spec.init_containers.iter().flatten() {
            let mut own = container.resources.as_ref().map(&of).unwrap_or_default();
            if container.restart_policy.as_deref() == Some("Always") {
                add(&mut sums, &own);
                add(&mut sidecars, &own);
                own.clone_from(&sidecars);
            } else {
                add(&mut own, &sidecars);
            }
            raise(&mut most, &own);
        }
        raise(&mut sums, &most);
        sums
    }
}

fn add<'p>(sums: &mut Sums<'p>, more: &Sums<'p>) {
    for (name, amount) in more {
        let sum = sums.entry(name).or_default();
        *sum = sum.saturating_add(*amount);
    }
}

fn raise<'p>(sums: &mut Sums<'p>, others: &Sums<'p>) {
    for (name, amount) in others {
        let sum = sums.entry(name).or_insert(*amount);
        *sum = (*sum).max(*amount);
    }
}

fn sums(amounts: Option<&Amounts>) -> Sums<'_> {
    amounts.into_iter().flatten().map(|(name, amount)| (name.as_str(), thousandths(amount))).collect()
}

fn limits(resources: &ResourceRequirements) -> Sums<'_> {
    sums(resources.limits.as_ref())
}

/// The requests of a container; those that it does not have are its limits.
fn requests(resources: &ResourceRequirements) -> Sums<'_> {
    let mut requests = sums(resources.limits.as_ref());
    requests.extend(sums(resources.requests.as_ref()));
    requests
}

fn get<'p>(amounts: Option<&'p Amounts>, name: &str) -> Option<&'p Quantity> {
    amounts.and_then(|amounts| amounts.get(name))
}

// ------------------------------------------------------------------------------------------------------------- rules

/// The pod requests at least what its containers request together. A request that is filled in does.
fn requests_of_containers(
    containers: &Containers<'_>,
    resources: &ResourceRequirements,
    at: &At<'_>,
    faults: &mut Faults,
) {
    let Some(asked) = &resources.requests else { return };
    let together = containers.together(requests);
    let list = at.field("requests");
    for (name, own) in asked {
        let Some(sum) = together.get(name.as_str()).filter(|sum| **sum > thousandths(own)) else { continue };
        let message = format!("the pod requests {} of `{name}`, less than its containers together", own.0);
        let fault = Fault::invalid(codes::POD_REQUESTS_LESS, &list.key(name), message)
            .relation()
            .note("Kubernetes keeps free for the pod what it requests, and each of its containers is promised a share of that");
        let enough = shown(*sum);
        let fault = fault.help(format!("raise it to {enough}, or lower the requests of containers"));
        faults.push(fault.suggest(format!("write `{enough}`"), literal::quantity(&enough)));
    }
}

/// Where the pod has a limit and no request, what its containers request together is its request. Kubernetes names all requests
/// as the place.
fn requests_filled_in(containers: &Containers<'_>, resources: &ResourceRequirements, at: &At<'_>, faults: &mut Faults) {
    let Some(limits) = &resources.limits else { return };
    let together = containers.together(requests);
    let list = at.field("limits");
    for (name, limit) in limits.iter().filter(|(name, _)| matches!(name.as_str(), "cpu" | "memory")) {
        let sum = together.get(name.as_str()).filter(|sum| **sum > thousandths(limit));
        let Some(sum) = sum.filter(|_| get(resources.requests.as_ref(), name).is_none()) else { continue };
        let message = format!("the containers together request {} of `{name}`, more than the pod's limit", shown(*sum));
        let fault = Fault::invalid(codes::REQUEST_OVER_ITS_LIMIT, &list.key(name), message).relation();
        faults.push(
            fault
                .field(at.field("requests").path().to_string())
                .note("a pod with a limit and no request of its own requests what its containers do")
                .help("raise the limit, or lower the requests of containers"),
        );
    }
}

/// The pod's limit of large pages is at least what its containers have together. A limit that is filled in is.
fn huge_pages_of_containers(
    containers: &Containers<'_>,
    resources: &ResourceRequirements,
    at: &At<'_>,
    faults: &mut Faults,
) {
    let own = || resources.limits.iter().flatten().filter(|(name, _)| is_huge_pages(name));
    if own().next().is_none() {
        return;
    }
    let together = containers.together(limits);
    let list = at.field("limits");
    for (name, own) in own() {
        let Some(sum) = together.get(name.as_str()).filter(|sum| **sum > thousandths(own)) else { continue };
        let message = format!("the pod's limit of `{name}` is {}, less than its containers have together", own.0);
        let fault = Fault::invalid(codes::POD_LIMITS_LESS, &list.key(name), message)
            .relation()
            .note("each container keeps its large pages for itself, so for Kubernetes all of them have to fit into those of the pod");
        let enough = shown(*sum);
        let fault = fault.help(format!("raise it to {enough}, or lower the limits of containers"));
        faults.push(fault.suggest(format!("write `{enough}`"), literal::quantity(&enough)));
    }
}

/// No container has a limit over that of the pod. Kubernetes names a place that there is not.
fn limits_of_containers(
    containers: &Containers<'_>,
    resources: &ResourceRequirements,
    spec: &At<'_>,
    faults: &mut Faults,
) {
    let (list, of_pod) = (spec.field("containers"), spec.field("resources"));
    let of_pod = of_pod.field("limits");
    for (index, own) in containers.regular() {
        let at = list.index(index);
        let at = at.field("resources");
        let at = at.field("limits");
        for (name, limit) in own.limits.iter().flatten() {
            let Some(most) = get(resources.limits.as_ref(), name) else { continue };
            if thousandths(limit) <= thousandths(most) {
                continue;
            }
            let message = format!("{} of `{name}` is more than the limit of the whole pod, {}", limit.0, most.0);
            let fault = Fault::invalid(codes::LIMIT_OVER_POD, &at.key(name), message)
                .relation()
                .field(format!("{spec}.resources.containers[{index}][{name}].limits", spec = spec.path()))
                // Large pages of a single container are told as those of all.
                .echo(!may_overcommit(name))
                .other(&of_pod.key(name), "the limit of the pod")
                .note("the containers of a pod are held to its limit together, so none could ever use more, and Kubernetes refuses it")
                .help("raise the limit of the pod, or lower that of the container");
            // A limit below the request would be wrong as well.
            let fits = get(own.requests.as_ref(), name).is_none_or(|own| thousandths(own) <= thousandths(most));
            faults.push(if fits {
                fault.suggest(format!("write `{}`", most.0), literal::quantity(&most.0))
            } else {
                fault
            });
        }
    }
}

/// Thousandths as a quantity.
fn shown(thousandths: i128) -> String {
    const UNITS: &[(&str, i128)] = &[("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    if thousandths % 1000 != 0 {
        return format!("{thousandths}m");
    }
    let whole = thousandths / 1000;
    let unit = UNITS.iter().find(|(_, size)| whole != 0 && whole % size == 0);
    unit.map_or_else(|| whole.to_string(), |(unit, size)| format!("{}{unit}", whole / size))
}
