//! Pods of Kubernetes, as tests hold them to the rules: by themselves, and as the program that makes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flytec::check::pod_security::Level;
use flytec::validate::Target;
use flytec::validate::fault::Faults;
use flytec::validate::kubernetes::{self, Pod};
use flytec::validate::standards;
use k8s_openapi::api::core::v1 as api;
use serde_json::Value;

use super::Program;

/// What the rules of Kubernetes find in a pod.
pub fn faults_of(pod: &api::Pod, target: &Target) -> Faults {
    look(pod, target, kubernetes::pod)
}

/// What a level of the Pod Security Standards finds in a pod.
pub fn violations_of(pod: &api::Pod, level: Level, target: &Target) -> Faults {
    look(pod, target, |pod, faults| standards::check(pod, level, faults))
}

fn look(pod: &api::Pod, target: &Target, rules: impl Fn(&Pod<'_>, &mut Faults)) -> Faults {
    let (labels, annotations) = (pod.metadata.labels.clone(), pod.metadata.annotations.clone());
    let (labels, annotations) = (labels.unwrap_or_default(), annotations.unwrap_or_default());
    let spec = pod.spec.clone().unwrap_or_default();
    let pod = Pod { labels: &labels, annotations: &annotations, spec: &spec, features: &target.features, filled: None };
    let mut faults = Faults::new();
    rules(&pod, &mut faults);
    faults
}

/// The same, found in two steps: what its container `filled` may get of a task is looked at by itself.
pub fn faults_in_two_steps(pod: &api::Pod, filled: usize, target: &Target) -> Faults {
    look(pod, target, |pod, faults| {
        let Some(container) = pod.spec.containers.get(filled) else { return kubernetes::pod(pod, faults) };
        let pod = Pod { filled: Some(filled), ..*pod };
        kubernetes::pod(&pod, faults);
        kubernetes::task(&pod, container, filled, faults);
        kubernetes::variables(&pod, container, filled, faults);
        kubernetes::command(container, filled, faults);
    })
}

/// The program that makes this pod, compiled; `None` for a pod that the language has no words for. `text` is the pod as JSON.
pub fn program_of(pod: &Value, text: &str, arguments: &[String]) -> Option<Program> {
    let source = source_of(pod)?;
    let others = BTreeMap::from([("pod.json".to_owned(), text.as_bytes().to_vec())]);
    Some(Program::beside(vec![("main.flyteenv".to_owned(), source)], others, arguments))
}

/// The source of a program that makes this pod out of a file beside it. What Flyte sets itself is no part of it.
fn source_of(pod: &Value) -> Option<String> {
    let fields = pod.as_object()?;
    let metadata = fields.get("metadata");
    let known = |value: Option<&Value>, names: &[&str]| {
        value.and_then(Value::as_object).is_none_or(|fields| fields.keys().all(|key| names.contains(&key.as_str())))
    };
    if !known(Some(pod), &["apiVersion", "kind", "metadata", "spec"])
        || !known(metadata, &["name", "labels", "annotations"])
    {
        return None;
    }
    let primary = fields.get("spec")?.get("containers")?.get(0)?.get("name")?.as_str()?;
    // In this form a string of JSON is one of the language, but for its `$`.
    let primary = Value::from(primary).to_string().replace('$', "\\$");
    let mut source = format!("template pod {{\n  primary_container_name = {primary}\n");
    for name in ["labels", "annotations"] {
        if metadata.and_then(|metadata| metadata.get(name)).is_some() {
            let _ = writeln!(source, "  {name} = json(\"pod.json\").metadata.{name}");
        }
    }
    source.push_str("  pod_spec = json(\"pod.json\").spec\n}\n\n");
    source.push_str("environment env {\n  task run {\n    command = [\"run\"]\n    pod_template = pod\n  }\n}\n");
    Some(source)
}
