//! The rules of Kubernetes against Kubernetes: pods with the verdict of the API server's own code, both ways.
//!
//! In: `tests/kubernetes/cases/*.jsonl`, of which `tests/kubernetes/README.md` says how they were made and how they are compared,
//! and `tests/kubernetes/exceptions`, where they need not agree. Out: one test for each pod. Always: the fields and reasons of
//! the errors agree, those that only follow from others among them; and the pod as a program is accepted exactly where Kubernetes
//! accepts it, with errors that Kubernetes has too; and the Pod Security Standards are those of Kubernetes.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use flytec::check::pod_security::Level;
use flytec::diagnostics::Severity;
use flytec::validate::Target;
use flytec::validate::fault::{Fault, Faults};
use k8s_openapi::api::core::v1 as api;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::pods::{faults_in_two_steps, faults_of, program_of, violations_of};
use support::root;

/// What is in each file: pods judged with the gates that are on by default, and with gates that are off by default.
const FILES: &[&str] = &["rules", "mutated", "realistic", "gated"];

fn main() {
    let exceptions = exceptions();
    let mut trials = Vec::new();
    for file in FILES {
        let path = root().join(format!("tests/kubernetes/cases/{file}.jsonl"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}"));
            if asks_for_accelerators(&case["pod"]) {
                continue;
            }
            let id = case["id"].as_str().expect("a case has an id").to_owned();
            let reason = exceptions.get(&id).cloned();
            if case["pss"].is_object() {
                let case = case.clone();
                trials.push(Trial::test(format!("pod_security/{file}/{id}"), move || pod_security(&case)));
            }
            trials.push(Trial::test(format!("{file}/{id}"), move || judge(&case, reason.as_deref())));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The pods that need not agree, with the reason.
fn exceptions() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("tests/kubernetes/exceptions")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let pairs = lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("`{line}` gives no reason")));
    pairs.map(|(id, reason)| (id.to_owned(), reason.to_owned())).collect()
}

fn judge(case: &Value, exception: Option<&str>) -> Result<(), Failed> {
    let faults =
        [by_rules(case), as_a_program(case)].into_iter().filter_map(Result::err).collect::<Vec<_>>().join("\n");
    match (faults.is_empty(), exception) {
        (true, None) | (false, Some(_)) => Ok(()),
        (true, Some(reason)) => Err(format!("agrees, though an exception says: {reason}").into()),
        (false, None) => Err(format!("{faults}\npod: {}", case["pod"]).into()),
    }
}

/// Whether a container asks for `gpu`, which Flyte renames before Kubernetes sees the pod: Kubernetes never judges such a pod.
fn asks_for_accelerators(pod: &Value) -> bool {
    let lists = ["containers", "initContainers"].map(|list| pod["spec"][list].as_array());
    lists
        .into_iter()
        .flatten()
        .flatten()
        .any(|container| ["limits", "requests"].iter().any(|side| container["resources"][side].get("gpu").is_some()))
}

/// A reason and a field.
type Error = (String, String);

fn expected(case: &Value) -> BTreeSet<Error> {
    let errors = case["errors"].as_array().into_iter().flatten();
    let error = |error: &Value| (text(&error["type"]), text(&error["field"]));
    errors.filter(|error| !is_of_the_name(error)).map(error).collect()
}

/// Whether an error depends on the name of the pod, which Flyte sets: claims are named after the pod.
fn is_of_the_name(error: &Value) -> bool {
    let detail = error["detail"].as_str().unwrap_or_default();
    detail.starts_with("PVC name ") || detail == "must not reference a PVC that gets created for an ephemeral volume"
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether the server could not even read the pod.
fn is_unreadable(expected: &BTreeSet<Error>) -> bool {
    expected.iter().any(|(reason, _)| matches!(reason.as_str(), "Strict" | "Decode"))
}

fn target(case: &Value) -> Target {
    let arguments = arguments(case);
    let option = |name: &str| arguments.iter().zip(arguments.iter().skip(1)).find(|(flag, _)| *flag == name);
    Target::new(&support::kubernetes(|name| option(name).map(|(_, value)| value.clone())))
}

/// The errors of a pod that do not come from what Flyte sets itself.
fn of_author((_, field): &Error) -> bool {
    const OF_FLYTE: &[&str] = &[
        "metadata.name",
        "metadata.generateName",
        "metadata.namespace",
        "metadata.ownerReferences",
        "metadata.finalizers",
    ];
    !OF_FLYTE.iter().any(|prefix| field.starts_with(prefix))
}

// --------------------------------------------------------------------------------------------------------- by rules

/// The rules find what Kubernetes finds.
fn by_rules(case: &Value) -> Result<(), String> {
    let expected = expected(case);
    if is_unreadable(&expected) {
        return Ok(());
    }
    let expected: BTreeSet<Error> = expected.iter().filter(|error| of_author(error)).cloned().collect();
    let pod = as_go_reads(case["pod"].clone());
    let pod: api::Pod = serde_json::from_value(pod).map_err(|error| format!("unreadable: {error}"))?;
    let target = target(case);
    let found = copies_left_out(&errors_of(&faults_of(&pod, &target)));
    let stepwise = copies_left_out(&errors_of(&faults_in_two_steps(&pod, 0, &target)));
    if found != stepwise {
        return Err(format!("looked at as a whole and in two steps, it has\n  {found:?}\n  {stepwise:?}"));
    }
    if found == copies_left_out(&expected) {
        return Ok(());
    }
    let mut message = String::from("the rules and Kubernetes disagree:");
    for (reason, field) in found.difference(&expected) {
        let _ = write!(message, "\n  only here:       {field}: {reason}");
    }
    for (reason, field) in copies_left_out(&expected).difference(&found) {
        let _ = write!(message, "\n  only Kubernetes: {field}: {reason}");
    }
    Err(message)
}

/// With what Go reads for a `null`: an amount is 0, and a text in a list is empty.
fn as_go_reads(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => {
            let texts = items.iter().all(|item| item.is_string() || item.is_null());
            for item in items {
                *item = if texts && item.is_null() { Value::from("") } else { as_go_reads(item.take()) };
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                *field = as_go_reads(field.take());
                if let Some(amounts) = field.as_object_mut().filter(|_| ["limits", "requests"].contains(&key.as_str()))
                {
                    amounts.values_mut().filter(|amount| amount.is_null()).for_each(|amount| *amount = "0".into());
                }
            }
        }
        _ => {}
    }
    value
}

