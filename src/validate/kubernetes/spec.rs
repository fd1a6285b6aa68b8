//! Fields of the pod spec that belong to no other area, and two checks that many fields share.
//!
//! In: a pod. Out: faults. Source: `ValidatePodSpec`, `validateReadinessGates` and `validateSchedulingGates` in validation.go,
//! `warningsForPodSpecAndMeta` in pkg/api/pod/warnings.go. Not here: names and addresses of the pod ([`super::hosts`]).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Pod;
use super::formats::{LABEL_LENGTH, dns_label, dns_subdomain, nearest, qualified_name, shown};
use super::labels;
use super::volumes::files::name_of;
use super::words::one_of;
use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::{Code, code as common};
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// Source: `validateRestartPolicy`.
const RESTART_POLICIES: &[&str] = &["Always", "OnFailure", "Never"];
/// What a task needs most.
const LEAVE_TO_FLYTE: &str =
    "leave it out: Flyte then writes `Never`, and tries again as often as `retries` of the task says";
/// What Kubernetes can count to, in seconds.
const LONGEST_DEADLINE: i64 = i32::MAX as i64;

/// Checks it; `at` is the spec.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let spec = pod.spec;
    if spec.containers.is_empty() {
        let fault =
            Fault::required(common::MISSING_FIELD, &at.field("containers"), "a pod needs at least one container")
                .note("Kubernetes starts nothing else than containers");
        faults.push(fault);
    }
    if let Some(policy) = spec.restart_policy.as_deref().filter(|policy| !policy.is_empty()) {
        let fault = one_of(code::UNKNOWN_WORD, policy, RESTART_POLICIES, &at.field("restartPolicy"));
        faults.extend(fault.map(|fault| match fault.replacement {
            Some(_) => fault,
            None => Fault { help: vec![LEAVE_TO_FLYTE.to_owned()], ..fault },
        }));
    }
    periods(pod, at, faults);
    if let Some(labels) = &spec.node_selector {
        node_selector(labels, &at.field("nodeSelector"), faults);
    }
    node_name(pod, at, faults);
    service_account(pod, at, faults);
    pull_secrets(pod, &at.field("imagePullSecrets"), faults);
    let list = at.field("readinessGates");
    for (index, gate) in spec.readiness_gates.iter().flatten().enumerate() {
        faults.extend(gate_name(
            "the type of a condition",
            &gate.condition_type,
            &list.index(index).field("conditionType"),
        ));
    }
    scheduling_gates(pod, at, faults);
}

/// What is said of a name where `wrong` is what is wrong with it as a DNS subdomain; `what` is what it names.
pub fn dns_name(wrong: Option<String>, what: &str, name: &str, at: &At<'_>) -> Option<Fault> {
    dns_name_of(code::NO_DNS_NAME, wrong, what, name, at)
}

/// The same for another form of name.
pub fn dns_name_of(code: Code, wrong: Option<String>, what: &str, name: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = if name.is_empty() { "is empty".to_owned() } else { wrong? };
    let is_label = code == code::NO_DNS_LABEL;
    let form = if is_label {
        "a DNS label: at most 63 lower-case letters, digits and `-`, without dots"
    } else {
        "a DNS name: lower-case letters, digits, `-` and `.`"
    };
    let fault = Fault::invalid(code, at, format!("{} cannot be {what}", shown(name)))
        .here(format!("this {wrong}"))
        .note(format!("for Kubernetes {what} is {form}"));
    // What stands before a `/` is a namespace, and what stands behind the first dot of a label is a domain.
    let alone = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    let alone = if is_label { alone.split('.').next().unwrap_or(alone) } else { alone };
    let form = if is_label { dns_label } else { dns_subdomain };
    Some(match nearest(alone, form) {
        // An object has the name that it has, and others may refer to it.
        Some(better) => fault.did_you_mean(name, &better, false),
        None if name.len() > LABEL_LENGTH => fault.help("shorten it"),
        None if name.is_empty() => fault.help("write its name, or leave the field out"),
        None => fault,
    })
}

fn periods(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    if let Some(seconds) = pod.spec.active_deadline_seconds.filter(|seconds| !(1..=LONGEST_DEADLINE).contains(seconds))
    {
        let message = format!("a pod cannot have {seconds} seconds to run");
        let fault = Fault::invalid(code::BAD_ACTIVE_DEADLINE, &at.field("activeDeadlineSeconds"), message)
            .note(format!("Kubernetes counts from 1 to {LONGEST_DEADLINE} seconds"))
            .help("leave it out for a pod that may run as long as it likes");
        faults.push(fault);
    }
    if let Some(seconds) = pod.spec.termination_grace_period_seconds.filter(|seconds| *seconds < 0) {
        let message = format!("a grace period of {seconds} seconds counts as 1");
        let fault = Fault::found(code::NEGATIVE_GRACE, &at.field("terminationGracePeriodSeconds"), message)
            // The helper that sets it too has a message of its own.
            .relation()
            .note("Kubernetes warns of periods below zero, and gives one second")
            .help("write `0` for no time at all, or `1` for what it means today");
        faults.push(fault);
    }
}

fn node_selector(selector: &BTreeMap<String, String>, at: &At<'_>, faults: &mut Faults) {
    labels::map(selector, at, faults);
    for key in selector.keys() {
        faults.extend(labels::old_node_label(key, Some(selector), &at.key(key)));
    }
}

