//! Faults to diagnostics.
//!
//! In: faults, and what each pod was made of. Out: diagnostics at the places where values were written. Always: what many pods
//! share is told once, with the first of them; what only follows from another fault is not told, nor is what may only follow from
//! something that was reported before. Not here: the rules.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::fault::{Elsewhere, Fault, Insertion, MOST_COMPARED, Point, Scope, Text};
use super::locate::{Located, Origin};
use super::path::{Path, Step};
use super::{change, insert, literal};
use crate::diagnostics::{Diagnostic, Diagnostics, Edit, Fix, KubernetesError, Severity};
use crate::source::{SourceMap, Span};

/// The lists in which each name is there once.
const NAMED_ONCE: &[&str] = &["containers", "initContainers", "volumes", "resourceClaims", "claims", "ports", "env"];

/// The pods that a fault is found in.
#[derive(Debug, Clone, Copy)]
pub struct Pods<'a> {
    /// The name of the first.
    pub first: &'a str,
    /// How many there are.
    pub count: usize,
}

/// Collects diagnostics of faults.
pub struct Report<'s> {
    sources: &'s SourceMap,
    /// Where errors were reported before.
    before: FxHashSet<Span>,
    /// By code, place and what is wrong: the diagnostic, and in how many pods it was found, with the place and name of the first. What is
    /// put together at a place may be many texts, of which the first alone is told.
    found: BTreeMap<(&'static str, Span, String), Found>,
    /// The settings of templates that are told of, with whether it is an error: of what else one makes nothing more is said.
    settings: FxHashSet<(Span, bool)>,
    /// Whether there is one pod alone, so that nobody has to be told which one is meant.
    alone: bool,
}

struct Found {
    diagnostic: Diagnostic,
    place: Option<Span>,
    first: String,
    count: usize,
    /// The pods that were counted last, by the name of their first.
    last: String,
    /// What else is put together at the place, by what is wrong with it.
    more: BTreeSet<String>,
}

impl Found {
    /// Counts the fault once more; in one pod it may be at many places that were written once.
    fn again(&mut self, message: &str, pods: Option<Pods<'_>>) {
        if self.diagnostic.message != message {
            self.more.insert(message.to_owned());
        }
        if let Some(pods) = pods.filter(|pods| pods.first != self.last) {
            self.count += pods.count;
            pods.first.clone_into(&mut self.last);
        }
    }
}

impl<'s> Report<'s> {
    /// After these diagnostics, of so many pods from these sources.
    #[must_use]
    pub fn new(diagnostics: &Diagnostics, sources: &'s SourceMap, pods: usize) -> Self {
        Self {
            sources,
            before: diagnostics.error_places().collect(),
            found: BTreeMap::new(),
            settings: FxHashSet::default(),
            alone: pods == 1,
        }
    }

    /// Adds a fault of a pod. `whole` is whether everything in the pod is as its author meant it; `pods` names the pods, where
    /// there are some.
    pub fn add(&mut self, fault: &Fault, origin: &Origin<'_>, whole: bool, pods: Option<Pods<'_>>) {
        if fault.echo {
            return;
        }
        let located = origin.locate(&fault.at);
        if located.broken || self.is_moot(fault, &located, origin, whole) {
            return;
        }
        let place = if fault.point == Point::Key { located.key } else { located.value };
        let key = (fault.code.id, place, self.what(fault, place, origin));
        let count = pods.map_or(0, |pods| pods.count);
        if let Some(found) = self.found.get_mut(&key) {
            found.again(&fault.message, pods);
            return;
        }
        if located.made_by.is_some() && !self.settings.insert((place, fault.code.severity() == Severity::Error)) {
            return;
        }
        let mut diagnostic = diagnostic(fault, &located, place, origin);
        diagnostic.fixes.extend(self.replaced(fault, &located, origin));
        // What to do with a value that nobody wrote helps nobody.
        let change = fault.change.as_ref().filter(|_| located.made_by.is_none());
        diagnostic.fixes.extend(change.and_then(|change| change::fix(change, &located, self.sources)));
        diagnostic.fixes.extend(fault.elsewhere.as_ref().and_then(|value| self.elsewhere(value, origin)));
        let insertion = fault.insertion.as_ref();
        diagnostic.fixes.extend(insertion.and_then(|insertion| self.inserted(insertion, place, origin)));
        let first = pods.map_or_else(String::new, |pods| pods.first.to_owned());
        let place = pods.map(|_| origin.place);
        self.found.insert(key, Found { diagnostic, place, last: first.clone(), first, count, more: BTreeSet::new() });
    }

