//! A template's fields as Kubernetes' types, with the SDK's helpers applied.
//!
//! In: the checked fields of an effective template. Out: [`Template`]. Source: `flyte/_pod.py`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, Container, EnvVar, HostPathVolumeSource, PodSpec, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::Deserialize;

use super::Fault;
use super::deserialize::Source;
use crate::flyte::PRIMARY_CONTAINER;
use crate::schema::kubernetes::POD_SPEC;
use crate::schema::kubernetes::versions::retired;
use crate::settings::template::{APPARMOR_ANNOTATION, APPARMOR_UNCONFINED, fuse, pod_spec, primary_name};
use crate::value::{Object, Value};

/// What a cluster with a plugin for FUSE calls a device of it.
pub const FUSE_RESOURCE: &str = "smarter-devices/fuse";
const FUSE_VOLUME: &str = "fuse-device";
const FUSE_DEVICE: &str = "/dev/fuse";
const CAPABILITY_ANNOTATION: &str = "flyte.org/capability-";
const SECOND: i64 = 1_000_000;

/// A pod template, ready to take a task.
#[derive(Debug, Clone)]
pub struct Template {
    /// The pod spec, with the primary container as the template has it.
    pub spec: PodSpec,
    /// The labels of the pod.
    pub labels: BTreeMap<String, String>,
    /// The annotations of the pod.
    pub annotations: BTreeMap<String, String>,
    /// The name of the primary container.
    pub primary_name: String,
    /// The fields of the pod spec that Kubernetes' newest version has no more, by name, for clusters that have them.
    pub retired: serde_json::Map<String, serde_json::Value>,
    /// Where the primary container is among the containers. There always is one.
    pub primary_index: usize,
}

impl Template {
    /// The template of a task that has none: one empty container.
    #[must_use]
    pub fn empty() -> Self {
        Self::around(PodSpec::default(), PRIMARY_CONTAINER.to_owned(), BTreeMap::new(), BTreeMap::new())
    }

    /// The template of these fields.
    ///
    /// # Errors
    /// Where a value that fits the schema does not fit Kubernetes' types.
    pub fn new(fields: &Object) -> Result<Self, Fault> {
        let spec = match fields.get("pod_spec") {
            Some(value) => PodSpec::deserialize(Source(value))?,
            None => PodSpec::default(),
        };
        let (labels, annotations) = (texts(fields, "labels"), texts(fields, "annotations"));
        let mut template = Self::around(spec, primary_name(fields).to_owned(), labels, annotations);
        template.retired = retired_fields(fields)?;
        if let Some(privileged) = fuse(fields) {
            template.allow_fuse(privileged);
        }
        if fields.get("allow_nested_sandboxing").and_then(Value::as_bool) == Some(true) {
            template.allow_nested_sandboxing();
        }
        if let Some(period) = fields.get("termination_grace_period").and_then(Value::as_duration) {
            // Kubernetes counts whole seconds; the SDK cuts the rest.
            template.spec.termination_grace_period_seconds = Some(period / SECOND);
        }
        Ok(template)
    }

    /// How much memory it takes, in bytes: what each value takes, and more for what has many fields in Kubernetes' types.
    #[must_use]
    pub fn weight(&self, fields: &Object) -> usize {
        /// A text, and its place in a map or list.
        const VALUE: usize = 112;
        let spec = &self.spec;
        let containers = spec.containers.iter().map(|container| (&container.env, &container.volume_mounts));
        let first = spec.init_containers.iter().flatten().map(|container| (&container.env, &container.volume_mounts));
        let of_containers = containers.chain(first).map(|(variables, mounts)| {
            size_of::<Container>()
                + variables.as_ref().map_or(0, |variables| size_of::<EnvVar>() * variables.capacity())
                + mounts.as_ref().map_or(0, |mounts| size_of::<VolumeMount>() * mounts.capacity())
        });
        let volumes = spec.volumes.as_ref().map_or(0, |volumes| size_of::<Volume>() * volumes.capacity());
        size_of::<Self>() + VALUE * fields.size() + of_containers.sum::<usize>() + volumes
    }

