//! Environment variables whose values Flyte sets.
//!
//! In: a template, or a workload. Out: faults. Source: `DecorateEnvVars` and `GetExecutionEnvVars` in `flytek8s/k8s_resource_adds.go`,
//! `NewTaskExecutionMetadata` in `executor/pkg/plugin/task_exec_metadata.go`: they are added behind a container's own, and of two
//! variables of one name Kubernetes takes the last. Not here: variables that a cluster is configured to set, and those of secrets.

use k8s_openapi::api::core::v1::{Container, EnvVar};

use super::{Filled, each_other, primary as primary_of};
use crate::diagnostics::code::kubernetes::{REPLACED_PROBE, RESERVED_VARIABLE};
use crate::lower::Template;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// The variable that asks for an editor in the container. Source: `FlyteEnableVscode` in `flytek8s/pod_helper.go`.
const EDITOR: &str = "_F_E_VS";

/// What Flyte sets a variable to.
fn set_by_flyte(name: &str) -> Option<&'static str> {
    Some(match name {
        "ACTION_NAME" => "the name of the action",
        "RUN_NAME" | "FLYTE_INTERNAL_EXECUTION_ID" => "the name of the run",
        "_U_RUN_BASE" => "where the run keeps its data",
        "_U_ORG_NAME" => "the organization",
        "_F_PN" => "the name of the pod",
        "FLYTE_ATTEMPT_NUMBER" => "the number of the try",
        "FLYTE_INTERNAL_EXECUTION_PROJECT" => "the run's project",
        "FLYTE_INTERNAL_EXECUTION_DOMAIN" => "the run's domain",
        "FLYTE_INTERNAL_TASK_PROJECT" | "FLYTE_INTERNAL_PROJECT" => "the task's project",
        "FLYTE_INTERNAL_TASK_DOMAIN" | "FLYTE_INTERNAL_DOMAIN" => "the task's domain",
        "FLYTE_INTERNAL_TASK_NAME" | "FLYTE_INTERNAL_NAME" => "the task's name",
        "FLYTE_INTERNAL_TASK_VERSION" | "FLYTE_INTERNAL_VERSION" => "the task's version",
        _ => return None,
    })
}

/// Checks all containers but the primary one.
pub fn others(template: &Template, faults: &mut Faults) {
    each_other(template, |container, at| reserved(container, at, faults));
}

/// Checks the primary container of a task.
pub fn primary(filled: &Filled<'_>, faults: &mut Faults) {
    primary_of(filled, |container, at| {
        reserved(container, at, faults);
        if container.readiness_probe.is_some() {
            replaced_probe(container, at, faults);
        }
    });
}

fn reserved(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("env");
    for (index, variable) in container.env.iter().flatten().enumerate() {
        let Some(value) = set_by_flyte(&variable.name) else { continue };
        let name = &variable.name;
        let at = list.index(index);
        faults.push(
            Fault::found(RESERVED_VARIABLE, &at.field("name"), format!("the value of `{name}` never reaches the program"))
                .here(format!("Flyte sets it to {value}"))
                .note("Flyte adds its own variables to every container, behind those that are written, and the last one counts")
                .help(format!("take another name, such as `MY_{}`, and read that in the program", of_ones_own(name))),
        );
    }
}

/// What a variable of Flyte's is about, without Flyte's own beginnings.
fn of_ones_own(name: &str) -> &str {
    const BEGINNINGS: &[&str] =
        &["FLYTE_INTERNAL_EXECUTION_", "FLYTE_INTERNAL_TASK_", "FLYTE_INTERNAL_", "FLYTE_", "_U_", "_F_"];
    BEGINNINGS.iter().find_map(|beginning| name.strip_prefix(beginning)).unwrap_or(name)
}

/// Source: `BuildResource` in `flyteplugins/go/tasks/plugins/k8s/pod/plugin.go`.
fn replaced_probe(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let mut variables = container.env.iter().flatten().enumerate();
    // Flyte looks at the first variable of this name.
    let asked = variables.find(|(_, variable)| variable.name == EDITOR).filter(|(_, variable)| is_true(variable));
    let Some((index, _)) = asked else { return };
    let list = at.field("env");
    faults.push(
        Fault::found(REPLACED_PROBE, &at.field("readinessProbe"), "this probe is never used")
            .at_key()
            .relation()
            .other(&list.index(index), format!("`{EDITOR}` asks for an editor"))
            .note(format!("where `{EDITOR}` is true, Flyte sets a probe of its own, which asks for the editor"))
            .help(format!("leave `{EDITOR}` out where the probe is needed")),
    );
}

/// Source: `ParseBool` in Go's strconv.
fn is_true(variable: &EnvVar) -> bool {
    let value = variable.value.as_deref().unwrap_or_default();
    matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
}