    /// Whether something that was reported before may be to blame for a fault.
    fn is_moot(&self, fault: &Fault, located: &Located, origin: &Origin<'_>, whole: bool) -> bool {
        let reported = |located: &Located| self.before.contains(&located.value) || self.before.contains(&located.key);
        let others = || fault.others.iter().map(|(at, _)| at);
        // A helper that was said to contradict the settings makes nothing new.
        let blamed = |other: &Located| other.made_by.is_some() && self.before.contains(&other.key);
        if reported(located) || others().any(|at| blamed(&origin.locate(at))) {
            return true;
        }
        // What is missing may have been meant by what was reported of the whole.
        let around = || others().chain([&fault.at]).flat_map(Path::around);
        let doubtful = || !self.before.is_empty() && around().any(|path| reported(&origin.locate(&path)));
        match fault.scope {
            Scope::Literal => false,
            Scope::Member => doubtful(),
            Scope::Relation => !whole || doubtful(),
        }
    }

    /// The change that a replacement is. What is put together of other values has none: it would be a part of that no more.
    fn replaced(&self, fault: &Fault, located: &Located, origin: &Origin<'_>) -> Option<Fix> {
        let with = fault.replacement.as_ref().filter(|_| located.found)?;
        if let Text::Name(name) = &with.text {
            // A key that is there already would be there twice.
            let beside = with.also.iter().chain([&fault.at]).filter_map(|path| path.beside(name));
            if beside.into_iter().any(|other| origin.locate(&other).found) || self.is_taken(name, &fault.at, origin) {
                return None;
            }
        }
        let others = with.also.iter().map(|path| origin.locate(path)).filter(|other| other.found);
        let mut edits: Vec<Edit> = Vec::new();
        for place in [*located].into_iter().chain(others) {
            let edit = self.edit(&with.text, fault.point, &place);
            if !edits.iter().any(|known| known.span == edit.span) {
                edits.push(edit);
            }
        }
        edits.sort_by_key(|edit| edit.span);
        let whole = edits.iter().all(|edit| self.is_written_out(edit.span));
        whole.then(|| Fix { message: with.message.clone(), safe: with.safe, edits })
    }

    /// What is wrong at a place, as far as it tells faults of one code apart: the message, or for what is put together there the places of
    /// what it does not go with.
    fn what(&self, fault: &Fault, place: Span, origin: &Origin<'_>) -> String {
        if self.is_put_together(place) {
            let others: Vec<Span> = fault.others.iter().map(|(at, _)| origin.locate(at).value).collect();
            return format!("{others:?}");
        }
        fault.message.clone()
    }

    /// Whether a text is put together at a place, in a loop or template as another one each time.
    fn is_put_together(&self, place: Span) -> bool {
        self.sources.text(place).starts_with('"') && !self.is_written_out(place)
    }

    /// Whether a value stands at a place as it is, and is not put together of others. In data files all values do.
    fn is_written_out(&self, place: Span) -> bool {
        let text = self.sources.text(place);
        let in_source = self.sources.get(place.file).name.ends_with(".flyteenv");
        let quoted = text.starts_with(['"', '\'']);
        !in_source || if quoted { !text.contains("${") } else { !text.contains(['(', '[', '{', ' ', '$']) }
    }

    /// Whether another element of the list has the name already, where names are there once.
    fn is_taken(&self, name: &str, at: &Path, origin: &Origin<'_>) -> bool {
        if !matches!(at.steps(), [.., Step::Field(list), Step::Index(_), Step::Field(_)] if NAMED_ONCE.contains(&list.as_str()))
        {
            return false;
        }
        let others = at.in_others(MOST_COMPARED).map(|other| origin.locate(&other));
        others
            .take_while(|other| other.found)
            .any(|other| self.sources.text(other.value).trim_matches(['"', '\'']) == name)
    }

