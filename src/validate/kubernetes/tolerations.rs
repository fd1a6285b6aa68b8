//! Tolerations of taints.
//!
//! In: a pod, or any list of tolerations. Out: faults. Source: `ValidateTolerations` in validation.go. Not here: the taints that
//! nodes have.

use k8s_openapi::api::core::v1::Toleration;
use rustc_hash::FxHashMap;

use super::Pod;
use super::features::Features;
use super::formats::shown;
use super::labels::{self, Of};
use super::nodes;
use super::words::one_of;
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// The operators of a toleration. Source: `TolerationOperator` in k8s.io/api/core/v1/types.go.
const OPERATORS: &[&str] = &["Equal", "Exists"];
/// Those of a cluster where tolerations compare numbers.
const OPERATORS_WITH_NUMBERS: &[&str] = &["Equal", "Exists", "Lt", "Gt"];
/// The effects of a taint. Source: `validateTaintEffect`.
const EFFECTS: &[&str] = &["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Checks the tolerations at `at`.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let tolerations = pod.spec.tolerations.as_deref().unwrap_or_default();
    list(tolerations, pod.features, at, faults);
    duplicates(tolerations, at, faults);
}

/// Checks a list of tolerations at `at`.
pub fn list(tolerations: &[Toleration], features: &Features, at: &At<'_>, faults: &mut Faults) {
    for (index, toleration) in tolerations.iter().enumerate() {
        one(toleration, features, &at.index(index), faults);
    }
}

fn text(field: Option<&String>) -> &str {
    field.map_or("", String::as_str)
}

fn one(toleration: &Toleration, features: &Features, at: &At<'_>, faults: &mut Faults) {
    let (key, operator) = (text(toleration.key.as_ref()), text(toleration.operator.as_ref()));
    if key.is_empty() {
        faults.extend((operator != "Exists").then(|| without_key(toleration, at)));
    } else {
        faults.extend(labels::key(Of::Taint, key, &at.field("key")).map(|fault| whole_taint(key, operator, fault)));
        faults.extend(nodes::key(Of::Taint, key, &at.field("key")));
    }
    faults.extend(seconds(toleration, at));
    compared(toleration, operator, features, at, faults);
    let effect = text(toleration.effect.as_ref());
    if !effect.is_empty() {
        faults.extend(one_of(code::UNKNOWN_WORD, effect, EFFECTS, &at.field("effect")));
    }
}

/// Says how a taint is tolerated that was written as `kubectl` writes it: `KEY=VALUE:EFFECT`.
fn whole_taint(written: &str, operator: &str, fault: Fault) -> Fault {
    let (taint, effect) = written.rsplit_once(':').map_or((written, None), |(taint, effect)| (taint, Some(effect)));
    let (key, value) = taint.split_once('=').map_or((taint, None), |(key, value)| (key, Some(value)));
    if key == written || labels::key(Of::Taint, key, &At::root()).is_some() {
        return fault;
    }
    let entry = |name: &str, text: Option<&str>| text.map(|text| format!("{name} = {}", literal::text(text)));
    // `Exists` tolerates each value.
    let value = value.filter(|_| operator != "Exists");
    let entries = [entry("key", Some(key)), entry("value", value), entry("effect", effect)];
    let entries: Vec<String> = entries.into_iter().flatten().map(|entry| format!("`{entry}`")).collect();
    // What would make one name of it is no taint.
    let fault = Fault { help: Vec::new(), replacement: None, ..fault };
    let fault = fault.help(format!("a taint is written in several fields: {}", entries.join(", ")));
    match value {
        // The key alone would tolerate another taint.
        Some(_) => fault,
        None => fault.suggest(format!("write the key alone: `{key}`"), literal::text(key)),
    }
}

fn without_key(toleration: &Toleration, at: &At<'_>) -> Fault {
    let fault = Fault::invalid(code::TOLERATION_WITHOUT_KEY, &at.field("operator"), "this toleration has no `key`")
        .relation()
        .note("without a key Kubernetes takes the operator `Exists` alone, which tolerates every taint");
    if toleration.value.as_deref().is_some_and(|value| !value.is_empty()) {
        return fault.help("add the `key` of the taint: `kubectl describe node` shows taints as `KEY=VALUE:EFFECT`");
    }
    let (change, exists) = ("tolerate every taint there is: `operator = \"Exists\"`", "\"Exists\"");
    let fault =
        fault.help("add the `key` of the taint, or write `operator = \"Exists\"` to tolerate every taint there is");
    match toleration.operator {
        Some(_) => fault.suggest(change, exists),
        None => fault.insert(change, at, format!("operator = {exists}")),
    }
}

