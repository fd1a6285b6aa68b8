//! Topology spread constraints.
//!
//! In: a pod. Out: faults. Source: `validateTopologySpreadConstraints` in validation.go. Not here: which domains a cluster has.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use rustc_hash::FxHashMap;

use super::Pod;
use super::affinity::empty_topology_key;
use super::selectors::{self, LabelKeys};
use super::words::one_of;
use super::{labels, nodes};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// The only answer to which a number of domains can be given.
const DO_NOT_SCHEDULE: &str = "DoNotSchedule";
/// What may happen to a pod that no node fits. Source: `supportedScheduleActions`.
const ACTIONS: &[&str] = &[DO_NOT_SCHEDULE, "ScheduleAnyway"];
/// How nodes that the pod cannot run on are counted. Source: `supportedPodTopologySpreadNodePolicies`.
const POLICIES: &[&str] = &["Honor", "Ignore"];
/// The first version that adds the pod's own labels to the selector.
const FOLDS_LABELS: u8 = 34;

/// Checks the constraints at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let constraints = pod.spec.topology_spread_constraints.as_deref().unwrap_or_default();
    for (index, constraint) in constraints.iter().enumerate() {
        one(pod, constraint, &at.index(index), faults);
    }
    repeated(constraints, at, faults);
}

fn one(pod: &Pod<'_>, constraint: &TopologySpreadConstraint, at: &At<'_>, faults: &mut Faults) {
    faults.extend(at_least_one(constraint.max_skew, "maxSkew", at));
    let key_at = at.field("topologyKey");
    if constraint.topology_key.is_empty() {
        faults.push(empty_topology_key(&key_at));
    }
    faults.extend(labels::old_node_label(&constraint.topology_key, None, &key_at));
    faults.extend(nodes::key(labels::Of::Label, &constraint.topology_key, &key_at));
    let action = constraint.when_unsatisfiable.as_str();
    faults.extend(one_of(code::UNKNOWN_WORD, action, ACTIONS, &at.field("whenUnsatisfiable")));
    min_domains(constraint, at, faults);
    for (policy, name) in
        [(&constraint.node_affinity_policy, "nodeAffinityPolicy"), (&constraint.node_taints_policy, "nodeTaintsPolicy")]
    {
        let fault = policy.as_ref().and_then(|policy| one_of(code::UNKNOWN_WORD, policy, POLICIES, &at.field(name)));
        faults.extend(fault);
    }
    selector(pod, constraint, at, faults);
}

fn selector(pod: &Pod<'_>, constraint: &TopologySpreadConstraint, at: &At<'_>, faults: &mut Faults) {
    let selector = constraint.label_selector.as_ref();
    let keys = LabelKeys { matching: constraint.match_label_keys.as_deref().unwrap_or_default(), mismatching: &[] };
    if pod.features.minor >= FOLDS_LABELS {
        selectors::label_keys(pod, keys, selector, at, faults);
    } else {
        selectors::label_keys_alone(keys.matching, selector, at, faults);
    }
    if let Some(selector) = selector {
        selectors::check(selector, &at.field("labelSelector"), faults);
    }
    faults.extend(selectors::missing(selector, keys, at));
}

/// Source: `ValidatePositiveField`.
fn at_least_one(count: i32, name: &str, at: &At<'_>) -> Option<Fault> {
    if count >= 1 {
        return None;
    }
    let fault = Fault::invalid(code::COUNT_BELOW_ONE, &at.field(name), format!("`{name}` has to be at least 1"));
    let fault = if name == "maxSkew" {
        fault.note("it is by how many pods Kubernetes lets two domains differ, and 1 is as even as it gets")
    } else {
        fault.note("Kubernetes counts at least one domain")
    };
    Some(fault.help(format!("write `{name} = 1`, or more")).suggest("write 1", "1"))
}

/// Source: `validateMinDomains`.
fn min_domains(constraint: &TopologySpreadConstraint, at: &At<'_>, faults: &mut Faults) {
    let Some(count) = constraint.min_domains else { return };
    let positive = at_least_one(count, "minDomains", at);
    let forced = constraint.when_unsatisfiable == DO_NOT_SCHEDULE;
    if !forced {
        let message = format!("`minDomains` goes with `whenUnsatisfiable = \"{DO_NOT_SCHEDULE}\"` alone");
        let fault = Fault::invalid(code::MIN_DOMAINS_WITHOUT_FORCE, &at.field("minDomains"), message)
            .relation()
            .at_key()
            .echo(positive.is_some() || !ACTIONS.contains(&constraint.when_unsatisfiable.as_str()))
            .other(&at.field("whenUnsatisfiable"), "this schedules the pod in any case")
            .note("Kubernetes holds pods back until there are so many domains, which it does for this answer only")
            .help(format!("take `minDomains` out, or hold pods back with `{DO_NOT_SCHEDULE}`"))
            .remove("minDomains")
            .suggest_at(
                format!("hold pods back: `{DO_NOT_SCHEDULE}`"),
                &at.field("whenUnsatisfiable"),
                literal::text(DO_NOT_SCHEDULE),
            );
        faults.push(fault);
    }
    faults.extend(positive);
}

/// Two constraints may not have both the same key and the same answer. Kubernetes names the earlier one.
///
/// Source: `ValidateSpreadConstraintNotRepeat`.
fn repeated(constraints: &[TopologySpreadConstraint], at: &At<'_>, faults: &mut Faults) {
    if constraints.len() < 2 {
        return;
    }
    let mut later = FxHashMap::default();
    for (index, constraint) in constraints.iter().enumerate().rev() {
        let Some(other) = later.insert((&constraint.topology_key, &constraint.when_unsatisfiable), index) else {
            continue;
        };
        let message = format!(
            "two constraints spread over `{}` with `{}`",
            constraint.topology_key, constraint.when_unsatisfiable
        );
        let (first, second) = (at.index(index), at.index(other));
        let fault = Fault::refused(code::DUPLICATE_SPREAD, Reason::Duplicate, &second.field("topologyKey"), message)
            .field(format!("{}[{index}].{{topologyKey, whenUnsatisfiable}}", at.path()))
            .here("spread over the same label again")
            .other(&first.field("topologyKey"), "the first of them")
            .note("Kubernetes takes one constraint for each pair of `topologyKey` and `whenUnsatisfiable`")
            .help(
                "take one of them out, or spread over another label; `=` in place of `+=` replaces an inherited list",
            );
        faults.push(fault);
    }
}
