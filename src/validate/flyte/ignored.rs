//! Fields that Flyte sets itself, and settings that a field wins over.
//!
//! In: a template, or a workload. Out: faults. Source: `BuildRawPod` and `UpdatePod` in `flytek8s/pod_helper.go`. Not here:
//! `hostNetwork`, which only clusters that are configured so overwrite.

use crate::diagnostics::code::kubernetes::{IGNORED_FIELD, IGNORED_SERVICE_ACCOUNT};
use crate::lower::{Template, Workload};
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::volumes::files::name_of;
use crate::validate::path::At;

/// Checks the fields of the pod.
pub fn check(template: &Template, faults: &mut Faults) {
    if template.spec.enable_service_links == Some(true) {
        let root = At::root();
        let spec = root.field("spec");
        faults.push(
            Fault::found(IGNORED_FIELD, &spec.field("enableServiceLinks"), "`enableServiceLinks = true` has no effect")
                .here("Flyte sets it to `false`")
                .note("with `true`, Kubernetes would put variables for every service of the namespace into each container")
                .remove("enableServiceLinks")
                .help("leave it out; services are found by their names, as `http://NAME.NAMESPACE`"),
        );
    }
}

/// The service account in the pod spec wins over that of the task.
pub fn service_account(workload: &Workload, faults: &mut Faults) {
    let setting = workload.settings.service_account.as_deref().unwrap_or_default();
    if let Some(fault) = name_of(setting, "service account", &At::settings().field("service_account")) {
        faults.push(fault);
        return;
    }
    let (Some(account), Some(setting)) =
        (&workload.template.spec.service_account_name, &workload.settings.service_account)
    else {
        return;
    };
    if account.is_empty() || setting.is_empty() || account.as_str() == setting.as_str() {
        return;
    }
    let (root, settings) = (At::root(), At::settings());
    let spec = root.field("spec");
    faults.push(
        Fault::found(
            IGNORED_SERVICE_ACCOUNT,
            &settings.field("service_account"),
            format!("the pod runs as `{account}`, not as `{setting}`"),
        )
        .relation()
        .here("this is not used for the pod")
        .other(&spec.field("serviceAccountName"), "this one is used")
        .note("Flyte gives a pod the `service_account` of its task only where the pod spec names none")
        .help(format!(
            "leave one of the two out; `serviceAccountName = null` in the task's `pod_template` lets `{setting}` count"
        )),
    );
}
