//! The rules of Kubernetes against Kubernetes: pods with the verdict of the API server's own code, both ways.
//!
//! In: `tests/kubernetes/cases/*.jsonl`, of which `tests/kubernetes/README.md` says how they were made and how they are compared,
//! and `tests/kubernetes/exceptions`, where they need not agree. Out: one test for each pod. Always: the fields and reasons of
//! the errors agree, those that only follow from others among them; and the pod as a program is accepted exactly where Kubernetes
//! accepts it, with errors that Kubernetes has too.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use flytec::diagnostics::Severity;
use flytec::validate::Target;
use flytec::validate::fault::Fault;
use k8s_openapi::api::core::v1 as api;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::pods::{faults_of, program_of};
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
            let id = case["id"].as_str().expect("a case has an id").to_owned();
            let reason = exceptions.get(&id).cloned();
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

/// A reason and a field.
type Error = (String, String);

fn expected(case: &Value) -> BTreeSet<Error> {
    let errors = case["errors"].as_array().into_iter().flatten();
    let error = |error: &Value| (text(&error["type"]), text(&error["field"]));
    errors.map(error).collect()
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
    let pod: api::Pod = serde_json::from_value(case["pod"].clone()).map_err(|error| format!("unreadable: {error}"))?;
    let found = errors_of(&pod, &target(case));
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

fn errors_of(pod: &api::Pod, target: &Target) -> BTreeSet<Error> {
    let error = |fault: &Fault| Some((fault.reason?.machine_name().to_owned(), fault.kubernetes_field()));
    faults_of(pod, target).iter().filter_map(error).collect()
}

/// An error of a request that only copies the one of the limit, which the server fills in, counts once.
fn copies_left_out(errors: &BTreeSet<Error>) -> BTreeSet<Error> {
    let is_copy = |(reason, field): &Error| {
        let of_limit = field.replacen(".requests", ".limits", 1);
        of_limit != *field && errors.contains(&(reason.clone(), of_limit))
    };
    errors.iter().filter(|error| !is_copy(error)).cloned().collect()
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
