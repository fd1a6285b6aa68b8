//! The environment variables of a container.
//!
//! In: a container. Out: faults. Source: `ValidateEnv`, `ValidateEnvFrom` and `validateFileKeyRefVolumes` in validation.go. Always:
//! a name that was refused in the settings of a task is not refused again. Not here: variables that are set twice, which
//! [`crate::check`] tells, and what values refer to ([`expansion`](super::expansion)).

use k8s_openapi::api::core::v1::{Container, EnvFromSource, EnvVar, EnvVarSource, FileKeySelector};

use super::words::alternatives;
use super::{Pod, defaults, downward, formats};
use crate::diagnostics::code::{MISSING_FIELD, kubernetes as code};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// `validEnvDownwardAPIFieldPathExpressions`.
const POD_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const PRINTABLE: &str =
    "Kubernetes takes printable ASCII characters other than `=`, which ends the name where a process is given it";
const ONE_VALUE: &str = "a variable has one value, and Kubernetes does not choose between two";

/// Checks `env` of the container at `at`.
pub fn variables(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("env");
    for (index, variable) in container.env.iter().flatten().enumerate() {
        let at = list.index(index);
        name(&variable.name, &at.field("name"), faults);
        if let Some(source) = &variable.value_from {
            from(pod, variable, source, &at, faults);
        }
    }
}

fn name(name: &str, at: &At<'_>, faults: &mut Faults) {
    if name.is_empty() {
        let message = "the name of an environment variable cannot be empty";
        let fault = Fault::required(MISSING_FIELD, at, message).note("Kubernetes needs a name to set a value to");
        faults.push(fault.help("write it in capital letters, digits and `_`, such as `LOG_LEVEL`"));
    } else if !formats::is_variable_name(name) {
        faults.push(bad_name(name, at));
    } else if !formats::is_plain_variable_name(name) {
        let fault = Fault::found(code::UNREADABLE_VARIABLE, at, format!("no shell can read a variable called `{name}`"))
            .note("Kubernetes takes any printable name since 1.32; before that, letters, digits, `_`, `-` and `.`, no digit first");
        let better = readable(name);
        let fault = fault.help(format!("take letters, digits and `_`, no digit first, such as `{better}`"));
        faults.push(fault.call(&better));
    }
}

/// A name that no variable can have. Behind a `=` in it stands what was meant as the value.
fn bad_name(name: &str, at: &At<'_>) -> Fault {
    let message = format!("`{}` cannot be the name of an environment variable", name.escape_debug());
    let fault = Fault::invalid(code::BAD_CONTAINER_VARIABLE, at, message).note(PRINTABLE);
    match name.split_once('=') {
        Some((name, _)) if formats::is_variable_name(name) => {
            fault.help(format!("name it `{name}` alone, and write what is behind the `=` as its `value`"))
        }
        _ => fault.help("write it in capital letters, digits and `_`, such as `LOG_LEVEL`"),
    }
}

/// A name like this one that shells can read.
fn readable(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let better: String = name.chars().map(plain).collect();
    if better.starts_with(|c: char| c.is_ascii_digit()) { format!("_{better}") } else { better }
}

// -------------------------------------------------------------------------------------------------------- sources

