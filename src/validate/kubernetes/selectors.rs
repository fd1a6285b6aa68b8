//! Label selectors, and the keys of labels beside them.
//!
//! In: a selector. Out: faults. Source: `ValidateLabelSelector` in k8s.io/apimachinery/pkg/apis/meta/v1/validation,
//! `ValidateMatchLabelKeysAndMismatchLabelKeys` in validation.go, and how pkg/registry/core/pod/strategy.go adds the pod's own
//! labels to a selector before. Not here: selectors of nodes ([`super::affinity`]).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::Pod;
use super::formats::shown;
use super::labels::{self, Of};
use super::words::one_of;
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// The operators of a label selector.
///
/// Source: `LabelSelectorOperator` in k8s.io/apimachinery/pkg/apis/meta/v1/types.go.
const OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist"];

/// Checks the selector at `at`.
pub fn check(selector: &LabelSelector, at: &At<'_>, faults: &mut Faults) {
    if let Some(labels) = &selector.match_labels {
        labels::map(labels, &at.field("matchLabels"), faults);
    }
    let list = at.field("matchExpressions");
    for (index, expression) in selector.match_expressions.iter().flatten().enumerate() {
        requirement(expression, &list.index(index), faults);
    }
}

fn requirement(expression: &LabelSelectorRequirement, at: &At<'_>, faults: &mut Faults) {
    let values = expression.values.as_deref().unwrap_or_default();
    operator(&expression.operator, OPERATORS, at, faults);
    amount_of_values(&expression.operator, expression.values.as_deref(), at, faults);
    faults.extend(labels::key(Of::Label, &expression.key, &at.field("key")));
    let list = at.field("values");
    for (index, value) in values.iter().enumerate() {
        faults.extend(labels::value(Of::Label, value, &list.index(index)));
    }
}

/// Checks the operator of the requirement at `at`.
pub fn operator(operator: &str, words: &[&str], at: &At<'_>, faults: &mut Faults) {
    // Kubernetes calls it invalid, not unknown.
    let fault = one_of(code::BAD_OPERATOR, operator, words, &at.field("operator"));
    let fault = fault.map(|fault| Fault { reason: Some(Reason::Invalid), ..fault });
    faults.extend(fault);
}

/// Checks how many values the requirement at `at` has for its operator.
pub fn amount_of_values(operator: &str, values: Option<&[String]>, at: &At<'_>, faults: &mut Faults) {
    let empty = values.is_none_or(<[String]>::is_empty);
    match operator {
        "In" | "NotIn" if empty => {
            let fault = wrong_amount(values, at, format!("`{operator}` needs values to compare with"));
            faults.push(fault.note("Kubernetes compares the label with a list of values here").help(
                "add the values: `values = [\"…\"]`; `Exists` and `DoesNotExist` ask whether there is \
                 such a label at all",
            ));
        }
        "Exists" | "DoesNotExist" if !empty => {
            let other = if operator == "Exists" { "In" } else { "NotIn" };
            let fault = Fault::forbidden(
                code::VALUES_OF_OPERATOR,
                &at.field("values"),
                format!("`{operator}` takes no values"),
            )
            .other(&at.field("operator"), "this is the operator")
            .note(format!("for Kubernetes `{operator}` looks at the key alone"))
            .help(format!("take `values` out, or compare with `{other}`"))
            .remove("values")
            .suggest_at(format!("compare with `{other}`"), &at.field("operator"), literal::text(other));
            faults.push(fault);
        }
        _ => {}
    }
}

/// What is said of too few or too many values: at the values, or at the operator where there are none.
pub fn wrong_amount(values: Option<&[String]>, at: &At<'_>, message: String) -> Fault {
    let (list, operator) = (at.field("values"), at.field("operator"));
    if values.is_some() {
        return Fault::required(code::VALUES_OF_OPERATOR, &list, message).other(&operator, "this is the operator");
    }
    let fault = Fault::required(code::VALUES_OF_OPERATOR, &operator, message).field(list.path().to_string());
    fault.here("there are no `values` beside it")
}

// ---------------------------------------------------------------------------------------------------- keys of labels

/// The keys of labels beside a selector: the pod's own labels of these keys count as if the selector named them.
#[derive(Debug, Clone, Copy)]
pub struct LabelKeys<'p> {
    /// Whose values have to be the same.
    pub matching: &'p [String],
    /// Whose values have to differ.
    pub mismatching: &'p [String],
}

impl<'p> LabelKeys<'p> {
    /// What is added to the selector: the keys that the pod has a label of, with its value.
    fn folded(self, pod: &Pod<'p>) -> impl Iterator<Item = (&'p String, &'p String)> {
        let labels = pod.labels;
        self.matching.iter().chain(self.mismatching).filter_map(|key| labels.get_key_value(key))
    }
}

/// Checks keys of labels beside the selector of the term or constraint at `at`.
pub fn label_keys(
    pod: &Pod<'_>,
    keys: LabelKeys<'_>,
    selector: Option<&LabelSelector>,
    at: &At<'_>,
    faults: &mut Faults,
) {
    if keys.matching.is_empty() && keys.mismatching.is_empty() {
        return;
    }
    list_of_keys(keys.matching, selector, &at.field("matchLabelKeys"), faults);
    list_of_keys(keys.mismatching, selector, &at.field("mismatchLabelKeys"), faults);
    if let Some(selector) = selector {
        selected_twice(pod, keys, selector, at, faults);
        folded(pod, keys, selector, &at.field("labelSelector"), faults);
    }
    let (matching, mismatching) = (at.field("matchLabelKeys"), at.field("mismatchLabelKeys"));
    for (index, key) in keys.matching.iter().enumerate() {
        if let Some(other) = keys.mismatching.iter().position(|other| other == key) {
            let message = format!("{} is to match and to mismatch", shown(key));
            let fault = Fault::invalid(code::LABEL_KEY_TWICE, &matching.index(index), message)
                .relation()
                .here("its value has to be the same here")
                .other(&mismatching.index(other), "and has to differ here")
                .note("no pod can be both, so Kubernetes takes a key in one of the two lists only");
            faults.push(fault.help("keep it in one of the two"));
        }
    }
}

