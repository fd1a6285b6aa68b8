//! When a task has ended.
//!
//! In: a template. Out: faults. Source: `DemystifyPodStatus` and `BuildResource` in `flyteplugins/go/tasks/plugins/k8s/pod/plugin.go`,
//! `UpdatePod` in `flytek8s/pod_helper.go`. Not here: how pods of one container end; Flyte names the primary one of those itself.

use k8s_openapi::api::core::v1::Container;

use crate::diagnostics::code::kubernetes::{DEFAULT_CONTAINER, PRIMARY_ANNOTATION, STARTED_AGAIN, WAITS_FOR_ALL};
use crate::diagnostics::suggest::{closest, same_letters};
use crate::lower::Template;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::features::Features;
use crate::validate::literal;
use crate::validate::path::At;

/// The annotation by which Flyte knows whose end is the task's.
const PRIMARY: &str = "primary_container_name";
/// The annotation by which `kubectl`, and Flyte for its logs, pick a container.
const DEFAULT: &str = "kubectl.kubernetes.io/default-container";
/// The older one, by which `kubectl logs` alone picks one.
const DEFAULT_LOGS: &str = "kubectl.kubernetes.io/default-logs-container";

/// Checks what says when the task has ended.
pub fn check(template: &Template, features: &Features, faults: &mut Faults) {
    let root = At::root();
    let metadata = root.field("metadata");
    let annotations = metadata.field("annotations");
    match template.annotations.get(PRIMARY) {
        Some(name) if *name == template.primary_name => {}
        Some(name) => faults.push(wrong_primary(template, name, &annotations.key(PRIMARY))),
        None => waits_for_all(template, &root.field("spec"), &annotations, faults),
    }
    for (key, what) in [
        (DEFAULT, "this annotation picks the container whose logs Flyte shows, and the one that `kubectl` means"),
        (DEFAULT_LOGS, "this annotation picks the container whose logs `kubectl logs` shows"),
    ] {
        if let Some(name) = template.annotations.get(key) {
            default_container(template, name, what, &annotations.key(key), faults);
        }
    }
    started_again(template, features, &root.field("spec"), faults);
}

fn waits_for_all(template: &Template, spec: &At<'_>, annotations: &At<'_>, faults: &mut Faults) {
    let primary = template.primary_name.as_str();
    let containers = template.spec.containers.iter().enumerate();
    // Of a misspelt primary container another rule tells.
    let is_meant = |container: &Container| container.image.is_none() && closest(&container.name, [primary]).is_some();
    let mut others = containers.filter(|(_, container)| container.name != *primary && !is_meant(container));
    let Some((index, first)) = others.next() else { return };
    let others = others.count();
    let names = match others {
        0 => format!("`{}`", first.name),
        1 => format!("`{}` and 1 more", first.name),
        _ => format!("`{}` and {others} more", first.name),
    };
    let ended = if others == 0 { "has" } else { "have" };
    let list = spec.field("containers");
    if let Some(fault) = misspelled(template, annotations, &format!("{names} {ended}")) {
        faults.push(fault.other(&list.index(index).field("name"), "beside the primary container"));
        return;
    }
    faults.push(
        Fault::found(
            WAITS_FOR_ALL,
            &list.index(index).field("name"),
            format!("a task ends only when {names} {ended} ended too"),
        )
        .relation()
        .here("beside the primary container")
        .note(format!(
            "in a pod of several containers, Flyte waits for all of them, unless the annotation `{PRIMARY}` says \
                 whose end is the task's"
        ))
        .help(format!("write `annotations {{ {PRIMARY} = \"{primary}\" }}` into the template"))
        .help(format!(
            "or write `initContainers {} {{ restartPolicy = \"Always\" … }}` for what is to run as long as the task: \
                 Kubernetes stops it then",
            first.name
        ))
        .insert(
            "name the container whose end is the task's",
            annotations,
            format!("{PRIMARY} = \"{primary}\""),
        ),
    );
}