/// `validateEnvVarValueFrom`; `element` is the variable.
fn from(pod: &Pod<'_>, variable: &EnvVar, source: &EnvVarSource, element: &At<'_>, faults: &mut Faults) {
    let at = &element.field("valueFrom");
    let files = source.file_key_ref.as_ref().filter(|_| pod.features.env_files);
    let set = [
        ("fieldRef", source.field_ref.is_some()),
        ("resourceFieldRef", source.resource_field_ref.is_some()),
        ("configMapKeyRef", source.config_map_key_ref.is_some()),
        ("secretKeyRef", source.secret_key_ref.is_some()),
        ("fileKeyRef", files.is_some()),
    ];
    let set: [Option<&str>; 5] = set.map(|(name, set)| set.then_some(name));
    let mut names = set.iter().copied().flatten();
    match (names.next(), names.next()) {
        (None, _) => faults.push(no_source(pod, source, at)),
        (Some(only), _) if variable.value.as_ref().is_some_and(|value| !value.is_empty()) => {
            faults.push(value_and_source(variable, only, element));
        }
        (Some(one), Some(other)) => {
            let message = format!("`{}` takes its value from `{one}` and `{other}`", variable.name);
            let fault = Fault::invalid(code::SEVERAL_SOURCES, &at.field(other), message)
                .field(at.path().to_string())
                .relation()
                .at_key()
                .here("the one")
                .other(&at.field(one), "the other");
            faults.push(fault.note(ONE_VALUE).help("take one of them away").remove(other));
        }
        _ => {}
    }
    if let Some(selector) = &source.field_ref {
        downward::field(selector, POD_FIELDS, &at.field("fieldRef"), faults);
    }
    if let Some(selector) = &source.resource_field_ref {
        let at = at.field("resourceFieldRef");
        downward::resource(selector, &at, faults);
        faults.extend(no_such_container(pod, selector.container_name.as_deref(), &at.field("containerName")));
    }
    if let Some(selector) = &source.config_map_key_ref {
        key_of("config map", &selector.name, &selector.key, &at.field("configMapKeyRef"), faults);
    }
    if let Some(selector) = &source.secret_key_ref {
        key_of("secret", &selector.name, &selector.key, &at.field("secretKeyRef"), faults);
    }
    if let Some(selector) = files {
        file(pod, selector, &at.field("fileKeyRef"), faults);
    }
}

fn no_source(pod: &Pod<'_>, source: &EnvVarSource, at: &At<'_>) -> Fault {
    let known = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let known = if pod.features.env_files { &known[..] } else { &known[..4] };
    let fault = Fault::invalid(code::VARIABLE_WITHOUT_SOURCE, at, "`valueFrom` does not say where the value is");
    let fault = fault
        .relation()
        .at_key()
        .note(format!("Kubernetes wants one of {} in it", alternatives(known)))
        .help("for a key of a secret write `valueFrom { secretKeyRef { name = \"…\", key = \"…\" } }`");
    // That the cluster drops the source is told where the gates are.
    fault.echo(source.file_key_ref.is_some())
}

fn value_and_source(variable: &EnvVar, source: &str, element: &At<'_>) -> Fault {
    let message = format!("`{}` has a `value` and a `valueFrom`", variable.name);
    Fault::invalid(code::SEVERAL_SOURCES, &element.field("valueFrom"), message)
        .relation()
        .at_key()
        .here(format!("takes the value from a `{source}`"))
        .other(&element.field("value"), "gives another")
        .note(ONE_VALUE)
        .help("take `value` away, or `valueFrom`; `value = null` takes back what a layer beneath has set")
        .remove("valueFrom")
}

/// A node that cannot find the container does not start the pod.
fn no_such_container(pod: &Pod<'_>, name: Option<&str>, at: &At<'_>) -> Option<Fault> {
    let name = defaults::given(name)?;
    let init = pod.spec.init_containers.iter().flatten();
    let names = || pod.spec.containers.iter().chain(init.clone()).map(|container| container.name.as_str());
    if names().any(|known| known == name) {
        return None;
    }
    let fault = Fault::found(code::NO_SUCH_CONTAINER, at, format!("the pod has no container `{name}`"))
        .relation()
        .note("Kubernetes takes any name, but without that container no node can start this one");
    Some(match closest(name, names().take(MOST_COMPARED)) {
        Some(near) => fault.did_you_mean(name, near, true),
        None => fault.help("leave it out for the container itself"),
    })
}

