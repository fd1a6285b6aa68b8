//! A workload as a Kubernetes `v1` `Pod`.
//!
//! In: a workload. Out: JSON that `kubectl apply --dry-run=server -f` takes. Always: what Flyte renames before Kubernetes sees
//! the pod is renamed here too. Not here: what else a cluster adds.

use k8s_openapi::api::core::v1::{Container, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use super::pod;
use crate::lower::Workload;

/// The resource key that Flyte's SDK gives to accelerators of every class.
const FLYTE_ACCELERATOR: &str = "gpu";

/// The pod.
pub fn pod(workload: &Workload) -> Value {
    let template = &workload.template;
    let mut spec = template.spec.clone();
    if let Some(place) = spec.containers.get_mut(template.primary_index) {
        *place = renamed(workload);
    }
    let some = |texts: &std::collections::BTreeMap<String, String>| (!texts.is_empty()).then(|| texts.clone());
    let metadata = ObjectMeta {
        name: Some(pod_name(&workload.name.to_string())),
        labels: some(&template.labels),
        annotations: some(&template.annotations),
        ..ObjectMeta::default()
    };
    let mut pod = pod::value(&Pod { metadata, spec: Some(spec), status: None });
    if let Some(spec) = pod.get_mut("spec") {
        pod::add_retired(spec, template);
    }
    pod
}

/// The primary container with accelerators under the name that the cluster gives them.
///
/// Source: Flyte's `flytek8s/container_helper.go`; Kubernetes wants the limit of such a resource to be its request.
fn renamed(workload: &Workload) -> Container {
    let mut container = workload.primary();
    let class = workload.settings.resources.device.as_ref().map_or("GPU", |device| device.class.as_str());
    let name = match class {
        "TPU" => "google.com/tpu",
        "NEURON" => "aws.amazon.com/neuron",
        "AMD_GPU" => "amd.com/gpu",
        "HABANA_GAUDI" => "habana.ai/gaudi",
        _ => "nvidia.com/gpu",
    };
    if let Some(resources) = &mut container.resources
        && let Some(count) = resources.requests.as_mut().and_then(|requests| requests.remove(FLYTE_ACCELERATOR))
    {
        resources.limits.get_or_insert_default().entry(name.to_owned()).or_insert_with(|| count.clone());
        resources.requests.get_or_insert_default().insert(name.to_owned(), count);
    }
    container
}

/// A name that Kubernetes takes for a pod: lower case, with `-` and `.` alone between letters and digits.
fn pod_name(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let parts = name.split(['.', '@']).map(|part| part.chars().map(allowed).collect::<String>());
    let parts: Vec<String> = parts.map(|part| part.trim_matches('-').to_owned()).collect();
    parts.join(".")
}
