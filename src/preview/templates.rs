//! Step 5: the pod over the cluster's pod templates.
//!
//! In: the pod, and the template of its accelerator's class or of the cluster. Out: the two merged, the pod over the template; and the
//! containers that are lost.
//! Source: `MergeBasePodSpecOntoTemplate` and `MergeWithBasePodTemplate` in `pod_helper.go`. Where a template has neither
//! `default` nor `primary`, Flyte merges into the template that it keeps, so that later pods may get the arguments and variables
//! of earlier ones as well; a preview is of the first pod. Not here: which template it is, which of its containers count
//! ([`containers::bases`]) and how two values merge ([`merge`]).

use ecow::EcoString;

use super::merge::merge;
use super::task::Pod;
use super::tree::{Origin, Place, Source, Tree};
use crate::cluster::containers::{self, List};
use crate::cluster::{PodTemplate, field, items, text};
use crate::data::Node;
use crate::schema::Type;
use crate::schema::kubernetes::{CONTAINER, OBJECT_META, POD_SPEC};

/// Whose a part of a template is, by the container that it is in.
type Sources<'s> = &'s dyn Fn(Option<&str>) -> Source;

/// A container of a template that is merged with none of the pod.
#[derive(Debug)]
pub struct Dropped {
    /// The field of the pod's spec that would have it.
    pub list: &'static str,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The containers of a template that are merged with none of the pod, in their order.
pub fn dropped(pod: &Pod, template: &PodTemplate) -> Vec<Dropped> {
    let source = Source::Cluster { template: template.full_name().into(), container: None };
    let mut dropped = Vec::new();
    for list in List::ALL {
        let own = pod.spec.items_of(list.field()).iter().map(|container| container.str_of("name"));
        let used: Vec<&Node> =
            own.flat_map(|name| containers::bases(&template.spec, list, name, name == pod.primary)).collect();
        let all = field(&template.spec, list.field()).map(items).unwrap_or_default();
        for container in all.iter().filter(|container| !used.iter().any(|used| std::ptr::eq(*used, *container))) {
            let Some(name) = field(container, "name") else { continue };
            let origin = Origin { source: source.clone(), place: Place::Cluster(name.span) };
            dropped.push(Dropped { list: list.field(), name: text(name).unwrap_or_default().to_owned(), origin });
        }
    }
    dropped
}

/// Merges the pod over a template of the cluster.
pub fn apply(pod: &mut Pod, template: &PodTemplate) {
    let name = EcoString::from(template.full_name());
    let source =
        |container: Option<&str>| Source::Cluster { template: name.clone(), container: container.map(EcoString::from) };
    over(pod, &template.spec, &source);
    if let Some(metadata) = &template.metadata {
        let mut base = Tree::of_node(metadata, &source(None));
        merge(&mut base, pod.metadata.clone(), &Type::Object(&OBJECT_META));
        pod.metadata = base;
    }
}

/// Merges the pod over the template of its accelerator's class, which is a part of Flyte's configuration.
pub fn apply_class(pod: &mut Pod, spec: &Node, key: &EcoString) {
    over(pod, spec, &|_| Source::Platform(key.clone()));
}

fn over(pod: &mut Pod, template: &Node, sources: Sources<'_>) {
    let mut base = Tree::of_node(template, &sources(None));
    let mut merged = Vec::new();
    for list in List::ALL {
        // The template's own are dropped, whether the pod has some or not.
        base.take(list.field());
        if let Some(containers) = pod.spec.take(list.field()) {
            let own = containers
                .items()
                .iter()
                .map(|container| container_over(container, list, template, &pod.primary, sources));
            merged.push((list, Tree::list(&containers.origin, own.collect::<Vec<_>>())));
        }
    }
    merge(&mut base, pod.spec.clone(), &Type::Object(&POD_SPEC));
    for (list, containers) in merged {
        base.set(list.field(), containers);
    }
    pod.spec = base;
}

fn container_over(container: &Tree, list: List, template: &Node, primary: &str, sources: Sources<'_>) -> Tree {
    let name = container.str_of("name");
    let ty = Type::Object(&CONTAINER);
    let bases = containers::bases(template, list, name, name == primary);
    let mut layers = bases.into_iter().map(|base| Tree::of_node(base, &sources(field(base, "name").and_then(text))));
    let Some(mut merged) = layers.next() else { return container.clone() };
    for layer in layers.chain([container.clone()]) {
        merge(&mut merged, layer, &ty);
    }
    merged
}
