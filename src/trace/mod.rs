//! Where the values of a pod come from: every layer that set one, and what became of what it set.
//!
//! In: a workload, the preview of its pod, and the words by which somebody asks for a field. Out: [`Trace`], plain data. Always: the first
//! [`Layer`] of a field is the one that counts, and each that was overruled says by whom; a field is named as in
//! the pod that will run. Not here: how it is written ([`human`], [`json`]).

mod history;
pub mod human;
pub mod json;
pub mod layers;
mod lost;
mod query;
mod routes;
mod tree;

use serde_json::Value;

use self::history::{Carried, Found, Record};
use self::layers::{Layers, Via};
use self::query::Query;
use self::routes::{Route, routes};
use self::tree::Node;
use crate::compare::{Path, Step};
use crate::emit::{self, Kind};
use crate::lower::Workload;
use crate::preview::tree::{Origin, Place, Source};
use crate::preview::{Dropped, Preview, written};
use crate::source::Span;
use crate::validate::locate;
use crate::validate::path::Path as PodPath;

/// Where the values of a pod, or of a part of it, come from.
#[derive(Debug)]
pub struct Trace {
    /// The task or variant.
    pub name: String,
    /// The fields, in the order of the pod; those that were taken away come last.
    pub fields: Vec<Field>,
}

/// A field without parts.
#[derive(Debug)]
pub struct Field {
    /// Where it is in the pod.
    pub path: Path,
    /// What it is; nothing where it was taken away.
    pub value: Option<Value>,
    /// Who set it, from the last to the first.
    pub layers: Vec<Layer>,
}

impl Field {
    /// Who took the place of what the field was a part of, where it was lost with that.
    #[must_use]
    pub fn lost_to(&self) -> Option<&By> {
        self.layers.first().filter(|_| self.value.is_none())?.overruled.as_ref()
    }
}

/// One who set a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Who it is.
    pub who: String,
    /// Where it set the field; nothing where nobody wrote it.
    pub place: Option<Span>,
    /// What Flyte or Kubernetes does, where they set it.
    pub why: Option<String>,
    /// Whether it takes the field away instead of setting it.
    pub takes_away: bool,
    /// What it lost to.
    pub overruled: Option<By>,
    /// The names that the value went through, from the last to the first, and where it was written.
    pub through: Vec<Via>,
}

/// Who overruled a value, or took it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who it is.
    pub who: String,
    /// Where.
    pub place: Option<Span>,
}

/// Why a field cannot be traced, for people.
pub type Fault = String;

/// The trace of a pod, or of the part of it that `field` names.
///
/// # Errors
/// Where there is no such field, and was none.
pub fn trace(workload: &Workload, preview: &Preview, field: Option<&str>, layers: &Layers<'_>) -> Result<Trace, Fault> {
    let tracer = Tracer { workload, own: emit::value(workload, Kind::K8s), dropped: &preview.dropped, layers };
    let root = Node::root(&preview.pod);
    let name = preview.name.clone();
    let Some(field) = field else {
        return Ok(Trace { name, fields: tracer.fields(&root, &root) });
    };
    let query = Query::read(field, &workload.template.primary_name)?;
    match query.find(&root) {
        Ok(node) => Ok(Trace { name, fields: tracer.fields(&node, &root) }),
        Err(missing) => {
            let gone = missing.paths.iter().find_map(|path| tracer.gone(path));
            gone.map(|field| Trace { name, fields: vec![field] }).ok_or(missing.message)
        }
    }
}

/// What fields are traced with.
struct Tracer<'t> {
    workload: &'t Workload,
    /// The task's own pod.
    own: Value,
    dropped: &'t [Dropped],
    layers: &'t Layers<'t>,
}

