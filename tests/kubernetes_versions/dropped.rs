//! What a real API server of 1.34 takes away is what the compiler says of it.
//!
//! In: pods with what Kubernetes' own code made of them (`tests/kubernetes/cases`). Out: an error for each pod of which the
//! compiler, told of the same version and gates, does not report exactly the fields that the server dropped. Always: pods that the
//! server could not read are left out. Not here: what the server refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flytec::diagnostics::code;
use serde_json::Value;

use super::support::Program;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kubernetes/cases");

/// The program that each pod spec is compiled in.
const PROGRAM: &str = "template pod { pod_spec = json(\"spec.json\") }\n\
    environment production { pod_template = pod, image = \"python:3.12\" }\n\
    task production.train { command = [\"train\"] }\n";

/// How many of the pods lose something, at the least: the test is none if the data are gone.
const LOSING: usize = 100;

#[test]
fn what_a_server_drops_is_what_is_reported() {
    let (mut losing, mut faults) = (0, Vec::new());
    for file in ["rules", "mutated", "realistic", "gated"] {
        let text =
            fs::read_to_string(Path::new(CASES).join(file).with_extension("jsonl")).expect("the cases are there");
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).expect("a case is JSON");
            if !was_read(&case) {
                continue;
            }
            let (expected, actual) = (dropped(&case), reported(&case));
            losing += usize::from(!expected.is_empty());
            if expected != actual {
                faults.push(format!("{}: dropped {expected:?}, reported {actual:?}", case["id"]));
            }
        }
    }
    assert!(faults.is_empty(), "{} pods:\n{}", faults.len(), faults.join("\n"));
    assert!(losing >= LOSING, "only {losing} pods lose something");
}

/// Whether the server could read the pod.
fn was_read(case: &Value) -> bool {
    let mut errors = case["errors"].as_array().into_iter().flatten();
    !errors.any(|error| error["type"] == "Strict" || error["type"] == "Decode")
}

/// The paths of what the server dropped; what its own defaults added before is nothing that a pod could lose.
fn dropped(case: &Value) -> BTreeSet<String> {
    let dropped = case["dropped"].as_array().into_iter().flatten().filter_map(Value::as_str);
    dropped.filter(|path| !at(&case["pod"]["spec"], path).is_null()).map(str::to_owned).collect()
}

/// The paths of what the compiler says is dropped.
fn reported(case: &Value) -> BTreeSet<String> {
    let spec = &case["pod"]["spec"];
    let mut text = Text::default();
    text.write(spec, "spec");
    let others = BTreeMap::from([("spec.json".to_owned(), text.json.clone().into_bytes())]);
    let program = Program::beside(vec![("a.flyteenv".to_owned(), PROGRAM.to_owned())], others, &arguments(case));
    let mut paths = Vec::new();
    for diagnostic in &program.compilation.diagnostics {
        let place = diagnostic.span().expect("it has a place");
        let path = text.path_at(place.start);
        // A source of a variable is dropped, and the pod refused for that; a claim is made later, and the pod keeps what it lacks.
        let dropped = diagnostic.code == code::DROPPED && !path.contains(".volumeClaimTemplate.");
        if dropped || (diagnostic.code == code::NEEDS_GATE && path.ends_with(".fileKeyRef")) {
            assert_eq!(program.sources().get(place.file).name, "spec.json", "{}", program.messages());
            paths.push(path);
            // What is behind the same gate is pointed at beside it.
            let beside = diagnostic.labels.iter().filter(|label| !label.primary && label.span.file == place.file);
            paths.extend(beside.map(|label| text.path_at(label.span.start)));
        }
    }
    lost(spec, &without(spec, &paths))
}

/// The version of the cases, and the gates of one.
fn arguments(case: &Value) -> Vec<String> {
    let mut arguments = vec!["--kubernetes-version".to_owned(), "1.34".to_owned()];
    if let Some(gates) = case["flags"]["feature-gates"].as_str() {
        arguments.extend(["--feature-gates".to_owned(), gates.to_owned()]);
    }
    arguments
}

/// A pod spec without the fields at these paths; an image takes its volume and the mounts of that with it.
fn without(spec: &Value, paths: &[&str]) -> Value {
    let mut left = spec.clone();
    let mut volumes = Vec::new();
    for path in paths {
        let (parent, field) = path.rsplit_once('.').expect("a field is of something");
        if parent.starts_with("spec.volumes[") && field == "image" {
            volumes.push(at(spec, parent)["name"].clone());
        } else if let Some(fields) = left.pointer_mut(&pointer(parent)).and_then(Value::as_object_mut) {
            fields.remove(field);
        }
    }
    retain(left.get_mut("volumes"), |volume| !volumes.contains(&volume["name"]));
    for list in ["containers", "initContainers"] {
        for container in left.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            retain(container.get_mut("volumeMounts"), |mount| !volumes.contains(&mount["name"]));
        }
    }
    left
}

fn retain(list: Option<&mut Value>, keep: impl Fn(&Value) -> bool) {
    if let Some(list) = list.and_then(Value::as_array_mut) {
        list.retain(keep);
    }
}

/// The paths at which a pod spec has another value than what is left of it, or one where that has none. As the cases have it,
/// elements of lists are compared by their place: behind one that is gone, all are others.
fn lost(spec: &Value, left: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    leaves(spec, "spec", &mut paths);
    paths.retain(|path| at(spec, path) != at(left, path));
    paths
}

/// The path of a value below a pod spec as a JSON pointer.
fn pointer(path: &str) -> String {
    path.trim_start_matches("spec").replace(['.', '['], "/").replace(']', "")
}

/// The value at a path such as `spec.containers[0].name`.
fn at<'v>(spec: &'v Value, path: &str) -> &'v Value {
    spec.pointer(&pointer(path)).unwrap_or(&Value::Null)
}

/// The paths of the scalars in a value.
fn leaves(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &format!("{path}.{name}"), paths);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &format!("{path}[{at}]"), paths));
        }
        _ => _ = paths.insert(path.to_owned()),
    }
}

/// JSON that is being written, and what stands where in it.
#[derive(Default)]
struct Text {
    json: String,
    /// The path of the key or value that begins at each place.
    paths: BTreeMap<u32, String>,
}

impl Text {
    fn write(&mut self, value: &Value, path: &str) {
        self.mark(path);
        match value {
            Value::Object(fields) => {
                self.json.push('{');
                for (at, (name, value)) in fields.iter().enumerate() {
                    let path = format!("{path}.{name}");
                    self.json.push_str(if at == 0 { "" } else { ", " });
                    self.mark(&path);
                    let _ = write!(self.json, "{}: ", Value::from(name.as_str()));
                    self.write(value, &path);
                }
                self.json.push('}');
            }
            Value::Array(items) => {
                self.json.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.json.push_str(if at == 0 { "" } else { ", " });
                    self.write(item, &format!("{path}[{at}]"));
                }
                self.json.push(']');
            }
            scalar => _ = write!(self.json, "{scalar}"),
        }
    }

    fn mark(&mut self, path: &str) {
        let at = u32::try_from(self.json.len()).expect("pods are small");
        self.paths.insert(at, path.to_owned());
    }

    /// What begins at a place, or last before it.
    fn path_at(&self, place: u32) -> &str {
        self.paths.range(..=place).next_back().map_or("", |(_, path)| path)
    }
}
