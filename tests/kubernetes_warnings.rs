//! What the API server warns of, flytec warns of too, and at the same place.
//!
//! In: the accepted pods of `tests/kubernetes/cases/*.jsonl`, with the warnings of the API server's own code. Out: an error for each
//! pod where the two differ. Always: each row of [`KINDS`] has a pod, so that each of them can fail. Not here: what only flytec
//! warns of, and the server's words.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use flytec::validate::Target;
use flytec::validate::fault::Fault;
use k8s_openapi::api::core::v1 as api;
use serde_json::Value;
use support::pods::faults_of;
use support::root;

/// What stands in a warning of the server, and the code of ours.
const KINDS: &[(&str, &str)] = &[
    ("deprecated since v1.14;", "W1701"),
    ("deprecated since v1.17;", "W1701"),
    ("use \"node-role.kubernetes.io/control-plane\"", "W1701"),
    ("use the \"priorityClassName\" field", "W1702"),
    ("use the \"sysctls\" field", "W1702"),
    ("use the \"seccompProfile\" field", "W1702"),
    ("use the \"appArmorProfile\" field", "W1702"),
    (": duplicate ip ", "W1704"),
    (": duplicate name ", "W1705"),
    (": invalid empty name ", "W1705"),
    ("non-standard IP address", "W1707"),
    ("RFC 5952", "W1707"),
    ("null labelSelector", "W1708"),
    (".photonPersistentDisk: ", "W1742"),
    (".gitRepo: ", "W1742"),
    (".scaleIO: ", "W1742"),
    (".flocker: ", "W1742"),
    (".storageOS: ", "W1742"),
    (".glusterfs: ", "W1742"),
    (".cephfs: ", "W1742"),
    (".rbd: ", "W1742"),
    // Not of `1Ei`, which is whole, and too large for the server to see that.
    ("fractional byte value \"100m\"", "W1744"),
    ("fractional byte value \"512m\"", "W1744"),
    ("fractional byte value \"1500m\"", "W1744"),
    (": duplicate port definition", "W1720"),
    (": overlapping port definition", "W1720"),
    (": dangerously ambiguous port definition", "W1720"),
    (": hostIP set without hostPort", "W1721"),
    (": duplicate port name", "W1722"),
];

/// Pods with init containers that have the same ports; the server does not ask whether they run together.
const ONE_AFTER_THE_OTHER: &[&str] = &["R337-ok-two-inits-same-hostport", "mut-2032"];

/// Whether a warning of the server, which begins with its place, is at the place of a fault or around it.
fn is_at(warning: &str, fault: &Fault) -> bool {
    // The server spells `storageos` in two ways.
    let (at, warning) = (fault.at.to_string().to_lowercase(), warning.to_lowercase());
    warning.starts_with(&at) || warning.split_once(": ").is_some_and(|(place, _)| at.starts_with(place))
}

/// Whether a warning of a request is that of its limit, from which the server has copied it.
fn is_copy<'w>(warning: &str, mut all: impl Iterator<Item = &'w str>) -> bool {
    let of_limit = warning.replacen(".requests[", ".limits[", 1);
    of_limit != warning && all.any(|other| other == of_limit)
}

fn kind(warning: &str) -> Option<(usize, &'static str)> {
    let found = KINDS.iter().position(|(text, _)| warning.contains(text))?;
    Some((found, KINDS[found].1))
}

#[test]
fn warnings_of_the_server_are_warnings_here() {
    let mut unused: BTreeSet<usize> = (0..KINDS.len()).collect();
    let mut differences = Vec::new();
    let target = Target::new(&support::kubernetes(|name| (name == "--kubernetes-version").then(|| "1.34".to_owned())));
    for case in cases() {
        // A quantity of `null`, which the server takes, has no type here.
        let Ok(pod) = serde_json::from_value::<api::Pod>(case["pod"].clone()) else { continue };
        let faults: Vec<Fault> = faults_of(&pod, &target);
        let warnings = case["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let expected: Vec<(&str, (usize, &str))> = warnings
            .clone()
            .filter(|warning| !is_copy(warning, warnings.clone()))
            .filter_map(|warning| Some((warning, kind(warning)?)))
            .collect();
        for (warning, (row, code)) in &expected {
            unused.remove(row);
            let same = |fault: &Fault| fault.code.id == *code && is_at(warning, fault);
            if !faults.iter().any(same) {
                differences.push(format!("{}: nothing like {code} for `{warning}`", case["id"]));
            }
        }
        let known = |fault: &&Fault| KINDS.iter().any(|(_, code)| *code == fault.code.id);
        // A folder of half a byte is as little meant as memory of half a byte, and the server does not look at it.
        let here_alone = |fault: &&Fault| fault.at.to_string().ends_with(".emptyDir.sizeLimit");
        for fault in faults.iter().filter(known).filter(|fault| !here_alone(fault)) {
            if !expected.iter().any(|(warning, _)| is_at(warning, fault)) {
                differences.push(format!("{}: the server says nothing like `{}`", case["id"], fault.message));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let unused: Vec<_> = unused.into_iter().map(|row| KINDS[row].0).collect();
    assert!(unused.is_empty(), "no pod has {unused:?}");
}

/// The pods that the server accepts, with the gates that are on by default.
fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for file in ["rules", "mutated", "realistic"] {
        let path = root().join(format!("tests/kubernetes/cases/{file}.jsonl"));
        let text = fs::read_to_string(path).expect("it is part of the project");
        let read = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case is JSON"));
        let compared = |case: &Value| !case["id"].as_str().is_some_and(|id| ONE_AFTER_THE_OTHER.contains(&id));
        cases.extend(read.filter(|case| case["errors"].as_array().is_none_or(Vec::is_empty)).filter(compared));
    }
    cases
}
