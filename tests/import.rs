//! Pods that are imported come back: `flytec import` and a build of what it writes.
//!
//! In: all pods that the tests have: those of the programs below `tests`, those of Kubernetes' cases, and the manifests of `tests/import`
//! with what Kubernetes' client makes of them.
//! Out: an error that shows the first difference. Always: a `K8sPod` comes back bit for bit; of other pods the spec does, with what
//! Flyte sets itself. The source is in the style. Not here: the command's streams (`tests/cli/import.rs`).

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flytec::data::{self, Format};
use flytec::diagnostics::render::{self, Screen};
use flytec::diagnostics::{Diagnostic, Diagnostics};
use flytec::format::format;
use flytec::import::{Input, import};
use flytec::source::{Source, SourceMap};
use flytec::syntax;
use serde_json::{Value, json};
use support::{Program, files_below, root};

/// What came of an import.
struct Imported {
    source: String,
    messages: String,
    refused: bool,
}

/// Imports one text.
fn imported(name: &str, form: Format, text: &str) -> Imported {
    read_and_imported(name, form, text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

/// The same of a text that may be no data at all.
fn read_and_imported(name: &str, form: Format, text: &str) -> Result<Imported, Vec<Diagnostic>> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add(Source::new(name.to_owned(), text.to_owned()));
    let documents = match form {
        Format::Yaml => data::documents(file, text),
        _ => data::values(file, text),
    };
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let input = Input { file, stem, documents: documents?, has_comments: form == Format::Yaml };
    let source = import(&[input], &sources, &mut diagnostics);
    let refused = diagnostics.has_errors();
    let messages = diagnostics.finish(&sources);
    let messages = render::render(&messages, &sources, render::Format::Human, Screen::default());
    Ok(Imported { source, messages, refused })
}

/// The pods that a source builds, in the order of their names.
fn built(source: &str) -> Result<Vec<Value>, String> {
    let program = Program::compile(vec![("imported.flyteenv".to_owned(), source.to_owned())], &[]);
    program.expect_success().map_err(|messages| format!("{messages}\n{source}"))?;
    Ok(program.pods().into_values().collect())
}

/// Holds a source to the style.
fn expect_style(source: &str) -> Result<(), String> {
    let mut sources = SourceMap::default();
    let file = sources.add(Source::new("imported.flyteenv".to_owned(), source.to_owned()));
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(file, sources.get(file), &mut diagnostics);
    let formatted = format(&tree, source);
    if formatted == source { Ok(()) } else { Err(format!("it is not in the style:\n{source}\nbut\n{formatted}")) }
}

/// Fails with the first faults, and how many there are.
fn expect_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults, first:\n{}",
        faults.len(),
        faults.iter().take(3).cloned().collect::<String>()
    );
}

// --------------------------------------------------------------------------------------------------- pods of Flyte

/// What is wrong with the way there and back of a `K8sPod`.
fn round_trip(name: &str, pod: &Value) -> Result<(), String> {
    let Imported { source, messages, refused } = imported(&format!("{name}.json"), Format::Json, &pod.to_string());
    if refused || !messages.is_empty() {
        return Err(format!("{name}: {messages}\n{pod}\n"));
    }
    expect_style(&source).map_err(|fault| format!("{name}: {fault}"))?;
    let back = built(&source).map_err(|fault| format!("{name}: {fault}\n{pod}\n"))?;
    if back == [pod.clone()] { Ok(()) } else { Err(format!("{name}: {source}\n{pod}\n{back:?}\n")) }
}

/// What is wrong with the way there and back of several pods at once, as a build writes them to standard output.
fn together(name: &str, pods: &[Value]) -> Result<(), String> {
    let line = |(at, pod): (usize, &Value)| json!({"name": format!("env.task{at:04}"), "pod": pod}).to_string();
    let lines = pods.iter().enumerate().map(line).collect::<Vec<String>>().join("\n");
    let Imported { source, messages, refused } = imported("-", Format::Json, &lines);
    if refused || !messages.is_empty() {
        return Err(format!("{name}: {messages}\n"));
    }
    expect_style(&source).map_err(|fault| format!("{name}: {fault}"))?;
    let back = built(&source).map_err(|fault| format!("{name}: {fault}"))?;
    if back == pods { Ok(()) } else { Err(format!("{name}: {source}\n{lines}\n{back:?}\n")) }
}

