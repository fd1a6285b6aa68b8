//! The pod that will really run: what Flyte and Kubernetes make of a task's pod.
//!
//! In: a [`Workload`], and the [`Cluster`] that it runs on, if one is known. Out: [`Preview`]: the pod, of which every value knows
//! where it comes from. Always: the steps are Flyte's, in Flyte's order; what is known only when the task runs is a symbol such as
//! `<run-name>`. Without a cluster it is one that nobody has configured, without pod templates.
//! Source: `BuildResource` in Flyte's `plugins/k8s/pod/plugin.go` and what it calls; each step names its own. A task is previewed
//! as what is built of it, a `K8sPod`, and one with a pool as if it got a pod of its own.
//! Not here: webhooks other than Flyte's, limit ranges, what admission adds of the service account, and the scheduler. They are
//! not to be known from files.

mod accelerators;
mod containers;
mod defaults;
pub mod json;
mod merge;
mod metadata;
mod resources;
pub mod rules;
mod scheduling;
mod secrets;
mod settings;
mod task;
mod templates;
pub mod tree;
pub mod yaml;

use std::fmt::{Display, Formatter};

use ecow::eco_format;
use k8s_openapi::api::core::v1;

use self::settings::Settings;
use self::task::Pod;
pub use self::templates::Dropped;
use self::tree::{Kind, Origin, Place, Scalar, Source, Tree};
use crate::cluster::{Cluster, Found, PodTemplate};
use crate::lower::Workload;
use crate::schema::Type;
use crate::schema::kubernetes::{OBJECT_META, POD_SPEC};
use crate::settings::PodTemplate as Setting;
use crate::settings::run::Run;
use crate::source::Span;
use crate::validate::locate;
use crate::validate::path::{Path, Step};

/// A pod as it will run.
#[derive(Debug)]
pub struct Preview {
    /// The name of the task or variant.
    pub name: String,
    /// The pod, a Kubernetes `v1` `Pod`.
    pub pod: Tree,
    /// Why Flyte would not start it after all.
    pub refused: Option<String>,
    /// The pod template of the cluster that is not shown, since the cluster is not known.
    pub unknown_template: Option<String>,
    /// The containers of the cluster's pod template that Flyte merges with none of the task.
    pub dropped: Vec<Dropped>,
}

impl Preview {
    /// The pod as Kubernetes' own type, for rules about it. A symbol stands in it as a plain name: `run-name`.
    ///
    /// # Errors
    /// Where a value does not fit Kubernetes' types, which only a fault in the table of them can do.
    pub fn typed(&self) -> Result<v1::Pod, serde_json::Error> {
        serde_json::from_value(self.pod.to_json(&|name| name.to_lowercase().replace('_', "-")))
    }

    /// Where the value at a path comes from.
    #[must_use]
    pub fn origin(&self, path: &Path) -> Option<&Origin> {
        let mut at = &self.pod;
        for step in path.steps() {
            at = match step {
                Step::Field(name) | Step::Key(name) => at.get(name)?,
                Step::Index(index) => at.items().get(*index)?,
            };
        }
        Some(&at.origin)
    }
}

/// The pod of a workload on a cluster; `version` is that of the build.
#[must_use]
pub fn preview(workload: &Workload, cluster: Option<&Cluster>, version: &str) -> Preview {
    let settings = Settings { cluster };
    let task = &workload.settings;
    let name = format!("{}.{}", workload.name.environment, workload.name.task);
    let class = accelerators::class(&task.resources);

    let mut pod = task::pod(workload);
    containers::customise(&mut pod, settings, &name, version, class);
    resources::adjust(&mut pod, settings);
    scheduling::update(&mut pod, settings, task);
    let found = settings.accelerators(class);
    if let Some((spec, key)) = found.template.as_ref() {
        templates::apply_class(&mut pod, spec, key);
    }
    let mut dropped = Vec::new();
    if let Some(template) = cluster.and_then(|cluster| template(workload, cluster)) {
        dropped = templates::dropped(&pod, template);
        templates::apply(&mut pod, template);
    }
    if let Some(device) = &task.resources.device {
        accelerators::select_nodes(&mut pod, settings, device, &found);
    }
    let refused = accelerators::share_memory(&mut pod, &task.resources);
    metadata::finish(&mut pod, matches!(task.run, Some(Run::Command { .. })));
    let secrets = task.secrets.as_deref().unwrap_or_default();
    metadata::name(&mut pod, settings, &name, &secrets::annotations(secrets));
    secrets::inject(&mut pod, secrets);
    defaults::fill(&mut pod);
    let unknown_template = named(workload).filter(|_| cluster.is_none()).map(ToOwned::to_owned);
    Preview { name: workload.name.to_string(), pod: whole(pod), refused, unknown_template, dropped }
}

/// The pod template of the cluster that a workload gets. Source: `getBasePodTemplate` in `pod_helper.go`. One that is named and
/// not there, or there several times, is an error of the program (`check`); a default one that is not there is none.
fn template<'c>(workload: &Workload, cluster: &'c Cluster) -> Option<&'c PodTemplate> {
    match cluster.find(named(workload).or_else(|| cluster.config.default_template())?) {
        Found::One(template) => Some(template),
        Found::Several(_) | Found::Nothing => None,
    }
}

