//! Containers of the cluster's pod templates that Flyte drops.
//!
//! In: a program, and the file that says what the cluster has. Out: a warning for each container of a template that no task of the
//! program has a container for. Always: a template that several tasks use is looked at once, with the containers of all of them.
//! Source: `MergeBasePodSpecOntoTemplate` in Flyte's `flytek8s/pod_helper.go`. Not here: what containers are merged
//! ([`crate::cluster::containers`]), and templates that no task uses.

use std::collections::BTreeSet;

use super::{Checked, Subject};
use crate::cluster::containers::List;
use crate::cluster::{Cluster, Found, PodTemplate, field, items, text};
use crate::data::Node;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::PRIMARY_CONTAINER;
use crate::settings::{PodTemplate as Setting, template};
use crate::source::Span;
use crate::value::{Object, Value};

/// The containers of tasks that other software makes of theirs; templates of a whole cluster serve them too.
const OF_PLUGINS: &[&str] = &[
    "ray-head",
    "ray-worker",
    "spark-kubernetes-driver",
    "spark-kubernetes-executor",
    "pytorch",
    "tensorflow",
    "mpi",
    "job-runner",
    "scheduler",
    "dask-worker",
];

/// The name of a container that counted once, and that Flyte 2 never asks for.
const PRIMARY_INIT: &str = "primary-init";

/// Warns of containers that are dropped, if a cluster is known.
pub fn warn(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let Some(cluster) = checked.cluster.filter(|_| !diagnostics.has_errors()) else { return };
    let mut uses: Vec<Use<'_>> = Vec::new();
    for subject in checked.subjects() {
        let Some(template) = template_of(&subject, cluster) else { continue };
        if let Some(known) = uses.iter_mut().find(|known| std::ptr::eq(known.template, template)) {
            known.add(&subject);
            continue;
        }
        let mut found = Use { template, first: subject.name.span, names: [BTreeSet::new(), BTreeSet::new()] };
        found.add(&subject);
        uses.push(found);
    }
    for found in &uses {
        for (list, names) in List::ALL.into_iter().zip(&found.names) {
            let containers = field(&found.template.spec, list.field()).map(items).unwrap_or_default();
            for name in containers.iter().filter_map(|container| field(container, "name")) {
                container(found, list, names, name, diagnostics);
            }
        }
    }
}

/// A template, and what uses it.
struct Use<'a> {
    template: &'a PodTemplate,
    first: Span,
    /// The names of the tasks' containers, by [`List::ALL`].
    names: [BTreeSet<String>; 2],
}

impl Use<'_> {
    fn add(&mut self, subject: &Subject<'_>) {
        let fields = match &subject.settings.pod_template {
            Setting::Inline(fields) => Some(fields.as_ref()),
            _ => None,
        };
        let [init, regular] = &mut self.names;
        init.extend(fields.into_iter().flat_map(|fields| names(fields, List::Init)));
        regular.extend(fields.into_iter().flat_map(|fields| names(fields, List::Regular)));
        regular.insert(fields.map_or(PRIMARY_CONTAINER, template::primary_name).to_owned());
    }
}

/// The template of the cluster that the pod of a task is merged over.
fn template_of<'c>(subject: &Subject<'_>, cluster: &'c Cluster) -> Option<&'c PodTemplate> {
    let name = match &subject.settings.pod_template {
        Setting::Named(name) => name.as_str(),
        _ => cluster.config.default_template()?,
    };
    match cluster.find(name) {
        Found::One(template) => Some(template),
        Found::Nothing | Found::Several(_) => None,
    }
}

/// The names of the containers that a template of the program lists.
fn names(fields: &Object, list: List) -> impl Iterator<Item = String> {
    let containers = fields.get("pod_spec").and_then(|spec| spec.as_object()?.get(list.field())?.as_list());
    let name = |container: &Value| Some(container.as_object()?.get("name")?.as_str()?.to_string());
    containers.unwrap_or_default().iter().filter_map(name)
}

fn container(found: &Use<'_>, list: List, names: &BTreeSet<String>, name: &Node, diagnostics: &mut Diagnostics) {
    let Some(called) = text(name) else { return };
    let counts = names.contains(called) || (list.magic().contains(&called) && called != PRIMARY_INIT);
    if counts || OF_PLUGINS.contains(&called) {
        return;
    }
    let whose = format!("pod template `{}`", found.template.full_name());
    let [for_all, _] = list.magic();
    let diagnostic = Diagnostic::new(
        code::DROPPED_CONTAINER,
        name.span,
        format!("Flyte drops the container `{called}` of the {whose}"),
    )
    .label(found.first, "no container of this task has its name")
    .note("Flyte merges a task's containers over those of the same name in its template, and takes no others over");
    if called == PRIMARY_INIT {
        diagnostics.push(
            diagnostic.help(format!("no init container is a primary one; what is for all goes into `{for_all}`")),
        );
        return;
    }
    let near = closest(called, names.iter().map(String::as_str).chain(list.magic()));
    diagnostics.push(match near.filter(|near| *near != PRIMARY_INIT) {
        Some(near) => diagnostic.did_you_mean(called, near, name.span, near),
        None => diagnostic.help(format!(
            "write `{} {called} {{ … }}` into the task's own template; what is for every container goes into `{for_all}`",
            list.field()
        )),
    });
}
