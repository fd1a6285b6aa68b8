//! How single containers restart: sidecars, and rules by exit codes.
//!
//! In: a container. Out: faults. Always: without the gate `ContainerRestartRules` nothing but the `Always` of an init container
//! counts. Source: `validateContainerRestartPolicy` and `validateInitContainerRestartPolicy` in validation.go,
//! `dropContainerRestartRules` in pkg/api/pod. Not here: the restart policy of the pod.

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule};

use super::Pod;
use super::words::one_of;
use crate::diagnostics::code::{MISSING_FIELD, kubernetes as code};
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::path::At;

const POLICIES: &[&str] = &["Always", "Never", "OnFailure"];
const OPERATORS: &[&str] = &["In", "NotIn"];
const GO_THROUGH: &str = "Kubernetes bounds them, since a node goes through all of them whenever the container ends";
const MOST_RULES: usize = 20;
const MOST_VALUES: usize = 255;

/// Whether an init container runs beside the others.
#[must_use]
pub fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// Checks the regular container at `at`.
pub fn regular(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    if !pod.features.container_restart_rules {
        return;
    }
    let policy_at = at.field("restartPolicy");
    match container.restart_policy.as_deref() {
        None if rules(container).is_empty() => return,
        None => {
            let message = "`restartPolicyRules` need a `restartPolicy` beside them";
            let fault = Fault::required(code::RULES_WITHOUT_POLICY, &at.field("restartPolicyRules"), message)
                .field(policy_at.path().to_string())
                .at_key()
                .note("for Kubernetes the rules are exceptions from the container's own policy, not from the pod's")
                .help("add `restartPolicy = \"Never\"`, which restarts the container by its rules alone");
            faults.push(fault.insert("restart by the rules alone", at, "restartPolicy = \"Never\""));
        }
        Some(policy) => faults.extend(one_of(code::UNKNOWN_WORD, policy, POLICIES, &policy_at)),
    }
    check_rules(pod, container, at, faults);
}

/// Checks the init container at `at`.
pub fn init(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(policy) = container.restart_policy.as_deref() else { return };
    if !pod.features.container_restart_rules {
        return;
    }
    let sidecar = is_sidecar(container);
    if sidecar && !pod.features.restart_all_containers {
        if !rules(container).is_empty() {
            let message = "a sidecar cannot have `restartPolicyRules`";
            let fault = Fault::forbidden(code::RULES_OF_A_SIDECAR, &at.field("restartPolicyRules"), message)
                .other(&at.field("restartPolicy"), "it always restarts")
                .note("for Kubernetes the rules are exceptions from not restarting, and a container that always restarts has none")
                .help("take the rules away");
            faults.push(fault);
        }
        return;
    }
    faults.extend(one_of(code::UNKNOWN_WORD, policy, POLICIES, &at.field("restartPolicy")));
    check_rules(pod, container, at, faults);
}

fn rules(container: &Container) -> &[ContainerRestartRule] {
    container.restart_policy_rules.as_deref().unwrap_or_default()
}

fn check_rules(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let (rules, list) = (rules(container), at.field("restartPolicyRules"));
    if rules.len() > MOST_RULES {
        let message = format!("a container has at most {MOST_RULES} restart rules, and these are {}", rules.len());
        let fault = Fault::refused(code::TOO_MANY_RULES, Reason::TooLong, &list, message).at_key();
        faults.push(fault.note(GO_THROUGH).help("put exit codes with the same action into one rule"));
    }
    let actions: &[&str] =
        if pod.features.restart_all_containers { &["Restart", "RestartAllContainers"] } else { &["Restart"] };
    for (index, rule) in rules.iter().enumerate() {
        let at = list.index(index);
        faults.extend(one_of(code::UNKNOWN_WORD, &rule.action, actions, &at.field("action")));
        let at = at.field("exitCodes");
        let Some(codes) = &rule.exit_codes else {
            let message = "a restart rule needs `exitCodes`, which it applies to";
            let fault = Fault::required(MISSING_FIELD, &at, message)
                .note("Kubernetes looks for a rule by the code with which the container has ended");
            faults.push(fault.help("add them: `exitCodes = { operator = \"In\", values = [42] }`"));
            continue;
        };
        faults.extend(one_of(code::UNKNOWN_WORD, &codes.operator, OPERATORS, &at.field("operator")));
        let count = codes.values.as_ref().map_or(0, Vec::len);
        if count > MOST_VALUES {
            let message = format!("a restart rule has at most {MOST_VALUES} exit codes, and these are {count}");
            let values = at.field("values");
            let fault = Fault::refused(code::TOO_MANY_RULES, Reason::TooLong, &values, message).at_key();
            faults.push(fault.note(GO_THROUGH).help("name the codes that are left out, with the operator `NotIn`"));
        }
    }
}
