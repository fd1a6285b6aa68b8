//! Where a value is used that was written elsewhere: as the value of a parameter or constant, or on the command line.
//!
//! In: what was reported of settings and pods, at the places where their values were written. Out: the same, with the keys that take
//! those values, and the places in between at which names hand them on. Always: a value that stands behind its key is left as it is, and a fix of what others may use too is one
//! that its author should look at; a text with values in it has none. The values are gone through only where something was
//! reported.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostics::{Diagnostics, Edit};
use crate::evaluate::Evaluation;
use crate::source::{SourceMap, Span};
use crate::value::{Kind, List, Object, Value};

/// How many keys a message points at.
const MOST_KEYS: usize = 3;

/// How many places a message points at between a value and its key.
const MOST_PASSES: usize = 3;

/// Adds the keys to what was reported after the first `from` diagnostics.
pub fn label(evaluation: &Evaluation, sources: &SourceMap, from: usize, diagnostics: &mut Diagnostics) {
    let places: FxHashSet<Span> = diagnostics.places_after(from).collect();
    if places.is_empty() {
        return;
    }
    let mut uses = Uses {
        sources,
        places,
        found: FxHashMap::default(),
        objects: FxHashSet::default(),
        lists: FxHashSet::default(),
    };
    let environments = evaluation.environments.iter().map(|layer| &layer.values);
    let tasks = evaluation.tasks.iter().map(|layers| &layers.values);
    let variants = evaluation.variants.iter().map(|layer| &layer.values);
    for settings in environments.chain(tasks).chain(variants).chain(evaluation.templates.iter().flatten()) {
        uses.object(settings);
    }
    diagnostics.amend_after(from, |diagnostic| {
        // A text with a value in it is another one in each round of a loop, and its value is not what was written.
        let interpolated = |place: Span| sources.text(place).contains("${");
        let all = diagnostic.span().is_some_and(interpolated);
        // To take it out is right all the same.
        let is_wrong = |edit: &Edit| !edit.text.is_empty() && (all || interpolated(edit.span));
        diagnostic.fixes.retain(|fix| !fix.edits.iter().any(is_wrong));
        let Some(Use { keys, passes }) = diagnostic.span().and_then(|place| uses.found.get(&place)) else { return };
        diagnostic.fixes.retain(|fix| fix.edits.iter().all(|edit| is_source(sources, edit.span)));
        diagnostic.fixes.iter_mut().for_each(|fix| fix.safe = false);
        let keys = keys.iter().map(|key| (*key, "used here"));
        let passes = passes.iter().map(|place| (*place, "passed on here"));
        for (place, what) in keys.chain(passes) {
            if !diagnostic.labels.iter().any(|label| label.span == place) {
                diagnostic.add_label(place, what);
            }
        }
    });
}

/// Whether a place is in a source of the language, which a fix can change; the command line is none.
fn is_source(sources: &SourceMap, place: Span) -> bool {
    let name = &sources.get(place.file).name;
    name.ends_with(".flyteenv") || name == "<stdin>"
}

/// Where the value of one place is used.
#[derive(Default)]
struct Use {
    /// The keys that take it.
    keys: Vec<Span>,
    /// Where names hand it on to these.
    passes: Vec<Span>,
}

impl Use {
    /// Adds a key, and the places at which names handed the value on before; the last of them stands behind the key.
    fn add(&mut self, key: Span, value: &Value) {
        if self.keys.len() >= MOST_KEYS || self.keys.contains(&key) {
            return;
        }
        self.keys.push(key);
        for place in value.passed().skip(1) {
            if self.passes.len() < MOST_PASSES && !self.passes.contains(&place) {
                self.passes.push(place);
            }
        }
    }
}

struct Uses<'a> {
    sources: &'a SourceMap,
    /// The places at which something was reported.
    places: FxHashSet<Span>,
    /// By these places, the uses of what was written there.
    found: FxHashMap<Span, Use>,
    objects: FxHashSet<*const Object>,
    lists: FxHashSet<*const List>,
}

impl Uses<'_> {
    /// What is shared is looked at once. Recursion follows the nesting of values, which is bounded.
    fn object(&mut self, object: &Object) {
        for (_, entry) in object.iter() {
            self.value(&entry.value, entry.key, None);
        }
    }

    /// `list` is the place of the list in which the value stands.
    fn value(&mut self, value: &Value, key: Span, list: Option<Span>) {
        if self.places.contains(&value.span) && !self.is_at_home(value, key, list) {
            self.found.entry(value.span).or_default().add(key, value);
        }
        match &value.kind {
            Kind::Object(object) if self.objects.insert(Arc::as_ptr(object)) => self.object(object),
            Kind::List(list) if self.lists.insert(Arc::as_ptr(list)) => {
                list.items().iter().for_each(|item| self.value(item, key, Some(value.span)));
            }
            _ => {}
        }
    }

    /// Whether a value was written where it is used.
    fn is_at_home(&self, value: &Value, key: Span, list: Option<Span>) -> bool {
        let in_list = list.is_some_and(|list| list.contains(value.span) || self.is_labelled(value));
        in_list || self.is_behind(key, value.span)
    }

    /// Whether an element was written as a block behind its label, which is the place of it then; an object begins with a brace.
    fn is_labelled(&self, element: &Value) -> bool {
        element.as_object().is_some() && !self.sources.text(element.span).starts_with('{')
    }

    /// Whether a value stands behind its key: on its line, or with nothing between them.
    fn is_behind(&self, key: Span, value: Span) -> bool {
        if key.file != value.file || key.end > value.start {
            return key == value;
        }
        let between = self.sources.text(Span::new(key.file, key.end as usize..value.start as usize));
        !between.contains('\n') || between.trim().trim_start_matches('+') == "="
    }
}
