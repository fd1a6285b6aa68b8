//! What is said of data files, whatever their format.
//!
//! In: what is at fault and its place. Out: diagnostics, collected by [`Faults`].
//! Always: words are those of people who write such files, never those of a library.
//! Not here: finding the faults, and what only one format can have.

use super::MAX_NESTING;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// How many faults of one file are told: more are of no use to anybody, and a hostile text has one for every byte.
const MAX_FAULTS: usize = 100;

/// The faults of one text.
#[derive(Default)]
pub struct Faults {
    list: Vec<Diagnostic>,
}

impl Faults {
    /// Adds one.
    pub fn push(&mut self, fault: Diagnostic) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(fault);
        }
    }

    /// Adds it, if there is one.
    pub fn extend(&mut self, fault: Option<Diagnostic>) {
        if let Some(fault) = fault {
            self.push(fault);
        }
    }

    /// The one that was added last.
    pub fn last(&self) -> Option<&Diagnostic> {
        self.list.last()
    }

    /// What was read, unless there are faults or there is nothing.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Vec<Diagnostic>> {
        match read {
            Some(read) if self.list.is_empty() => Ok(read),
            _ => {
                self.list.sort_by_key(Diagnostic::span);
                Err(self.list)
            }
        }
    }
}

/// A text that cannot be understood.
pub fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::BAD_DATA, span, message)
}

/// A key for the second time.
pub fn duplicate_key(key: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE_DATA_KEY, again, format!("the key `{key}` is given twice"))
        .here("given again here")
        .label(first, "first given here")
}

/// A collection in too many others.
pub fn too_deep(span: Span) -> Diagnostic {
    bad(span, format!("lists and maps are nested deeper than {MAX_NESTING} here")).note("no pod needs half of that")
}

/// A whole number that 64 bits do not hold.
pub fn number_too_large(span: Span) -> Diagnostic {
    bad(span, "this whole number is too large")
        .note(format!("whole numbers are from {} to {}", i64::MIN, i64::MAX))
        .help("write it in quotes if it is a text")
}

/// A float beyond all bounds, or one that is none.
pub fn not_finite(span: Span) -> Diagnostic {
    bad(span, "only finite numbers are allowed")
        .note("values are sent to Kubernetes as JSON, which has no infinity and no NaN")
        .help("write it in quotes if it is a text")
}
