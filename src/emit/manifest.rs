//! The manifest: what was written, and what Flyte keeps beside the pod of each task.
//!
//! In: workloads and the files that were made of them. Out: `manifest.json`. Always: keys are sorted, a setting that is not
//! set is absent, every field is spelled as the Flyte SDK spells it; durations are seconds.

mod read;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};

pub use self::read::written;

use super::json::{self, Layout, Numbers};
use super::{Format, Kind};
use crate::flyte::accelerators::{wire_class, wire_name};
use crate::flyte::{MAX_DESCRIPTION, MAX_NAME};
use crate::lower::{Pool, Workload};
use crate::settings::PodTemplate;
use crate::settings::resources::{Device, Resources};
use crate::settings::retries::Retries;
use crate::settings::reuse::{ReusePolicy, Scope};
use crate::settings::run::Run;
use crate::settings::secrets::Secret;
use crate::source::SourceMap;

/// The name of the manifest in its folder.
pub const FILE_NAME: &str = "manifest.json";

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name in the folder.
    pub file: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// The manifest of a build; nothing where it would be larger than `most` bytes.
#[must_use]
pub fn manifest(
    sources: &SourceMap,
    workloads: &[(&Workload, Written)],
    kind: Kind,
    format: Format,
    task_version: &str,
    most: usize,
) -> Option<Vec<u8>> {
    let manifest = Manifest { sources, workloads, kind, format, task_version };
    let mut bytes = json::within(&manifest, manifest.expected().min(most), most)?;
    bytes.push(b'\n');
    Some(bytes)
}

/// What a manifest is written of. What it says of a pod is made when it is written, and not kept.
struct Manifest<'m> {
    sources: &'m SourceMap,
    workloads: &'m [(&'m Workload, Written)],
    kind: Kind,
    format: Format,
    task_version: &'m str,
}

impl Manifest<'_> {
    /// How many bytes it will have, about, by the first of its pods: one that grew by its double would take twice the memory.
    fn expected(&self) -> usize {
        const SOME: usize = 16;
        let mut bytes = Vec::new();
        for (workload, written) in self.workloads.iter().take(SOME) {
            json::write(&pod(self.sources, workload, written), Layout::Indented, Numbers::Exact, &mut bytes);
        }
        // Indentation and longer numbers add to that.
        bytes.len() / self.workloads.len().clamp(1, SOME) * self.workloads.len() * 5 / 4
    }
}

impl Serialize for Manifest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("emit", if self.kind == Kind::Pod { "pod" } else { "k8s" })?;
        let format = match self.format {
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Proto => "proto",
        };
        fields.serialize_entry("format", format)?;
        fields.serialize_entry("manifest_version", &1)?;
        fields.serialize_entry("pods", &Pods(self))?;
        fields.serialize_entry("task_version", self.task_version)?;
        fields.end()
    }
}

/// The pods of a manifest.
struct Pods<'m>(&'m Manifest<'m>);

impl Serialize for Pods<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Manifest { sources, workloads, .. } = self.0;
        serializer.collect_seq(workloads.iter().map(|(workload, written)| pod(sources, workload, written)))
    }
}

/// The names of the pods in a manifest, each with its file.
#[must_use]
pub fn entries(manifest: &Value) -> Vec<(String, String)> {
    let pods = manifest.get("pods").and_then(Value::as_array);
    let text = |pod: &Value, key: &str| pod.get(key).and_then(Value::as_str).map(str::to_owned);
    pods.into_iter().flatten().filter_map(|pod| Some((text(pod, "name")?, text(pod, "file")?))).collect()
}

fn pod(sources: &SourceMap, workload: &Workload, written: &Written) -> Value {
    let source = sources.get(workload.place.file);
    let place = source.position(workload.place.start as usize);
    let mut fields = Fields::default();
    fields.set("name", workload.name.to_string());
    fields.set("environment", workload.name.environment.as_str());
    fields.set("task", workload.name.task.as_str());
    fields.maybe("variant", workload.name.variant.as_deref());
    fields.set("file", written.file.as_str());
    fields.set("sha256", written.sha256.as_str());
    fields.set("primary_container_name", workload.template.primary_name.as_str());
    if let PodTemplate::Named(name) = &workload.settings.pod_template {
        fields.set("pod_template_name", name.as_str());
    }
    fields.set("source", json!({ "file": source.title, "line": place.line, "column": place.column }));
    fields.set("task_template", task_template(workload));
    fields.value()
}

/// What the SDK puts on the task beside its pod.
fn task_template(workload: &Workload) -> Value {
    let settings = &workload.settings;
    let mut fields = Fields::default();
    fields.set("type", task_type(workload));
    if let Some(Run::Function { function, asynchronous }) = &settings.run {
        fields.set("function", function.as_str());
        fields.maybe("async", *asynchronous);
    }
    fields.set("short_name", cut(&short_name(workload), MAX_NAME));
    fields.maybe("description", settings.description.as_deref());
    fields.set("environment_name", cut(&workload.name.environment, MAX_NAME));
    fields.maybe("environment_description", workload.environment.description.as_deref().map(cut_description));
    if !workload.environment.depends_on.is_empty() {
        fields.set("depends_on", json!(workload.environment.depends_on));
    }
    fields.maybe("service_account", settings.service_account.as_deref());
    fields.maybe("secrets", settings.secrets.as_ref().map(|secrets| secrets.iter().map(secret).collect::<Vec<_>>()));
    fields.maybe("extended_resources", extended_resources(&settings.resources));
    fields.set("interruptible", settings.interruptible);
    fields.maybe("queue", settings.queue.as_deref());
    fields.set("retries", retries(&settings.retries));
    let timeout = &settings.timeout;
    fields.maybe("timeout", timeout.max_runtime.map(seconds));
    fields.maybe("queued_timeout", timeout.max_queued_time.map(seconds));
    fields.maybe("deadline", timeout.deadline.map(seconds));
    fields.maybe("cache", settings.cache.as_ref().map(cache));
    fields.set("report", settings.report);
    fields.set("entrypoint", settings.entrypoint);
    fields.maybe("reuse_policy", settings.reuse.as_ref().map(reuse_policy));
    fields.maybe("pool", workload.pool.as_ref().map(|pool| self::pool(pool, workload)));
    fields.value()
}

