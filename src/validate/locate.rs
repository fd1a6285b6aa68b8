//! From a place in a pod to the place in the sources that made it.
//!
//! In: a [`Path`], and the evaluated settings that the pod was made of. Out: [`Located`]. Always: there is a place for every
//! path; where nothing was written for it, it is the place of what it would belong to. Not here: what is said there.

use super::path::{Path, Step};
use crate::settings::template::primary_container;
use crate::source::Span;
use crate::value::{Entry, Kind, Object, Value};

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

impl Origin<'_> {
    /// Finds what a path of the pod leads to.
    #[must_use]
    pub fn locate(&self, path: &Path) -> Located {
        let steps = path.steps();
        if let Some(located) = self.filled_in(steps) {
            return located;
        }
        let template = self.settings.template();
        if let Some(entry) = template.and_then(|template| self.name_of_unlisted(template, steps)) {
            return of_entry(entry);
        }
        let (start, rest) = match steps {
            [Step::Field(spec), rest @ ..] if spec == "spec" => {
                (template.and_then(|fields| fields.entry("pod_spec")), rest)
            }
            [Step::Field(metadata), Step::Field(name), rest @ ..] if metadata == "metadata" => {
                (template.and_then(|fields| fields.entry(name)), rest)
            }
            _ => (None, steps),
        };
        match start {
            Some(entry) => walk(Here { key: entry.key, value: &entry.value }, &self.without_task(rest)),
            None => self.outside(template),
        }
    }

    /// The keys in the pod spec on the way to what a path leads to.
    #[must_use]
    pub fn keys_on_the_way(&self, path: &Path) -> Vec<Span> {
        let [Step::Field(spec), steps @ ..] = path.steps() else { return Vec::new() };
        let start = self.settings.template().and_then(|fields| fields.entry("pod_spec")).filter(|_| spec == "spec");
        let mut here = start.map(|entry| Here { key: entry.key, value: &entry.value });
        let mut keys = Vec::new();
        for step in steps {
            here = here.and_then(|here| down(here, step));
            keys.extend(here.map(|here| here.key));
        }
        keys
    }

    /// The place of what the template's helpers or Flyte itself made.
    fn outside(&self, template: Option<&Object>) -> Located {
        let helper =
            template.and_then(|fields| fields.entry("allow_fuse").or_else(|| fields.entry("allow_nested_sandboxing")));
        let place = helper.map_or(self.place, |entry| entry.key);
        Located { key: place, value: place, found: false, broken: false, string: false }
    }

    /// Environment variables that the task brings come before those of its container; the path counts them all.
    fn without_task(&self, steps: &[Step]) -> Vec<Step> {
        let mut steps = steps.to_vec();
        if self.is_primary(&steps)
            && let [_, _, Step::Field(env), Step::Index(index), ..] = steps.as_mut_slice()
            && env == "env"
        {
            *index = index.saturating_sub(self.task_variables());
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

    fn task_variables(&self) -> usize {
        let variables = self.settings.task().and_then(|settings| settings.get("env_vars")).and_then(Value::as_object);
        variables.map_or(0, |variables| variables.len())
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
                let variables = settings.get("env_vars")?.as_object()?;
                let (_, entry) = variables.iter().nth(*index)?;
                let name = matches!(rest, [Step::Field(name)] if name == "name");
                Some(if name { Located { value: entry.key, ..of_entry(entry) } } else { of_entry(entry) })
            }
            ("resources", [Step::Field(side), Step::Key(name)]) => amount(settings, side, name),
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
    Located { key, value: value.span, found, broken, string: value.as_str().is_some() }
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