/// The pods of every program of the tests that compiles.
fn pods_of_programs() -> Vec<(String, Value)> {
    let files = ["tests/sdk/fixtures", "tests/cases", "tests/gallery"].map(|folder| root().join(folder));
    let files = files.iter().flat_map(|folder| files_below(folder, "flyteenv"));
    let files = files.filter(|path| fs::read_to_string(path).is_ok());
    files.flat_map(|path| Program::read(&path, &[]).pods()).collect()
}

#[test]
fn every_pod_of_a_program_comes_back_bit_for_bit() {
    let mut pods = pods_of_programs();
    // Programs with very many tasks have the same pod very often.
    let mut seen = BTreeSet::new();
    pods.retain(|(_, pod)| seen.insert(pod.to_string()));
    assert!(pods.len() > 300, "there are only {} pods", pods.len());
    let mut faults: Vec<String> = pods.iter().filter_map(|(name, pod)| round_trip(name, pod).err()).collect();
    let (_, alone): (Vec<String>, Vec<Value>) = pods.into_iter().unzip();
    // Some few have much in common, all together hardly anything.
    faults.extend(alone.chunks(5).filter_map(|pods| together("a few", pods).err()));
    expect_none(&faults);
}

// ---------------------------------------------------------------------------------------------- pods of Kubernetes

/// The pods of Kubernetes' cases that are without errors, one after the other.
fn cases() -> Vec<(String, Value)> {
    let read = |file: &str| fs::read_to_string(root().join(format!("tests/kubernetes/cases/{file}.jsonl")));
    let texts = ["rules", "realistic", "gated"].map(|file| read(file).expect("the cases are part of the project"));
    let cases =
        texts.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"));
    cases.filter_map(|case| Some((case["id"].as_str()?.to_owned(), case.get("pod")?.clone()))).collect()
}

/// The spec with what Flyte sets in its primary container: `command`, `args` and `env` are lists, be they empty, and where resources
/// are those of a task, there are limits.
fn as_flyte_sets_it(pod: &Value, primary: &str) -> Value {
    let mut spec = pod["spec"].clone();
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        if container["name"] != primary {
            continue;
        }
        for name in ["command", "args", "env"] {
            if container.get(name).is_none_or(Value::is_null) {
                container[name] = json!([]);
            }
        }
    }
    spec
}

/// Both specs, the first without limits that are none where the second has none.
fn comparable(mut built: Value, expected: &Value) -> Value {
    for (at, container) in built["containers"].as_array_mut().into_iter().flatten().enumerate() {
        let none = container.pointer("/resources/limits").is_some_and(|limits| *limits == json!({}));
        if none && expected["containers"][at].pointer("/resources/limits").is_none() {
            let resources = container["resources"].as_object_mut();
            resources.and_then(|resources| resources.remove("limits"));
        }
    }
    built
}

#[test]
fn every_pod_of_kubernetes_that_can_be_built_comes_back() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, pod) in cases() {
        // Some have numbers that no data file may have.
        let result = read_and_imported(&format!("{name}.json"), Format::Json, &pod.to_string());
        let Some(Imported { source, messages, .. }) = result.ok().filter(|result| !result.refused) else { continue };
        if let Err(fault) = expect_style(&source) {
            faults.push(format!("{name}: {fault}"));
        }
        // A reference without a name is one to nothing, and Kubernetes gives it an empty name.
        let is_nameless = pod.pointer("/spec/imagePullSecrets/0") == Some(&json!({}));
        if messages.contains(" has no field `") || is_nameless {
            continue;
        }
        // What Kubernetes refuses, a build refuses.
        let Ok(back) = built(&source) else { continue };
        let [back] = back.as_slice() else { panic!("{name}: one pod is one task") };
        count += 1;
        let primary = back["primaryContainerName"].as_str().expect("it is a text");
        let expected = as_the_server_has_it(&as_flyte_sets_it(&pod, primary));
        if comparable(back["podSpec"].clone(), &expected) != expected {
            faults.push(format!("{name}: {source}\n{}\n{expected}\n", back["podSpec"]));
        }
        faults.extend(round_trip("env.task", back).err());
    }
    expect_none(&faults);
    assert!(count > 300, "only {count} pods can be built");
}

