//! Affinity to nodes and to other pods.
//!
//! In: a pod. Out: faults. Source: `validateAffinity` and what it calls in validation.go, `GetWarningsForNodeSelectorTerm` in
//! pkg/api/node/util.go. Not here: label selectors ([`super::selectors`]).

use k8s_openapi::api::core::v1::{
    NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, WeightedPodAffinityTerm,
};

use super::Pod;
use super::formats::{dns_label, dns_subdomain, shown};
use super::labels::{self, Of};
use super::selectors::{self, LabelKeys};
use super::{nodes, spec};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// The operators by which nodes are selected. Source: `NodeSelectorOperator` in k8s.io/api/core/v1/types.go.
const OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
/// Those for fields of nodes. Source: `ValidateNodeFieldSelectorRequirement`.
const FIELD_OPERATORS: &[&str] = &["In", "NotIn"];
/// The only field that nodes are selected by. Source: `nodeFieldSelectorValidators`.
const NODE_FIELD: &str = "metadata.name";

/// Checks the affinity at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(affinity) = &pod.spec.affinity else { return };
    if let Some(node) = &affinity.node_affinity {
        nodes(node, &at.field("nodeAffinity"), faults);
    }
    if let Some(near) = &affinity.pod_affinity {
        let at = at.field("podAffinity");
        required(pod, near.required_during_scheduling_ignored_during_execution.as_deref(), &at, faults);
        preferred(pod, near.preferred_during_scheduling_ignored_during_execution.as_deref(), &at, faults);
    }
    if let Some(apart) = &affinity.pod_anti_affinity {
        let at = at.field("podAntiAffinity");
        required(pod, apart.required_during_scheduling_ignored_during_execution.as_deref(), &at, faults);
        preferred(pod, apart.preferred_during_scheduling_ignored_during_execution.as_deref(), &at, faults);
    }
}

/// Source: `ValidatePreferredSchedulingTerms` and `validateWeightedPodAffinityTerms`.
fn weight(weight: i32, at: &At<'_>) -> Option<Fault> {
    if (1..=100).contains(&weight) {
        return None;
    }
    let message = format!("a weight of {weight} is outside 1 to 100");
    let nearest = if weight < 1 { 1 } else { 100 };
    Some(
        Fault::invalid(code::BAD_WEIGHT, &at.field("weight"), message)
            .note(
                "for each node Kubernetes adds up the weights of the preferences that it meets; one that counts \
                 for nothing is none",
            )
            .help(
                "write how much this preference counts beside the others: `weight = 100` for the most, `1` for \
                 the least",
            )
            .suggest(format!("write {nearest}"), nearest.to_string()),
    )
}

// ------------------------------------------------------------------------------------------------------------ nodes

fn nodes(affinity: &NodeAffinity, at: &At<'_>, faults: &mut Faults) {
    if let Some(selector) = &affinity.required_during_scheduling_ignored_during_execution {
        node_selector(selector, &at.field(REQUIRED), faults);
    }
    let list = at.field(PREFERRED);
    let preferred = affinity.preferred_during_scheduling_ignored_during_execution.iter().flatten();
    for (index, term) in preferred.enumerate() {
        let at = list.index(index);
        faults.extend(weight(term.weight, &at));
        node_term(&term.preference, Strength::Preferred, &at.field("preference"), faults);
    }
}

/// Whether a node has to fit a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Required,
    Preferred,
}

/// Source: `ValidateNodeSelector`.
fn node_selector(selector: &NodeSelector, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("nodeSelectorTerms");
    if selector.node_selector_terms.is_empty() {
        let fault = Fault::required(code::NO_NODE_TERMS, &list, "a selector of nodes needs at least one term")
            .note("Kubernetes takes a node that fits one of the terms; of none it could take no node")
            .help(
                "add a term: `nodeSelectorTerms = [{ matchExpressions = [{ key = \"…\", operator = \"Exists\" }] \
                 }]`, or take the selector out",
            );
        faults.push(fault);
    }
    for (index, term) in selector.node_selector_terms.iter().enumerate() {
        node_term(term, Strength::Required, &list.index(index), faults);
    }
}

