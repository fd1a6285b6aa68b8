//! What holds for every pod, however odd: no rule panics, every message has its place, and what the rules refuse of a pod is
//! refused of the program that makes it.
//!
//! In: the pods of `tests/kubernetes/cases`, mutilated at random. Out: an error that shows the pod. Always: `THOROUGH=1` in the
//! environment takes many more. Not here: which pods are right (`tests/kubernetes.rs`).

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fs;
use std::sync::LazyLock;

use flytec::diagnostics::render::{Format, Screen, render};
use flytec::schema::kubernetes::versions;
use flytec::validate::Target;
use k8s_openapi::api::core::v1 as api;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use support::pods::{faults_of, program_of};
use support::root;

/// Pods that Kubernetes accepts and such that it refuses.
static PODS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let read = |file: &str| fs::read_to_string(root().join(format!("tests/kubernetes/cases/{file}.jsonl")));
    let texts = ["rules", "realistic", "gated"].map(|file| read(file).expect("the cases are part of the project"));
    let case = |line: &str| serde_json::from_str::<Value>(line).expect("a case is JSON")["pod"].clone();
    texts.iter().flat_map(|text| text.lines()).map(case).collect()
});

fn cases() -> u32 {
    if std::env::var_os("THOROUGH").is_some() { 50_000 } else { 500 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn any_pod_is_judged(pod in any::<Index>(), mutations in prop::collection::vec((any::<Index>(), odd()), 1..4)) {
        let mut pod = pod.get(&PODS).clone();
        for (place, value) in mutations {
            let nodes = count(&pod);
            *node(&mut pod, place.index(nodes)).expect("there are so many nodes") = value;
        }
        judge(&pod).map_err(TestCaseError::fail)?;
    }
}

/// Values that stand where nobody expects them.
fn odd() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        " ",
        "..",
        "/",
        "a/../b",
        "é",
        "$(A)",
        "$(",
        "{{.input}}",
        "{{",
        "1Gi",
        "-1",
        "0x1",
        "a=b",
        "A",
        "a.b",
        "[",
        "']",
    ];
    let numbers = [i64::MIN, -1, 0, 1, 65_536, i64::from(i32::MAX), (1 << 53) + 1, i64::MAX];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(numbers.to_vec()).prop_map(Value::from),
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        (1..300_usize).prop_map(|length| "a".repeat(length).into()),
        "[ -~]{0,12}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null])),
        Just(json!([{}, {}])),
        Just(json!({ "name": "a", "": "b" })),
    ]
}

/// How many values there are in one.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum::<usize>(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// The value of this number.
fn node(value: &mut Value, at: usize) -> Option<&mut Value> {
    if at == 0 {
        return Some(value);
    }
    let mut rest = at - 1;
    let children: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(fields) => Box::new(fields.values_mut()),
        _ => return None,
    };
    for child in children {
        let size = count(child);
        if rest < size {
            return node(child, rest);
        }
        rest -= size;
    }
    None
}

fn judge(pod: &Value) -> Result<(), String> {
    let target = Target::new(&versions::Target::default());
    let typed = serde_json::from_value::<api::Pod>(pod.clone()).ok();
    let refused = typed.is_some_and(|typed| faults_of(&typed, &target).iter().any(|fault| fault.reason.is_some()));
    let Some(program) = program_of(pod, &pod.to_string(), &[]) else { return Ok(()) };
    for format in [Format::Human, Format::Short, Format::Json] {
        let _ = render(&program.compilation.diagnostics, program.sources(), format, Screen::default());
    }
    let internal = program.compilation.diagnostics.iter().find(|one| one.code.id.starts_with("E99"));
    if let Some(internal) = internal {
        return Err(format!("{}\npod: {pod}", internal.message));
    }
    if refused && !program.compilation.has_errors() {
        return Err(format!("the rules refuse the pod, but not the program that makes it: {pod}"));
    }
    Ok(())
}
