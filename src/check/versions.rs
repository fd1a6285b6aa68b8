//! What the cluster's version of Kubernetes does not have, or has behind a feature gate that is off.
//!
//! In: the values of every effective template, and the [`Target`] that pods are made for. Out: errors for what its API server
//! refuses or cannot know, warnings for what it takes away without a word. Always: of nested fields that are dropped the
//! outermost one is told, for the others go with it; a template that tasks share is looked at once. Source: `dropDisabledFields` in Kubernetes'
//! `pkg/api/pod/util.go`, by way of the schema's tables. Not here: fields that no version has (`evaluate`), and rules between
//! fields that depend on a gate.

use super::{Checked, templates};
use crate::diagnostics::{Diagnostic, Diagnostics, Fix, code, entries};
use crate::schema::kubernetes::POD_SPEC;
use crate::schema::kubernetes::versions::{Effect, Gate, Guard, Presence, Target, Version, Words, guards, presence};
use crate::schema::{self, Type};
use crate::settings::template::pod_spec;
use crate::source::{SourceMap, Span};
use crate::value::{Entry, Kind, Object, Value};

/// Objects that need one of their fields.
const ONE_OF: &[&str] = &["EnvVarSource", "Volume", "VolumeProjection"];

/// Holds every effective template to the version and the gates of the cluster.
pub fn effective(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    for (fields, _) in templates::all(checked) {
        if let Some(spec) = pod_spec(fields) {
            let mut walk = Walk { target: checked.kubernetes, sources, gone: 0, found: Vec::new() };
            walk.object(spec, &POD_SPEC, None);
            walk.found.into_iter().for_each(|found| diagnostics.push(found.diagnostic));
        }
    }
}

struct Walk<'w> {
    target: &'w Target,
    sources: &'w SourceMap,
    /// How many of the fields around are dropped; what else is dropped with them is not told again.
    gone: usize,
    found: Vec<Found>,
}

/// What was found in a template.
struct Found {
    /// The gate that it is behind.
    gate: Option<&'static str>,
    field: &'static str,
    diagnostic: Diagnostic,
}

/// A field that is set.
#[derive(Clone, Copy)]
struct Set<'s> {
    /// The name of what it is a field of.
    object: &'static str,
    field: &'static str,
    /// Whether it is the one source that something has, which would have none without it.
    only: bool,
    /// The list of the pod spec that it stands in.
    list: Option<&'static str>,
    entry: &'s Entry,
}

impl Walk<'_> {
    /// Recursion follows the nesting of values, which is bounded.
    fn object(&mut self, fields: &Object, object: &'static schema::Object, list: Option<&'static str>) {
        for (name, entry) in fields.iter() {
            let Some(field) = object.field(name) else { continue };
            let only = ONE_OF.contains(&object.name) && field.name != "name" && fields.iter().count() <= 2;
            let set = Set { object: object.name, field: field.name, only, list, entry };
            if !self.is_known(&set) {
                continue;
            }
            let dropped = self.gone == 0 && self.is_dropped(&set);
            let list = list.or((object.name == POD_SPEC.name).then_some(field.name));
            // An API server refuses fields that it does not know before it drops others.
            self.gone += usize::from(dropped);
            self.value(&entry.value, &field.ty, list);
            self.gone -= usize::from(dropped);
        }
    }

    fn value(&mut self, value: &Value, ty: &'static Type, list: Option<&'static str>) {
        match (ty, &value.kind) {
            (Type::Object(object), Kind::Object(fields)) => self.object(fields, object, list),
            (Type::List { element, .. }, Kind::List(items)) => {
                for item in items.items() {
                    self.value(item, element, list);
                }
            }
            (Type::Map(element), Kind::Object(fields)) => {
                for (_, entry) in fields.iter() {
                    self.value(&entry.value, element, list);
                }
            }
            _ => {}
        }
    }

    /// Whether the version has a field; if not, that is reported.
    fn is_known(&mut self, set: &Set<'_>) -> bool {
        let presence = presence(set.object, set.field);
        let known = presence.includes(self.target.version);
        if !known {
            let gate = gate_of(set).map(|gate| gate.facts().name);
            self.add(set, gate, absent(set, presence, self.target.version));
        }
        known
    }

    /// Whether a field is dropped or refused, as a gate is off; if so, that is reported.
    fn is_dropped(&mut self, set: &Set<'_>) -> bool {
        if is_nothing(&set.entry.value) {
            return false;
        }
        let guard = guards(set.object, set.field).iter().find(|guard| self.is_shut(guard, set));
        if let Some(guard) = guard {
            self.add(set, Some(guard.gate.facts().name), shut(set, guard, self.target));
        }
        guard.is_some()
    }

    /// Adds what was found. Another field behind the same gate is the same fault, for none of them is of use without the others.
    fn add(&mut self, set: &Set<'_>, gate: Option<&'static str>, diagnostic: Diagnostic) {
        let same = |found: &&mut Found| {
            gate.is_some() && found.gate == gate && found.field != set.field && found.diagnostic.code == diagnostic.code
        };
        match (self.found.iter_mut().find(same), diagnostic.span()) {
            (Some(first), Some(place)) => {
                first.diagnostic.add_label(place, "and this is behind the same feature gate");
                // One of the two alone would be of no use.
                first.diagnostic.fixes.clear();
            }
            _ => self.found.push(Found { gate, field: set.field, diagnostic: self.with_removal(set, diagnostic) }),
        }
    }

    /// The diagnostic with the offer to take the field out, where that is what it tells to do.
    fn with_removal(&self, set: &Set<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
        let told = diagnostic.help.iter().any(|help| help.starts_with("remove it"));
        let stays_right = diagnostic.span() == Some(set.entry.key) && !set.only;
        let edit = entries::removal(set.entry.key, set.entry.value.span, self.sources);
        let edit = edit.filter(|_| told && stays_right);
        let message = || format!("take `{}` out", set.field);
        diagnostic.fixes.extend(edit.map(|edit| Fix { message: message(), safe: false, edits: vec![edit] }));
        diagnostic
    }

    /// Whether a gate that is off guards what is set.
    fn is_shut(&self, guard: &Guard, set: &Set<'_>) -> bool {
        let here = guard.list.is_none_or(|list| set.list == Some(list));
        let text = set.entry.value.as_str().map(ecow::EcoString::as_str);
        here && guard.words.include(text) && !self.target.gates.is_on(guard.gate)
    }
}

