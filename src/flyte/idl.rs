//! The messages of `flyteidl2` that the compiler makes, with their real field numbers.
//!
//! In: nothing. Out: prost messages. Always: maps are ordered, so that a message has one encoding. Source:
//! `flyteidl2/core/tasks.proto`, `literals.proto` and `security.proto`. Not here: fields that are never set.

use std::collections::BTreeMap;

use prost_types::Struct;

/// `flyteidl2.core.K8sPod`. Field 3, `data_config`, is never set, as by the SDK.
#[derive(Clone, PartialEq, prost::Message)]
pub struct K8sPod {
    /// Labels and annotations.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<K8sObjectMetadata>,
    /// The pod spec as JSON has it; all numbers are doubles.
    #[prost(message, optional, tag = "2")]
    pub pod_spec: Option<Struct>,
    /// The container that the task runs in.
    #[prost(string, tag = "4")]
    pub primary_container_name: String,
}

/// `flyteidl2.core.K8sObjectMetadata`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct K8sObjectMetadata {
    /// The pod's labels.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<MapEntry>,
    /// The pod's annotations.
    #[prost(message, repeated, tag = "2")]
    pub annotations: Vec<MapEntry>,
}

/// An entry of a `map<string, string>`, which on the wire is a message of its own. Both parts are always written, also where
/// they are empty, as Google's implementations do and prost's maps do not.
#[derive(Clone, PartialEq, prost::Message)]
pub struct MapEntry {
    /// The key.
    #[prost(string, optional, tag = "1")]
    pub key: Option<String>,
    /// The value.
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// The entries of a map, in the order of their keys.
#[must_use]
pub fn map_entries(map: &BTreeMap<String, String>) -> Vec<MapEntry> {
    map.iter().map(|(key, value)| MapEntry { key: Some(key.clone()), value: Some(value.clone()) }).collect()
}

/// `flyteidl2.core.Container`, of which a pool's version is made.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Container {
    /// The image.
    #[prost(string, tag = "1")]
    pub image: String,
    /// The resources.
    #[prost(message, optional, tag = "4")]
    pub resources: Option<Resources>,
    /// The environment variables.
    #[prost(message, repeated, tag = "5")]
    pub env: Vec<KeyValuePair>,
}

/// `flyteidl2.core.Resources`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Resources {
    /// What is promised.
    #[prost(message, repeated, tag = "1")]
    pub requests: Vec<ResourceEntry>,
    /// What can be used at most.
    #[prost(message, repeated, tag = "2")]
    pub limits: Vec<ResourceEntry>,
}

/// `flyteidl2.core.Resources.ResourceEntry`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ResourceEntry {
    /// Which resource.
    #[prost(enumeration = "ResourceName", tag = "1")]
    pub name: i32,
    /// How much, as a quantity.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// `flyteidl2.core.Resources.ResourceName`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum ResourceName {
    /// None.
    Unknown = 0,
    /// CPU cores.
    Cpu = 1,
    /// Accelerators.
    Gpu = 2,
    /// Memory.
    Memory = 3,
    /// Ephemeral storage.
    EphemeralStorage = 5,
}

/// `flyteidl2.core.KeyValuePair`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct KeyValuePair {
    /// The name.
    #[prost(string, tag = "1")]
    pub key: String,
    /// The value.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// `flyteidl2.core.SecurityContext`, of which a pool's version is made.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SecurityContext {
    /// Who the task runs as.
    #[prost(message, optional, tag = "1")]
    pub run_as: Option<Identity>,
    /// The secrets.
    #[prost(message, repeated, tag = "2")]
    pub secrets: Vec<Secret>,
}

/// `flyteidl2.core.Identity`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Identity {
    /// The Kubernetes service account.
    #[prost(string, tag = "2")]
    pub k8s_service_account: String,
}

/// `flyteidl2.core.Secret`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Secret {
    /// The group in the store.
    #[prost(string, tag = "1")]
    pub group: String,
    /// The name in the store.
    #[prost(string, tag = "3")]
    pub key: String,
    /// 1 for an environment variable, 2 for a file.
    #[prost(int32, tag = "4")]
    pub mount_requirement: i32,
    /// The environment variable.
    #[prost(string, tag = "5")]
    pub env_var: String,
}
