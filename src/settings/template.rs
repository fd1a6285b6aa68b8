//! What must hold of a finished pod template.
//!
//! In: the fields of an effective template, all layers applied. Out: diagnostics. Always: one missing thing is one message,
//! whatever hangs on it. Source: the helpers of `PodTemplate` in the SDK, and Kubernetes' schema.
//! Not here: that there is a primary container (`check`), making the pod (`lower`), and Kubernetes' own rules.

use super::{object, text, truth};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::PRIMARY_CONTAINER;
use crate::schema::{self, Type, kubernetes::POD_SPEC};
use crate::source::Span;
use crate::value::{Kind, Object, Value};

/// The annotation by which Kubernetes before 1.30 is told a container's AppArmor profile.
pub const APPARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
/// The AppArmor profile that nested sandboxing needs.
pub const APPARMOR_UNCONFINED: &str = "unconfined";

/// The one type whose fields Kubernetes does not require, though k8s-openapi says so: a reference by an empty name, which means
/// different things at different places.
///
/// Source: `LocalObjectReference` in k8s.io/api/core/v1/types.go, whose `name` has the default `""`.
const OPTIONAL_NAME: &str = "LocalObjectReference";

/// Checks a template for itself. The primary container may still be merged in where the template is used.
pub fn check(fields: &Object, diagnostics: &mut Diagnostics) {
    if let Some(spec) = pod_spec(fields) {
        for field in POD_SPEC.fields.iter().filter(|field| field.name != "containers") {
            if let Some(value) = spec.get(field.name) {
                check_required(value, &field.ty, diagnostics);
            }
        }
        // The SDK makes the primary container where there are none, so the list itself is not required.
        if let (Some(value), Some(field)) = (spec.get("containers"), POD_SPEC.field("containers")) {
            check_required(value, &field.ty, diagnostics);
        }
    }
    if let Some(value) =
        fields.get("termination_grace_period").filter(|value| value.as_duration().is_some_and(|t| t < 0))
    {
        let message = "`termination_grace_period` must not be negative";
        let diagnostic = Diagnostic::new(code::NEGATIVE, value.span, message)
            .note("it is the time that containers are given to end, before Kubernetes kills them");
        diagnostics.push(diagnostic.help("write a duration such as `30s`, or `0s` to have them killed at once"));
    }
    check_helpers(fields, diagnostics);
}

// ------------------------------------------------------------------------------------------------ required fields

/// Reports every field that Kubernetes requires and the value lacks. Recursion follows the nesting of the source.
fn check_required(value: &Value, ty: &'static Type, diagnostics: &mut Diagnostics) {
    match (ty, &value.kind) {
        (Type::Object(object), Kind::Object(fields)) => check_object(value.span, object, fields, diagnostics),
        (Type::List { element, .. }, Kind::List(list)) => {
            for item in list.items() {
                check_required(item, element, diagnostics);
            }
        }
        (Type::Map(element), Kind::Object(fields)) => {
            for (_, entry) in fields.iter() {
                check_required(&entry.value, element, diagnostics);
            }
        }
        _ => {}
    }
}

fn check_object(place: Span, object: &'static schema::Object, fields: &Object, diagnostics: &mut Diagnostics) {
    let required = object.name != OPTIONAL_NAME;
    let absent = |field: &&schema::Field| required && field.required && fields.get(field.name).is_none();
    let missing: Vec<&schema::Field> = object.fields.iter().filter(absent).collect();
    if !missing.is_empty() && !fields.poisoned {
        diagnostics.push(required_fields(place, object, &missing));
    }
    for (name, entry) in fields.iter() {
        if let Some(field) = object.field(name) {
            check_required(&entry.value, &field.ty, diagnostics);
        }
    }
}

fn required_fields(place: Span, object: &schema::Object, missing: &[&schema::Field]) -> Diagnostic {
    let names = missing.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(" and ");
    let (is, they) = if missing.len() == 1 { ("is", "it") } else { ("are", "them") };
    let message = format!("Kubernetes' {} needs {names}", object.name);
    let diagnostic = Diagnostic::new(code::MISSING_FIELD, place, message).here(format!("{names} {is} missing here"));
    let meanings = missing.iter().filter_map(|field| meaning(object.name, field.name));
    let diagnostic = meanings.fold(diagnostic, Diagnostic::note);
    let examples = missing.iter().map(|field| format!("`{} = {}`", field.name, example(field)));
    let examples = examples.collect::<Vec<_>>().join(" and ");
    diagnostic.note(format!("Kubernetes refuses a pod without {they}")).help(format!("write {examples}"))
}