/// Whether a value is the same as none: an API server sees no difference between an empty list and no list. What was reported
/// may have been anything.
fn is_nothing(value: &Value) -> bool {
    match &value.kind {
        Kind::List(list) => list.items().is_empty(),
        Kind::Poison | Kind::Unknown(_) => true,
        _ => false,
    }
}

// ------------------------------------------------------------------------------------------------------ messages

/// A field that the version does not have.
fn absent(set: &Set<'_>, presence: Presence, version: Version) -> Diagnostic {
    let Set { object, field, .. } = set;
    let known = match presence {
        Presence { since: Some(since), until: Some(until) } if since == until => {
            format!("only Kubernetes {since} has it")
        }
        Presence { since: Some(since), until: Some(until) } => format!("Kubernetes {since} to {until} have it"),
        Presence { since: Some(since), until: None } => format!("Kubernetes has it since {since}"),
        Presence { since: None, until: Some(until) } => format!("Kubernetes had it until {until}"),
        Presence { since: None, until: None } => String::new(),
    };
    let message = format!("the {object} of Kubernetes {version} has no field `{field}`");
    let diagnostic = Diagnostic::new(code::NOT_IN_VERSION, set.entry.key, message).here(known);
    let diagnostic = diagnostic.note("an API server loses a field that it does not know, or refuses the pod");
    match presence.since.filter(|since| version < *since) {
        Some(since) => where_newer(diagnostic, since, gate_of(set)),
        None => diagnostic.help("remove it"),
    }
}

/// The gate that all of a field is behind.
fn gate_of(set: &Set<'_>) -> Option<Gate> {
    let guard = guards(set.object, set.field).iter().find(|guard| guard.words == Words::Any && guard.list.is_none());
    guard.map(|guard| guard.gate)
}

/// What to do about something that came with `since`, and is guarded by the gate.
fn where_newer(diagnostic: Diagnostic, since: Version, gate: Option<Gate>) -> Diagnostic {
    let newer =
        |version: Version| format!("remove it, or if the cluster is newer say so: `--kubernetes-version {version}`");
    let Some(facts) = gate.map(Gate::facts) else { return diagnostic.help(newer(since)) };
    match facts.on_since {
        Some(on) if on <= since => diagnostic.help(newer(since)),
        Some(on) => {
            diagnostic.note(format!("its feature gate `{}` is on by default since {on}", facts.name)).help(newer(on))
        }
        None => {
            let newest = Version::NEWEST;
            diagnostic
                .note(format!("no version up to {newest} has its feature gate `{}` on by default", facts.name))
                .help(newer(since))
        }
    }
}

