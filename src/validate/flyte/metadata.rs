//! Labels whose values Flyte sets.
//!
//! In: a template. Out: faults. Source: `NewTaskExecutionMetadata` in `executor/pkg/plugin/task_exec_metadata.go`, `newTaskActionCR` in
//! `actions/k8s/client.go`, and `addObjectMetadata` in `executor/pkg/plugin/k8s/plugin_manager.go`, which puts them over the pod's own.
//! Not here: annotations, of which Flyte sets only those that no one would write, and `completion`'s.

use crate::diagnostics::code::kubernetes::RESERVED_LABEL;
use crate::lower::Template;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// What Flyte sets a label to.
fn set_by_flyte(name: &str) -> Option<&'static str> {
    Some(match name {
        "organization" => "the organization",
        "project" | "flyte.org/project" => "the run's project",
        "domain" | "flyte.org/domain" => "the run's domain",
        "run" | "flyte.org/run" => "the name of the run",
        "action" | "flyte.org/action" => "the name of the action",
        "flyte.org/action-type" => "the kind of action",
        "flyte.org/is-root" => "whether the action is the run's first",
        "attempt" => "the number of the try",
        "task-name" => "the task's name",
        "flyte.org/managed" => "`true`, by which Flyte finds its pods",
        _ => return None,
    })
}

/// Checks the labels of the pod.
pub fn check(template: &Template, faults: &mut Faults) {
    let root = At::root();
    let metadata = root.field("metadata");
    let labels = metadata.field("labels");
    for name in template.labels.keys() {
        let Some(value) = set_by_flyte(name) else { continue };
        faults.push(
            Fault::found(RESERVED_LABEL, &labels.key(name), format!("the value of the label `{name}` is lost"))
                .at_key()
                .here(format!("Flyte sets it to {value}"))
                .note("Flyte puts its own labels on every pod, over those that are written")
                .help(format!(
                    "take a key with a domain of your own, such as `example.com/{}`",
                    name.rsplit('/').next().unwrap_or(name)
                )),
        );
    }
}