/// What a required field is for, where its name alone does not tell.
fn meaning(object: &str, field: &str) -> Option<&'static str> {
    Some(match (object, field) {
        ("Container", "name") => "containers are told apart by their names, here and in logs",
        ("VolumeMount", "name") => "`name` is that of a volume of this pod",
        ("VolumeMount", "mountPath") => "`mountPath` is the folder of the container in which the volume appears",
        ("Volume", "name") => "mounts refer to a volume by its name",
        ("HTTPGetAction" | "TCPSocketAction" | "GRPCAction", "port") => "the probe asks at this port of the container",
        ("PodAffinityTerm" | "TopologySpreadConstraint", "topologyKey") => {
            "`topologyKey` is the label of nodes by which they are told apart: single nodes by `kubernetes.io/hostname`, zones by `topology.kubernetes.io/zone`"
        }
        ("WeightedPodAffinityTerm" | "PreferredSchedulingTerm", "weight") => {
            "`weight`, from 1 to 100, says how much this preference counts beside the others"
        }
        ("CSIVolumeSource" | "FlexVolumeSource", "driver") => {
            "`driver` is the name under which the driver is installed on the nodes; `kubectl get csidrivers` lists those of a cluster"
        }
        ("HostPathVolumeSource", "path") => "`path` is the file or folder of the node",
        ("NFSVolumeSource", "path") => "`path` is the folder that the server exports",
        ("ConfigMapKeySelector" | "SecretKeySelector" | "KeyToPath", "key") => {
            "`key` says which of its entries is meant"
        }
        _ => return None,
    })
}

fn example(field: &schema::Field) -> &'static str {
    match (field.name, &field.ty) {
        ("mountPath" | "path", _) => "\"/data\"",
        ("topologyKey", _) => "\"kubernetes.io/hostname\"",
        ("driver", _) => "\"efs.csi.aws.com\"",
        ("server", _) => "\"nfs.example.com\"",
        ("operator", _) => "\"Exists\"",
        ("whenUnsatisfiable", _) => "\"ScheduleAnyway\"",
        ("port" | "containerPort", _) => "8080",
        (_, Type::String | Type::Keyword(_) | Type::Time) => "\"…\"",
        (_, Type::Int { .. } | Type::IntOrString) => "1",
        (_, Type::Quantity) => "1Gi",
        (_, Type::Bool) => "true",
        (_, Type::List { .. }) => "[ … ]",
        _ => "{ … }",
    }
}

// ------------------------------------------------------------------------------------------ the primary container

/// The name of the primary container.
#[must_use]
pub fn primary_name(fields: &Object) -> &str {
    text(fields, "primary_container_name").map_or(PRIMARY_CONTAINER, |name| name.as_str())
}

/// The name of a container.
#[must_use]
pub fn name_of(container: &Value) -> Option<&str> {
    container.as_object()?.get("name")?.as_str().map(ecow::EcoString::as_str)
}

/// Whether the pod spec lists containers of which none is the primary one, and nothing adds it.
#[must_use]
pub fn lacks_primary(fields: &Object) -> bool {
    let containers = pod_spec(fields).and_then(|spec| spec.get("containers")).and_then(Value::as_list);
    let containers = containers.unwrap_or_default();
    let poisoned = fields.get("primary_container_name").is_some_and(Value::is_poison);
    // A container whose name was reported may be the primary one.
    let may_be = |container: &Value| name_of(container).is_none_or(|name| name == primary_name(fields));
    !poisoned && !containers.is_empty() && !has_helper(fields) && !containers.iter().any(may_be)
}

/// Whether a helper is used; each of them adds a primary container where it is missing.
fn has_helper(fields: &Object) -> bool {
    fuse(fields).is_some()
        || truth(fields, "allow_nested_sandboxing")
        || fields.get("termination_grace_period").is_some()
}

// ------------------------------------------------------------------------------------------------------- helpers

