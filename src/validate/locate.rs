//! From a place in a pod to the place in the sources that made it.
//!
//! In: a [`Path`], and the evaluated settings that the pod was made of. Out: [`Located`]. Always: there is a place for every
//! path; where nothing was written for it, it is the place of what it would belong to. An entry that is missing has [`Anchor`]s,
//! beside which it could be written. Not here: what is said there, and texts.

use super::path::{Path, SETTINGS, Step};
use crate::lower::{FUSE_RESOURCE, Workload, env_vars};
use crate::settings::template::{APPARMOR_ANNOTATION, fuse, primary_container};
use crate::source::Span;
use crate::value::{Entry, Kind, Object, Value};

/// The setting of a template for the time that its pods have to end.
const GRACE_PERIOD: &str = "termination_grace_period";

/// Where what a path leads to was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The key, or the label of an element.
    pub key: Span,
    /// The value.
    pub value: Span,
    /// Whether something was written there; else the places are those of the nearest thing around it.
    pub found: bool,
    /// Whether something at or around it was reported, so that it may not be what it seems.
    pub broken: bool,
    /// Whether the value is a string, where one was written.
    pub string: bool,
    /// The setting of the template that made what the path leads to, where none wrote it.
    pub made_by: Option<&'static str>,
}

impl Located {
    /// A place at which nothing of it was written.
    fn at(place: Span) -> Self {
        Self { key: place, value: place, found: false, broken: false, string: false, made_by: None }
    }
}

/// Where an entry could be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// First in the block that stands at or right behind this place, if one does.
    Block(Span),
    /// Before the entry of this key.
    Before(Span),
}

/// The object that an entry is for, as far as there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where it could be written, the best place first.
    pub anchors: Vec<Anchor>,
    /// The names of objects that would have to be made around it, from the outside in.
    pub missing: Vec<String>,
}

/// What a pod was made of.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The settings of its task, or a template alone under the name `pod_template`.
    pub settings: Settings<'a>,
    /// Where it is declared.
    pub place: Span,
    /// Which container is the primary one.
    pub primary: usize,
    /// How many variables the task brings to it, before its own.
    pub variables: usize,
}

/// Where settings stand.
#[derive(Debug, Clone, Copy)]
pub enum Settings<'a> {
    /// Those of a task or variant.
    Task(&'a Object),
    /// The fields of a template that stands by itself.
    Template(&'a Object),
}

impl<'a> Settings<'a> {
    fn template(self) -> Option<&'a Object> {
        match self {
            Self::Template(fields) => Some(fields),
            Self::Task(settings) => settings.get("pod_template")?.as_object().map(AsRef::as_ref),
        }
    }

    fn task(self) -> Option<&'a Object> {
        match self {
            Self::Template(_) => None,
            Self::Task(settings) => Some(settings),
        }
    }
}

/// Where a walk has come to: a value, and its key.
#[derive(Clone, Copy)]
struct Here<'a> {
    key: Span,
    value: &'a Value,
}

impl<'a> Origin<'a> {
    /// What a workload was made of.
    #[must_use]
    pub fn of(workload: &'a Workload) -> Self {
        let settings = Settings::Task(&workload.values);
        let variables = env_vars(&workload.settings).count();
        Self { settings, place: workload.place, primary: workload.template.primary_index, variables }
    }
}