/// Source: `ValidateNodeSelectorTerm`.
fn node_term(term: &NodeSelectorTerm, strength: Strength, at: &At<'_>, faults: &mut Faults) {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    if expressions.is_empty() && fields.is_empty() {
        let fault = Fault::found(code::EMPTY_NODE_TERM, at, "an empty term selects no node")
            .relation()
            .note("the scheduler leaves out terms without `matchExpressions` and `matchFields`; they do not stand for all nodes")
            .help("add `matchExpressions`, or take the term out");
        faults.push(fault);
    }
    let list = at.field("matchExpressions");
    for (index, expression) in expressions.iter().enumerate() {
        node_expression(expression, strength, &list.index(index), faults);
    }
    let list = at.field("matchFields");
    for (index, field) in fields.iter().enumerate() {
        node_field(field, &list.index(index), faults);
    }
}

/// Source: `ValidateNodeSelectorRequirement`. Of what is only preferred, values may be anything.
fn node_expression(expression: &NodeSelectorRequirement, strength: Strength, at: &At<'_>, faults: &mut Faults) {
    let values = expression.values.as_deref().unwrap_or_default();
    let operator = expression.operator.as_str();
    selectors::operator(operator, OPERATORS, at, faults);
    selectors::amount_of_values(operator, expression.values.as_deref(), at, faults);
    if matches!(operator, "Gt" | "Lt") {
        compared(operator, expression.values.as_deref(), at, faults);
    }
    let key_at = at.field("key");
    faults.extend(labels::key(Of::Label, &expression.key, &key_at));
    faults.extend(labels::old_node_label(&expression.key, None, &key_at));
    faults.extend(nodes::key(Of::Label, &expression.key, &key_at));
    let list = at.field("values");
    for (index, value) in values.iter().enumerate() {
        if operator == "In" {
            faults.extend(nodes::value(&expression.key, value, &list.index(index)));
        }
        let fault = labels::value(Of::Label, value, &list.index(index));
        faults.extend(
            fault.map(|fault| if strength == Strength::Required { fault } else { without_match(fault, value) }),
        );
    }
}

/// Kubernetes takes a value to prefer that no label can have, and warns.
fn without_match(fault: Fault, value: &str) -> Fault {
    Fault {
        code: code::UNMATCHED_VALUE,
        reason: None,
        message: format!("no node can have a label of the value {}", shown(value)),
        ..fault
    }
    .help("write a value that the nodes have: `kubectl get nodes --show-labels` shows them")
}

fn compared(operator: &str, values: Option<&[String]>, at: &At<'_>, faults: &mut Faults) {
    let Some([value]) = values else {
        let fault = selectors::wrong_amount(values, at, format!("`{operator}` compares with exactly one value"))
            .note("Kubernetes compares the label with one whole number here")
            .help("write the number as a string: `values = [\"4\"]`");
        faults.push(fault);
        return;
    };
    let list = at.field("values");
    if value.parse::<i64>().is_err() {
        let message = format!("`{operator}` compares numbers, and {} is no whole number", shown(value));
        let fault = Fault::found(code::NO_NUMBER_TO_COMPARE, &list.index(0), message)
            .relation()
            .note("Kubernetes takes it, but the scheduler then fits no node to the term");
        let number: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
        faults.push(if number.is_empty() {
            fault.help("write a whole number in quotes, such as `\"4\"`, or compare with `In`")
        } else {
            fault
                .help(format!("write a whole number without a unit, such as `\"{number}\"`"))
                .suggest(format!("write `{number}`"), literal::text(&number))
        });
    }
}