/// Whether FUSE is allowed, and then whether by a privileged container.
#[must_use]
pub fn fuse(fields: &Object) -> Option<bool> {
    match &fields.get("allow_fuse")?.kind {
        Kind::Bool(true) => Some(false),
        Kind::Object(options) => Some(truth(options, "privileged")),
        _ => None,
    }
}

fn check_helpers(fields: &Object, diagnostics: &mut Diagnostics) {
    let fuse_key = fields.entry("allow_fuse").map(|entry| entry.key);
    let sandbox_key = fields.entry("allow_nested_sandboxing").map(|entry| entry.key);
    let security = primary_security(fields);
    let setting = |name: &str| security.as_ref().and_then(|fields| fields.entry(name));
    if let (Some(true), Some(key)) = (fuse(fields), fuse_key) {
        for name in ["privileged", "allowPrivilegeEscalation"] {
            if let Some(entry) = setting(name).filter(|entry| entry.value.as_bool() == Some(false)) {
                let message = format!("`allow_fuse` with `privileged = true` contradicts `{name} = false`");
                let rule = match name {
                    "privileged" => "Flyte makes the primary container privileged for it, which this forbids",
                    _ => "a privileged container can always gain privileges, so Kubernetes refuses the two together",
                };
                let diagnostic = conflict(key, entry.key, message).note(rule);
                diagnostics.push(diagnostic.help("use `allow_fuse = true`, which needs no privileged container"));
            }
        }
    }
    if truth(fields, "allow_nested_sandboxing")
        && let Some(key) = sandbox_key
    {
        for name in ["privileged", "allowPrivilegeEscalation"] {
            if let Some(entry) = setting(name).filter(|entry| entry.value.as_bool() == Some(true)) {
                let message = format!("`allow_nested_sandboxing` contradicts `{name} = true`");
                let rule = "it sets `allowPrivilegeEscalation = false`, which Kubernetes refuses beside that";
                let help = format!("take `{name} = true` away; the sandbox needs no privileged container");
                diagnostics.push(conflict(key, entry.key, message).note(rule).help(help));
            }
        }
        if let (Some(true), Some(other)) = (fuse(fields), fuse_key) {
            let message = "`allow_nested_sandboxing` contradicts `allow_fuse` with `privileged = true`".to_owned();
            let diagnostic = conflict(key, other, message)
                .note("the one forbids the container to gain privileges, and the other makes it privileged");
            diagnostics.push(diagnostic.help("use `allow_fuse = true`, which needs no privileged container"));
        }
        check_apparmor(fields, key, diagnostics);
    }
}

fn check_apparmor(fields: &Object, key: Span, diagnostics: &mut Diagnostics) {
    let name = format!("{APPARMOR_ANNOTATION}{}", primary_name(fields));
    let profile = object(fields, "annotations").and_then(|annotations| annotations.entry(&name));
    if let Some(entry) =
        profile.filter(|entry| entry.value.as_str().is_some_and(|profile| profile != APPARMOR_UNCONFINED))
    {
        let message = "`allow_nested_sandboxing` contradicts the AppArmor profile of the primary container".to_owned();
        let rule =
            format!("a sandbox in a container makes mounts of its own, for which it needs `{APPARMOR_UNCONFINED}`");
        let help = "take the annotation away; the helper sets it";
        diagnostics.push(conflict(key, entry.value.span, message).note(rule).help(help));
    }
}

fn conflict(helper: Span, other: Span, message: String) -> Diagnostic {
    Diagnostic::new(code::CAPABILITY_CONFLICT, helper, message)
        .here("asked for here")
        .label(other, "but this is set here")
}

fn primary_security(fields: &Object) -> Option<&Object> {
    object(primary_container(fields)?, "securityContext").map(AsRef::as_ref)
}

/// The pod spec of a template, where it has one.
#[must_use]
pub fn pod_spec(fields: &Object) -> Option<&Object> {
    object(fields, "pod_spec").map(AsRef::as_ref)
}

/// The primary container, where the template lists it.
#[must_use]
pub fn primary_container(fields: &Object) -> Option<&Object> {
    let containers = pod_spec(fields)?.get("containers")?.as_list()?;
    let primary = containers.iter().find(|container| name_of(container) == Some(primary_name(fields)))?;
    primary.as_object().map(AsRef::as_ref)
}
