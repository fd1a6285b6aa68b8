//! Flyte's configuration, as far as a pod comes of it.
//!
//! In: the section `plugins.k8s` of Flyte's configuration, read by the table here. Out: [`Config`]. Always: a key that the file
//! does not set has the value that Flyte gives it; a map that it sets takes the place of Flyte's whole map.
//! Source: `K8sPluginConfig` and `defaultK8sConfig` in Flyte's `flytek8s/config/config.go`, and `ZeroFields` in its
//! `flytestdlib/config/viper`. Not here: what is done with it (`preview`).

use super::documents::POD_TEMPLATE_SPEC;
use super::{entries, text};
use crate::data::{Key, Node};
use crate::schema::kubernetes::{
    AFFINITY, NODE_SELECTOR_REQUIREMENT, OBJECT_META, POD_DNS_CONFIG, POD_SECURITY_CONTEXT, SECURITY_CONTEXT,
    TOLERATION,
};
use crate::schema::{Field, Object, Type};

/// The key of the pod template that tasks without one get.
pub const DEFAULT_TEMPLATE: &str = "default-pod-template-name";

/// The other sections of Flyte's configuration that may stand beside `plugins`; but for `executor` they say nothing of pods.
pub const SECTIONS: &[&str] = &[
    "actions",
    "apps",
    "cache",
    "cache_service",
    "database",
    "dataproxy",
    "events",
    EXECUTOR,
    "internalApps",
    "logger",
    "manager",
    "otel",
    "prof",
    "runs",
    "secret",
    "secrets",
    "storage",
    "task-plugins",
    "tasks",
    "webhook",
];

/// The section of the executor, in which the service account of tasks without one is.
pub const EXECUTOR: &str = "executor";

/// The sections beside `k8s` below `plugins`; they are of plugins that make no plain pods, and of logs.
pub const PLUGINS: &[&str] =
    &["aws", "catalogCache", "connector-service", "dask", "echo", "ioutils", "kf-operator", "logs", "ray", "spark"];

/// All sections that messages may mean.
pub fn sections() -> impl Iterator<Item = &'static str> {
    SECTIONS.iter().copied().chain(["plugins", "flyte"])
}

/// All sections below `plugins` that messages may mean.
pub fn plugins() -> impl Iterator<Item = &'static str> {
    PLUGINS.iter().copied().chain(["k8s"])
}

const TEXTS: Type = Type::Map(&Type::String);
const NAMES: Type = Type::List { element: &Type::String, key: None };
const TOLERATIONS: Type = Type::List { element: &Type::Object(&TOLERATION), key: None };
const REQUIREMENT: Type = Type::Object(&NODE_SELECTOR_REQUIREMENT);

const fn key(name: &'static str, ty: Type) -> Field {
    Field { name, ty, required: false }
}

/// The section `plugins.k8s`. What says nothing of pods is of any type.
pub static K8S: Object = Object {
    name: "plugins.k8s",
    fields: &[
        key("accelerator-device-classes", Type::Map(&Type::Object(&DEVICE_CLASS))),
        key("accelerator-devices", TEXTS),
        key("add-tolerations-for-extended-resources", Type::Any),
        // Of tasks with data loading, which are never made here.
        key("co-pilot", Type::Any),
        key("create-container-config-error-grace-period", Type::Any),
        key("create-container-error-grace-period", Type::Any),
        key("default-affinity", Type::Object(&AFFINITY)),
        key("default-annotations", TEXTS),
        key("default-cpus", Type::Quantity),
        key("default-env-from-configmaps", NAMES),
        key("default-env-from-secrets", NAMES),
        key("default-env-vars", TEXTS),
        key("default-env-vars-from-env", TEXTS),
        key("default-labels", TEXTS),
        key("default-memory", Type::Quantity),
        key("default-node-selector", TEXTS),
        key("default-pod-dns-config", Type::Object(&POD_DNS_CONFIG)),
        key("default-pod-security-context", Type::Object(&POD_SECURITY_CONTEXT)),
        key(DEFAULT_TEMPLATE, Type::String),
        key("default-pod-template-resync", Type::Any),
        key("default-security-context", Type::Object(&SECURITY_CONTEXT)),
        key("default-tolerations", TOLERATIONS),
        key("delete-resource-on-finalize", Type::Any),
        key("disable-inject-owner-references", Type::Bool),
        key("enable-host-networking-pod", Type::Bool),
        key("gpu-device-node-label", Type::String),
        key("gpu-partition-size-node-label", Type::String),
        key("gpu-resource-name", Type::String),
        // The SDK never asks for an accelerator that is not partitioned.
        key("gpu-unpartitioned-node-selector-requirement", REQUIREMENT),
        key("gpu-unpartitioned-toleration", Type::Object(&TOLERATION)),
        key("image-pull-backoff-grace-period", Type::Any),
        // Flyte gives it to tasks that are a container, not to those that are a `K8sPod`.
        key("image-pull-policy", Type::String),
        key("inject-finalizer", Type::Bool),
        key("interruptible-node-selector", TEXTS),
        key("interruptible-node-selector-requirement", REQUIREMENT),
        key("interruptible-tolerations", TOLERATIONS),
        key("non-interruptible-node-selector-requirement", REQUIREMENT),
        key("pod-pending-timeout", Type::Any),
        key("resource-tolerations", Type::Map(&TOLERATIONS)),
        key("scheduler-name", Type::String),
        key("send-object-events", Type::Any),
        key("update-backoff-retries", Type::Any),
        key("update-base-backoff-duration", Type::Any),
    ],
};

/// An entry of `accelerator-device-classes`. How Flyte's reader of configuration takes a pod template, with its many embedded
/// structs, is not certain; here it is read as Kubernetes reads one.
static DEVICE_CLASS: Object = Object {
    name: "accelerator-device-classes",
    fields: &[
        key("device-node-label", Type::String),
        key("partition-size-node-label", Type::String),
        key("pod-template", Type::Object(&DEVICE_TEMPLATE)),
        key("resource-name", Type::String),
        key("unpartitioned-node-selector-requirement", REQUIREMENT),
        key("unpartitioned-toleration", Type::Object(&TOLERATION)),
    ],
};

static DEVICE_TEMPLATE: Object = Object {
    name: "pod-template",
    fields: &[
        key("apiVersion", Type::String),
        key("kind", Type::String),
        key("metadata", Type::Object(&OBJECT_META)),
        key("template", Type::Object(&POD_TEMPLATE_SPEC)),
    ],
};

/// What the file sets.
#[derive(Debug, Default)]
pub struct Config {
    set: Vec<(Key, Node)>,
}

impl Config {
    /// Adds what a document sets; it wins over documents before it.
    pub fn add(&mut self, section: &Node) {
        for (key, value) in entries(section) {
            self.set.retain(|(other, _)| other.text != key.text);
            self.set.push((key.clone(), value.clone()));
        }
    }

    /// The value that the file sets.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.set.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// The text that the file sets, if it is not empty.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(text).filter(|text| !text.is_empty())
    }

    /// The template that the default one is, if the file names one.
    #[must_use]
    pub fn default_template(&self) -> Option<&str> {
        self.text(DEFAULT_TEMPLATE)
    }
}
