//! The primary container: a pod spec that lists containers has it, once.
//!
//! In: the fields of an effective template. Out: diagnostics: at the name that names no container where there is one, at the
//! container that is probably meant where its name is misspelt, else at the list. Source: `_get_k8s_pod` in the SDK. Not here:
//! templates that no task uses, into which it may still be merged.

use super::insert;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::settings::template::{lacks_primary, name_of, pod_spec, primary_name};
use crate::source::{SourceMap, Span};
use crate::value::{Entry, Object, Value};

/// Checks a template that a task uses.
pub fn check(fields: &Object, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    let Some(spec) = pod_spec(fields) else { return };
    let Some(entry) = spec.entry("containers") else { return };
    let containers = entry.value.as_list().unwrap_or_default();
    let primary = primary_name(fields);
    if lacks_primary(fields) {
        diagnostics.push(Missing { primary, spec, key: entry.key, containers, sources }.report(fields));
    }
    let named: Vec<&Value> = containers.iter().filter(|container| name_of(container) == Some(primary)).collect();
    if let [first, second, ..] = named.as_slice() {
        diagnostics.push(twice(primary, first, second));
    }
}

fn twice(primary: &str, first: &Value, second: &Value) -> Diagnostic {
    Diagnostic::new(code::TWO_PRIMARIES, name_place(second), format!("two containers are called `{primary}`"))
        .here("and this one")
        .label(name_place(first), "this one")
        .note("the task would go into both, and Kubernetes refuses two containers of one name")
        .help("give the one that does not run the task a name of its own")
}

/// Where the name of a container is written; of one without, where it begins.
fn name_place(container: &Value) -> Span {
    container.as_object().and_then(|fields| fields.get("name")).map_or(container.span, |name| name.span)
}

const RULE: &str = "Flyte runs the task in the primary container, so a pod spec that lists containers has to have it";
const BY_DEFAULT: &str = "without `primary_container_name`, the primary container is the one called `primary`";

/// How many containers are pointed at.
const MOST_LABELS: usize = 3;

/// Containers of which none is the primary one.
struct Missing<'m> {
    primary: &'m str,
    spec: &'m Object,
    /// Where the containers are set.
    key: Span,
    containers: &'m [Value],
    sources: &'m SourceMap,
}

impl Missing<'_> {
    fn report(&self, fields: &Object) -> Diagnostic {
        let names = self.containers.iter().filter_map(name_of);
        let meant = closest(self.primary, names);
        let diagnostic = match (fields.entry("primary_container_name"), meant) {
            (Some(set), _) => self.named_in_vain(set, meant),
            (None, Some(meant)) => self.misspelt(meant),
            (None, None) => self.absent(),
        };
        match self.init() {
            Some(init) => diagnostic.label(name_place(init), "an init container cannot be the primary one"),
            None => diagnostic,
        }
    }

    /// The init container of the primary name.
    fn init(&self) -> Option<&Value> {
        let inits = self.spec.get("initContainers").and_then(Value::as_list).unwrap_or_default();
        inits.iter().find(|container| name_of(container) == Some(self.primary))
    }

    fn at(&self, place: Span) -> Diagnostic {
        let message = format!("none of these containers is the primary one, `{}`", self.primary);
        Diagnostic::new(code::NO_PRIMARY, place, message).note(RULE).note(BY_DEFAULT)
    }

    /// The template names a container that there is not.
    fn named_in_vain(&self, set: &Entry, meant: Option<&str>) -> Diagnostic {
        let message = format!("no container of this pod spec is called `{}`", self.primary);
        let place = set.value.span;
        let mut diagnostic = Diagnostic::new(code::NO_PRIMARY, place, message).note(RULE);
        for container in self.containers.iter().take(MOST_LABELS) {
            let name = name_of(container).unwrap_or_default();
            diagnostic = diagnostic.label(name_place(container), format!("this one is called `{name}`"));
        }
        match (meant, self.containers) {
            (Some(meant), _) => diagnostic.did_you_mean(self.primary, meant, place, format!("\"{meant}\"")),
            (None, [only]) => {
                let name = name_of(only).unwrap_or_default();
                diagnostic
                    .help(format!("write `\"{name}\"` if the task belongs there, or add `{}`", self.entry()))
                    .unsafe_fix(format!("write `\"{name}\"`"), place, format!("\"{name}\""))
            }
            (None, _) => diagnostic.help(format!("name one of them, or add `{}`", self.entry())),
        }
    }

    /// The template names none, and a container has nearly the name that is taken then.
    fn misspelt(&self, meant: &str) -> Diagnostic {
        let container = self.containers.iter().find(|container| name_of(container) == Some(meant));
        let place = container.map_or(self.key, name_place);
        let diagnostic = self.at(place);
        let written = self.sources.text(place);
        let better = if written.starts_with('"') { format!("\"{}\"", self.primary) } else { self.primary.to_owned() };
        diagnostic.did_you_mean(meant, self.primary, place, better)
    }

    fn absent(&self) -> Diagnostic {
        let diagnostic = self.at(self.key);
        let entry = self.entry();
        if self.init().is_some() {
            // Kubernetes takes a name once in both lists.
            return diagnostic
                .note("init containers have ended before the task begins")
                .help(format!("move it to `containers`; or give it another name, and add `{entry}`"));
        }
        let diagnostic = match self.containers {
            [only] => diagnostic.help(format!(
                "add `{entry}`, or set `primary_container_name = \"{}\"` if the task belongs there",
                name_of(only).unwrap_or_default()
            )),
            _ => diagnostic.help(format!("add `{entry}`; it takes the task's image, command and resources")),
        };
        if self.is_block() {
            return insert::before(diagnostic, "add the primary container", &[self.key], &entry, self.sources);
        }
        match self.first_of_list() {
            Some(first) => diagnostic.unsafe_fix("add the primary container", first.at_start(), format!("{entry}, ")),
            None => diagnostic,
        }
    }

    /// The place of the first container, where it is written as an element of a list in a source.
    fn first_of_list(&self) -> Option<Span> {
        let first = self.containers.first()?.span;
        let in_source = insert::is_source(&self.sources.get(first.file).name);
        (in_source && self.sources.text(first).starts_with('{')).then_some(first)
    }

    /// The primary container as it is written beside these.
    fn entry(&self) -> String {
        let primary = self.primary;
        if self.first_of_list().is_some() {
            format!("{{ name = \"{primary}\" }}")
        } else if insert::is_source(&self.sources.get(self.key.file).name) {
            format!("containers {primary} {{}}")
        } else {
            format!("name: {primary}")
        }
    }

    /// Whether a container is written as a block, with its name behind the key.
    fn is_block(&self) -> bool {
        self.containers.iter().map(name_place).any(|name| {
            name.file == self.key.file
                && self.key.end < name.start
                && self.sources.text(Span { start: self.key.end, end: name.start, ..self.key }).trim().is_empty()
        })
    }
}
