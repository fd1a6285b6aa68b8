//! The primary container: the template's, with the task in it.
//!
//! In: the template's primary container and the task's settings. Out: the container. Source: `_get_k8s_pod` in
//! `task_serde.py`: image if there is none, command and args always, environment variables ahead, resources merged.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, EnvVar, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::Launch;
use crate::flyte::entrypoint::{self, Function};
use crate::settings::TaskSettings;
use crate::settings::resources::{Amount, Resources};
use crate::settings::run::Run;

/// The primary container of a task.
pub fn primary(template: &Container, settings: &TaskSettings, launch: &Launch) -> Container {
    let (command, args) = command(settings, launch);
    Container {
        image: template.image.clone().or_else(|| settings.image.as_ref().map(ToString::to_string)),
        command: Some(command),
        args: Some(args),
        env: Some(variables(template, settings)),
        resources: resources(template.resources.as_ref(), &settings.resources),
        ..without_replaced(template)
    }
}

/// The environment variables of a task's primary container.
pub fn variables(template: &Container, settings: &TaskSettings) -> Vec<EnvVar> {
    let own = env_vars(settings).map(|(name, value)| variable(name, value));
    own.chain(template.env.iter().flatten().cloned()).collect()
}

/// The template's container without the parts that the task brings, which need no copy.
fn without_replaced(template: &Container) -> Container {
    Container {
        name: template.name.clone(),
        env_from: template.env_from.clone(),
        image_pull_policy: template.image_pull_policy.clone(),
        lifecycle: template.lifecycle.clone(),
        liveness_probe: template.liveness_probe.clone(),
        ports: template.ports.clone(),
        readiness_probe: template.readiness_probe.clone(),
        resize_policy: template.resize_policy.clone(),
        restart_policy: template.restart_policy.clone(),
        restart_policy_rules: template.restart_policy_rules.clone(),
        security_context: template.security_context.clone(),
        startup_probe: template.startup_probe.clone(),
        stdin: template.stdin,
        stdin_once: template.stdin_once,
        termination_message_path: template.termination_message_path.clone(),
        termination_message_policy: template.termination_message_policy.clone(),
        tty: template.tty,
        volume_devices: template.volume_devices.clone(),
        volume_mounts: template.volume_mounts.clone(),
        working_dir: template.working_dir.clone(),
        args: None,
        command: None,
        env: None,
        image: None,
        resources: None,
    }
}

/// The command of a task's primary container, and its arguments.
pub fn command(settings: &TaskSettings, launch: &Launch) -> (Vec<String>, Vec<String>) {
    let strings = |texts: &[ecow::EcoString]| texts.iter().map(ToString::to_string).collect();
    match &settings.run {
        Some(Run::Command { command, args }) => (strings(command), strings(args)),
        Some(Run::Function { function, .. }) => {
            let arguments = Function::parse(function)
                .map(|function| entrypoint::arguments(function, &launch.version, &launch.context));
            (Vec::new(), arguments.unwrap_or_default())
        }
        None => (Vec::new(), Vec::new()),
    }
}

/// The environment variables that the task brings: its own, and those by which Flyte runs a task on a Mac itself.
///
/// Source: `get_apple_silicon_execution_env` in `resources_serde.py`.
pub fn env_vars(settings: &TaskSettings) -> impl Iterator<Item = (&str, &str)> {
    const HOST: &[(&str, &str)] = &[("_F_APPLE_SILICON_EXECUTION", "host"), ("_F_APPLE_SILICON_HOST_PACKAGES", "[]")];
    let set = |name: &str| settings.env_vars.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let apple = settings.resources.device.as_ref().is_some_and(|device| device.class == "APPLE_SILICON");
    let host = apple && set("FLYTE_APPLE_SILICON_EXECUTION") != Some("container");
    let extra = HOST.iter().copied().filter(move |_| host);
    // As in a Python dictionary, a variable that is set already keeps its place and takes the new value.
    let own = settings.env_vars.iter().map(move |(name, value)| {
        let replaced = HOST.iter().find(|(key, _)| host && *key == name.as_str());
        (name.as_str(), replaced.map_or(value.as_str(), |(_, value)| *value))
    });
    own.chain(extra.filter(move |(name, _)| set(name).is_none()))
}

fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

fn resources(template: Option<&ResourceRequirements>, task: &Resources) -> Option<ResourceRequirements> {
    let (requests, limits) = (requests(task), limits(task));
    if requests.is_empty() && limits.is_empty() {
        return template.cloned();
    }
    let merged = |existing: Option<&BTreeMap<String, Quantity>>, own: Vec<(&str, String)>| {
        let mut amounts = existing.cloned().unwrap_or_default();
        amounts.extend(own.into_iter().map(|(name, amount)| (name.to_owned(), Quantity(amount))));
        Some(amounts)
    };
    Some(ResourceRequirements {
        claims: template.and_then(|template| template.claims.clone()),
        limits: merged(template.and_then(|template| template.limits.as_ref()), limits),
        requests: merged(template.and_then(|template| template.requests.as_ref()), requests),
    })
}

/// What the task requests, by the names that the SDK gives them; `gpu` is renamed by the cluster.
pub fn requests(resources: &Resources) -> Vec<(&'static str, String)> {
    let request = |amount: &Option<Amount>| amount.as_ref().map(|amount| amount.request.to_string());
    let device = resources.device.as_ref().map(|device| device.quantity.to_string());
    let disk = resources.disk.as_ref().map(ToString::to_string);
    let all = [
        ("cpu", request(&resources.cpu)),
        ("memory", request(&resources.memory)),
        ("gpu", device),
        ("ephemeral-storage", disk),
    ];
    all.into_iter().filter_map(|(name, amount)| Some((name, amount?))).collect()
}

/// What the task is limited to.
#[must_use]
pub fn limits(resources: &Resources) -> Vec<(&'static str, String)> {
    let limit =
        |amount: &Option<Amount>| amount.as_ref().and_then(|amount| amount.limit.as_ref()).map(ToString::to_string);
    let all = [("cpu", limit(&resources.cpu)), ("memory", limit(&resources.memory))];
    all.into_iter().filter_map(|(name, amount)| Some((name, amount?))).collect()
}