fn seconds(toleration: &Toleration, at: &At<'_>) -> Option<Fault> {
    let effect = text(toleration.effect.as_ref());
    if toleration.toleration_seconds.is_none() || effect == "NoExecute" {
        return None;
    }
    let (effect_at, seconds_at) = (at.field("effect"), at.field("tolerationSeconds"));
    let message = "`tolerationSeconds` goes with the effect `NoExecute` alone";
    let place = if effect.is_empty() { &seconds_at } else { &effect_at };
    let fault = Fault::invalid(code::TOLERATION_SECONDS, place, message)
        .relation()
        .echo(!effect.is_empty() && !EFFECTS.contains(&effect))
        .field(effect_at.path().to_string())
        .note("only a taint of this effect evicts pods that run; for others there is nothing to wait for");
    Some(if effect.is_empty() {
        let entry = "effect = \"NoExecute\"";
        let fault = fault.at_key().help(format!("add `{entry}`, or take the seconds out")).remove("tolerationSeconds");
        fault.insert(format!("tolerate this effect alone: `{entry}`"), at, entry)
    } else {
        fault
            .other(&seconds_at, "these are the seconds")
            .help("take the seconds out, or tolerate `NoExecute`")
            .suggest("tolerate `NoExecute`", "\"NoExecute\"")
    })
}

/// Checks the value by the operator. Kubernetes names the operator where the value is wrong.
fn compared(toleration: &Toleration, operator: &str, features: &Features, at: &At<'_>, faults: &mut Faults) {
    let value = text(toleration.value.as_ref());
    let place = at.field("value");
    match operator {
        "" | "Equal" => {
            let fault = labels::value(Of::Taint, value, &place);
            faults.extend(fault.map(|fault| fault.field(at.field("operator").path().to_string())));
        }
        "Exists" if value.is_empty() => {}
        "Exists" => {
            let fault = Fault::invalid(code::TOLERATION_VALUE, &place, "a toleration with `Exists` has no value")
                .relation()
                .at_key()
                .field(at.field("operator").path().to_string())
                .other(&at.field("operator"), "this operator looks at the key alone")
                .note("Kubernetes tolerates every value of the taint with `Exists`")
                .help("take the value out, or compare with `Equal`")
                .remove("value")
                .suggest_at("compare with `Equal`", &at.field("operator"), "\"Equal\"");
            faults.push(fault);
        }
        "Lt" | "Gt" if features.toleration_comparison => faults.extend(number(operator, value, &place)),
        _ => {
            let words = if features.toleration_comparison { OPERATORS_WITH_NUMBERS } else { OPERATORS };
            faults.extend(one_of(code::UNKNOWN_WORD, operator, words, &at.field("operator")));
        }
    }
}

/// Source: KEP-5471: the value is a signed whole number of 64 bits in its shortest form.
fn number(operator: &str, value: &str, at: &At<'_>) -> Option<Fault> {
    let canonical = value.parse::<i64>().is_ok_and(|number| number.to_string() == value);
    if canonical {
        return None;
    }
    let message = format!("`{operator}` cannot compare with {}", shown(value));
    Some(
        Fault::invalid(code::TOLERATION_VALUE, at, message)
            .relation()
            .note("Kubernetes compares whole numbers of 64 bits here, written without leading zeros and without `+`")
            .help("write the number as a string, such as `value = \"950\"`, or compare words with `Equal`"),
    )
}

/// A toleration that stands in the list before adds nothing; Kubernetes takes it.
fn duplicates(tolerations: &[Toleration], at: &At<'_>, faults: &mut Faults) {
    if tolerations.len() < 2 {
        return;
    }
    let mut seen = FxHashMap::default();
    for (index, toleration) in tolerations.iter().enumerate() {
        let operator = match text(toleration.operator.as_ref()) {
            "" => "Equal",
            operator => operator,
        };
        let (key, value) = (text(toleration.key.as_ref()), text(toleration.value.as_ref()));
        let effect = text(toleration.effect.as_ref());
        let first = *seen.entry((key, operator, value, effect, toleration.toleration_seconds)).or_insert(index);
        if first != index {
            let fault = Fault::found(code::DUPLICATE_TOLERATION, &at.index(index), "this toleration is listed twice")
                .relation()
                .here("the same again")
                .other(&at.index(first), "first here")
                .note("the second has no effect")
                .help("take one of them out");
            faults.push(fault);
        }
    }
}