/// What a gate guards that is off.
fn shut(set: &Set<'_>, guard: &Guard, target: &Target) -> Diagnostic {
    if target.version < guard.gate.facts().since {
        return too_new(set, guard, target.version);
    }
    let (field, version, name) = (set.field, target.version, guard.gate.facts().name);
    let value = set.entry.value.as_str().map_or("it", ecow::EcoString::as_str);
    let (code, message, note) = match guard.effect {
        Effect::Dropped => (
            code::DROPPED,
            format!("Kubernetes {version} drops `{field}` silently"),
            "the API server takes it out of the pod, which then runs as if it were not set".to_owned(),
        ),
        Effect::VolumeDropped => (
            code::DROPPED,
            format!("Kubernetes {version} drops a volume with `{field}` silently"),
            "the API server takes the whole volume out of the pod, and every mount of it; the containers start without it"
                .to_owned(),
        ),
        Effect::KeptFromClaim => (
            code::DROPPED,
            format!("Kubernetes {version} ignores `{field}` silently"),
            "the claim that is made for the pod loses it".to_owned(),
        ),
        Effect::Reset(word) => (
            code::DROPPED,
            format!("Kubernetes {version} silently takes `{word}` for `{field}`"),
            format!("the API server puts `{word}` where `{value}` stands"),
        ),
        Effect::Emptied => (
            code::NEEDS_GATE,
            format!("Kubernetes {version} refuses a pod with `{field}`"),
            "the API server takes it out of the pod, and then refuses what is left: a `valueFrom` without a source"
                .to_owned(),
        ),
        Effect::Refused => (
            code::NEEDS_GATE,
            format!("Kubernetes {version} refuses `{value}` for `{field}`"),
            "the API server knows the word, and refuses a pod with it while the gate is off".to_owned(),
        ),
    };
    let diagnostic = Diagnostic::new(code, place(set, guard), message);
    let diagnostic = diagnostic.here(format!("the feature gate `{name}` is off")).note(note);
    with_gate(diagnostic, guard, target)
}

/// When the gate is on, and what can be done.
fn with_gate(diagnostic: Diagnostic, guard: &Guard, target: &Target) -> Diagnostic {
    let facts = guard.gate.facts();
    let name = facts.name;
    // A field can be left out, and of a word another can be written.
    let without = if matches!(guard.effect, Effect::Refused) { "write another word" } else { "remove it" };
    let diagnostic = match facts.on_since {
        Some(since) if target.gates.is_set(guard.gate) => {
            return diagnostic
                .note(format!("the gate is on by default since Kubernetes {since}, and set to off for this build"))
                .help(format!(
                    "{without}, or remove the `{name}=false` of this build where the cluster has the gate on"
                ));
        }
        Some(since) => diagnostic
            .note(format!("the gate is on by default since Kubernetes {since}"))
            .help(format!("{without}, or if the cluster is newer say so: `--kubernetes-version {since}`")),
        None => {
            diagnostic.note(format!("no version up to {} has the gate on by default", Version::NEWEST)).help(without)
        }
    };
    diagnostic.help(format!("where the cluster's administrator has turned the gate on: `--feature-gates {name}=true`"))
}

/// What is guarded by a gate that came later: the version does not know it at all.
fn too_new(set: &Set<'_>, guard: &Guard, version: Version) -> Diagnostic {
    let since = guard.gate.facts().since;
    let (field, value) = (set.field, set.entry.value.as_str().map_or("it", ecow::EcoString::as_str));
    let what = match guard.words {
        Words::Any => format!("`{field}`"),
        Words::Only(_) | Words::AllBut(_) => format!("`{value}` for `{field}`"),
    };
    let message = match guard.list {
        Some(list) => format!("Kubernetes {version} takes no {what} in `{list}`"),
        None => format!("the {} of Kubernetes {version} takes no {what}", set.object),
    };
    let diagnostic = Diagnostic::new(code::NOT_IN_VERSION, place(set, guard), message);
    let diagnostic =
        diagnostic.here(format!("Kubernetes takes it since {since}")).note("the API server refuses the pod");
    where_newer(diagnostic, since, Some(guard.gate))
}

/// A field is wrong at its key, a word where it was written.
fn place(set: &Set<'_>, guard: &Guard) -> Span {
    match guard.words {
        Words::Any => set.entry.key,
        Words::Only(_) | Words::AllBut(_) => set.entry.value.span,
    }
}
