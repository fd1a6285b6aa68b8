//! Conformance with Flyte's SDK: the fixtures of `tests/sdk/fixtures`, whose README says where they come from.
//!
//! Each fixture is a program and what the SDK made of the same declarations. Pods must be equal field for field, in the order
//! of every list; the facts beside the pod must be in the manifest; what the SDK refuses must be refused, and so must be what
//! Kubernetes would refuse of what the SDK makes, which `tests/sdk/refused_by_kubernetes` lists. The `.merged` twin of
//! a program says the same with merging blocks, and must give the same bytes.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flytec::diagnostics::Severity;
use flytec::emit::manifest::{Written, manifest};
use flytec::emit::{Emitter, Format, Kind};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value, json};
use support::{Program, files_below, root};

fn main() {
    let folder = root().join("tests/sdk/fixtures");
    let fixtures = files_below(&folder, "json");
    let trials = fixtures.into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || fixture(&path))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn fixture(path: &Path) -> Result<(), Failed> {
    let expected: Value = serde_json::from_slice(&fs::read(path)?)?;
    let program = Program::read(&path.with_extension("flyteenv"), &arguments(&expected));
    if expected.get("refused") == Some(&json!(true)) {
        return if program.compilation.has_errors() { Ok(()) } else { Err("the SDK refuses this program".into()) };
    }
    if let Some(codes) = refused_by_kubernetes(path) {
        return same("the errors", &json!(errors_of_kubernetes(&program)?), &json!(codes));
    }
    program.expect_success()?;
    compare_pods(&program, &expected)?;
    compare_facts(&program, &expected)?;
    let twin = path.with_extension("merged.flyteenv");
    compare_twin(&program, &twin, &expected)
}

/// The codes of the errors of a fixture that the SDK takes and whose pods Kubernetes would refuse.
fn refused_by_kubernetes(path: &Path) -> Option<Vec<&'static str>> {
    let name = path.file_stem()?.to_str()?;
    let lines = include_str!("sdk/refused_by_kubernetes").lines().filter(|line| !line.starts_with('#'));
    let mut pairs = lines.filter_map(|line| line.split_once(": "));
    let (_, codes) = pairs.find(|(fixture, _)| *fixture == name)?;
    Some(codes.split(' ').collect())
}

/// The codes of all errors, each once, where all of them are Kubernetes'.
fn errors_of_kubernetes(program: &Program) -> Result<Vec<&'static str>, Failed> {
    let errors = program.compilation.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let mut codes = std::collections::BTreeSet::new();
    for error in errors {
        if error.kubernetes.is_none() {
            return Err(program.messages().into());
        }
        codes.insert(error.code.id);
    }
    Ok(codes.into_iter().collect())
}

/// `--task-version flytec-version`, and what the fixture adds to that.
fn arguments(expected: &Value) -> Vec<String> {
    let more = expected.get("arguments").and_then(Value::as_array);
    let more = more.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    ["--task-version", "flytec-version"].map(str::to_owned).into_iter().chain(more).collect()
}

fn compare_pods(program: &Program, expected: &Value) -> Result<(), Failed> {
    let pods = expected.get("pods").and_then(Value::as_object).cloned().unwrap_or_default();
    same("the names of the pods", &json!(program.pods().keys().collect::<Vec<_>>()), &names(&pods))?;
    for (name, pod) in program.pods() {
        let expected = pods.get(&name).ok_or_else(|| format!("the SDK has no pod `{name}`"))?;
        same(&format!("pod `{name}`"), &as_doubles(pod), &as_doubles(expected.clone()))?;
    }
    Ok(())
}

fn names(pods: &Map<String, Value>) -> Value {
    json!(pods.keys().collect::<std::collections::BTreeSet<_>>())
}