    /// The edit that writes a text at a place: a name as a label or key, or as a string, as the one before it was.
    fn edit(&self, text: &Text, point: Point, located: &Located) -> Edit {
        let name = match text {
            Text::Source(text) => return Edit { span: located.value, text: text.clone() },
            Text::Name(name) => name,
        };
        let span = if point == Point::Key { located.key } else { located.value };
        let quoted = self.sources.text(span).starts_with(['"', '\'']);
        let is_key = point == Point::Key || located.key == located.value;
        let text = if is_key && !quoted { literal::key(name) } else { literal::text(name) };
        Edit { span, text }
    }

    /// The change of a value at another place, if somebody wrote one there.
    fn elsewhere(&self, value: &Elsewhere, origin: &Origin<'_>) -> Option<Fix> {
        let located = Some(origin.locate(&value.at)).filter(|located| located.found)?;
        let edits = vec![Edit { span: located.value, text: value.text.clone() }];
        let fix = Fix { message: value.message.clone(), safe: false, edits };
        Some(fix).filter(|_| self.is_written_out(located.value))
    }

    /// The change that an insertion is. The object may serve others too, so the author should look at it.
    fn inserted(&self, insertion: &Insertion, near: Span, origin: &Origin<'_>) -> Option<Fix> {
        let opening = origin.opening(&insertion.into, near)?;
        let edit = insert::edit(&opening, &insertion.entry, self.sources)?;
        Some(Fix { message: insertion.message.clone(), safe: false, edits: vec![edit] })
    }

    /// All diagnostics.
    pub fn finish(self, diagnostics: &mut Diagnostics) {
        for Found { mut diagnostic, place, first, count, more, .. } in self.found.into_values() {
            diagnostic.notes.extend(more_of(more.len()));
            let known = |place: &Span| diagnostic.labels.iter().any(|label| label.span == *place);
            // In another file the task is what shows who reads it.
            let other = |place: &Span| diagnostic.span().is_none_or(|span| span.file != place.file);
            let place = place.filter(|place| !self.alone || other(place));
            let diagnostic = match place {
                Some(place) if !known(&place) => diagnostic.label(place, in_pods(&first, count)),
                Some(place) if count > 1 && is_bare(&diagnostic, place) => diagnostic.here(in_pods(&first, count)),
                _ => diagnostic,
            };
            diagnostics.push(diagnostic);
        }
    }
}

/// What is said of further texts that are put together at a place.
fn more_of(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("the same is wrong with another text that is put together here".to_owned()),
        count => Some(format!("the same is wrong with {count} more texts that are put together here")),
    }
}

/// Whether nothing is said at the place of a diagnostic, which is this one.
fn is_bare(diagnostic: &Diagnostic, place: Span) -> bool {
    diagnostic.labels.first().is_some_and(|label| label.span == place && label.message.is_empty())
}

fn in_pods(first: &str, count: usize) -> String {
    match count {
        0 | 1 => format!("in the pod of `{first}`"),
        2 => format!("in the pods of `{first}` and 1 more"),
        count => format!("in the pods of `{first}` and {} more", count - 1),
    }
}

fn diagnostic(fault: &Fault, located: &Located, place: Span, origin: &Origin<'_>) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(fault.code, place, fault.message.clone()).here(fault.here.clone());
    for (at, message) in &fault.others {
        // What nobody wrote is nowhere to be seen.
        let other = Some(origin.locate(at)).filter(|other| other.found || other.made_by.is_some());
        diagnostic =
            other.into_iter().fold(diagnostic, |diagnostic, other| diagnostic.label(other.value, message.clone()));
    }
    diagnostic.notes.clone_from(&fault.notes);
    match located.made_by {
        // What to do with a value that nobody wrote helps nobody.
        Some(setting) => {
            diagnostic = diagnostic.note(format!("`{setting}` sets `{}`", fault.at));
            // What the setting itself says could be mended; what it makes cannot.
            if located.key == located.value {
                diagnostic = diagnostic.help(format!("leave `{setting}` out"));
            }
        }
        None => diagnostic.help.clone_from(&fault.help),
    }
    if let Some(reason) = fault.reason {
        let field = fault.kubernetes_field();
        diagnostic = diagnostic.note(format!("Kubernetes would refuse the pod: `{field}: {}`", reason.text()));
        diagnostic.kubernetes = Some(KubernetesError { field, reason: reason.machine_name() });
    }
    diagnostic
}
