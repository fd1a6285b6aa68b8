//! Values that a later layer overrules wherever they would count.
//!
//! Only where the overruled value stands in a file whose declarations are for itself (see [`super::unused`]), and never where an
//! `if`, or an override that changes a task in place, did it in this build alone, or one task alone did it. Nothing is said where there are errors, and where
//! further declarations, which another build would make, may be those for which a value counts.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Checked, unused};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;
use crate::value::trail::Event;
use crate::value::{Kind, List, Object, Value};

/// Warns of values that are overruled for every task.
pub fn warn(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() || !checked.evaluation.overruled || !checked.program.dormant.is_empty() {
        return;
    }
    let mut seen = Seen::default();
    for subject in checked.subjects() {
        seen.task = checked.program.tasks.get(subject.task.0).map(|task| task.declaration.span);
        seen.object(subject.values);
    }
    let files = unused::files(checked);
    let mut places: Vec<(Span, Overruled)> = seen.overruled.into_iter().collect();
    places.sort_by_key(|(place, _)| *place);
    for (place, overruled) in places {
        let lives = overruled.values.iter().any(|span| seen.live.contains(span));
        if files.contains(&place.file) && !lives && !overruled.is_default() {
            diagnostics.push(report(place, &overruled));
        }
    }
}

fn report(place: Span, overruled: &Overruled) -> Diagnostic {
    let what = overruled.name.as_deref().map_or_else(|| "this element".to_owned(), |name| format!("`{name}`"));
    let mut by: Vec<Span> = overruled.by.iter().copied().collect();
    by.sort();
    let mut diagnostic = Diagnostic::new(code::DEAD_VALUE, place, format!("{what} never counts"));
    if let Some(first) = by.first() {
        diagnostic = diagnostic.label(*first, "a later layer overrules it here");
    }
    if by.len() > 1 {
        diagnostic = diagnostic.note(format!("{} places overrule it, one for each task that would have it", by.len()));
    }
    diagnostic.help(if overruled.whole {
        "remove it, or merge over it with a block where a part of it should be left"
    } else {
        "remove it"
    })
}

/// A place whose value was overruled.
#[derive(Default)]
struct Overruled {
    /// The key.
    name: Option<String>,
    /// The places of the values that stood there; of what has parts, those of the parts.
    values: FxHashSet<Span>,
    /// Whether it has parts.
    whole: bool,
    /// Where they were overruled.
    by: FxHashSet<Span>,
    /// The declarations of the tasks that overruled them, if each did so itself; a layer that tasks share is none.
    tasks: FxHashSet<Option<Span>>,
}

impl Overruled {
    /// Whether one task alone sets a value of its own over one that it shares with those to come, as layers are for.
    fn is_default(&self) -> bool {
        self.tasks.len() == 1 && !self.tasks.contains(&None)
    }
}

/// What is found in the settings of all tasks.
#[derive(Default)]
struct Seen {
    /// The places of all values that count.
    live: FxHashSet<Span>,
    overruled: FxHashMap<Span, Overruled>,
    /// The declaration of the task that is looked at.
    task: Option<Span>,
    objects: FxHashSet<*const Object>,
    lists: FxHashSet<*const List>,
}

impl Seen {
    /// What is shared is looked at once. Recursion follows the nesting of values, which is bounded.
    fn object(&mut self, object: &Object) {
        for (name, entry) in object.iter() {
            self.value(&entry.value);
            self.history(Some(name), entry.key, &entry.value);
        }
    }

    fn value(&mut self, value: &Value) {
        self.live.insert(value.span);
        match &value.kind {
            Kind::Object(object) if self.objects.insert(Arc::as_ptr(object)) => self.object(object),
            Kind::List(list) if self.lists.insert(Arc::as_ptr(list)) => {
                for item in list.items() {
                    self.value(item);
                    self.history(None, item.span, item);
                }
            }
            _ => {}
        }
    }

    /// What a value that was set at `by` overruled, and what that had overruled. Histories are bounded.
    fn history(&mut self, name: Option<&ecow::EcoString>, by: Span, value: &Value) {
        for step in value.history() {
            if let Event::Replaced { value: old, conditional, .. } = &step.event {
                if *conditional {
                    parts(old, &mut self.live);
                } else if old != value && step.place != by {
                    let overruled = self.overruled.entry(step.place).or_default();
                    overruled.name = name.map(ToString::to_string);
                    overruled.whole = matches!(old.kind, Kind::Object(_) | Kind::List(_));
                    parts(old, &mut overruled.values);
                    overruled.by.insert(by);
                    overruled.tasks.insert(self.task.filter(|task| task.contains(by) && !task.contains(step.place)));
                }
                self.history(name, step.place, old);
            }
        }
    }
}

/// The places of the parts of a value that have no parts themselves. Recursion follows the nesting of values, which is bounded.
fn parts(value: &Value, places: &mut FxHashSet<Span>) {
    match &value.kind {
        Kind::Object(object) if !object.is_empty() => object.iter().for_each(|(_, entry)| parts(&entry.value, places)),
        Kind::List(list) if !list.items().is_empty() => list.items().iter().for_each(|item| parts(item, places)),
        _ => _ = places.insert(value.span),
    }
}