fn errors_of(faults: &Faults) -> BTreeSet<Error> {
    let error = |fault: &Fault| Some((fault.reason?.machine_name().to_owned(), fault.kubernetes_field()));
    faults.iter().filter_map(error).collect()
}

/// An error of a request that only copies the one of the limit, which the server fills in, counts once.
fn copies_left_out(errors: &BTreeSet<Error>) -> BTreeSet<Error> {
    let is_copy = |(reason, field): &Error| {
        let of_limit = field.replacen(".requests", ".limits", 1);
        of_limit != *field && errors.contains(&(reason.clone(), of_limit))
    };
    errors.iter().filter(|error| !is_copy(error)).cloned().collect()
}

// ----------------------------------------------------------------------------------------------------- pod security

/// The minor version that the verdicts of the newest standard are of.
const NEWEST: u8 = 37;

/// The Pod Security Standards find what the policies of Kubernetes find, at the newest version and at 1.34.
fn pod_security(case: &Value) -> Result<(), Failed> {
    // A few pods have `null` where the server reads something empty, and our types read nothing.
    let Ok(pod) = serde_json::from_value::<api::Pod>(case["pod"].clone()) else { return Ok(()) };
    judge_standards(&pod, &case["pss"], NEWEST)?;
    let of_34 = if case["pss_1_34"].is_object() { &case["pss_1_34"] } else { &case["pss"] };
    judge_standards(&pod, of_34, 34)
}

fn judge_standards(pod: &api::Pod, verdict: &Value, minor: u8) -> Result<(), Failed> {
    let version = |name: &str| (name == "--kubernetes-version").then(|| format!("1.{minor}"));
    let target = Target::new(&support::kubernetes(version));
    let [baseline, restricted] = [Level::Baseline, Level::Restricted].map(|level| checks_of(pod, level, &target));
    let expected: BTreeSet<String> =
        verdict["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).map(check_name).collect();
    let found: BTreeSet<String> = baseline.union(&restricted).cloned().collect();
    // What both levels find is named after the lower one.
    let of_both = |name: &String| name.strip_prefix("restricted: ").map(|name| format!("baseline: {name}"));
    let found: BTreeSet<String> =
        found.iter().filter(|name| of_both(name).is_none_or(|lower| !found.contains(&lower))).cloned().collect();
    let allowed = (baseline.is_empty(), restricted.is_empty());
    let expected_allowed = (verdict["baseline"] == true, verdict["restricted"] == true);
    if found == expected && allowed == expected_allowed {
        return Ok(());
    }
    Err(format!("at 1.{minor} found {found:?} {allowed:?}, expected {expected:?} {expected_allowed:?}").into())
}

/// The names of the checks that find something, as people are told them.
fn checks_of(pod: &api::Pod, level: Level, target: &Target) -> BTreeSet<String> {
    let faults = violations_of(pod, level, target);
    let reasons = faults
        .iter()
        .flat_map(|fault| &fault.notes)
        .filter_map(|note| note.strip_prefix("the Pod Security Standards would refuse the pod: `"));
    let names: BTreeSet<String> = reasons.map(check_name).collect();
    assert_eq!(names.is_empty(), faults.is_empty(), "each violation names its check");
    names
}

/// What stands before the details.
fn check_name(reason: &str) -> String {
    reason.split(" (").next().unwrap_or_default().to_owned()
}

// ---------------------------------------------------------------------------------------------------- as a program

/// The program that makes this pod is accepted where Kubernetes accepts the pod, and refused with errors that Kubernetes has.
fn as_a_program(case: &Value) -> Result<(), String> {
    let text = case["pod_text"].as_str().map_or_else(|| case["pod"].to_string(), str::to_owned);
    let Some(program) = program_of(&case["pod"], &text, &arguments(case)) else { return Ok(()) };
    let expected = expected(case);
    let refused = program.compilation.has_errors();
    let expected_here: Vec<&Error> = expected.iter().filter(|error| of_author(error)).collect();
    if refused == expected_here.is_empty() {
        let verdict = if refused { "refused" } else { "accepted" };
        return Err(format!("as a program it is {verdict}, Kubernetes says {expected:?}\n{}", program.messages()));
    }
    let errors = program.compilation.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    for error in errors.filter_map(|error| error.kubernetes.as_ref()) {
        let error = (error.reason.to_owned(), error.field.clone());
        if !is_unreadable(&expected) && !expected.contains(&error) {
            return Err(format!("as a program it has {error:?}, Kubernetes has {expected:?}\n{}", program.messages()));
        }
    }
    Ok(())
}

fn arguments(case: &Value) -> Vec<String> {
    let mut arguments = vec!["--kubernetes-version".to_owned(), "1.34".to_owned()];
    if let Some(gates) = case["flags"]["feature-gates"].as_str() {
        arguments.extend(["--feature-gates".to_owned(), gates.to_owned()]);
    }
    arguments
}