/// Source: `ValidateNodeFieldSelectorRequirement`.
fn node_field(field: &NodeSelectorRequirement, at: &At<'_>, faults: &mut Faults) {
    let values = field.values.as_deref().unwrap_or_default();
    let list = at.field("values");
    selectors::operator(&field.operator, FIELD_OPERATORS, at, faults);
    if FIELD_OPERATORS.contains(&field.operator.as_str()) && values.len() != 1 {
        let message = format!("`{}` compares a field of nodes with exactly one value", field.operator);
        let fault = selectors::wrong_amount(field.values.as_deref(), at, message)
            .note("for Kubernetes only labels, in `matchExpressions`, are compared with several values")
            .help("add a term for each value: a node has to fit one of them");
        faults.push(fault);
    }
    if field.key != NODE_FIELD {
        let message = format!("nodes cannot be selected by the field {}", shown(&field.key));
        let fault = Fault::invalid(code::BAD_NODE_FIELD, &at.field("key"), message)
            .note(format!("Kubernetes knows `{NODE_FIELD}` alone, the name of the node"))
            .help("write `metadata.name`, or select nodes by their labels in `matchExpressions`");
        // Every node has a label of its name, which is what it mostly is.
        let name = matches!(field.key.as_str(), "name" | "nodeName" | "spec.nodeName" | "kubernetes.io/hostname");
        faults.push(if name {
            fault.suggest(format!("write `{NODE_FIELD}`"), literal::text(NODE_FIELD))
        } else {
            fault
        });
        return;
    }
    for (index, value) in values.iter().enumerate() {
        faults.extend(spec::dns_name(dns_subdomain(value), "the name of a node", value, &list.index(index)));
    }
}

// ------------------------------------------------------------------------------------------------------------- pods

fn required(pod: &Pod<'_>, terms: Option<&[PodAffinityTerm]>, at: &At<'_>, faults: &mut Faults) {
    let list = at.field(REQUIRED);
    for (index, term) in terms.unwrap_or_default().iter().enumerate() {
        pod_term(pod, term, &list.index(index), faults);
    }
}

fn preferred(pod: &Pod<'_>, terms: Option<&[WeightedPodAffinityTerm]>, at: &At<'_>, faults: &mut Faults) {
    let list = at.field(PREFERRED);
    for (index, term) in terms.unwrap_or_default().iter().enumerate() {
        let at = list.index(index);
        faults.extend(weight(term.weight, &at));
        pod_term(pod, &term.pod_affinity_term, &at.field("podAffinityTerm"), faults);
    }
}

/// Source: `validatePodAffinityTerm`.
fn pod_term(pod: &Pod<'_>, term: &PodAffinityTerm, at: &At<'_>, faults: &mut Faults) {
    if let Some(selector) = &term.label_selector {
        selectors::check(selector, &at.field("labelSelector"), faults);
    }
    if let Some(selector) = &term.namespace_selector {
        selectors::check(selector, &at.field("namespaceSelector"), faults);
    }
    let list = at.field("namespaces");
    for (index, namespace) in term.namespaces.iter().flatten().enumerate() {
        let fault = spec::dns_name_of(
            code::NO_DNS_LABEL,
            dns_label(namespace),
            "the name of a namespace",
            namespace,
            &list.index(index),
        );
        faults.extend(fault.map(|fault| fault.field(at.field("namespace").path().to_string())));
    }
    let keys = LabelKeys {
        matching: term.match_label_keys.as_deref().unwrap_or_default(),
        mismatching: term.mismatch_label_keys.as_deref().unwrap_or_default(),
    };
    faults.extend(selectors::missing(term.label_selector.as_ref(), keys, at));
    selectors::label_keys(pod, keys, term.label_selector.as_ref(), at, faults);
    topology_key(&term.topology_key, &at.field("topologyKey"), faults);
}

fn topology_key(key: &str, at: &At<'_>, faults: &mut Faults) {
    if key.is_empty() {
        faults.push(empty_topology_key(at));
    }
    faults.extend(labels::key(Of::Label, key, at).map(|fault| fault.echo(key.is_empty())));
    faults.extend(nodes::key(Of::Label, key, at));
}

/// What is said of an empty topology key at `at`.
pub fn empty_topology_key(at: &At<'_>) -> Fault {
    Fault::required(code::NO_TOPOLOGY_KEY, at, "the topology key is empty")
        .note("Kubernetes needs the label of nodes by whose values they are apart")
        .help("write `\"kubernetes.io/hostname\"` for single nodes or `\"topology.kubernetes.io/zone\"` for zones")
        .suggest("tell single nodes apart: `kubernetes.io/hostname`", "\"kubernetes.io/hostname\"")
}
