//! What a Flyte cluster does with a pod.
//!
//! In: a template, or a workload, as it will be handed to a cluster. Out: faults that no API server reports. Always: what is told
//! is what the backend's own code does, and each rule names the function that does it; nothing of it is refused by Kubernetes
//! or the SDK, so all of it is warnings. Source: Flyte 2's backend in Go; `flytek8s` is its folder
//! `flyteplugins/go/tasks/pluginmachinery/flytek8s`. Not here: what a cluster's own pod template adds, and what is said of pools of
//! reusable containers, which other software runs.

mod completion;
mod ignored;
mod metadata;
mod numbers;
pub mod placeholders;
mod resources;
mod secrets;
mod shared_memory;
mod substitution;
mod variables;

use k8s_openapi::api::core::v1::Container;

use super::fault::Faults;
use super::kubernetes::features::Features;
use super::path::At;
use crate::lower::{Template, Workload};

/// Looks at what all tasks of a template share, on a cluster with these features.
pub fn template(template: &Template, features: &Features, faults: &mut Faults) {
    completion::check(template, features, faults);
    resources::check(template, faults);
    variables::others(template, faults);
    metadata::check(template, faults);
    ignored::check(template, faults);
    substitution::template(template, faults);
    numbers::check(template, faults);
}

/// A workload with its primary container.
pub struct Filled<'w> {
    /// The workload.
    pub workload: &'w Workload,
    /// Its primary container; of those that are alike but for their commands, the first one's command is in it.
    pub primary: Container,
}

/// Looks at what a task fills in but for its variables and its command, and what comes of it beside its template.
pub fn task(filled: &Filled<'_>, faults: &mut Faults) {
    let workload = filled.workload;
    if workload.pool.is_some() {
        return;
    }
    resources::accelerators(filled, faults);
    shared_memory::check(filled, faults);
    ignored::service_account(workload, faults);
    substitution::image(filled, faults);
}

/// Looks at the variables that a task fills in, and what takes their place.
pub fn variables(filled: &Filled<'_>, faults: &mut Faults) {
    if filled.workload.pool.is_none() {
        variables::primary(filled, faults);
        secrets::check(filled, faults);
        substitution::variables(filled, faults);
    }
}

/// Looks at the command that a task fills in.
pub fn command(workload: &Workload, faults: &mut Faults) {
    if workload.pool.is_none() {
        substitution::command(workload, faults);
    }
}

/// A list of containers in a pod.
type Containers<'t> = (&'static str, &'t [Container]);

/// The lists of containers of a template that Flyte customises, each with its field.
fn lists(template: &Template) -> [Containers<'_>; 2] {
    let init = template.spec.init_containers.as_deref().unwrap_or_default();
    [("initContainers", init), ("containers", &template.spec.containers)]
}

/// Calls `look` with every container that is not the primary one, and its place.
fn each_other(template: &Template, mut look: impl FnMut(&Container, &At<'_>)) {
    let root = At::root();
    let spec = root.field("spec");
    for (field, containers) in lists(template) {
        let list = spec.field(field);
        let primary = (field == "containers").then_some(template.primary_index);
        for (index, container) in containers.iter().enumerate().filter(|(index, _)| Some(*index) != primary) {
            look(container, &list.index(index));
        }
    }
}

/// Calls `look` with the primary container of a task, and its place.
fn primary(filled: &Filled<'_>, mut look: impl FnMut(&Container, &At<'_>)) {
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    look(&filled.primary, &list.index(filled.workload.template.primary_index));
}

/// Calls `look` with every container of a task, and its place.
fn each(filled: &Filled<'_>, mut look: impl FnMut(&Container, &At<'_>)) {
    primary(filled, &mut look);
    each_other(&filled.workload.template, look);
}