impl Tracer<'_> {
    /// All fields without parts at and below a node of a pod, and what was there once.
    fn fields(&self, node: &Node<'_>, pod: &Node<'_>) -> Vec<Field> {
        let leaves = node.clone().leaves();
        let mut fields: Vec<Field> = leaves.iter().map(|leaf| self.field(leaf)).collect();
        let lost = lost::lost(self.workload, pod);
        fields.extend(lost.iter().filter(|path| node.has_below(path)).filter_map(|path| self.gone(path)));
        fields.extend(self.dropped.iter().map(dropped).filter(|field| node.has_below(&field.path)));
        fields
    }

    fn field(&self, leaf: &Node<'_>) -> Field {
        let value = Some(leaf.tree.to_json(&|name| format!("<{name}>")));
        let mut layers = self.layers_of(leaf);
        // What the cluster's pod templates say was there first.
        let by = layers.first().map(Layer::as_by);
        let lost = leaf.tree.lost.iter().filter(|origin| !matches!(origin.place, Place::Pod(_)));
        layers.extend(lost.map(|origin| Layer { overruled: by.clone(), ..added(origin) }));
        Field { path: leaf.path.clone(), value, layers }
    }

    /// A field that was taken away, or lost with what it was a part of.
    fn gone(&self, path: &Path) -> Option<Field> {
        let layers = self.written(&routes(path, self.workload));
        if layers.first().is_some_and(|first| first.takes_away || first.overruled.is_some()) {
            return Some(Field { path: path.clone(), value: None, layers });
        }
        self.dropped.iter().map(dropped).find(|field| field.path.to_string() == path.to_string())
    }

    fn layers_of(&self, leaf: &Node<'_>) -> Vec<Layer> {
        let origin = &leaf.tree.origin;
        if let (Place::Pod(path), Source::Task | Source::Template) = (&origin.place, &origin.source) {
            let mut routes = routes(&tree::named(&self.own, path), self.workload);
            routes.extend(self.helper(path));
            let layers = self.written(&routes);
            return if layers.is_empty() { vec![self.sdk(path)] } else { layers };
        }
        let first = added(origin);
        let by = first.as_by();
        // What has no name may be something else at the same place.
        let named = !leaf.path.steps().iter().any(|step| matches!(step, Step::Index(_)));
        let routes = if named { routes(&leaf.path, self.workload) } else { Vec::new() };
        let mut layers = self.written(&routes);
        // What another layer had taken away before was not there any more.
        if let Some(lost) = layers.first_mut().filter(|lost| lost.overruled.is_none()) {
            lost.overruled = Some(by);
        }
        layers.insert(0, first);
        layers
    }

    /// What the settings say along the routes; the first that has a value counts.
    fn written(&self, routes: &[Route]) -> Vec<Layer> {
        let records = routes.iter().map(|route| self.records(route)).filter(|records| !records.is_empty());
        let mut found: Vec<Vec<Layer>> =
            records.map(|records| records.iter().map(|record| self.layer(record)).collect()).collect();
        let counts = |layers: &Vec<Layer>| layers.first().is_some_and(|first| !first.takes_away);
        if let Some(at) = found.iter().position(counts) {
            // It was found there.
            let first = found.remove(at);
            found.insert(0, first);
        }
        let mut found = found.into_iter();
        let Some(mut layers) = found.next() else { return Vec::new() };
        let by = layers.first().map(Layer::as_by);
        for mut lost in found {
            if let Some(first) = lost.first_mut() {
                first.overruled.clone_from(&by);
            }
            layers.extend(lost);
        }
        layers
    }

    fn records(&self, route: &Route) -> Vec<Record<'_>> {
        let mut found = Found::default();
        found.object(&self.workload.values, route);
        found.records
    }

    fn layer(&self, record: &Record<'_>) -> Layer {
        let layers = self.layers;
        let own = layers.who(record.place);
        // What stands in a value that a name stood for was set where the name is.
        let within = |carried: &&Carried| carried.written != carried.name && carried.written.contains(record.place);
        let names: Vec<Span> = record.carried.iter().filter(within).map(|carried| carried.name).collect();
        let place = names.first().copied().unwrap_or(record.place);
        let mut through = layers.names(&names);
        if let Some(value) = record.value {
            through.extend(layers.through(record.place, value));
        }
        // What a template says came by whoever named it.
        let made = record.carried.iter().find(|carried| carried.written == carried.name);
        if let Some(made) = made.filter(|_| layers.is_template(record.place)) {
            let via = Via { who: layers.who(made.name), place: made.name, overruled: false };
            // What the template was given has been told already, with the same line.
            let told =
                through.iter().any(|other| other.who == via.who && layers.line(other.place) == layers.line(via.place));
            through.extend((!told).then_some(via));
        }
        Layer {
            who: if names.is_empty() { own } else { layers.who(place) },
            place: Some(place),
            why: None,
            takes_away: record.value.is_none(),
            overruled: record.by.map(|by| By { who: layers.who(by), place: Some(by) }),
            through,
        }
    }

    /// The helper of the template that makes a field.
    fn helper(&self, path: &PodPath) -> Option<Route> {
        let located = locate::Origin::of(self.workload).locate(path);
        located.made_by.map(routes::helper)
    }

    /// What nobody wrote, and Flyte's SDK makes of the task.
    fn sdk(&self, path: &PodPath) -> Layer {
        let place = written(self.workload, path).unwrap_or(self.workload.place);
        let why = Some(format!("made of {}", self.layers.who(place)));
        Layer { place: Some(place), why, ..Layer::by("Flyte's SDK") }
    }
}

/// A container of the cluster's pod template that no pod has.
fn dropped(container: &Dropped) -> Field {
    let list = Path::default().field("spec").field(container.list);
    let why = Some("no container of the task is called so".to_owned());
    let flyte = Layer { why, takes_away: true, ..Layer::by("Flyte") };
    let template = Layer { overruled: Some(flyte.as_by()), ..added(&container.origin) };
    let path = list.and(Step::Element(container.name.clone(), 0));
    Field { path, value: None, layers: vec![flyte, template] }
}

/// What the cluster, Flyte and Kubernetes add.
fn added(origin: &Origin) -> Layer {
    let place = match origin.place {
        Place::Cluster(span) => Some(span),
        Place::Nowhere | Place::Pod(_) => None,
    };
    match &origin.source {
        Source::Platform(why) => {
            let why = why.strip_prefix("Flyte ").unwrap_or(why);
            Layer { place, why: Some(why.to_owned()), ..Layer::by("Flyte") }
        }
        Source::ApiDefault => Layer { why: Some("default".to_owned()), ..Layer::by("Kubernetes") },
        source => Layer { place, ..Layer::by(&source.to_string()) },
    }
}

impl Layer {
    fn by(who: &str) -> Self {
        let who = who.to_owned();
        Self { who, place: None, why: None, takes_away: false, overruled: None, through: Vec::new() }
    }

    fn as_by(&self) -> By {
        By { who: self.who.clone(), place: self.place }
    }

    /// Whether it is a layer of the program.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.place.is_some() && self.why.is_none()
    }
}