/// The template of the cluster that the task names.
fn named(workload: &Workload) -> Option<&str> {
    match &workload.settings.pod_template {
        Setting::Named(name) => Some(name),
        Setting::None | Setting::Inline(_) => None,
    }
}

/// The parts put together, without lists and maps that are empty, which Go does not write.
fn whole(mut pod: Pod) -> Tree {
    let origin = Origin::platform("a task is a pod");
    without_empty(&mut pod.metadata, &Type::Object(&OBJECT_META));
    without_empty(&mut pod.spec, &Type::Object(&POD_SPEC));
    let (version, kind) = (Tree::text(&origin, "v1"), Tree::text(&origin, "Pod"));
    Tree::map(&origin, [("apiVersion", version), ("kind", kind), ("metadata", pod.metadata), ("spec", pod.spec)])
}

/// Takes away lists and maps in which nothing is. An object without fields is something: `emptyDir: {}`.
fn without_empty(tree: &mut Tree, ty: &Type) {
    match (&mut tree.kind, ty) {
        (Kind::Map(entries), Type::Object(object)) => {
            entries.retain(|name, value| {
                let Some(field) = object.field(name) else { return true };
                without_empty(value, &field.ty);
                let collection = matches!(field.ty, Type::List { .. } | Type::Map(_));
                field.required || !(collection && value.is_zero())
            });
        }
        (Kind::List(items), Type::List { element, .. }) => {
            for item in items {
                without_empty(item, element);
            }
        }
        _ => {}
    }
}

// ------------------------------------------------------------------------------------------------------------- words

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Task => f.write_str("task"),
            Self::Template => f.write_str("template"),
            Self::Cluster { template, container: None } => write!(f, "cluster template {template}"),
            Self::Cluster { template, container: Some(container) } => {
                write!(f, "cluster template {template}, container {container}")
            }
            Self::Platform(why) => write!(f, "platform: {why}"),
            Self::ApiDefault => f.write_str("API default"),
        }
    }
}

/// What tells where values were written.
pub struct Places<'p> {
    /// Where the program makes a field of the task's own pod, such as `envs/a.flyteenv:12`.
    pub pod: &'p dyn Fn(&Path) -> Option<String>,
    /// Where the cluster file has something.
    pub cluster: &'p dyn Fn(Span) -> String,
}

impl Places<'_> {
    fn of(&self, origin: &Origin) -> Option<String> {
        match (&origin.place, &origin.source) {
            (Place::Cluster(span), _) => Some((self.cluster)(*span)),
            (Place::Pod(path), Source::Task | Source::Template) => (self.pod)(path),
            _ => None,
        }
    }
}

/// Where the program makes a field of a task's own pod.
#[must_use]
pub fn written(workload: &Workload, path: &Path) -> Option<Span> {
    let located = locate::Origin::of(workload).locate(path);
    (located.found || located.made_by.is_some()).then_some(located.value)
}

/// A scalar as people read it.
fn shown(scalar: &Scalar) -> ecow::EcoString {
    match scalar {
        Scalar::Bool(truth) => eco_format!("{truth}"),
        Scalar::Int(number) => eco_format!("{number}"),
        Scalar::Float(number) => eco_format!("{number}"),
        Scalar::Text(text) => text.clone(),
        Scalar::Symbol(name) => eco_format!("<{name}>"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_origin_of_a_field_is_found_by_its_path() {
        let root = Path::default();
        let pod = json!({"spec": {"containers": [{"name": "a"}]}, "metadata": {"labels": {"x/y.z": "1"}}});
        let pod = Tree::of_json(&pod, &root, &Source::Template);
        let preview = Preview { name: String::new(), pod, refused: None, unknown_template: None, dropped: Vec::new() };
        let name = root.field("spec").field("containers").index(0).field("name");
        let label = root.field("metadata").field("labels").field("x/y.z");
        for (path, shown) in [(&name, "spec.containers[0].name"), (&label, "metadata.labels[\"x/y.z\"]")] {
            let origin = preview.origin(path).unwrap();
            assert_eq!(origin, &Origin { source: Source::Template, place: Place::Pod(path.clone()) });
            assert_eq!(path.to_string(), shown);
        }
        assert_eq!(preview.origin(&root.field("spec").index(0)), None);
        assert_eq!(preview.origin(&name.field("further")), None);
    }

    /// A symbol is what no name can be, so that it is seen; rules about names are not to fail for it.
    #[test]
    fn symbols_are_plain_names_in_the_typed_pod() {
        let origin = Origin::platform("test");
        let metadata = Tree::map(&origin, [("name", Tree::symbol(&origin, "Secret-A_B"))]);
        let pod = Tree::map(&origin, [("metadata", metadata)]);
        let preview = Preview { name: String::new(), pod, refused: None, unknown_template: None, dropped: Vec::new() };
        assert_eq!(preview.typed().unwrap().metadata.name.as_deref(), Some("secret-a-b"));
    }
}
