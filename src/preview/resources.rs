//! Step 3: the resources of every container.
//!
//! In: the pod, accelerators renamed. Out: requests and limits as Flyte sends them. Source: `ApplyResourceOverrides` and
//! `AdjustOrDefaultResource` in `container_helper.go`. In Flyte 2 the platform has no limits of its own, so nothing is capped.
//!
//! The primary container gets what is missing: a request is the limit, a limit the request, and CPU and memory have defaults.
//! Of all other containers Flyte writes down what is there, and what is not there as 0. A limit of 0 beside a request is what the
//! API server refuses. That follows from the sources of both; nobody has tried it out.

use super::settings::{Settings, because};
use super::task::Pod;
use super::tree::{Origin, Tree};
use crate::cluster::containers::List;
use crate::flyte::platform::{DEFAULT_CPUS, DEFAULT_MEMORY};

/// The resources that every container is given.
const ALWAYS: [(&str, &str, &str); 2] =
    [("cpu", "default-cpus", DEFAULT_CPUS), ("memory", "default-memory", DEFAULT_MEMORY)];
const DISK: &str = "ephemeral-storage";

/// Adjusts the resources of every container.
pub fn adjust(pod: &mut Pod, settings: Settings<'_>) {
    let accelerators = settings.accelerator_resources();
    let optional: Vec<&str> = std::iter::once(DISK).chain(accelerators.iter().map(ecow::EcoString::as_str)).collect();
    let primary = pod.primary.clone();
    for list in List::ALL {
        for container in pod.spec.items_of_mut(list.field()) {
            // An init container cannot be the primary one, whatever it is called.
            let is_primary = list == List::Regular && container.str_of("name") == primary;
            let resources = container.map_at("resources", &Origin::platform("every container has resources"));
            for (name, key, default) in ALWAYS {
                let default = is_primary.then(|| settings.text_or(key, default));
                resource(resources, name, is_primary, default);
            }
            for name in optional.iter().filter(|name| has(resources, name)).copied().collect::<Vec<_>>() {
                resource(resources, name, is_primary, None);
            }
        }
    }
}

fn has(resources: &Tree, name: &str) -> bool {
    ["requests", "limits"].iter().any(|list| amount(resources, list, name).is_some())
}

fn amount<'t>(resources: &'t Tree, list: &str, name: &str) -> Option<&'t Tree> {
    resources.get(list)?.get(name)
}

/// Makes request and limit of one resource what they become.
fn resource(resources: &mut Tree, name: &str, is_primary: bool, default: Option<Tree>) {
    let mut request = amount(resources, "requests", name).cloned();
    let mut limit = amount(resources, "limits", name).cloned();
    if is_primary {
        let missing = |amount: &Option<Tree>| amount.as_ref().is_none_or(|amount| amount.amount() == 0);
        if missing(&request) {
            let filled =
                if missing(&limit) { default } else { limit.as_ref().map(|limit| as_the(limit, REQUEST_UNSET)) };
            request = filled.or(request);
        }
        if missing(&limit) {
            limit = request.as_ref().map(|request| as_the(request, LIMIT_UNSET)).or(limit);
        }
    }
    let mut request = request.unwrap_or_else(|| zero("no request was set"));
    let limit = limit.unwrap_or_else(|| zero("no limit was set"));
    if limit.amount() != 0 && request.amount() > limit.amount() {
        request = as_the(&limit, "lowered to the limit");
    }
    let origin = Origin::platform("every container has resources");
    resources.map_at("requests", &origin).set(name, request);
    resources.map_at("limits", &origin).set(name, limit);
}

const REQUEST_UNSET: &str = "the limit, since no request was set";
const LIMIT_UNSET: &str = "the request, since no limit was set";

fn as_the(other: &Tree, why: &str) -> Tree {
    Tree::new(because(other, why), other.kind.clone())
}

fn zero(why: &str) -> Tree {
    Tree::text(&Origin::platform(why), "0")
}
