//! Pod templates of the cluster, where a file says what the cluster has.
//!
//! A name that no template has is an error, as it is for Flyte when the task runs. What the author wrote and a template does not
//! give way to is warned about: `false`, 0 and an empty text, which cannot overrule a value, and `command` and `args`, which are
//! appended to a template's. Source: `getBasePodTemplate` and `MergeBasePodSpecOntoTemplate` in Flyte's `flytek8s/pod_helper.go`,
//! and mergo with `WithOverride` and `WithAppendSlice`.
//!
//! A task that names a template has no pod spec of its own: there, it is its command and arguments alone that can meet the
//! template's. Everything else that a task sets wins, or is a list, to which appending is what people expect. Not here: templates
//! of classes of accelerators, which are a part of Flyte's configuration.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::{Checked, Subject};
use crate::cluster::containers::{self, List};
use crate::cluster::{self, Cluster, Found, PodTemplate, field, items};
use crate::data::{self, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::PRIMARY_CONTAINER;
use crate::schema::kubernetes::{CONTAINER, POD_SPEC};
use crate::schema::{self, Type};
use crate::settings::{PodTemplate as Setting, template};
use crate::source::{SourceMap, Span};
use crate::value::{Kind, Object, Value};

/// Checks every task against the cluster, if one is known.
pub fn templates(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    let Some(cluster) = checked.cluster else { return };
    let file = sources.get(cluster.file).name.as_str();
    let mut seen: FxHashSet<*const Object> = FxHashSet::default();
    for subject in checked.subjects() {
        match &subject.settings.pod_template {
            Setting::Named(name) => {
                let place = subject.values.get("pod_template").map_or(subject.name.span, |value| value.span);
                match cluster.find(name) {
                    Found::One(template) => run(&subject, PRIMARY_CONTAINER, template, diagnostics),
                    Found::Nothing => {
                        let templates = checked.program.templates.iter().map(|template| &template.name);
                        let templates = templates.filter(|template| template.span.file == place.file);
                        let templates: Vec<&str> = templates.map(|template| template.text.as_str()).collect();
                        diagnostics.push(missing(place, name, cluster, &templates, file));
                    }
                    Found::Several(all) => diagnostics.push(cluster::ambiguous(place, name, &all)),
                }
            }
            inline => {
                let name = cluster.config.default_template();
                let Some(Found::One(template)) = name.map(|name| cluster.find(name)) else { continue };
                let Setting::Inline(fields) = inline else {
                    run(&subject, PRIMARY_CONTAINER, template, diagnostics);
                    continue;
                };
                run(&subject, template::primary_name(fields), template, diagnostics);
                if seen.insert(std::sync::Arc::as_ptr(fields)) {
                    spec(fields, template, diagnostics);
                }
            }
        }
    }
}

/// `program` are the templates of the file in which the name stands.
fn missing(place: Span, name: &str, cluster: &Cluster, program: &[&str], file: &str) -> Diagnostic {
    let message = format!("the cluster has no pod template `{name}`");
    let diagnostic = Diagnostic::new(code::NO_CLUSTER_TEMPLATE, place, message)
        .note("a text names a template of the cluster; Flyte fails a task whose template it does not find");
    let elsewhere = cluster.templates.iter().find(|template| template.name.text == name);
    let diagnostic = match (elsewhere, &cluster.namespace) {
        (Some(template), Some(namespace)) => {
            diagnostic.label(template.name.span, "this one is in another namespace").note(format!(
                "Flyte looks in the task's namespace, `{}`, and then in `{}`",
                cluster::text(namespace).unwrap_or_default(),
                cluster.default_namespace
            ))
        }
        _ => diagnostic.note(format!("what the cluster has is read from `{file}`: {}", listed(cluster))),
    };
    match closest(name, cluster.names().filter(|other| *other != name)) {
        Some(better) => diagnostic.did_you_mean(name, better, place, format!("\"{better}\"")),
        None if elsewhere.is_none() && program.contains(&name) => diagnostic
            .help(format!("a template of the program is named without quotes: `pod_template = {name}`"))
            .unsafe_fix("name the template of the program", place, name),
        None if elsewhere.is_some() => diagnostic.help(
            "have it put into one of these two, or say in the cluster file where tasks run: `flyte: {namespace: …}`",
        ),
        None => diagnostic.help("name one that the cluster has, or add this one to the file if the cluster has it now"),
    }
}

/// What the cluster has, in a few words.
fn listed(cluster: &Cluster) -> String {
    /// How many names are said.
    const MOST: usize = 5;
    let names: BTreeSet<&str> = cluster.names().collect();
    if names.is_empty() {
        return "no pod template".to_owned();
    }
    let said = names.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => said,
        more => format!("{said} and {more} more"),
    }
}

// ------------------------------------------------------------------------------------------- command and arguments

