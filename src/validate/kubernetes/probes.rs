//! Probes of containers that run beside others.
//!
//! In: a container. Out: faults. Source: `validateProbe`, `validateLivenessProbe`, `validateReadinessProbe` and
//! `validateStartupProbe` in validation.go. Not here: what a probe does ([`handlers`]).

use k8s_openapi::api::core::v1::{Container, Probe};

use super::{Pod, defaults, handlers};
use crate::diagnostics::code::{NEGATIVE, kubernetes as code};
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Checks those of the container at `at`.
pub fn check(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    for (field, probe) in probes {
        let Some(probe) = probe else { continue };
        let at = at.field(field);
        handlers::check(probe.into(), field, container, defaults::termination_grace_period(pod.spec), &at, faults);
        numbers(probe, &at, faults);
        if field == "readinessProbe" {
            no_grace_period(probe, &at, faults);
        } else {
            one_success(probe, field, &at, faults);
        }
    }
}

fn numbers(probe: &Probe, at: &At<'_>, faults: &mut Faults) {
    let numbers = [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ];
    for (field, number) in numbers {
        if number.is_some_and(|number| number < 0) {
            let message = format!("`{field}` cannot be negative");
            let fault = Fault::invalid(NEGATIVE, &at.field(field), message);
            faults.push(
                fault.note("Kubernetes counts it from 0").help("leave it out for the default, or write a number"),
            );
        }
    }
    if probe.termination_grace_period_seconds.is_some_and(|seconds| seconds <= 0) {
        let message = "a probe's `terminationGracePeriodSeconds` has to be at least 1";
        let fault = Fault::invalid(code::BAD_PROBE_GRACE, &at.field("terminationGracePeriodSeconds"), message)
            .note("Kubernetes tells the container that it is to end, and needs some time to give it")
            .help("leave it out: then the pod's own counts");
        faults.push(fault);
    }
}

/// One success is enough for a probe that restarts or starts the container; none counts as one.
fn one_success(probe: &Probe, field: &str, at: &At<'_>, faults: &mut Faults) {
    let Some(threshold) = probe.success_threshold.filter(|threshold| !matches!(threshold, 0 | 1)) else { return };
    let message = format!("`successThreshold` of a `{field}` is always 1");
    let fault = Fault::invalid(code::BAD_SUCCESS_THRESHOLD, &at.field("successThreshold"), message)
        .note("for Kubernetes only a `readinessProbe` waits for several successes in a row")
        .help("take it away, or write `failureThreshold` if failures are meant")
        // That it is negative is said for itself.
        .echo(threshold < 0);
    faults.push(fault.suggest("write 1", "1"));
}

fn no_grace_period(probe: &Probe, at: &At<'_>, faults: &mut Faults) {
    let Some(seconds) = probe.termination_grace_period_seconds else { return };
    let message = "a `readinessProbe` cannot have `terminationGracePeriodSeconds`";
    let fault = Fault::invalid(code::BAD_PROBE_GRACE, &at.field("terminationGracePeriodSeconds"), message)
        .at_key()
        .note("it ends no container: where it fails, the container only gets no traffic, so Kubernetes takes no time for it")
        .help("take it away")
        .remove("terminationGracePeriodSeconds")
        // That it is too small is said for itself.
        .echo(seconds <= 0);
    faults.push(fault);
}