/// `validateConfigMapKeySelector`, `validateSecretKeySelector`.
fn key_of(kind: &str, name: &str, key: &str, at: &At<'_>, faults: &mut Faults) {
    let place = at.field("name");
    if name.is_empty() {
        let message = format!("the {kind} has no name");
        let fault = Fault::invalid(code::BAD_OBJECT_NAME, &place, message).relation();
        faults.push(fault.help(format!("write the name of the {kind} that has the key")));
    } else {
        faults.extend(object_name(kind, name, name, &place));
    }
    let place = at.field("key");
    if key.is_empty() {
        let fault = Fault::required(MISSING_FIELD, &place, "`key` cannot be empty");
        faults.push(
            fault
                .note(format!("a {kind} has several values, each with a key"))
                .help(format!("write the key as the {kind} has it")),
        );
    } else if let Some(wrong) = formats::config_key(key) {
        let message = format!("`{}` cannot be a key of a {kind}", key.escape_debug());
        let fault = Fault::invalid(code::BAD_OBJECT_KEY, &place, message)
            .here(format!("this {wrong}"))
            .note("for Kubernetes each key can become a file, so it has the form of a name of a file");
        faults.push(fault.help(format!("write the key as the {kind} has it")));
    }
}

/// What is wrong with the name of a config map or secret; `compared` is what Kubernetes makes of it before it looks.
fn object_name(kind: &str, name: &str, compared: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = formats::dns_subdomain(compared)?;
    let message = format!("`{}` cannot be the name of a {kind}", name.escape_debug());
    let fault = Fault::invalid(code::BAD_OBJECT_NAME, at, message).here(format!("this {wrong}")).note(format!(
        "for Kubernetes the name of a {kind} is a DNS name, so there can be none of this name, and the container would never start"
    ));
    let alone = name.rsplit('/').next().unwrap_or(name);
    Some(match formats::nearest(alone, formats::dns_subdomain) {
        Some(better) => fault.did_you_mean(name, &better, false),
        None => fault,
    })
}

/// `validateFileKeySelector`, `validateFileKeyRefVolumes`.
fn file(pod: &Pod<'_>, selector: &FileKeySelector, at: &At<'_>, faults: &mut Faults) {
    let fields = [("key", &selector.key), ("volumeName", &selector.volume_name), ("path", &selector.path)];
    for (field, _) in fields.into_iter().filter(|(_, text)| text.is_empty()) {
        let message = format!("`{field}` cannot be empty");
        let fault = Fault::required(MISSING_FIELD, &at.field(field), message);
        faults.push(
            fault
                .note("Kubernetes finds the value by the volume, the path of a file in it, and the name there")
                .help("all three have to be there: `volumeName`, `path` and `key`"),
        );
    }
    if !selector.key.is_empty() && !formats::is_variable_name(&selector.key) {
        let message = format!("`{}` cannot be the name of an environment variable", selector.key.escape_debug());
        let fault = Fault::invalid(code::BAD_CONTAINER_VARIABLE, &at.field("key"), message).note(PRINTABLE);
        faults.push(fault.help("write the name that stands before the `=` in the file"));
    }
    if formats::has_parent_element(&selector.path) {
        let message = format!("`{}` leads out of its volume", selector.path);
        let fault = Fault::invalid(code::BAD_VARIABLE_FILE, &at.field("path"), message);
        let fault = fault.note("the node itself reads the file, so Kubernetes allows no `..` in its path");
        faults.push(fault.help("write the path from the root of the volume"));
    }
    volume(pod, &selector.volume_name, &at.field("volumeName"), faults);
}