fn compare_facts(program: &Program, expected: &Value) -> Result<(), Failed> {
    let facts = expected.get("facts").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, ours) in manifest_facts(program)? {
        let theirs = facts.get(&name).ok_or_else(|| format!("the SDK has no facts of `{name}`"))?;
        let pool_known = expected.get("code_bundle_version").is_none();
        let ours = if pool_known { ours } else { without_pool_version(ours) };
        same(&format!("facts of `{name}`"), &ours, &sdk_facts(theirs, pool_known))?;
    }
    Ok(())
}

/// What the manifest says of each task, by its name.
fn manifest_facts(program: &Program) -> Result<BTreeMap<String, Value>, Failed> {
    let written = |file: String| Written { file, sha256: String::new() };
    let entries: Vec<_> = program.compilation.workloads.iter().map(|w| (w, written(w.name.to_string()))).collect();
    let bytes = manifest(program.sources(), &entries, Kind::Pod, Format::Json, "flytec-version", usize::MAX);
    let bytes = bytes.ok_or("the manifest is too large")?;
    let value: Value = serde_json::from_slice(&bytes)?;
    let pods = value.get("pods").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = pods.into_iter().map(|pod| {
        let name = pod.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut facts = pod.get("task_template").cloned().unwrap_or_default();
        facts["pod_template_name"] = pod.get("pod_template_name").cloned().unwrap_or_default();
        (name, without(facts, &["function", "async", "cache", "description"]))
    });
    Ok(named.collect())
}

/// What the SDK puts beside a pod, in the words of the manifest.
fn sdk_facts(facts: &Value, pool_known: bool) -> Value {
    let at = |pointer: &str| facts.pointer(pointer).cloned().unwrap_or_default();
    let mut ours = json!({
        "type": at("/type"),
        "short_name": at("/short_name"),
        "environment_name": at("/environment"),
        "environment_description": at("/description"),
        "depends_on": at("/depends_on"),
        "service_account": at("/security_context/runAs/k8sServiceAccount"),
        "interruptible": at("/interruptible"),
        "queue": at("/queue"),
        "report": at("/generates_deck"),
        "entrypoint": at("/is_entrypoint"),
        "pod_template_name": at("/pod_template_name"),
        "timeout": seconds(&at("/timeout")),
        "queued_timeout": seconds(&at("/timeouts/queuedTimeout")),
        "deadline": seconds(&at("/timeouts/deadline")),
        "retries": retries(&at("/retries")),
        "secrets": secrets(&at("/security_context")),
        "extended_resources": extended_resources(&at("/extended_resources")),
        "reuse_policy": reuse_policy(&at("/reuse_policy")),
    });
    ours["pool"] = match at("/custom") {
        Value::Object(custom) => json!({
            "name": custom.get("name"),
            "version": custom.get("version"),
            "container_image": custom.get("spec").and_then(|spec| spec.get("container_image")),
        }),
        _ => Value::Null,
    };
    let facts = without(ours, &[]);
    if pool_known { facts } else { without_pool_version(facts) }
}

/// The SDK hashes the version of the code bundle, which no argument of the command gives.
fn without_pool_version(mut facts: Value) -> Value {
    if let Some(pool) = facts.get_mut("pool").and_then(Value::as_object_mut) {
        pool.remove("version");
    }
    facts
}

fn secrets(context: &Value) -> Value {
    if context.is_null() {
        return Value::Null;
    }
    let secrets = context.get("secrets").and_then(Value::as_array).cloned().unwrap_or_default();
    let secret = |secret: &Value| {
        without(
            json!({
                "key": secret.get("key"),
                "group": secret.get("group"),
                "env_var": secret.get("envVar"),
                "mount_requirement": secret.get("mountRequirement"),
            }),
            &[],
        )
    };
    // A message with an account alone tells nothing of secrets; the SDK writes one for `secrets = []` too.
    let known = !secrets.is_empty() || context.get("runAs").is_none();
    if known { secrets.iter().map(secret).collect() } else { Value::Null }
}