    /// A template whose primary container is added at the end where it is missing.
    fn around(
        mut spec: PodSpec,
        primary_name: String,
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
    ) -> Self {
        let found = spec.containers.iter().position(|container| container.name == primary_name);
        let primary_index = found.unwrap_or_else(|| {
            spec.containers.push(Container { name: primary_name.clone(), ..Container::default() });
            spec.containers.len() - 1
        });
        let retired = serde_json::Map::new();
        Self { spec, labels, annotations, primary_name, retired, primary_index }
    }

    /// The primary container as the template has it.
    #[must_use]
    pub fn primary(&self) -> &Container {
        // `primary_index` was found in or added to this very list, which never shrinks.
        &self.spec.containers[self.primary_index]
    }

    fn primary_mut(&mut self) -> &mut Container {
        &mut self.spec.containers[self.primary_index]
    }

    fn allow_fuse(&mut self, privileged: bool) {
        if privileged {
            self.add_fuse_device();
        } else {
            let resources = self.primary_mut().resources.get_or_insert_default();
            for amounts in [&mut resources.requests, &mut resources.limits] {
                amounts.get_or_insert_default().insert(FUSE_RESOURCE.to_owned(), Quantity("1".to_owned()));
            }
        }
        self.add_sys_admin();
        self.stamp("fuse");
    }

    /// The device as a volume, for clusters without a plugin for it; what has its name already stays.
    fn add_fuse_device(&mut self) {
        let volumes = self.spec.volumes.get_or_insert_default();
        if !volumes.iter().any(|volume| volume.name == FUSE_VOLUME) {
            let source = HostPathVolumeSource { path: FUSE_DEVICE.to_owned(), type_: Some("CharDevice".to_owned()) };
            volumes.push(Volume { name: FUSE_VOLUME.to_owned(), host_path: Some(source), ..Volume::default() });
        }
        let primary = self.primary_mut();
        let mounts = primary.volume_mounts.get_or_insert_default();
        if !mounts.iter().any(|mount| mount.name == FUSE_VOLUME) {
            let (name, mount_path) = (FUSE_VOLUME.to_owned(), FUSE_DEVICE.to_owned());
            mounts.push(VolumeMount { name, mount_path, ..VolumeMount::default() });
        }
        primary.security_context.get_or_insert_default().privileged = Some(true);
    }

    fn allow_nested_sandboxing(&mut self) {
        let annotation = format!("{APPARMOR_ANNOTATION}{}", self.primary_name);
        self.annotations.insert(annotation, APPARMOR_UNCONFINED.to_owned());
        self.add_sys_admin().allow_privilege_escalation = Some(false);
        self.stamp("nested-sandboxing");
    }

    fn add_sys_admin(&mut self) -> &mut SecurityContext {
        let context = self.primary_mut().security_context.get_or_insert_default();
        let capabilities: &mut Capabilities = context.capabilities.get_or_insert_default();
        let added = capabilities.add.get_or_insert_default();
        if !added.iter().any(|capability| capability == "SYS_ADMIN") {
            added.push("SYS_ADMIN".to_owned());
        }
        context
    }

    fn stamp(&mut self, capability: &str) {
        self.annotations.insert(format!("{CAPABILITY_ANNOTATION}{capability}"), "true".to_owned());
    }
}

/// What k8s-openapi's type has no place for. Only a pod spec has such fields: the test of the table of versions holds that.
fn retired_fields(fields: &Object) -> Result<serde_json::Map<String, serde_json::Value>, Fault> {
    let spec = pod_spec(fields).into_iter().flat_map(Object::iter);
    let retired = spec.filter(|(name, _)| retired(POD_SPEC.name, name).is_some());
    retired.map(|(name, entry)| Ok((name.to_string(), Deserialize::deserialize(Source(&entry.value))?))).collect()
}

fn texts(fields: &Object, name: &str) -> BTreeMap<String, String> {
    let entries = fields.get(name).and_then(Value::as_object);
    let entries = entries.into_iter().flat_map(|entries| entries.iter());
    entries.filter_map(|(name, entry)| Some((name.to_string(), entry.value.as_str()?.to_string()))).collect()
}