impl Origin<'_> {
    /// Finds what a path of the pod leads to.
    #[must_use]
    pub fn locate(&self, path: &Path) -> Located {
        let steps = path.steps();
        if let Some(located) = self.filled_in(steps) {
            return located;
        }
        if let Some(entry) = self.settings.template().and_then(|template| self.name_of_unlisted(template, steps)) {
            return of_entry(entry);
        }
        let written = self.written(steps);
        match written.filter(|located| located.found) {
            Some(located) => located,
            None => self.made(steps).or(written).unwrap_or(Located::at(self.place)),
        }
    }

    /// Where an entry of the template's object at `path` could be written, for something that is wrong at `near`.
    #[must_use]
    pub fn opening(&self, path: &Path, near: Span) -> Option<Opening> {
        let Some(template) = self.settings.template() else { return self.without_template(path) };
        let block = self.settings.task().and_then(|settings| settings.get("pod_template")).map(|value| value.span);
        match path.steps() {
            [Step::Field(root), rest @ ..] if root == "metadata" => opening(block, template, rest, near),
            [Step::Field(root), rest @ ..] if root == "spec" => {
                let spec = template.get("pod_spec")?;
                opening(Some(spec.span), spec.as_object()?, rest, near)
            }
            _ => None,
        }
    }

    /// Where a task without a template could have one, for an entry of its pod spec.
    fn without_template(&self, path: &Path) -> Option<Opening> {
        let bare = self.settings.task()?.get("pod_template").is_none();
        let is_spec = matches!(path.steps(), [Step::Field(root)] if root == "spec");
        let missing = ["pod_template", "pod_spec"].map(str::to_owned).to_vec();
        (bare && is_spec).then(|| Opening { anchors: vec![Anchor::Block(self.place)], missing })
    }

    /// What the template's own words say there, or the task's for what stands beside the pod.
    fn written(&self, steps: &[Step]) -> Option<Located> {
        if let [Step::Field(settings), Step::Field(name), rest @ ..] = steps
            && settings == SETTINGS
        {
            let start = self.settings.task()?.entry(name)?;
            return Some(walk(Here { key: start.key, value: &start.value }, rest));
        }
        let template = self.settings.template()?;
        let (start, rest) = match steps {
            [Step::Field(spec), rest @ ..] if spec == "spec" => (template.entry("pod_spec")?, rest),
            [Step::Field(metadata), Step::Field(name), rest @ ..] if metadata == "metadata" => {
                (template.entry(name)?, rest)
            }
            _ => return None,
        };
        Some(walk(Here { key: start.key, value: &start.value }, &self.without_task(rest)))
    }

    /// The helper of the template that makes what these steps lead to.
    ///
    /// Source: what [`crate::lower`] makes of the helpers.
    fn made(&self, steps: &[Step]) -> Option<Located> {
        let fields = self.settings.template()?;
        let names: Vec<&str> = steps.iter().map(Step::name).collect();
        let in_primary = steps.first().is_some_and(|first| first.name() == "spec")
            && steps.get(1..).is_some_and(|steps| self.is_primary(steps));
        // An element that the template writes itself is none that a helper adds.
        let is_added = |length| {
            let element = steps.get(..length).and_then(|steps| self.written(steps));
            element.is_none_or(|element| !element.found)
        };
        let fuse = fuse(fields).map(|_| "allow_fuse");
        let sandboxing = Some("allow_nested_sandboxing")
            .filter(|setting| fields.get(setting).and_then(Value::as_bool) == Some(true));
        let setting = match names.as_slice() {
            ["metadata", "annotations", key] if key.starts_with(APPARMOR_ANNOTATION) => sandboxing,
            ["spec", "terminationGracePeriodSeconds"] => Some(GRACE_PERIOD),
            ["spec", "volumes", _, ..] if is_added(3) => fuse,
            ["spec", "containers", _, rest @ ..] if in_primary => match rest {
                ["securityContext", "privileged"] | ["resources", _, FUSE_RESOURCE] => fuse,
                ["securityContext", "allowPrivilegeEscalation"] => sandboxing,
                ["securityContext", "capabilities", "add", _] => fuse.or(sandboxing),
                ["volumeMounts", _, ..] if is_added(5) => fuse,
                _ => None,
            },
            _ => None,
        }?;
        let entry = fields.entry(setting)?;
        // A length of time is the value itself; what the others make is not theirs.
        let value = if setting == GRACE_PERIOD { entry.value.span } else { entry.key };
        Some(Located { made_by: Some(setting), value, ..Located::at(entry.key) })
    }

    /// Environment variables that the task brings come before those of its container; the path counts them all.
    fn without_task(&self, steps: &[Step]) -> Vec<Step> {
        let mut steps = steps.to_vec();
        if self.is_primary(&steps)
            && let [_, _, Step::Field(env), Step::Index(index), ..] = steps.as_mut_slice()
            && env == "env"
        {
            *index = index.saturating_sub(self.variables);
        }
        steps
    }

    /// The name of a primary container that the template does not list, where the steps lead to it.
    fn name_of_unlisted<'t>(&self, template: &'t Object, steps: &[Step]) -> Option<&'t Entry> {
        let [Step::Field(spec), rest @ ..] = steps else { return None };
        let is_name = matches!(rest, [_, _, Step::Field(field)] if field == "name");
        if spec != "spec" || !is_name || !self.is_primary(rest) || primary_container(template).is_some() {
            return None;
        }
        template.entry("primary_container_name")
    }

    /// Whether steps below `spec` lead into the primary container.
    fn is_primary(&self, steps: &[Step]) -> bool {
        matches!(steps, [Step::Field(list), Step::Index(index), ..] if list == "containers" && *index == self.primary)
    }

    /// What the task itself brings to its primary container.
    fn filled_in(&self, steps: &[Step]) -> Option<Located> {
        let settings = self.settings.task()?;
        let [Step::Field(spec), rest @ ..] = steps else { return None };
        if spec != "spec" || !self.is_primary(rest) {
            return None;
        }
        let [_, _, Step::Field(field), rest @ ..] = rest else { return None };
        match (field.as_str(), rest) {
            ("command" | "args", _) => {
                let entry = settings.entry(field).or_else(|| settings.entry("function"))?;
                Some(walk(Here { key: entry.key, value: &entry.value }, rest))
            }
            ("image", []) if self.template_has_no_image() => settings.entry("image").map(of_entry),
            ("env", [Step::Index(index), rest @ ..]) => {
                let variables = settings.get("env_vars").and_then(Value::as_object);
                let Some((_, entry)) = variables.and_then(|variables| variables.iter().nth(*index)) else {
                    // Flyte brings some that nobody wrote.
                    return (*index < self.variables).then(|| Located::at(self.place));
                };
                let name = matches!(rest, [Step::Field(name)] if name == "name");
                Some(if name { Located { value: entry.key, ..of_entry(entry) } } else { of_entry(entry) })
            }
            ("resources", [side, name]) => amount(settings, side.name(), name.name()),
            _ => None,
        }
    }

    fn template_has_no_image(&self) -> bool {
        let primary = self.settings.template().and_then(primary_container);
        primary.is_none_or(|container| container.get("image").is_none())
    }
}