fn extended_resources(resources: &Value) -> Value {
    let gpu = resources.get("gpuAccelerator").map(|gpu| {
        let class = match gpu.get("deviceClass") {
            None => json!(0),
            Some(Value::String(name)) => json!(
                ["NVIDIA_GPU", "GOOGLE_TPU", "AMAZON_NEURON", "AMD_GPU", "HABANA_GAUDI"]
                    .iter()
                    .position(|known| known == name)
            ),
            Some(number) => number.clone(),
        };
        let partition = gpu.get("partitionSize").cloned().unwrap_or_default();
        without(json!({ "device": gpu.get("device"), "device_class": class, "partition_size": partition }), &[])
    });
    let memory = resources.get("sharedMemory").map(|memory| {
        let size = memory.get("sizeLimit").cloned().unwrap_or_else(|| json!(""));
        json!({ "mount_name": memory.get("mountName"), "mount_path": memory.get("mountPath"), "size_limit": size })
    });
    if gpu.is_none() && memory.is_none() {
        return Value::Null;
    }
    without(json!({ "gpu_accelerator": gpu, "shared_memory": memory }), &[])
}

fn retries(retries: &Value) -> Value {
    let count = retries.get("retries").cloned().unwrap_or_else(|| json!(0));
    let backoff = retries.get("backoff").map(|backoff| {
        let part = |name: &str| seconds(backoff.get(name).unwrap_or(&Value::Null));
        without(json!({ "base": part("base"), "cap": part("cap"), "factor": backoff.get("factor") }), &[])
    });
    without(json!({ "count": count, "backoff": backoff }), &[])
}

fn reuse_policy(policy: &Value) -> Value {
    if policy.is_null() {
        return Value::Null;
    }
    let number = |name: &str| policy.get(name).cloned().unwrap_or_else(|| json!(0));
    json!({
        "min_replicas": number("minReplicas"),
        "max_replicas": number("maxReplicas"),
        "concurrency": number("concurrency"),
        "idle_ttl": seconds(&number("idleTtl")),
        "scaledown_ttl": seconds(&number("scaledownTtl")),
        "scope": policy.get("scope").and_then(Value::as_str).map_or("global".to_owned(), str::to_lowercase),
    })
}

/// A protobuf duration such as `30.500s` as a number of seconds.
fn seconds(duration: &Value) -> Value {
    let number = duration.as_str().and_then(|text| text.strip_suffix('s')).and_then(|text| text.parse::<f64>().ok());
    number.map_or(Value::Null, |number| json!(number))
}

/// The object without these names, and without what is null or an empty list.
fn without(value: Value, names: &[&str]) -> Value {
    let Value::Object(fields) = value else { return value };
    let kept = fields.into_iter().filter(|(name, value)| {
        let no_dependency = name == "depends_on" && value == &json!([]);
        !names.contains(&name.as_str()) && !value.is_null() && !no_dependency
    });
    as_doubles(Value::Object(kept.collect()))
}

fn compare_twin(program: &Program, twin: &Path, expected: &Value) -> Result<(), Failed> {
    let merged = Program::read(&PathBuf::from(twin), &arguments(expected));
    merged.expect_success()?;
    let bytes = |program: &Program| {
        let mut bytes = Vec::new();
        let mut emitter = Emitter::for_files(Kind::Pod, Format::Proto);
        program.compilation.workloads.iter().for_each(|workload| emitter.write(workload, &mut bytes));
        bytes
    };
    if bytes(program) == bytes(&merged) { Ok(()) } else { Err("the merged twin gives other bytes".into()) }
}

/// Every number as a double, as the wire has them.
fn as_doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(as_doubles).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, as_doubles(value))).collect(),
        other => other,
    }
}

fn same(what: &str, ours: &Value, theirs: &Value) -> Result<(), Failed> {
    if ours == theirs {
        return Ok(());
    }
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let (ours, theirs) = (text(ours), text(theirs));
    let diff = similar::TextDiff::from_lines(&theirs, &ours);
    Err(format!("{what}:\n{}", diff.unified_diff().header("SDK", "flytec")).into())
}
