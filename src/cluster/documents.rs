//! The documents of a cluster file.
//!
//! In: the value of a document. Out: what it adds to the [`Cluster`]. Always: a document is a `PodTemplate` or a list of them, as
//! `kubectl get podtemplates -o yaml` prints it, or Flyte's configuration, or what tasks run as (`flyte:`); anything else is
//! reported. Not here: the fields within.

use super::read::{Way, checked};
use super::{Cluster, PodTemplate, config, entries, field, items, text, words};
use crate::data::{Key, Kind, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::schema::kubernetes::{OBJECT_META, POD_SPEC};
use crate::schema::{Field, Object, Type};

const POD_TEMPLATE: &str = "PodTemplate";
/// What `kubectl` prints several objects as.
const LISTS: &[&str] = &["List", "PodTemplateList"];

/// A `PodTemplate` as it is written.
static POD_TEMPLATE_FIELDS: Object = Object {
    name: POD_TEMPLATE,
    fields: &[
        Field { name: "apiVersion", ty: Type::String, required: false },
        Field { name: "kind", ty: Type::String, required: false },
        Field { name: "metadata", ty: Type::Object(&OBJECT_META), required: true },
        Field { name: "template", ty: Type::Object(&POD_TEMPLATE_SPEC), required: true },
    ],
};

/// What is in the `template` of one.
pub static POD_TEMPLATE_SPEC: Object = Object {
    name: "PodTemplateSpec",
    fields: &[
        Field { name: "metadata", ty: Type::Object(&OBJECT_META), required: false },
        Field { name: "spec", ty: Type::Object(&POD_SPEC), required: true },
    ],
};

/// What tasks run as: the one kind of document that is flytec's own.
static FLYTE: Object = Object {
    name: "flyte",
    fields: &[
        Field { name: "default-namespace", ty: Type::String, required: false },
        Field { name: "namespace", ty: Type::String, required: false },
        Field { name: "service-account", ty: Type::String, required: false },
    ],
};

/// Takes a document.
pub fn document(node: &Node, cluster: &mut Cluster, diagnostics: &mut Diagnostics) {
    if !matches!(node.kind, Kind::Map(_)) {
        return diagnostics.push(words::no_document(node.span));
    }
    if let Some(kind) = field(node, "kind") {
        return object(node, kind, cluster, diagnostics);
    }
    let sections = entries(node);
    if let Some((key, _)) = sections.iter().find(|(key, _)| key.text.eq_ignore_ascii_case("kind")) {
        return diagnostics.push(words::unknown_field(key, "Kubernetes' objects", ["kind"], None));
    }
    if sections.iter().any(|(key, _)| key.text == "template") {
        let place = sections.iter().map(|(key, _)| key.span).find(|span| span.start >= node.span.start);
        let diagnostic =
            Diagnostic::new(code::MISSING_FIELD, place.unwrap_or(node.span), "this document has no `kind`")
                .note("the kind says what a document of Kubernetes is; this one has the `template` of a `PodTemplate`");
        return diagnostics.push(diagnostic.help("write `kind: PodTemplate` if it is one"));
    }
    let ours =
        |key: &Key| key.text == "plugins" || key.text == "flyte" || config::SECTIONS.contains(&key.text.as_str());
    if !sections.iter().any(|(key, _)| ours(key)) {
        return diagnostics.push(no_section(node, sections));
    }
    for (key, value) in sections {
        match key.text.as_str() {
            "plugins" => plugins(value, cluster, diagnostics),
            "flyte" => flyte(value, cluster, diagnostics),
            config::EXECUTOR => executor(value, cluster),
            _ if ours(key) => {}
            _ => diagnostics.push(words::unknown_key(key, "", config::sections())),
        }
    }
}

/// A document of which no key is one of Flyte's configuration; the first of them is often misspelt.
fn no_section(node: &Node, sections: &[(Key, Node)]) -> Diagnostic {
    let Some((key, _)) = sections.first() else { return words::no_document(node.span) };
    let diagnostic = words::no_document(key.span);
    if key.text == "k8s" {
        return diagnostic.help("`k8s` stands below `plugins:`");
    }
    if config::K8S.field(&key.text).is_some() {
        return diagnostic.help(format!("`{}` stands below `plugins: k8s:`", key.text));
    }
    match closest(&key.text, config::sections()) {
        Some(better) => words::renamed(diagnostic, key, better),
        None => diagnostic,
    }
}

/// The one setting of Flyte's executor that pods have: `DefaultK8sServiceAccount` in its `executor/pkg/config`.
fn executor(node: &Node, cluster: &mut Cluster) {
    if let Some(account) = field(node, "defaultK8sServiceAccount").filter(|account| text(account).is_some()) {
        cluster.service_account = Some(account.clone());
    }
}

/// An object of Kubernetes.
fn object(node: &Node, kind: &Node, cluster: &mut Cluster, diagnostics: &mut Diagnostics) {
    match text(kind) {
        Some(POD_TEMPLATE) => pod_template(node, cluster, diagnostics),
        Some(name) if LISTS.contains(&name) => {
            for item in field(node, "items").map(items).unwrap_or_default() {
                match field(item, "kind") {
                    Some(kind) => object(item, kind, cluster, diagnostics),
                    // Items of a typed list need not repeat their kind.
                    None => pod_template(item, cluster, diagnostics),
                }
            }
        }
        other => {
            let name = other.unwrap_or("this");
            let message = format!("a cluster file has pod templates, and `{name}` is none");
            let diagnostic = Diagnostic::new(code::BAD_CLUSTER_DOCUMENT, kind.span, message)
                .note("of Kubernetes' objects only `PodTemplate` has a part in the pods that Flyte makes");
            diagnostics.push(match closest(name, LISTS.iter().copied().chain([POD_TEMPLATE])) {
                Some(better) => diagnostic.did_you_mean(name, better, kind.span, better),
                None => diagnostic
                    .help("leave the document out; `kubectl get podtemplates -A -o yaml` prints those that count"),
            });
        }
    }
}

fn pod_template(node: &Node, cluster: &mut Cluster, diagnostics: &mut Diagnostics) {
    let Some(whole) = checked(node, &Type::Object(&POD_TEMPLATE_FIELDS), Way::Kubernetes, "", diagnostics) else {
        return;
    };
    let metadata = field(&whole, "metadata");
    let Some(name) = metadata.and_then(|metadata| field(metadata, "name")) else {
        // What is there under an unknown key may be the name.
        let written = field(node, "metadata").map(entries).unwrap_or_default();
        let unknown = written.iter().any(|(key, _)| OBJECT_META.field(&key.text).is_none());
        if let Some(metadata) = metadata.filter(|_| !unknown) {
            diagnostics.push(words::missing(metadata.span, "PodTemplate", "`metadata.name`"));
        }
        return;
    };
    let Some(spec) = field(&whole, "template").and_then(|template| field(template, "spec")) else { return };
    let template = PodTemplate {
        name: Key { text: text(name).unwrap_or_default().into(), span: name.span },
        namespace: metadata.and_then(|metadata| field(metadata, "namespace")).and_then(text).map(Into::into),
        metadata: field(&whole, "template").and_then(|template| field(template, "metadata")).cloned(),
        spec: spec.clone(),
    };
    let same = |other: &&PodTemplate| other.name.text == template.name.text && other.namespace == template.namespace;
    if let Some(first) = cluster.templates.iter().find(same) {
        let message = format!("the pod template `{}` is given twice", template.full_name());
        let diagnostic = Diagnostic::new(code::CLUSTER_TEMPLATE_TWICE, template.name.span, message)
            .here("given again here")
            .label(first.name.span, "first given here");
        let diagnostic = diagnostic
            .note("a namespace has one template of a name, so one of the two is not what the cluster has")
            .help("take one of them away, or give it the namespace that it is in");
        return diagnostics.push(diagnostic);
    }
    cluster.templates.push(template);
}

fn plugins(node: &Node, cluster: &mut Cluster, diagnostics: &mut Diagnostics) {
    if !matches!(node.kind, Kind::Map(_) | Kind::Null) {
        return diagnostics.push(words::wrong_type(node, "plugins", "a map"));
    }
    for (key, value) in entries(node) {
        match key.text.as_str() {
            "k8s" => {
                if let Some(value) = checked(value, &Type::Object(&config::K8S), Way::Flyte, "k8s", diagnostics) {
                    cluster.config.add(&value);
                }
            }
            name if config::PLUGINS.contains(&name) => {}
            _ => diagnostics.push(words::unknown_key(key, "plugins", config::plugins())),
        }
    }
}

fn flyte(node: &Node, cluster: &mut Cluster, diagnostics: &mut Diagnostics) {
    let Some(checked) = checked(node, &Type::Object(&FLYTE), Way::Own, "flyte", diagnostics) else { return };
    for (name, slot) in [("namespace", &mut cluster.namespace), ("service-account", &mut cluster.service_account)] {
        if let Some(value) = field(&checked, name).filter(|value| text(value).is_some_and(|text| !text.is_empty())) {
            *slot = Some(value.clone());
        }
    }
    if let Some(namespace) = field(&checked, "default-namespace").and_then(text) {
        cluster.default_namespace = namespace.into();
    }
}
