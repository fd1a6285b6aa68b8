//! Placeholders such as `{{.input}}`: what Flyte replaces, and where.
//!
//! In: a template, or a workload. Out: faults. Source: `AddFlyteCustomizationsToContainer` in `flytek8s/container_helper.go`, which
//! replaces them in the command and the arguments of every container; `substituteRunStartTime` in `actions/k8s/client.go`. Not here:
//! the arguments of the SDK's own entrypoint, which looks at them itself.

use ecow::EcoString;
use k8s_openapi::api::core::v1::{Container, ExecAction};

use super::placeholders::{KNOWN, Meaning, Placeholder, placeholders};
use super::{Filled, each_other, primary};
use crate::diagnostics::code::kubernetes::{PLACEHOLDER_OUT_OF_PLACE, UNKNOWN_PLACEHOLDER};
use crate::lower::{Template, Workload};
use crate::settings::run::Run;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Checks what tasks share.
pub fn template(template: &Template, faults: &mut Faults) {
    each_other(template, |container, at| {
        arguments(container, at, faults);
        variables_of(container, at, faults);
        elsewhere(container, at, faults);
    });
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    elsewhere(template.primary(), &list.index(template.primary_index), faults);
    volumes(template, &spec.field("volumes"), faults);
    let metadata = root.field("metadata");
    for (field, texts) in [("labels", &template.labels), ("annotations", &template.annotations)] {
        let map = metadata.field(field);
        for (name, text) in texts {
            out_of_place(text, &map.key(name), faults);
        }
    }
}

/// Checks the image that a task fills in.
pub fn image(filled: &Filled<'_>, faults: &mut Faults) {
    primary(filled, |container, at| {
        // The template's own image is told with the template.
        if let Some(image) = container.image.as_ref().filter(|_| filled.workload.template.primary().image.is_none()) {
            in_image(image, at, faults);
        }
    });
}

/// Checks the variables that a task fills in.
pub fn variables(filled: &Filled<'_>, faults: &mut Faults) {
    primary(filled, |container, at| variables_of(container, at, faults));
}

/// Checks the command that a task fills in.
pub fn command(workload: &Workload, faults: &mut Faults) {
    let Some(Run::Command { command, args }) = &workload.settings.run else { return };
    let root = At::root();
    let spec = root.field("spec");
    let list = spec.field("containers");
    let container = list.index(workload.template.primary_index);
    replaced(command.iter().map(EcoString::as_str), &container.field("command"), faults);
    replaced(args.iter().map(EcoString::as_str), &container.field("args"), faults);
}

// -------------------------------------------------------------------------------------------- where Flyte replaces

fn arguments(container: &Container, at: &At<'_>, faults: &mut Faults) {
    for (field, texts) in [("command", &container.command), ("args", &container.args)] {
        replaced(texts.iter().flatten().map(String::as_str), &at.field(field), faults);
    }
}

fn replaced<'t>(texts: impl Iterator<Item = &'t str>, list: &At<'_>, faults: &mut Faults) {
    let mut before = "";
    for (index, text) in texts.enumerate() {
        if !ENTRYPOINT.contains(&before) {
            faults.extend(placeholders(text).filter_map(|placeholder| unknown(&placeholder, &list.index(index))));
        }
        before = text;
    }
}

/// The options of the SDK's entrypoint that know what to do with a placeholder that was not replaced.
const ENTRYPOINT: &[&str] = &["--run-name", "--name", "--run-start-time"];

fn unknown(placeholder: &Placeholder<'_>, at: &At<'_>) -> Option<Fault> {
    let text = placeholder.text;
    let fault = |message: String| Fault::found(UNKNOWN_PLACEHOLDER, at, message);
    match placeholder.meaning {
        Meaning::Known | Meaning::Input => None,
        Meaning::Almost(known) => Some(
            fault(format!("Flyte does not know `{text}`, so the program gets it as it stands"))
                .note("Flyte replaces what it knows, each with a dot before its name, and leaves all other text alone")
                .meant_within(text, &format!("{{{{.{known}}}}}")),
        ),
        Meaning::AlmostInput(input) => Some(
            fault(format!("Flyte does not know `{text}`, so the program gets it as it stands"))
                .note("Flyte replaces an input of the task where it is written as `{{.inputs.NAME}}`")
                .meant_within(text, &format!("{{{{.inputs.{input}}}}}")),
        ),
        Meaning::Unknown => Some(
            fault(format!("Flyte does not know `{text}`, so the program gets it as it stands"))
                .note(format!("Flyte knows {} and `{{{{.inputs.NAME}}}}`", listed())),
        ),
        Meaning::NotInPods(variable) => {
            let fault = fault(format!("Flyte does not replace `{text}` in a pod, so the program gets it as it stands"));
            Some(match variable {
                Some(variable) => fault
                    .note(format!("the SDK's own entrypoint, which is given it, takes `{variable}` instead"))
                    .help(format!("write `$({variable})`: Flyte sets this variable in every container"))
                    .within(text, &format!("$({variable})")),
                None => {
                    fault.note("Flyte replaces it only where the SDK sends a container without a pod around it").help(
                        "have the program take the time itself, or give it as an input of the task: `{{.inputs.NAME}}`",
                    )
                }
            })
        }
    }
}

