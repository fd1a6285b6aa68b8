//! Names that mean nothing, and values that are wrong, told once: a constant that was renamed is one mistake, however often the old name
//! stands.
//!
//! In: diagnostics. Out: one for all places of a file at which the same is said of the same name. Always: its place is the first of
//! them in the text, the next few are pointed at, and what mends it mends all. Not here: what is said of a name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Evaluator;
use super::references::MEANS_NOTHING;
use crate::diagnostics::{Code, Diagnostic, WRITTEN, code};
use crate::source::{FileId, Span};

/// What is said of names that nothing declares.
const OF_NAMES: &[Code] =
    &[code::UNKNOWN_MEMBER, code::UNKNOWN_TEMPLATE, code::UNKNOWN_ENVIRONMENT, code::UNKNOWN_TASK];

/// What is said of values that were written elsewhere: one that is wrong is wrong wherever its name stands.
const OF_VALUES: &[Code] = &[code::NO_SUCH_PART, code::NOT_A_LOOP, code::NO_TEXT, code::WRONG_TYPE];

/// How many further places a message points at.
const MOST_LABELS: usize = 5;

/// What has been said of names.
#[derive(Debug, Default)]
pub struct Told(FxHashMap<Key, Places>);

/// What is said in which file, and of a part the value that lacks it.
type Key = (&'static str, FileId, String, Option<Span>);

/// Where it has been said.
#[derive(Debug)]
struct Places {
    /// The number of the diagnostic.
    at: usize,
    spans: FxHashSet<Span>,
}

impl Evaluator<'_, '_> {
    /// Whether a name of a file was said to mean nothing.
    #[must_use]
    pub fn is_undeclared(&self, file: FileId, name: &str) -> bool {
        let message = format!("`{name}` {MEANS_NOTHING}");
        self.told.0.contains_key(&(code::UNKNOWN_NAME.id, file, message, None))
    }

    /// Reports something, unless it is said of a name of which it has been said before: then that says where else.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        let undeclared = match diagnostic.code {
            code::UNKNOWN_NAME => diagnostic.message.ends_with(MEANS_NOTHING) && !of_function(&diagnostic),
            code if OF_VALUES.contains(&code) => written(&diagnostic).is_some(),
            code => OF_NAMES.contains(&code),
        };
        let Some(span) = diagnostic.span().filter(|_| undeclared) else {
            return self.diagnostics.push(diagnostic);
        };
        let of = written(&diagnostic).filter(|_| OF_VALUES.contains(&diagnostic.code));
        let key = (diagnostic.code.id, span.file, diagnostic.message.clone(), of);
        if let Some(places) = self.told.0.get_mut(&key) {
            if places.spans.insert(span) {
                let count = places.spans.len();
                let mut first = true;
                self.diagnostics.amend_after(places.at, |told| {
                    if std::mem::take(&mut first) {
                        join(told, &diagnostic, span, count);
                    }
                });
            }
            return;
        }
        let at = self.diagnostics.count();
        self.diagnostics.push(diagnostic);
        // Each further place costs a look at what was reported since, so there is an end to it.
        if self.diagnostics.are_few() && self.diagnostics.count() > at {
            self.told.0.insert(key, Places { at, spans: std::iter::once(span).collect() });
        }
    }
}

/// Adds a place to what was said; `count` places are known by now.
fn join(told: &mut Diagnostic, other: &Diagnostic, span: Span, count: usize) {
    const MORE: &str = "the same stands at ";
    let Some(primary) = told.labels.iter_mut().find(|label| label.primary) else { return };
    let further = if span.start < primary.span.start { std::mem::replace(&mut primary.span, span) } else { span };
    if count <= MOST_LABELS + 1 {
        told.add_label(further, "and here");
    } else {
        told.notes.retain(|note| !note.starts_with(MORE));
        let more = count - MOST_LABELS - 1;
        told.notes.push(format!("{MORE}{more} more {}", if more == 1 { "place" } else { "places" }));
    }
    // What one place offers and another does not is not certain for either.
    if offered(told) != offered(other) {
        return told.fixes.clear();
    }
    for (fix, more) in told.fixes.iter_mut().zip(&other.fixes) {
        fix.edits.extend(more.edits.iter().cloned());
    }
}

/// Where the value was written that something is said of, if that is elsewhere.
fn written(diagnostic: &Diagnostic) -> Option<Span> {
    diagnostic.labels.iter().find(|label| label.message == WRITTEN).map(|label| label.span)
}

/// The text that is offered first.
fn offered(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic.fixes.first()?.edits.first().map(|edit| edit.text.as_str())
}

/// Whether it is said of the name of a function, which each place may have used in another wrong way.
fn of_function(diagnostic: &Diagnostic) -> bool {
    diagnostic.fixes.is_empty() && diagnostic.help.iter().any(|help| help.starts_with("it is a function"))
}