/// The name for Flyte's pages; by default a function's own name, and the whole name of a task that runs a command.
fn short_name(workload: &Workload) -> String {
    let name = &workload.name;
    match (&workload.settings.short_name, &workload.settings.run) {
        (Some(short), _) => short.to_string(),
        (None, Some(Run::Command { .. })) => format!("{}.{}", name.environment, name.task),
        (None, _) => name.task.clone(),
    }
}

fn task_type(workload: &Workload) -> &'static str {
    match (&workload.settings.run, &workload.pool) {
        (_, Some(_)) => "actor",
        (Some(Run::Command { .. }), None) => "raw-container",
        _ => "python",
    }
}

fn secret(secret: &Secret) -> Value {
    let mut fields = Fields::default();
    fields.set("key", secret.key.as_str());
    fields.maybe("group", secret.group.as_deref());
    fields.maybe("env_var", secret.env_var.as_deref());
    fields.set("mount_requirement", if secret.env_var.is_some() { "ENV_VAR" } else { "FILE" });
    fields.value()
}

fn extended_resources(resources: &Resources) -> Option<Value> {
    let mut fields = Fields::default();
    // A count alone asks for any GPU, of which the wire says nothing more.
    fields.maybe("gpu_accelerator", resources.device.as_ref().and_then(accelerator));
    let memory = resources.shared_memory.as_ref();
    let memory =
        memory.map(|size| json!({ "mount_name": "flyte-shm", "mount_path": "/dev/shm", "size_limit": size.as_str() }));
    fields.maybe("shared_memory", memory);
    (!fields.0.is_empty()).then(|| fields.value())
}

fn accelerator(device: &Device) -> Option<Value> {
    let mut fields = Fields::default();
    fields.set("device", wire_name(device.device.as_deref()?));
    fields.set("device_class", wire_class(&device.class));
    fields.maybe("partition_size", device.partition.as_deref());
    Some(fields.value())
}

fn retries(retries: &Retries) -> Value {
    let mut fields = Fields::default();
    fields.set("count", retries.count);
    let backoff = retries.backoff.as_ref();
    fields.maybe(
        "backoff",
        backoff.map(|backoff| {
            let mut fields = Fields::default();
            fields.set("base", seconds(backoff.base));
            fields.set("factor", backoff.factor);
            fields.maybe("cap", backoff.cap.map(seconds));
            fields.value()
        }),
    );
    fields.value()
}

fn cache(cache: &crate::settings::cache::Cache) -> Value {
    let mut fields = Fields::default();
    fields.set("behavior", cache.behavior.name());
    fields.maybe("version_override", cache.version.as_deref());
    fields.set("serialize", cache.serialize);
    if !cache.ignored_inputs.is_empty() {
        fields.set("ignored_inputs", cache.ignored_inputs.iter().map(ecow::EcoString::as_str).collect::<Vec<_>>());
    }
    if !cache.salt.is_empty() {
        fields.set("salt", cache.salt.as_str());
    }
    fields.maybe("max_age", cache.max_age.map(seconds));
    fields.value()
}

fn reuse_policy(policy: &ReusePolicy) -> Value {
    json!({
        "min_replicas": policy.min_replicas,
        "max_replicas": policy.max_replicas,
        "concurrency": policy.concurrency,
        "idle_ttl": seconds(policy.idle_ttl),
        "scaledown_ttl": seconds(policy.scaledown_ttl),
        "scope": match policy.scope { Scope::Global => "global", Scope::Run => "run" },
    })
}

fn pool(pool: &Pool, workload: &Workload) -> Value {
    json!({
        "name": pool.name,
        "version": pool.version,
        "container_image": workload.image(),
    })
}

/// Microseconds as seconds, whole where they are.
fn seconds(microseconds: i64) -> Value {
    const SECOND: i64 = 1_000_000;
    if microseconds % SECOND == 0 {
        return json!(microseconds / SECOND);
    }
    #[expect(clippy::cast_precision_loss, reason = "microseconds of any timeout are far below 2^53")]
    let seconds = microseconds as f64 / SECOND as f64;
    json!(seconds)
}

/// The first `length` characters, as the SDK cuts them.
fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// A description as the SDK cuts it: with a mark that it did.
fn cut_description(text: &str) -> String {
    const MARK: &str = "...(tr.)";
    if text.chars().count() <= MAX_DESCRIPTION {
        return text.to_owned();
    }
    cut(text, MAX_DESCRIPTION - MARK.len()) + MARK
}

/// An object under construction.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn maybe(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn value(self) -> Value {
        Value::Object(self.0)
    }
}