/// An amount that the task asks for; a range has both sides.
fn amount(settings: &Object, side: &str, name: &str) -> Option<Located> {
    let setting = match name {
        "ephemeral-storage" => "disk",
        "nvidia.com/gpu" => "gpu",
        name => name,
    };
    let entry = settings.get("resources")?.as_object()?.entry(setting)?;
    let Kind::Range(range) = &entry.value.kind else {
        return (side == "requests").then(|| of_entry(entry));
    };
    let value = if side == "requests" { &range.0 } else { &range.1 };
    Some(Located { value: value.span, ..of_entry(entry) })
}

fn of_entry(entry: &Entry) -> Located {
    Located {
        key: entry.key,
        value: entry.value.span,
        found: true,
        broken: entry.value.is_poison(),
        string: entry.value.as_str().is_some(),
        made_by: None,
    }
}

/// Goes down the steps as far as there is something.
fn walk(start: Here<'_>, steps: &[Step]) -> Located {
    let (mut here, mut broken) = (start, is_broken(start.value));
    for step in steps {
        match down(here, step) {
            Some(next) => here = next,
            None => return ended(here, false, broken),
        }
        broken |= is_broken(here.value);
    }
    ended(here, true, broken)
}

fn is_broken(value: &Value) -> bool {
    value.is_poison() || value.as_object().is_some_and(|object| object.poisoned)
}

fn ended(Here { key, value }: Here<'_>, found: bool, broken: bool) -> Located {
    Located { key, value: value.span, found, broken, string: value.as_str().is_some(), made_by: None }
}

fn down<'a>(Here { value, .. }: Here<'a>, step: &Step) -> Option<Here<'a>> {
    match step {
        Step::Field(name) | Step::Key(name) => {
            let entry = value.as_object()?.entry(name)?;
            Some(Here { key: entry.key, value: &entry.value })
        }
        Step::Index(index) => value.as_list()?.get(*index).map(|value| Here { key: value.span, value }),
    }
}

/// Where an entry of the object at `steps` below `object` could be written. Recursion follows the path.
fn opening(block: Option<Span>, object: &Object, steps: &[Step], near: Span) -> Option<Opening> {
    let [Step::Field(name) | Step::Key(name), rest @ ..] = steps else {
        return steps.is_empty().then(|| Opening { anchors: anchors(block, object, near), missing: Vec::new() });
    };
    if let Some(value) = object.get(name) {
        return match (&value.kind, rest) {
            (Kind::Object(object), _) => opening(Some(value.span), object, rest, near),
            (Kind::List(list), [Step::Index(index), rest @ ..]) => {
                let element = list.items().get(*index)?;
                opening(Some(element.span), element.as_object()?, rest, near)
            }
            _ => None,
        };
    }
    let name = |step: &Step| match step {
        Step::Field(name) | Step::Key(name) => Some(name.clone()),
        Step::Index(_) => None,
    };
    let missing: Option<Vec<String>> = steps.iter().map(name).collect();
    Some(Opening { anchors: anchors(block, object, near), missing: missing? })
}

/// The object's block, the entry that the fault stands in or behind, and the first entry. A label is the key of no entry.
fn anchors(block: Option<Span>, object: &Object, near: Span) -> Vec<Anchor> {
    // A block has the place of its key, and a label is both key and value.
    let is_label = |entry: &Entry| entry.key == entry.value.span && entry.value.as_object().is_none();
    let keys = || object.iter().filter(|(_, entry)| !is_label(entry)).map(|(_, entry)| entry.key);
    let around = keys().filter(|key| key.file == near.file && key.start <= near.start).max_by_key(|key| key.start);
    let block = block.map(Anchor::Block);
    block.into_iter().chain(around.or_else(|| keys().next()).map(Anchor::Before)).collect()
}