/// An annotation, or a label, that was to be the one that Flyte reads.
fn misspelled(template: &Template, annotations: &At<'_>, others: &str) -> Option<Fault> {
    let root = At::root();
    let metadata = root.field("metadata");
    let labels = metadata.field("labels");
    let is_meant = |key: &&String| closest(key.rsplit('/').next().unwrap_or(key), [PRIMARY]).is_some();
    let annotation = template.annotations.keys().find(is_meant).map(|key| (key, annotations.key(key)));
    let label = || template.labels.keys().find(is_meant).map(|key| (key, labels.key(key)));
    let is_label = annotation.is_none();
    let (key, at) = annotation.or_else(label)?;
    let fault =
        Fault::found(WAITS_FOR_ALL, &at, format!("a task ends only when {others} ended too")).at_key().relation().note(
            format!("Flyte waits for all containers, unless the annotation `{PRIMARY}` says whose end is the task's"),
        );
    Some(if is_label {
        let entry = format!("{PRIMARY} = {}", literal::text(&template.primary_name));
        let fault =
            fault.here("a label is not read for this").help(format!("write `annotations {{ {entry} }}` instead"));
        fault.insert("name the container whose end is the task's", annotations, entry)
    } else {
        let names_primary = template.annotations.get(key) == Some(&template.primary_name);
        let safe = same_letters(key, PRIMARY) && names_primary;
        fault
            .here(format!("Flyte knows no annotation `{key}`"))
            .help(format!("did you mean `{PRIMARY}`?"))
            .rename(PRIMARY, safe)
    })
}

fn wrong_primary(template: &Template, name: &str, at: &At<'_>) -> Fault {
    let primary = &template.primary_name;
    let beside = template.spec.containers.iter().any(|container| container.name == name);
    let before = template.spec.init_containers.iter().flatten().any(|container| container.name == name);
    let fault = if beside {
        Fault::found(PRIMARY_ANNOTATION, at, format!("a task ends when `{name}` ends, not `{primary}`"))
            .note(format!("Flyte takes the end of the container that `{PRIMARY}` names for the end of the task"))
    } else {
        Fault::found(PRIMARY_ANNOTATION, at, format!("there is no container `{name}` whose end could be the task's"))
            .note(format!("Flyte looks among the `containers` of a running pod for the one that `{PRIMARY}` names, and fails the task if there is none"))
    };
    let fault = if before { fault.here("this is an init container") } else { fault };
    let help = match closest(name, [primary.as_str()]) {
        Some(_) => format!("did you mean `{primary}`?"),
        None => format!("write `{primary}`, the container that the task runs in"),
    };
    fault.relation().help(help).suggest(format!("write `{primary}`"), literal::text(primary))
}

/// Checks the container that an annotation names; `what` says what that is for.
fn default_container(template: &Template, name: &str, what: &str, at: &At<'_>, faults: &mut Faults) {
    let init = template.spec.init_containers.iter().flatten();
    let names = || init.clone().chain(&template.spec.containers).map(|container: &Container| container.name.as_str());
    if names().any(|known| known == name) {
        return;
    }
    let fault = Fault::found(DEFAULT_CONTAINER, at, format!("the pod has no container `{name}`")).relation();
    let fault = fault.note(what);
    let (help, better) = match closest(name, names()) {
        Some(near) => (format!("did you mean `{near}`?"), near),
        None => (format!("the task runs in `{}`", template.primary_name), template.primary_name.as_str()),
    };
    faults.push(fault.help(help).suggest(format!("write `{better}`"), literal::text(better)));
}

fn started_again(template: &Template, features: &Features, spec: &At<'_>, faults: &mut Faults) {
    let policy = |policy: &Option<String>| match policy.as_deref() {
        Some("Always") => Some("Kubernetes would start the task again whenever it has ended"),
        Some("OnFailure") => Some("Kubernetes would start the task again in the same pod when it fails"),
        _ => None,
    };
    let mut add = |message: Option<&str>, at: &At<'_>| {
        faults.extend(message.map(|message| {
            Fault::found(STARTED_AGAIN, at, message)
                .note("Flyte makes a pod for each try, sees to the task's `retries`, and sets `Never` where nothing is said")
                .help("leave `restartPolicy` out, or write `Never`; for more tries, set `retries` of the task")
                .suggest("write `Never`", "\"Never\"")
        }));
    };
    add(policy(&template.spec.restart_policy), &spec.field("restartPolicy"));
    // Where the gate is off, Kubernetes drops the policies of regular containers.
    if features.container_restart_rules {
        let list = spec.field("containers");
        let primary = list.index(template.primary_index);
        add(policy(&template.primary().restart_policy), &primary.field("restartPolicy"));
    }
}
