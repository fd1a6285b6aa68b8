//! Containers: regular ones and init containers.
//!
//! In: a pod, and its volumes. Out: faults. Source: `validateContainers`, `validateInitContainers` and `validateContainerCommon`
//! in validation.go. Not here: the parts of a container, each of which has a module, and [ephemeral ones](super::ephemeral).

use k8s_openapi::api::core::v1::Container;
use rustc_hash::FxHashMap;

use super::volumes::Volumes;
use super::words::one_of;
use super::{
    Pod, defaults, devices, env, expansion, formats, images, lifecycle, mounts, paths, ports, probes, resources,
    restarts, security,
};
use crate::diagnostics::code::{MISSING_FIELD, kubernetes as code};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// The words of `imagePullPolicy`: `validatePullPolicy`.
const PULL_POLICIES: &[&str] = &["Always", "IfNotPresent", "Never"];
/// The words of `terminationMessagePolicy`: `validateContainerCommon`.
const MESSAGE_POLICIES: &[&str] = &["File", "FallbackToLogsOnError"];

/// Checks init containers and regular ones; `at` is the spec. Tells their names.
pub fn check<'p>(pod: &Pod<'p>, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) -> Names<'p> {
    let init = at.field("initContainers");
    for (index, container) in pod.spec.init_containers.iter().flatten().enumerate() {
        let at = init.index(index);
        common(pod, container, volumes, &at, faults);
        brought(pod, container, &at, faults);
        restarts::init(pod, container, &at, faults);
        if restarts::is_sidecar(container) {
            of_long_running(pod, container, &at, faults);
        } else {
            not_for_init(pod, container, &at, faults);
        }
    }
    let regular = at.field("containers");
    for (index, container) in pod.spec.containers.iter().enumerate() {
        let at = regular.index(index);
        common(pod, container, volumes, &at, faults);
        if pod.filled != Some(index) {
            brought(pod, container, &at, faults);
        }
        restarts::regular(pod, container, &at, faults);
        of_long_running(pod, container, &at, faults);
    }
    let names = names(pod, at, faults);
    ports::between(pod, at, faults);
    names
}

/// Checks what no task changes, in every kind of container.
pub fn common(pod: &Pod<'_>, container: &Container, volumes: &Volumes<'_>, at: &At<'_>, faults: &mut Faults) {
    name(pod, container, at, faults);
    words(container, at, faults);
    process(container, at, faults);
    ports::check(pod, container, at, faults);
    env::sources(container, at, faults);
    resources::resize_policy(pod, container, at, faults);
    mounts::check(pod, container, volumes, at, faults);
    devices::check(pod, container, volumes, at, faults);
    security::container(pod, container, at, faults);
}

/// Checks what a task may bring: image, variables and resources, and what refers to variables.
pub fn brought(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    amounts(pod, container, at, faults);
    variables(pod, container, at, faults);
    command(container, at, faults);
}

/// Checks what a command and its arguments refer to.
pub fn command(container: &Container, at: &At<'_>, faults: &mut Faults) {
    expansion::of_command(container, at, faults);
}

/// Checks the variables of a container, and what these refer to.
pub fn variables(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    env::variables(pod, container, at, faults);
    expansion::of_variables(container, at, faults);
}

/// Checks the image and the resources of a container.
fn amounts(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let before = faults.len();
    images::check(container, at, faults);
    if let Some(primary) = meant_primary(pod, container) {
        faults.iter_mut().skip(before).for_each(|fault| of_no_primary(fault, primary, container, at));
    }
    resources::check(pod, container, at, faults);
}

/// The name of the primary container, where a container without an image was probably to be that one.
#[must_use]
pub fn meant_primary<'p>(pod: &Pod<'p>, container: &Container) -> Option<&'p str> {
    let primary = pod.filled.and_then(|index| pod.spec.containers.get(index))?.name.as_str();
    let may_be = container.image.is_none() && container.name != primary;
    closest(&container.name, [primary]).filter(|_| may_be)
}

/// Says of a container without an image which one was meant; that its name is none is told for itself.
fn of_no_primary(fault: &mut Fault, primary: &str, container: &Container, at: &At<'_>) {
    let name = container.name.as_str();
    let meant = Fault::required(
        fault.code,
        &at.field("name"),
        format!("container `{name}` is not the primary one, and has no image"),
    )
    .field(fault.kubernetes_field())
    .note("a task's image goes into its primary container alone, and Kubernetes starts no container without one")
    .help(format!("did you mean `{primary}`?"))
    .help("for a container of its own, add `image = \"…\"`")
    .echo(formats::dns_label(name).is_some());
    *fault = meant.call(primary);
}

/// Checks what a task filled in: image and resources of the primary container at `at`.
pub fn filled(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let before = faults.len();
    amounts(pod, container, at, faults);
    // That a task has no image was told where images are set.
    if container.image.is_none() {
        let missing = faults.iter_mut().skip(before).filter(|fault| fault.code == code::CONTAINER_WITHOUT_IMAGE);
        missing.for_each(|fault| fault.echo = true);
    }
}

/// What a container has that runs beside others: probes and hooks.
fn of_long_running(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    probes::check(pod, container, at, faults);
    lifecycle::check(pod, container, at, faults);
}