/// The task's command and arguments, which go behind those that the template has for the primary container. A task that sets no
/// command may well be meant to run under that of the template.
fn run(subject: &Subject<'_>, primary: &str, template: &PodTemplate, diagnostics: &mut Diagnostics) {
    let bases = containers::bases(&template.spec, List::Regular, primary, true);
    for name in ["command", "args"] {
        let Some(first) = bases.iter().filter_map(|base| field(base, name)).find(|list| !items(list).is_empty()) else {
            continue;
        };
        // The arguments of a function are those of Flyte's entrypoint; it has no command.
        let function = || subject.values.get("function").filter(|_| name == "args");
        let Some(set) = subject.values.get(name).or_else(function) else { continue };
        let whose = format!("pod template `{}` of the cluster", template.full_name());
        let message = format!("the {whose} has `{name}` too, and comes first");
        let diagnostic = Diagnostic::new(code::CLUSTER_TEMPLATE_WINS, set.span, message)
            .label(first.span, "this is put before the task's own")
            .note("Flyte appends lists to those of the template; a task cannot take a template's list away")
            .help(format!("take `{name}` out of the template, or use another one"));
        diagnostics.push(diagnostic);
    }
}

// ------------------------------------------------------------------------------------------------------- pod specs

/// What a template of the program says and the cluster's does not give way to.
fn spec(fields: &Object, template: &PodTemplate, diagnostics: &mut Diagnostics) {
    let Some(own) = fields.get("pod_spec").and_then(Value::as_object) else { return };
    let found = Finder { template, diagnostics };
    found.pod(own, template::primary_name(fields));
}

struct Finder<'f> {
    template: &'f PodTemplate,
    diagnostics: &'f mut Diagnostics,
}

impl Finder<'_> {
    fn pod(mut self, own: &Object, primary: &str) {
        let lists = List::ALL.map(List::field);
        self.object(own, &self.template.spec, &POD_SPEC, &lists);
        for list in List::ALL {
            for container in own.get(list.field()).and_then(Value::as_list).unwrap_or_default() {
                let Some(container) = container.as_object() else { continue };
                let name = container.get("name").and_then(Value::as_str).map_or("", |name| name.as_str());
                let is_primary = list == List::Regular && name == primary;
                for base in containers::bases(&self.template.spec, list, name, is_primary) {
                    // The name is not merged with that of a container for all; the task's own command is looked at elsewhere.
                    let left_out: &[&str] = if is_primary { &["name", "command", "args"] } else { &["name"] };
                    self.object(container, base, &CONTAINER, left_out);
                    self.lists(container, base, left_out);
                }
            }
        }
    }

    /// Recursion follows the nesting of Kubernetes' types.
    fn object(&mut self, own: &Object, base: &Node, ty: &'static schema::Object, left_out: &[&str]) {
        for (name, entry) in own.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
            let (Some(base), Some(known)) = (field(base, name), ty.field(name)) else { continue };
            match (&known.ty, &entry.value.kind) {
                (Type::Object(ty), Kind::Object(own)) => self.object(own, base, ty, &[]),
                (Type::Object(_) | Type::Map(_) | Type::List { .. }, _) => {}
                _ if is_zero(&entry.value) && !is_nothing(base) => self.zero(name, &entry.value, base),
                _ => {}
            }
        }
    }

    fn zero(&mut self, name: &str, own: &Value, base: &Node) {
        let whose = format!("pod template `{}` of the cluster", self.template.full_name());
        let message = format!("this `{name}` does not overrule the one of the {whose}");
        let diagnostic = Diagnostic::new(code::CLUSTER_TEMPLATE_WINS, own.span, message)
            .label(base.span, "this one counts")
            .note("Flyte merges a pod over its template and takes `false`, 0 and an empty text for nothing set")
            .help("change the template, or use one that does not set it");
        self.diagnostics.push(diagnostic);
    }

    fn lists(&mut self, own: &Object, base: &Node, left_out: &[&str]) {
        for name in ["command", "args"].into_iter().filter(|name| !left_out.contains(name)) {
            let (Some(own), Some(base)) = (own.get(name), field(base, name)) else { continue };
            if !items(base).is_empty() {
                let whose = format!("pod template `{}` of the cluster", self.template.full_name());
                let message = format!("this `{name}` is put behind that of the {whose}");
                let diagnostic = Diagnostic::new(code::CLUSTER_TEMPLATE_WINS, own.span, message)
                    .label(base.span, "this comes first")
                    .note("Flyte appends lists to those of the template; a pod cannot take a template's list away")
                    .help("set it in one of the two");
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

fn is_zero(value: &Value) -> bool {
    match &value.kind {
        Kind::Bool(truth) => !truth,
        Kind::Int(number) => *number == 0,
        Kind::Float(number) => *number == 0.0,
        Kind::String(text) => text.is_empty(),
        _ => false,
    }
}

fn is_nothing(node: &Node) -> bool {
    match &node.kind {
        data::Kind::Bool(truth) => !truth,
        data::Kind::Int(number) => *number == 0,
        data::Kind::Float(number) => *number == 0.0,
        data::Kind::String(text) => text.is_empty(),
        _ => false,
    }
}
