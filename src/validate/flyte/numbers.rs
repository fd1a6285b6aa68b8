//! Numbers that do not survive the way to a cluster.
//!
//! In: a template. Out: faults. Always: only fields are looked at that can hold such a number and that Kubernetes does not bound.
//! Source: `google.protobuf.Struct`, whose numbers are doubles, and `BuildRawPod` in `flytek8s/pod_helper.go`, which reads them into
//! whole numbers of 64 bits.

use k8s_openapi::api::core::v1::{Container, Probe};

use super::lists;
use crate::diagnostics::code::kubernetes::INEXACT_NUMBER;
use crate::lower::Template;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Up to here, a double holds every whole number.
const EXACT: u64 = 1 << 53;

/// Checks the pod.
pub fn check(template: &Template, faults: &mut Faults) {
    let root = At::root();
    let spec = root.field("spec");
    number(template.spec.termination_grace_period_seconds, &spec.field("terminationGracePeriodSeconds"), faults);
    let list = spec.field("tolerations");
    for (index, toleration) in template.spec.tolerations.iter().flatten().enumerate() {
        let at = list.index(index);
        number(toleration.toleration_seconds, &at.field("tolerationSeconds"), faults);
    }
    for (field, containers) in lists(template) {
        let list = spec.field(field);
        for (index, container) in containers.iter().enumerate() {
            self::container(container, &list.index(index), faults);
        }
    }
}

fn container(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    for (field, probe) in probes {
        let at = at.field(field);
        let period = |probe: &Probe| probe.termination_grace_period_seconds;
        number(probe.as_ref().and_then(period), &at.field("terminationGracePeriodSeconds"), faults);
    }
    let Some(lifecycle) = &container.lifecycle else { return };
    let lifecycle_at = at.field("lifecycle");
    for (field, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let at = lifecycle_at.field(field);
        let at = at.field("sleep");
        let sleep = handler.as_ref().and_then(|handler| handler.sleep.as_ref());
        number(sleep.map(|sleep| sleep.seconds), &at.field("seconds"), faults);
    }
}

fn number(number: Option<i64>, at: &At<'_>, faults: &mut Faults) {
    let Some(number) = number.filter(|number| number.unsigned_abs() > EXACT) else { return };
    let arrives = as_double(number);
    if arrives == i128::from(number) {
        return;
    }
    let message = match i64::try_from(arrives) {
        Ok(arrives) => format!("{number} arrives at the cluster as {arrives}"),
        Err(_) => format!("{number} arrives at the cluster as {arrives}, which it cannot read"),
    };
    let fault = Fault::found(INEXACT_NUMBER, at, message);
    let fault = fault.note(format!("pods travel as doubles, which hold every whole number up to {EXACT} only"));
    let field = at.path().to_string();
    faults.push(match field.rsplit('.').next() {
        Some(field @ "tolerationSeconds") => {
            fault.help("leave it out: a toleration without it holds for ever").remove(field)
        }
        _ => fault.help("write a number of seconds that a task can wait, such as `3600` for an hour"),
    });
}

/// The double nearest to a number, which is a whole number again.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the loss is what is asked for")]
fn as_double(number: i64) -> i128 {
    number as f64 as i128
}