/// What a container cannot have that runs to its end before the others start.
fn not_for_init(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let set = [
        ("lifecycle", lifecycle::that_counts(pod, container).is_some()),
        ("livenessProbe", container.liveness_probe.is_some()),
        ("readinessProbe", container.readiness_probe.is_some()),
        ("startupProbe", container.startup_probe.is_some()),
    ];
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        let message = format!("an init container cannot have `{field}`");
        let fault = Fault::forbidden(code::NOT_FOR_INIT_CONTAINERS, &at.field(field), message)
            .note("an init container runs to its end before the task starts, so Kubernetes has no use for it")
            .help("with `restartPolicy = \"Always\"` it is a sidecar, which runs beside the task; else take this away");
        faults.push(if container.restart_policy.is_none() {
            fault.insert("make it a sidecar", at, "restartPolicy = \"Always\"")
        } else {
            fault
        });
    }
}

// ---------------------------------------------------------------------------------------------------------- names

fn name(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let (at, name) = (at.field("name"), container.name.as_str());
    if name.is_empty() {
        let fault = Fault::required(MISSING_FIELD, &at, "the name of a container cannot be empty")
            .note("Kubernetes tells the containers of a pod apart by their names");
        faults.push(fault.help("name it for what it does, such as `proxy`"));
        return;
    }
    let Some(wrong) = formats::dns_label(name) else { return };
    let fault = Fault::invalid(code::BAD_CONTAINER_NAME, &at, format!("`{name}` cannot be the name of a container"))
        .here(format!("this {wrong}"))
        // A primary container of another name was missed before.
        .member()
        .note("for Kubernetes it is a DNS label: at most 63 lower-case letters, digits and `-`, as it is part of paths and commands");
    let init = pod.spec.init_containers.iter().flatten();
    let mut others = pod.spec.containers.iter().chain(init).map(|container| container.name.as_str());
    let better = formats::nearest(name, formats::dns_label).filter(|better| others.all(|other| other != better));
    // Other settings may refer to the container by its name.
    faults.push(match better {
        _ if let Some(primary) = meant_primary(pod, container) => {
            fault.help(format!("did you mean `{primary}`?")).call(primary)
        }
        Some(label) => fault.did_you_mean(name, &label, false),
        None => fault.help("choose a short name for what it does, such as `proxy`"),
    });
}

/// Where each name of a container stands first: the list, and the place in it.
#[derive(Debug, Default)]
pub struct Names<'p>(FxHashMap<&'p str, (&'static str, usize)>);

impl<'p> Names<'p> {
    /// Whether a container has this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Adds the name of the container `index` of `list`; a fault where another one has it. `spec` is the spec.
    pub fn add(&mut self, name: &'p str, list: &'static str, index: usize, spec: &At<'_>) -> Option<Fault> {
        let Some((first, place)) = self.0.get(name) else {
            self.0.insert(name, (list, index));
            return None;
        };
        let (lists, firsts) = (spec.field(list), spec.field(first));
        let (element, first) = (lists.index(index), firsts.index(*place));
        let message = format!("two containers are called `{name}`");
        let fault = Fault::refused(code::CONTAINER_NAME_TWICE, Reason::Duplicate, &element.field("name"), message)
            .here("this one")
            .other(&first.field("name"), "and this one")
            .note("Kubernetes tells the containers of a pod apart by their names, init containers among them");
        // That a name is empty is said for itself.
        Some(fault.help("rename one of them").echo(name.is_empty()))
    }
}

/// Names of containers are unique; returns them. `at` is the spec.
fn names<'p>(pod: &Pod<'p>, at: &At<'_>, faults: &mut Faults) -> Names<'p> {
    let mut names = Names::default();
    let primary = pod.filled.and_then(|index| pod.spec.containers.get(index)).map(|container| &container.name);
    for (index, container) in pod.spec.containers.iter().enumerate() {
        let twice = names.add(&container.name, "containers", index, at);
        // That two have the primary name is said where the primary container is looked for.
        faults.extend(twice.map(|fault| if primary == Some(&container.name) { fault.echo(true) } else { fault }));
    }
    for (index, container) in pod.spec.init_containers.iter().flatten().enumerate() {
        if !container.name.is_empty() || names.contains("") {
            faults.extend(names.add(&container.name, "initContainers", index, at));
        }
    }
    names
}

// -------------------------------------------------------------------------------------------------- other fields

fn words(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let fields = [
        ("imagePullPolicy", &container.image_pull_policy, PULL_POLICIES),
        ("terminationMessagePolicy", &container.termination_message_policy, MESSAGE_POLICIES),
    ];
    for (field, word, words) in fields {
        if let Some(word) = defaults::given(word.as_deref()) {
            faults.extend(one_of(code::UNKNOWN_WORD, word, words, &at.field(field)));
        }
    }
}

/// What Kubernetes accepts, and a node or Flyte cannot make use of.
fn process(container: &Container, at: &At<'_>, faults: &mut Faults) {
    // A Windows container has drives and backslashes.
    let absolute = |path: &&str| path.starts_with(['/', '\\']) || path.get(1..2) == Some(":");
    if let Some(path) = defaults::given(container.working_dir.as_deref()).filter(|path| !absolute(path)) {
        let fault = Fault::found(code::RELATIVE_PATH, &at.field("workingDir"), "`workingDir` has to begin with `/`")
            .note("Kubernetes accepts any text, but no node can start a container in a relative folder");
        faults.push(match paths::from_root(path) {
            Some(better) => {
                let fault = fault.help(format!("did you mean `{better}`?"));
                fault.suggest(format!("write `{better}`"), literal::text(&better))
            }
            None => fault.help("write the whole path: neither Kubernetes nor the node knows `~` or `$HOME`"),
        });
    }
    if container.stdin == Some(true) {
        let fault = Fault::found(code::READS_INPUT, &at.field("stdin"), "nobody writes to `stdin` here")
            .at_key()
            .note("Flyte attaches to no container, so a program that reads its input waits for ever")
            .help("take it away: then a program that reads finds an empty input")
            .remove("stdin");
        faults.push(fault);
    }
}
