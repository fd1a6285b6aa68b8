//! What settings once had, and the pod has no more: what was taken away, and what was lost with that which it was a part of.
//!
//! In: the settings of a task, and the pod that will run. Out: paths in the pod. Always: nothing is there at any of them, and of what is lost as a whole
//! there is one. Recursion follows the nesting of values and their trails, which are bounded; each step of a trail is looked at once for each path.
//! Not here: who took it away, and lists whose elements nothing tells apart, which are lost as a whole.

use rustc_hash::FxHashSet;

use super::routes::Down;
use super::tree::Node;
use crate::compare::{Path, Shape, Step};
use crate::lower::Workload;
use crate::value::trail::{self, Event};
use crate::value::{Object, Value, label_of};

/// The paths at which something was lost, sorted.
#[must_use]
pub fn lost(workload: &Workload, pod: &Node<'_>) -> Vec<Path> {
    let mut there = FxHashSet::default();
    pod.each(&mut |node| {
        there.insert(node.path.to_string());
    });
    let primary = workload.template.primary_name.as_str();
    let mut lost = Lost { primary, there, seen: FxHashSet::default(), found: Vec::new() };
    lost.object(&workload.values, &[]);
    lost.found.sort();
    lost.found
}

/// What is being looked for.
struct Lost<'w> {
    primary: &'w str,
    /// The paths of all that is there.
    there: FxHashSet<String>,
    /// The steps that have been looked at, each by where it lies, and for which path.
    seen: FxHashSet<(*const trail::Step, Vec<Down>)>,
    found: Vec<Path>,
}

impl Lost<'_> {
    fn value(&mut self, value: &Value, route: &[Down]) {
        let path = path_of(route, self.primary);
        if let Some(path) = path.as_ref().filter(|path| !self.there.contains(&path.to_string())) {
            if !self.found.contains(path) {
                self.found.push(path.clone());
            }
            return;
        }
        if let Some(object) = value.as_object() {
            self.object(object, route);
        } else if let Some((_, key)) = path.map(|path| shape_of(&path).elements()) {
            self.list(value, key, route);
        }
        // What comes behind a name happened to what the name stands for.
        let own = value.history().take_while(|step| !matches!(step.event, Event::Through { .. } | Event::Part(_)));
        own.for_each(|step| self.step(step, route));
    }

    fn object(&mut self, object: &Object, route: &[Down]) {
        for (name, entry) in object.iter() {
            self.value(&entry.value, &below(route, Down::Name(name.to_string())));
        }
        for (name, step) in object.removed() {
            self.step(step, &below(route, Down::Name(name.to_string())));
        }
    }

    fn list(&mut self, value: &Value, key: Option<&'static str>, route: &[Down]) {
        let (Some(list), Some(key)) = (value.as_items(), key) else { return };
        for item in list.items() {
            if let Some(label) = label_of(item, key) {
                self.value(item, &below(route, Down::Element { key, label: label.to_string() }));
            }
        }
        for (label, step) in list.removed() {
            self.step(step, &below(route, Down::Element { key, label: label.to_string() }));
        }
    }

    /// What a step of a trail took the place of, or took away.
    fn step(&mut self, step: &trail::Step, route: &[Down]) {
        let (Event::Replaced { value, .. } | Event::Removed { value, .. }) = &step.event else { return };
        if self.seen.insert((std::ptr::from_ref(step), route.to_vec())) {
            self.value(value, route);
        }
    }
}

fn below(route: &[Down], down: Down) -> Vec<Down> {
    route.iter().cloned().chain([down]).collect()
}

/// Where in the pod a setting ends up, for those that end up in one place.
fn path_of(route: &[Down], primary: &str) -> Option<Path> {
    let (Down::Name(setting), rest) = route.split_first()? else { return None };
    let spec = Path::default().field("spec");
    let container = spec.field("containers").and(Step::Element(primary.to_owned(), 0));
    match (setting.as_str(), rest) {
        ("pod_template", [Down::Name(part), rest @ ..]) => match part.as_str() {
            "labels" | "annotations" => Some(continued(Path::default().field("metadata").field(part), rest)),
            "pod_spec" => Some(continued(spec, rest)),
            _ => None,
        },
        ("image" | "command" | "args", rest) => Some(continued(container.field(setting), rest)),
        ("env_vars", [Down::Name(name)]) => Some(container.field("env").and(Step::Element(name.clone(), 0))),
        ("resources", [Down::Name(resource)]) => {
            let requests = container.field("resources").field("requests");
            match resource.as_str() {
                "cpu" | "memory" => Some(requests.key(resource)),
                "disk" => Some(requests.key("ephemeral-storage")),
                _ => None,
            }
        }
        _ => None,
    }
}

fn continued(path: Path, rest: &[Down]) -> Path {
    rest.iter().fold(path, |path, down| match down {
        Down::Name(name) if shape_of(&path).is_map() => path.key(name),
        Down::Name(name) => path.field(name),
        Down::Element { label, .. } => path.and(Step::Element(label.clone(), 0)),
        Down::Index(at) => path.and(Step::Index(*at)),
    })
}

/// What is known of the value at a path.
fn shape_of(path: &Path) -> Shape {
    path.steps().iter().fold(Shape::Pod, |shape, step| match step {
        Step::Field(name) | Step::Key(name) => shape.field(name),
        Step::Element(..) | Step::Index(_) => shape.elements().0,
        Step::Order => shape,
    })
}