fn list_of_keys(keys: &[String], selector: Option<&LabelSelector>, at: &At<'_>, faults: &mut Faults) {
    if selector.is_none() && !keys.is_empty() {
        faults.push(without_selector(at));
        return;
    }
    for (index, key) in keys.iter().enumerate() {
        faults.extend(labels::key(Of::Label, key, &at.index(index)));
    }
}

fn without_selector(at: &At<'_>) -> Fault {
    Fault::forbidden(code::LABEL_KEYS_WITHOUT_SELECTOR, at, "keys of labels need a `labelSelector` beside them")
        .note("Kubernetes adds them to the selector; without one they would be added to nothing")
        .help("add `labelSelector { matchLabels { … } }`; an empty one, `labelSelector {}`, selects all pods")
}

/// A key to match may not be in the selector already, once the pod's own labels are added to that.
fn selected_twice(pod: &Pod<'_>, keys: LabelKeys<'_>, selector: &LabelSelector, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("matchLabelKeys");
    for (index, key) in keys.matching.iter().enumerate() {
        // Kubernetes names the last place of a key.
        let later = keys.matching.iter().skip(index + 1).any(|other| other == key);
        let times = times_in(selector, key) + keys.folded(pod).filter(|(other, _)| *other == key).count();
        if later || times < 2 {
            continue;
        }
        let message = format!("pods are selected by {} twice", shown(key));
        let fault = Fault::invalid(code::LABEL_KEY_TWICE, &list.index(index), message)
            .relation()
            .field(format!("{}[{index}]", at.path()))
            // That it is to match and to mismatch is told by itself.
            .echo(times_in(selector, key) == 0 && keys.mismatching.contains(key))
            .note("`matchLabelKeys` adds the pod's own value of the label to `labelSelector`, where a label may stand once");
        faults.push(in_selector(fault, selector, key, &at.field("labelSelector")).help("keep one of the two"));
    }
}

/// How often a selector names a key.
fn times_in(selector: &LabelSelector, key: &str) -> usize {
    let labels = selector.match_labels.iter().filter(|labels| labels.contains_key(key)).count();
    let expressions = selector.match_expressions.iter().flatten();
    labels + expressions.filter(|expression| expression.key == key).count()
}

/// Labels where the selector at `at` names the key.
fn in_selector(fault: Fault, selector: &LabelSelector, key: &str, at: &At<'_>) -> Fault {
    const HERE: &str = "and by this";
    if selector.match_labels.as_ref().is_some_and(|labels| labels.contains_key(key)) {
        return fault.other(&at.field("matchLabels").key(key), HERE);
    }
    let expressions = selector.match_expressions.as_deref().unwrap_or_default();
    match expressions.iter().position(|expression| expression.key == key) {
        Some(index) => fault.other(&at.field("matchExpressions").index(index).field("key"), HERE),
        None => fault,
    }
}

/// What is added to the selector at `at` is checked like what was written there, after it.
fn folded(pod: &Pod<'_>, keys: LabelKeys<'_>, selector: &LabelSelector, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("matchExpressions");
    let written = selector.match_expressions.as_ref().map_or(0, Vec::len);
    for (added, (key, value)) in keys.folded(pod).enumerate() {
        let at = list.index(written + added);
        // The label itself was reported.
        faults.extend(labels::key(Of::Label, key, &at.field("key")).map(|fault| fault.echo(true)));
        let values = at.field("values");
        faults.extend(labels::value(Of::Label, value, &values.index(0)).map(|fault| fault.echo(true)));
    }
}

/// Checks keys of labels as Kubernetes before 1.34 did for spread constraints: the pod's own labels do not matter.
///
/// Source: `ValidateMatchLabelKeysInTopologySpread` in validation.go.
pub fn label_keys_alone(keys: &[String], selector: Option<&LabelSelector>, at: &At<'_>, faults: &mut Faults) {
    if keys.is_empty() {
        return;
    }
    let list = at.field("matchLabelKeys");
    if selector.is_none() {
        faults.push(without_selector(&list));
    }
    for (index, key) in keys.iter().enumerate() {
        let here = list.index(index);
        faults.extend(labels::key(Of::Label, key, &here));
        if let Some(selector) = selector.filter(|selector| times_in(selector, key) > 0) {
            let message = format!("pods are selected by {} twice", shown(key));
            let fault = Fault::invalid(code::LABEL_KEY_TWICE, &here, message)
                .relation()
                .note("`matchLabelKeys` adds the pod's own value of the label to `labelSelector`, where a label may stand once");
            faults.push(in_selector(fault, selector, key, &at.field("labelSelector")).help("keep one of the two"));
        }
    }
}

/// What is said where a selector is missing from the term or constraint at `at`. Keys beside it need one, which is told then.
#[must_use]
pub fn missing(selector: Option<&LabelSelector>, keys: LabelKeys<'_>, at: &At<'_>) -> Option<Fault> {
    if selector.is_some() || !keys.matching.is_empty() || !keys.mismatching.is_empty() {
        return None;
    }
    let fault = Fault::found(code::NO_SELECTOR, at, "no pod is selected without a `labelSelector`")
        .note("Kubernetes takes a missing selector as one that selects nothing, so this has no effect or can never be met")
        .help("add `labelSelector { matchLabels { … } }`; an empty one, `labelSelector {}`, selects all pods");
    Some(fault)
}