fn node_name(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let Some(name) = pod.spec.node_name.as_deref().filter(|name| !name.is_empty()) else { return };
    let at_name = at.field("nodeName");
    let wrong = dns_name(dns_subdomain(name), "the name of a node", name, &at_name);
    let known = wrong.is_none();
    faults.extend(wrong);
    if pod.spec.scheduling_gates.as_ref().is_some_and(|gates| !gates.is_empty()) {
        let fault = Fault::forbidden(
            code::NODE_BEHIND_GATES,
            &at_name,
            "the node is chosen before the scheduling gates are open",
        )
        .other(&at.field("schedulingGates"), "these hold the pod back")
        .note("Kubernetes gives a pod behind gates no node")
        .help("take one of them out");
        faults.push(fault);
        return;
    }
    if !known {
        return;
    }
    let selector = format!("nodeSelector {{ \"kubernetes.io/hostname\" = {} }}", literal::text(name));
    let fault = Fault::found(code::NODE_BY_NAME, &at_name, "this pod goes to one node, past the scheduler")
        .at_key()
        .note("the scheduler then looks neither at what the node has left nor at its taints, and the pod fails where it does not fit")
        .help(format!("select the node by its label: `{selector}`"));
    faults.push(if pod.spec.node_selector.is_none() { fault.instead(&selector) } else { fault });
}

/// The old field counts where the new one is empty, under the name of the new one.
///
/// Source: `Convert_v1_PodSpec_To_core_PodSpec` in pkg/apis/core/v1/conversion.go.
fn service_account(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let given = |name: &'_ Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    let (new, old) = (&pod.spec.service_account_name, &pod.spec.service_account);
    let (name, field) = if given(new) { (new, "serviceAccountName") } else { (old, "serviceAccount") };
    if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
        let at_name = at.field(field);
        let fault = dns_name(dns_subdomain(name), "the name of a service account", name, &at_name);
        faults.extend(fault.map(|fault| fault.field(format!("{}.serviceAccountName", at.path()))));
    }
    if given(old) {
        let fault =
            Fault::found(code::OLD_SERVICE_ACCOUNT, &at.field("serviceAccount"), "`serviceAccount` is an old name")
                .at_key()
                .note("Kubernetes keeps it for old pods; where `serviceAccountName` is set, that counts")
                .help("write `serviceAccountName`");
        faults.push(if given(new) { fault.remove("serviceAccount") } else { fault.rename("serviceAccountName", true) });
    }
}

/// Kubernetes takes secrets without names and twice, and warns.
fn pull_secrets(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let secrets = pod.spec.image_pull_secrets.as_deref().unwrap_or_default();
    let mut seen = FxHashMap::default();
    for (index, secret) in secrets.iter().enumerate() {
        let here = at.index(index);
        if secret.name.is_empty() {
            let fault = Fault::found(code::ODD_PULL_SECRET, &here.field("name"), "this pull secret has no name")
                .relation()
                .note("Kubernetes takes it, warns, and uses no secret");
            faults.push(fault.help("add its `name`, or take it out"));
            continue;
        }
        faults.extend(name_of(&secret.name, "secret", &here.field("name")));
        // One secret, as most pods have, is not looked up.
        let first = if secrets.len() == 1 { index } else { *seen.entry(secret.name.as_str()).or_insert(index) };
        if first != index {
            let message = format!("the pull secret `{}` is listed twice", secret.name);
            let fault = Fault::found(code::ODD_PULL_SECRET, &here.field("name"), message)
                .relation()
                .other(&at.index(first).field("name"), "first here")
                .note("Kubernetes warns of it: the second has no effect");
            faults.push(fault.help("take one of them out"));
        }
    }
}

fn gate_name(what: &str, name: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = qualified_name(name)?;
    let fault = Fault::invalid(code::BAD_GATE_NAME, at, format!("{} cannot be {what}", shown(name)))
        .here(format!("this {wrong}"))
        .note(format!(
            "for Kubernetes {what} has at most 63 characters, after a DNS name and `/` where it has a prefix"
        ));
    Some(match nearest(name, qualified_name) {
        Some(better) if !name.contains('/') => fault.did_you_mean(name, &better, false),
        _ => fault.help("write it as one word with a domain before it, such as `acme.io/ready`"),
    })
}

/// Source: `validateSchedulingGates`, which names the gate and not its field.
fn scheduling_gates(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("schedulingGates");
    let gates = pod.spec.scheduling_gates.as_deref().unwrap_or_default();
    if gates.is_empty() {
        return;
    }
    let before = faults.len();
    let mut seen = FxHashMap::default();
    for (index, gate) in gates.iter().enumerate() {
        let here = list.index(index);
        let named = here.field("name");
        let fault = gate_name("the name of a scheduling gate", &gate.name, &named);
        faults.extend(fault.map(|fault| fault.field(here.path().to_string())));
        let first = *seen.entry(gate.name.as_str()).or_insert(index);
        if first != index {
            let message = format!("the scheduling gate {} is listed twice", shown(&gate.name));
            let fault = Fault::refused(code::DUPLICATE_GATE, Reason::Duplicate, &named, message)
                .field(here.path().to_string())
                .other(&list.index(first).field("name"), "first here")
                .note("Kubernetes takes each gate once")
                .help("take one of them out");
            faults.push(fault);
        }
    }
    // Of gates that are wrong themselves this would be one message too many.
    if faults.len() > before || pod.spec.node_name.as_ref().is_some_and(|name| !name.is_empty()) {
        return;
    }
    let fault = Fault::found(code::GATE_THAT_STAYS, &list, "this pod is never scheduled by Flyte")
        .at_key()
        .note("the scheduler leaves a pod alone until something takes its `schedulingGates` away, and nothing in Flyte does")
        .help("take the gates out, unless a controller of your cluster opens them")
        .remove("schedulingGates");
    faults.push(fault);
}