/// The volume of a file has to be one that a container before this one could write to.
fn volume(pod: &Pod<'_>, name: &str, at: &At<'_>, faults: &mut Faults) {
    let misnamed = !name.is_empty() && formats::dns_label(name).is_some();
    if misnamed {
        let message = format!("`{}` cannot be the name of a volume", name.escape_debug());
        let fault = Fault::invalid(code::BAD_VARIABLE_FILE, at, message);
        let fault = fault.note("for Kubernetes it is a DNS label: lower-case letters, digits and `-`");
        faults.push(match formats::nearest(name, formats::dns_label) {
            Some(better) => fault.did_you_mean(name, &better, false),
            None => fault.help("write the name that the volume has in `volumes`"),
        });
    }
    let images = pod.features.image_volume;
    let mut volumes = pod.spec.volumes.iter().flatten().filter(|volume| images || volume.image.is_none());
    // Of two volumes of one name Kubernetes looks at the last.
    let Some(found) = volumes.rfind(|volume| volume.name == name) else {
        let message = format!("the pod has no volume `{name}`");
        let fault = Fault::refused(code::BAD_VARIABLE_FILE, Reason::NotFound, at, message);
        let names = pod.spec.volumes.iter().flatten().map(|volume| volume.name.as_str());
        let fault = match closest(name, names.take(MOST_COMPARED)) {
            Some(near) => fault.did_you_mean(name, near, true),
            None => fault.help(format!("add it to the pod spec: `volumes {} {{ emptyDir {{}} }}`", literal::key(name))),
        };
        let fault =
            fault.note("Kubernetes reads the file from a volume of the pod, which another container has written to");
        faults.push(fault.echo(name.is_empty() || misnamed));
        return;
    };
    if !defaults::is_empty_dir(found) {
        let fault = Fault::invalid(code::BAD_VARIABLE_FILE, at, format!("volume `{name}` is no `emptyDir`")).relation();
        let fault = fault.note("Kubernetes reads such files from volumes of that kind alone, which are on the node");
        faults.push(fault.help("let the container before write to an `emptyDir`"));
    }
}

// -------------------------------------------------------------------------------------------------------- envFrom

/// Checks `envFrom` of the container at `at`.
pub fn sources(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let list = at.field("envFrom");
    for (index, source) in container.env_from.iter().flatten().enumerate() {
        let at = list.index(index);
        if let Some(prefix) =
            defaults::given(source.prefix.as_deref()).filter(|prefix| !formats::is_variable_name(prefix))
        {
            let message = format!("no environment variable can begin with `{}`", prefix.escape_debug());
            let fault = Fault::invalid(code::BAD_CONTAINER_VARIABLE, &at.field("prefix"), message).note(PRINTABLE);
            faults.push(fault.help("write letters, digits and `_`, such as `WAREHOUSE_`"));
        }
        whole(source, &list, &at, faults);
    }
}

/// `validateConfigMapEnvSource`, `validateSecretEnvSource`, and that there is one of them.
fn whole(source: &EnvFromSource, list: &At<'_>, at: &At<'_>, faults: &mut Faults) {
    let map = source.config_map_ref.as_ref().map(|one| ("configMapRef", "config map", one.name.as_str()));
    let secret = source.secret_ref.as_ref().map(|one| ("secretRef", "secret", one.name.as_str()));
    for (field, kind, name) in [map, secret].into_iter().flatten() {
        let at = at.field(field);
        let place = at.field("name");
        if name.is_empty() {
            let message = format!("the {kind} has no name");
            faults.push(Fault::required(code::BAD_OBJECT_NAME, &place, message));
        } else {
            faults.extend(object_name(kind, name, &without_dash(name), &place));
        }
    }
    match (map, secret) {
        (None, None) => {
            let message = "this entry does not say where its variables are";
            let fault = Fault::invalid(code::VARIABLE_WITHOUT_SOURCE, at, message)
                .field(list.path().to_string())
                .relation()
                .note("Kubernetes wants `configMapRef` or `secretRef` in it");
            faults.push(fault.help("for all keys of a secret write `{ secretRef = { name = \"…\" } }`"));
        }
        (Some(_), Some(_)) => {
            let message = "one entry takes variables from a config map and from a secret";
            let fault = Fault::invalid(code::SEVERAL_SOURCES, &at.field("secretRef"), message)
                .field(list.path().to_string())
                .relation()
                .at_key()
                .here("the one")
                .other(&at.field("configMapRef"), "the other")
                .note("Kubernetes takes one source in each entry; where two entries have a variable of one name, the later one wins");
            faults.push(fault.help("make two entries of it: `[{ configMapRef = … }, { secretRef = … }]`"));
        }
        _ => {}
    }
}

/// A `-` at the end is forgiven, together with the character before it: `maskTrailingDash`.
fn without_dash(name: &str) -> String {
    let mut characters = name.chars();
    let forgiven = characters.next_back() == Some('-') && characters.next_back().is_some();
    if forgiven { format!("{}a", characters.as_str()) } else { name.to_owned() }
}
