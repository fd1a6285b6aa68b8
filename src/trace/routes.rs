//! From a field of a task's pod to the settings that it can come from.
//!
//! In: the path of a field, by names. Out: [`Route`]s through the settings, the one that wins first. Always: what
//! the task brings to its primary container is in its own settings, all else in its template.
//! Source: what [`crate::lower`] makes of settings. Not here: whether anything is there.

use crate::compare::{Path, Shape, Step};
use crate::lower::{FUSE_RESOURCE, Workload};
use crate::value::Kind;

/// One step down into settings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Down {
    /// An entry of an object.
    Name(String),
    /// The element whose field `key` says `label`.
    Element {
        /// The field.
        key: &'static str,
        /// What it says.
        label: String,
    },
    /// An element, from 0.
    Index(usize),
}

/// The way down through settings.
pub type Route = Vec<Down>;

/// The routes on which the settings of a workload can have a field of its pod.
pub fn routes(path: &Path, workload: &Workload) -> Vec<Route> {
    let steps = downs(path);
    let template = of_template(&steps);
    match own(&steps, workload) {
        Some(own) if own.wins => own.routes.into_iter().chain(template).collect(),
        Some(own) => template.into_iter().chain(own.routes).collect(),
        None => template.into_iter().collect(),
    }
}

/// The way of the same steps through the template.
fn of_template(steps: &[Down]) -> Option<Route> {
    let [Down::Name(root), rest @ ..] = steps else { return None };
    let around: &[&str] = match root.as_str() {
        "spec" => &["pod_template", "pod_spec"],
        "metadata" => &["pod_template"],
        _ => return None,
    };
    Some(around.iter().map(|text| name(text)).chain(rest.iter().cloned()).collect())
}

/// The route to a helper of the template.
pub fn helper(setting: &str) -> Route {
    vec![name("pod_template"), name(setting)]
}

fn name(text: &str) -> Down {
    Down::Name(text.to_owned())
}

/// The steps of a path, with what tells elements apart.
fn downs(path: &Path) -> Route {
    let mut shape = Shape::Pod;
    let mut downs = Vec::new();
    for step in path.steps() {
        let (element, key) = shape.elements();
        let (next, down) = match (step, key) {
            (Step::Field(text) | Step::Key(text), _) => (shape.field(text), name(text)),
            (Step::Element(label, _), Some(key)) => (element, Down::Element { key, label: label.clone() }),
            (Step::Element(_, at) | Step::Index(at), _) => (element, Down::Index(*at)),
            (Step::Order, _) => continue,
        };
        shape = next;
        downs.push(down);
    }
    downs
}

/// What the task itself may bring.
struct Own {
    routes: Vec<Route>,
    /// Whether it wins over the template.
    wins: bool,
}

fn own(steps: &[Down], workload: &Workload) -> Option<Own> {
    let [Down::Name(spec), Down::Name(containers), Down::Element { label, .. }, rest @ ..] = steps else { return None };
    if spec != "spec" || containers != "containers" || *label != workload.template.primary_name {
        return None;
    }
    let [Down::Name(field), rest @ ..] = rest else { return None };
    let wins = |routes| Some(Own { routes, wins: true });
    match (field.as_str(), rest) {
        ("image", []) => Some(Own { routes: vec![vec![name("image")]], wins: false }),
        ("name", []) => Some(Own { routes: vec![helper("primary_container_name")], wins: false }),
        ("command" | "args", rest) => {
            let written = [&[name(field)], rest].concat();
            wins(vec![written, vec![name("function")]])
        }
        ("env", [Down::Element { label, .. }, ..]) => wins(vec![vec![name("env_vars"), name(label)]]),
        ("resources", [Down::Name(side), Down::Name(resource)]) if resource != FUSE_RESOURCE => {
            wins(vec![amount(side, resource, workload)?])
        }
        _ => None,
    }
}

/// The setting of the task for an amount; one without a range has no limit.
fn amount(side: &str, resource: &str, workload: &Workload) -> Option<Route> {
    let setting = match resource {
        "ephemeral-storage" => "disk",
        // Devices are named by those who make them.
        device if device.contains('/') => "gpu",
        plain => plain,
    };
    let resources = workload.values.get("resources").and_then(|value| value.as_object());
    let value = resources.and_then(|resources| resources.get(setting));
    let has_limit = value.is_some_and(|value| matches!(value.kind, Kind::Range(_)));
    (side == "requests" || has_limit).then(|| vec![name("resources"), name(setting)])
}
