//! Pods to the Pod Security Standards.
//!
//! In: a pod, and the level that its author asked for. Out: faults, each with the name of its check as the standard has it. Always:
//! a level holds all that the level below it does; of two checks that find the same, the stricter one speaks; what one field of the
//! pod would mend is one fault, not one for each container. What an environment fills into a pod for a task matters to no check.
//! Source: "Pod Security Standards" in Kubernetes' documentation, and the checks of kubernetes/pod-security-admission. Not here:
//! what a cluster adds to pods by itself, and which namespace asks for which level.

mod containers;
mod hardening;
mod host;
mod identity;
mod privileges;
mod profiles;

use std::fmt;

use rustc_hash::FxHashSet;

use self::containers::Container;
use super::fault::{Fault, Faults, Scope};
use super::kubernetes::Pod;
use super::path::{At, Path};
use crate::check::pod_security::Level;
use crate::diagnostics::{Code, Severity};

/// What stands before what Kubernetes itself would say.
const REFUSAL: &str = "the Pod Security Standards would refuse the pod: ";

/// One check of the standard.
struct Check {
    code: Code,
    /// As Kubernetes writes it, with its level.
    name: &'static str,
    /// What the level keeps from happening.
    why: &'static str,
}

impl Check {
    /// What it finds; `detail` is what Kubernetes says in brackets.
    fn finds(&self, at: &At<'_>, message: impl Into<String>, detail: &str) -> Fault {
        let name = self.name;
        Fault::found(self.code, at, message).note(self.why).note(format!("{REFUSAL}`{name} ({detail})`"))
    }

    /// Something that is missing there.
    fn misses(&self, at: &At<'_>, message: impl Into<String>, detail: &str) -> Fault {
        Fault { scope: Scope::Relation, ..self.finds(at, message, detail).at_key() }
    }
}

/// Holds a pod to a level.
pub fn check(pod: &Pod<'_>, level: Level, faults: &mut Faults) {
    if level == Level::Privileged {
        return;
    }
    let before = faults.len();
    let root = At::root();
    let at = root.field("spec");
    host::pod(pod, level, &at, faults);
    profiles::pod(pod, level, &at, faults);
    identity::pod(pod, level, &at, faults);
    containers::each(pod.spec, &at, |container, at| {
        host::container(pod, container, at, faults);
        privileges::container(pod, level, container, at, faults);
        profiles::container(pod, level, container, at, faults);
        identity::container(pod, level, container, at, faults);
    });
    quiet(faults, before);
}

/// Puts what people are told in the place of what a level finds, from `before` on: of a pod that nobody has hardened, one fault.
pub fn fold(pod: &Pod<'_>, level: Level, before: usize, faults: &mut Faults) {
    if level == Level::Restricted {
        let root = At::root();
        hardening::folded(pod, &root.field("spec"), before, faults);
    }
}

/// What Kubernetes itself refuses is told once, and a warning about a value says nothing more where the level forbids it.
fn quiet(faults: &mut Faults, before: usize) {
    if faults.len() == before {
        return;
    }
    let (earlier, found) = faults.split_at_mut(before);
    let forbidden: FxHashSet<&Path> = found.iter().map(|found| &found.at).collect();
    for warning in earlier.iter_mut().filter(|earlier| earlier.code.severity() == Severity::Warning) {
        warning.echo |= forbidden.contains(&warning.at);
    }
    let told = earlier.iter().filter(|earlier| earlier.code.severity() == Severity::Error && !earlier.echo);
    let refused: FxHashSet<&Path> = told.map(|refused| &refused.at).collect();
    for found in found {
        found.echo |= refused.contains(&found.at);
    }
}

/// Whether a pod has a user namespace of its own, in which root is not the node's: from 1.35 on it may be root.
fn has_own_users(pod: &Pod<'_>) -> bool {
    pod.features.minor >= 35 && pod.spec.host_users == Some(false)
}

/// Whose security context is at fault, as Kubernetes names it in a detail.
#[derive(Debug, Clone, Copy)]
enum Whose<'p> {
    Pod,
    Container(&'p str),
}

impl Whose<'_> {
    /// What people are told of.
    fn shown(self) -> String {
        match self {
            Self::Pod => "the containers".to_owned(),
            Self::Container(name) => format!("the container `{name}`"),
        }
    }
}

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod => f.write_str("pod"),
            Self::Container(name) => write!(f, "container \"{name}\""),
        }
    }
}

/// The containers `a`, `b` as Kubernetes names them in a detail.
fn listed(containers: &[&str]) -> String {
    let names: Vec<String> = containers.iter().map(|name| format!("\"{name}\"")).collect();
    let word = if containers.len() == 1 { "container" } else { "containers" };
    format!("{word} {}", names.join(", "))
}

/// The containers `a`, `b` as people are told of them.
fn shown(containers: &[&str]) -> String {
    match containers {
        [one] => format!("the container `{one}`"),
        [first, second] => format!("the containers `{first}` and `{second}`"),
        [first, rest @ ..] => format!("the container `{first}` and {} more", rest.len()),
        [] => "the containers".to_owned(),
    }
}
