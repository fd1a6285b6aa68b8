//! The cluster's Kubernetes.
//!
//! In: the arguments and the project. Out: the [`Target`] that pods are made for: the arguments' version, or else the project's; its
//! gates as that version has them, then as the project sets them, then as the arguments do. Always: what is wrong in the project is
//! told at its place; a gate of the project that another version, asked for by an argument, does not have is left out.

use super::Failure;
use super::args::Common;
use crate::diagnostics::Diagnostic;
use crate::project::Project;
use crate::schema::kubernetes::versions::gates::Unsettable;
use crate::schema::kubernetes::versions::{Gate, Target, Version};

/// The cluster that the arguments and the project speak of. What is wrong in the project is added to the faults.
pub fn target(common: &Common, project: &Project, faults: &mut Vec<Diagnostic>) -> Result<Target, Failure> {
    let settings = &project.kubernetes;
    let of_project =
        settings.version(|text| text.parse().map_err(|fault| format!("`{text}` is not known: {fault}")), faults);
    let version: Version = common.kubernetes_version.or(of_project).unwrap_or(Version::NEWEST);
    let mut target = Target::new(version);
    let foreign = common.kubernetes_version.is_some_and(|version| Some(version) != of_project);
    let set = |name: &str, on: bool| {
        let gate = Gate::named(name).ok_or_else(|| unknown(name))?;
        match target.gates.set(gate, on) {
            Err(fault) if !foreign => Err(unsettable(gate, version, fault)),
            _ => Ok(()),
        }
    };
    settings.set_gates(set, faults);
    for (gate, on) in &common.feature_gates {
        target.gates.set(*gate, *on).map_err(|fault| Failure::new(unsettable(*gate, version, fault)))?;
    }
    Ok(target)
}

fn unknown(name: &str) -> String {
    format!("no feature gate that matters to pods is called `{name}`")
}

fn unsettable(gate: Gate, version: Version, fault: Unsettable) -> String {
    let name = gate.facts().name;
    match fault {
        Unsettable::Absent { since } => {
            format!("Kubernetes {version} has no feature gate `{name}`, which came with {since}")
        }
        Unsettable::Locked { on, since } => {
            let state = if on { "on" } else { "off" };
            format!("the feature gate `{name}` is always {state} in Kubernetes {version}: it is locked since {since}")
        }
    }
}