#[test]
fn pods_without_errors_are_built_without_errors() {
    let read =
        fs::read_to_string(root().join("tests/kubernetes/cases/realistic.jsonl")).expect("it is part of the project");
    let mut faults = Vec::new();
    for line in read.lines() {
        let case: Value = serde_json::from_str(line).expect("it is JSON");
        if case["errors"] != json!([]) {
            continue;
        }
        let result = imported("pod.json", Format::Json, &case["pod"].to_string());
        assert!(!result.refused, "{}: {}", case["id"], result.messages);
        faults.extend(built(&result.source).err());
    }
    expect_none(&faults);
}

// -------------------------------------------------------------------------------------------------------- manifests

/// The value as the API server has it: without null, with amounts as texts, and `1.0` as the whole number that it is; resources of a
/// container that say nothing are none.
fn as_the_server_has_it(value: &Value) -> Value {
    const AMOUNTS: &[&str] = &["limits", "requests", "sizeLimit"];
    match value {
        Value::Array(items) => items.iter().map(as_the_server_has_it).collect(),
        Value::Object(fields) => {
            let says_nothing =
                |name: &str, value: &Value| value.is_null() || name == "resources" && *value == json!({});
            let fields = fields.iter().filter(|(name, value)| !says_nothing(name, value));
            let fields = fields.map(|(name, value)| {
                let value =
                    if AMOUNTS.contains(&name.as_str()) { in_texts(value) } else { as_the_server_has_it(value) };
                (name.clone(), value)
            });
            Value::Object(fields.collect())
        }
        Value::Number(number) => match number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15) {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number within these bounds fits")]
            Some(whole) => json!(whole as i64),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

fn in_texts(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), in_texts(value))).collect(),
        Value::Number(number) => number.to_string().into(),
        Value::Null => "0".into(),
        other => other.clone(),
    }
}

/// The manifests below `tests/import`, by their paths from there.
fn manifests() -> Vec<(String, String)> {
    let folder = root().join("tests/import");
    let paths = ["yaml", "json", "jsonl"].iter().flat_map(|ending| files_below(&folder, ending));
    let named = paths.map(|path| {
        let name = path.strip_prefix(&folder).expect("it is in the folder").to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(&path).expect("it is text"))
    });
    named.filter(|(name, _)| name != "expected.json").collect()
}

/// What is wrong with what comes of a manifest: each of these specs is that of one pod, and no pod is of another.
fn manifest_comes_back(name: &str, text: &str, specs: &[Value]) -> Result<usize, String> {
    let form = Format::of_path(name).unwrap_or(Format::Json);
    let result = imported(name, form, text);
    if result.refused {
        return Err(format!("{name}: {}", result.messages));
    }
    expect_style(&result.source).map_err(|fault| format!("{name}: {fault}"))?;
    let mut back = built(&result.source).map_err(|fault| format!("{name}: {fault}"))?;
    let count = back.len();
    for pod in &back {
        round_trip("env.task", pod)?;
    }
    together(name, &back)?;
    for spec in specs {
        let of_one = json!({ "spec": as_the_server_has_it(spec) });
        let is_same = |pod: &Value| {
            let expected = as_flyte_sets_it(&of_one, pod["primaryContainerName"].as_str().unwrap_or_default());
            comparable(pod["podSpec"].clone(), &expected) == expected
        };
        let Some(at) = back.iter().position(is_same) else {
            return Err(format!("{name}: no pod is this: {spec}\n{}", result.source));
        };
        back.remove(at);
    }
    if back.is_empty() { Ok(count) } else { Err(format!("{name}: nothing is this: {back:?}\n{}", result.source)) }
}

#[test]
fn the_specs_of_manifests_come_back_as_kubernetes_reads_them() {
    let expected = fs::read_to_string(root().join("tests/import/expected.json")).expect("it is part of the project");
    let expected: Value = serde_json::from_str(&expected).expect("it is JSON");
    let manifests = manifests();
    let names: BTreeSet<&str> = manifests.iter().map(|(name, _)| name.as_str()).collect();
    let known: BTreeSet<&str> = expected.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, known, "`expected.py` was not run for all manifests");
    let specs = |name: &str| expected[name].as_array().cloned().unwrap_or_default();
    let results: Vec<Result<usize, String>> =
        manifests.iter().map(|(name, text)| manifest_comes_back(name, text, &specs(name))).collect();
    expect_none(&results.iter().filter_map(|result| result.clone().err()).collect::<Vec<String>>());
    assert!(results.iter().flatten().sum::<usize>() >= 80, "{results:?}");
}
