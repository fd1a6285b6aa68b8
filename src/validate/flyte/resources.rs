//! The resources that Flyte sends.
//!
//! In: a template, or a workload. Out: faults. Source: `AddFlyteCustomizationsToContainer`, `ApplyResourceOverrides` and
//! `SanitizeGPUResourceRequirements` in `flytek8s/container_helper.go`. For the primary container, whichever of request and limit
//! is missing becomes the other; for all others, what is missing becomes 0. Not here: how a request compares to its limit, which is
//! Kubernetes' rule.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Container;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::{Filled, each_other, primary};
use crate::diagnostics::Code;
use crate::diagnostics::code::kubernetes::{ACCELERATORS_TWICE, LIMIT_BECOMES_ZERO, REQUEST_BECOMES_ZERO};
use crate::flyte::accelerators::wire_class;
use crate::lower::Template;
use crate::schema::units::quantity;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// The resources of which Flyte sends request and limit.
const COUNTED: &[&str] = &["cpu", "memory", "ephemeral-storage"];

/// The resource of each class of accelerators, in the order of their numbers on the wire: Flyte's defaults.
///
/// Source: `AcceleratorDeviceClasses` in `flytek8s/config/config.go`.
const ACCELERATORS: &[&str] =
    &["nvidia.com/gpu", "google.com/tpu", "aws.amazon.com/neuron", "amd.com/gpu", "habana.ai/gaudi"];

/// Amounts by resource.
type Amounts = BTreeMap<String, Quantity>;

/// Checks all containers but the primary one.
pub fn check(template: &Template, faults: &mut Faults) {
    each_other(template, |container, at| {
        let Some(resources) = &container.resources else { return };
        let (requests, limits) = (resources.requests.as_ref(), resources.limits.as_ref());
        let at = at.field("resources");
        // A request of an accelerator without a limit is refused by Kubernetes itself.
        let counted = |name: &str| COUNTED.contains(&name);
        let lone = alone(requests, limits, counted);
        if !lone.is_empty() {
            faults.push(becomes_zero(&REQUEST_ALONE, container, &lone, &at));
        }
        let lone = alone(limits, requests, |name| counted(name) || ACCELERATORS.contains(&name));
        if !lone.is_empty() {
            faults.push(becomes_zero(&LIMIT_ALONE, container, &lone, &at));
        }
    });
}

/// The amounts of one side, more than nothing, that the other side has none for.
fn alone<'a>(
    side: Option<&'a Amounts>,
    other: Option<&Amounts>,
    looked_at: impl Fn(&str) -> bool,
) -> Vec<(&'a str, &'a str)> {
    let missing = |name: &String| other.is_none_or(|other| !other.contains_key(name));
    let lone = side.into_iter().flatten().filter(|(name, amount)| {
        looked_at(name) && missing(name) && quantity(&amount.0).is_some_and(|amount| amount > 0)
    });
    lone.map(|(name, amount)| (name.as_str(), amount.0.as_str())).collect()
}

/// What is said where resources have one side alone.
struct Lone {
    code: Code,
    /// The side that is there, and what a container does with an amount on it.
    given: &'static str,
    /// The side that is missing.
    missing: &'static str,
    /// One amount on it.
    one: &'static str,
}

const REQUEST_ALONE: Lone = Lone { code: LIMIT_BECOMES_ZERO, given: "requests", missing: "limits", one: "limit" };
const LIMIT_ALONE: Lone = Lone { code: REQUEST_BECOMES_ZERO, given: "limits", missing: "requests", one: "request" };

impl Lone {
    /// What comes of a 0 on the missing side.
    fn consequence(&self, lone: &[(&str, &str)]) -> &'static str {
        if self.one == "limit" {
            "Kubernetes refuses, as no request may be over its limit"
        } else if lone.iter().any(|(name, _)| ACCELERATORS.contains(name)) {
            "Kubernetes refuses for accelerators, whose request has to be their limit"
        } else {
            "makes Kubernetes place the pod as if the container needed nothing"
        }
    }
}

fn becomes_zero(side: &Lone, container: &Container, lone: &[(&str, &str)], resources: &At<'_>) -> Fault {
    let Lone { code, given, missing, one } = side;
    let names: Vec<String> = lone.iter().map(|(name, _)| format!("`{name}`")).collect();
    let entry = |(name, amount): &(&str, &str)| format!("{} = {}", literal::key(name), literal::quantity(amount));
    let entries = lone.iter().map(entry).collect::<Vec<_>>().join(", ");
    let list = resources.field(given);
    // There is one at least.
    let first = lone.first().map_or("", |(name, _)| name);
    let message = format!("`{}` {given} {} without a {one}", container.name, names.join(" and "));
    let fault = Fault::found(*code, &list.key(first), message).relation().here(format!("no {one}"));
    let others = lone.iter().skip(1);
    let fault = others.fold(fault, |fault, (name, _)| fault.other(&list.key(name), format!("no {one}")));
    let consequence = side.consequence(lone);
    fault
        .note(format!(
            "beside the primary container, Flyte sends a {one} of 0 where there is none, which {consequence}"
        ))
        .help(format!("write `{missing} {{ {entries} }}` beside it"))
        .insert(format!("set the {one} to the same"), &resources.field(missing), entries)
}

/// The accelerators of a task become those of the template's container, but for a limit that this one has.
pub fn accelerators(filled: &Filled<'_>, faults: &mut Faults) {
    let Some(device) = &filled.workload.settings.resources.device else { return };
    let class = if device.device.is_some() { wire_class(&device.class) } else { 0 };
    let Some(resource) = usize::try_from(class).ok().and_then(|class| ACCELERATORS.get(class)) else { return };
    primary(filled, |container, at| {
        let limit = container.resources.as_ref().and_then(|resources| resources.limits.as_ref()?.get(*resource));
        let Some(limit) = limit.filter(|limit| quantity(&limit.0) != quantity(&device.quantity.to_string())) else {
            return;
        };
        let (resources, settings) = (at.field("resources"), At::settings());
        let (limits, asked) = (resources.field("limits"), settings.field("resources"));
        let fewer = quantity(&limit.0) < quantity(&device.quantity.to_string());
        let consequence = if fewer {
            format!("Flyte lowers the request to the limit, so the task gets {}", limit.0)
        } else {
            "Kubernetes refuses a request of accelerators that is not their limit".to_owned()
        };
        faults.push(
            Fault::found(
                ACCELERATORS_TWICE,
                &limits.key(resource),
                format!("the limit of `{resource}` is {}, and the task asks for {}", limit.0, device.quantity),
            )
            .relation()
            .other(&asked.field("gpu"), "asked for here")
            .note(format!("the task's `gpu` becomes the request of `{resource}` on the cluster"))
            .note(consequence)
            .help("leave the limit out; for the primary container, Flyte sets it to the request")
            .remove(resource),
        );
    });
}