/// Everything that Flyte replaces, as it is written.
fn listed() -> String {
    KNOWN.iter().map(|name| format!("`{{{{.{name}}}}}`")).collect::<Vec<_>>().join(", ")
}

// ---------------------------------------------------------------------------------------- where nothing is replaced

fn out_of_place(text: &str, at: &At<'_>, faults: &mut Faults) {
    if let Some((placeholder, fault)) = not_replaced(text, at) {
        faults.push(fault.help(format!("give it to the program as an argument: `args = [\"{placeholder}\"]`")));
    }
}

/// The image is the same for all runs.
fn in_image(image: &str, at: &At<'_>, faults: &mut Faults) {
    if let Some((_, fault)) = not_replaced(image, &at.field("image")) {
        faults.push(fault.help("a task has one image, whatever its inputs are; give each image a task or a variant"));
    }
}

/// What stands there for Flyte to replace, and what is said of it.
fn not_replaced<'t>(text: &'t str, at: &At<'_>) -> Option<(&'t str, Fault)> {
    let placeholder = placeholders(text).find(Placeholder::is_of_flyte)?;
    let fault = Fault::found(PLACEHOLDER_OUT_OF_PLACE, at, format!("nothing replaces `{}` here", placeholder.text))
        .note("Flyte replaces placeholders in the `command` and `args` of containers alone");
    Some((placeholder.text, fault))
}

fn variables_of(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("env");
    for (index, variable) in container.env.iter().flatten().enumerate() {
        if let Some(value) = &variable.value {
            let at = list.index(index);
            out_of_place(value, &at.field("value"), faults);
        }
    }
}

fn elsewhere(container: &Container, at: &At<'_>, faults: &mut Faults) {
    if let Some(image) = &container.image {
        in_image(image, at, faults);
    }
    if let Some(folder) = &container.working_dir {
        out_of_place(folder, &at.field("workingDir"), faults);
    }
    let list = at.field("volumeMounts");
    for (index, mount) in container.volume_mounts.iter().flatten().enumerate() {
        let at = list.index(index);
        out_of_place(&mount.mount_path, &at.field("mountPath"), faults);
        if let Some(path) = &mount.sub_path {
            out_of_place(path, &at.field("subPath"), faults);
        }
    }
    commands(container, at, faults);
}

/// The commands of probes and hooks.
fn commands(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    for (field, probe) in probes {
        let Some(probe) = probe else { continue };
        exec_of(probe.exec.as_ref(), &at.field(field), faults);
    }
    let Some(lifecycle) = &container.lifecycle else { return };
    let at = at.field("lifecycle");
    for (field, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(hook) = hook else { continue };
        exec_of(hook.exec.as_ref(), &at.field(field), faults);
    }
}

fn exec_of(exec: Option<&ExecAction>, at: &At<'_>, faults: &mut Faults) {
    let at = at.field("exec");
    let list = at.field("command");
    for (index, text) in exec.and_then(|exec| exec.command.as_ref()).into_iter().flatten().enumerate() {
        out_of_place(text, &list.index(index), faults);
    }
}

fn volumes(template: &Template, list: &At<'_>, faults: &mut Faults) {
    for (index, volume) in template.spec.volumes.iter().flatten().enumerate() {
        let at = list.index(index);
        if let Some(host) = &volume.host_path {
            let at = at.field("hostPath");
            out_of_place(&host.path, &at.field("path"), faults);
        }
        let csi = at.field("csi");
        let map = csi.field("volumeAttributes");
        for (name, text) in volume.csi.iter().flat_map(|csi| csi.volume_attributes.iter().flatten()) {
            out_of_place(text, &map.key(name), faults);
        }
    }
}
