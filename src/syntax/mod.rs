//! Text to tree. The only folder that knows pest.
//!
//! In: one source text. Out: [`ast::File`] and what is wrong with the text. Always: parsing never fails and never panics; one
//! fault in the text is one diagnostic; no node is nested deeper than [`MAX_NESTING`]; names of grammar rules stay in here.
//! Not here: what names mean, which fields exist, what a value may be.

pub mod ast;
mod brackets;
mod build;
pub mod comments;
mod endless;
mod faults;
mod grammar;
mod habits;
mod misplaced;
mod opened;
mod openings;
mod scan;
mod string;
pub mod visit;

use std::borrow::Cow;

use pest::Parser as _;

use self::brackets::Prepared;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::parallel;
use crate::source::{FileId, Source, Span};

pub use brackets::MAX_NESTING;

/// The largest source that is read, in bytes.
///
/// Ten thousand tasks written out take 2 MB; a larger file is hardly meant to be a program.
pub const MAX_SOURCE_BYTES: usize = 64 * 1024 * 1024;

/// The tree of one source.
pub fn parse(file: FileId, source: &Source, diagnostics: &mut Diagnostics) -> ast::File {
    if source.text.len() > MAX_SOURCE_BYTES {
        diagnostics.push(too_large(file, source.text.len()));
        return ast::File::default();
    }
    let before = diagnostics.count();
    let written = source.text.as_str();
    let ended = endless::bounded(file, written, diagnostics);
    let text = &*ended;
    // Most texts stand as they are, so a large one is matched while it is looked for what to mend. The tree is made on this thread:
    // memory that another one takes is more expensive.
    let large = text.len() >= LARGE && parallel::is_possible() && brackets::in_order(text);
    let ahead = || large.then(|| matched(file, written, &Mended::nothing(text)));
    let (mended, ahead) = parallel::both(large, || mended(file, text, diagnostics), ahead);
    let ahead = ahead.filter(|_| mended.is_as_written());
    let (tree, found) = ahead.unwrap_or_else(|| matched(file, written, &mended));
    diagnostics.extend(found);
    diagnostics.amend_after(before, |diagnostic| between_characters(diagnostic, written));
    diagnostics.thin_after(before, source);
    tree
}

/// From how many bytes on a second thread saves more than it costs.
const LARGE: usize = 32 * 1024;

/// A text for the grammar.
struct Mended<'t> {
    /// Without the habits of others.
    own: Cow<'t, str>,
    /// With its brackets in order, too, and without what is misplaced; nothing where that changes nothing.
    changed: Option<String>,
    /// What may not be what it seems.
    doubtful: Vec<Span>,
    /// Where brackets open that were reported.
    unclosed: Vec<u32>,
}

impl<'t> Mended<'t> {
    fn nothing(text: &'t str) -> Self {
        Self { own: Cow::Borrowed(text), changed: None, doubtful: Vec::new(), unclosed: Vec::new() }
    }

    /// Whether nothing was mended.
    fn is_as_written(&self) -> bool {
        let same = matches!(self.own, Cow::Borrowed(_)) && self.changed.is_none();
        same && self.doubtful.is_empty() && self.unclosed.is_empty()
    }
}

/// What of a text has to be mended before the grammar can match it.
fn mended<'t>(file: FileId, text: &'t str, diagnostics: &mut Diagnostics) -> Mended<'t> {
    let habits::Mended { text: own, found, doubtful: foreign } = habits::mended(file, text);
    diagnostics.extend(found);
    let own = openings::prepared(file, own, diagnostics);
    let Prepared { text, mut doubtful, unclosed } = brackets::prepared(file, &own, diagnostics);
    doubtful.extend(foreign);
    let text = if doubtful.is_empty() { misplaced::without(file, text, diagnostics) } else { text };
    let changed = match text {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    };
    Mended { own, changed, doubtful, unclosed }
}

/// The tree of a mended text, and what is wrong with it.
fn matched(file: FileId, written: &str, mended: &Mended<'_>) -> (ast::File, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let text = mended.changed.as_deref().unwrap_or(&mended.own);
    let Ok(mut pairs) = grammar::Grammar::parse(grammar::Rule::file, text) else {
        // The grammar matches every text (`tests/properties.rs` holds it to that); this is what is left if it does not.
        diagnostics.push(Diagnostic::new(code::UNEXPECTED_TEXT, Span::new(file, 0..0), "this file cannot be read"));
        return (ast::File::default(), diagnostics.found());
    };
    let doubts = (mended.doubtful.clone(), mended.unclosed.clone());
    let tree = build::file(file, (written, &mended.own), pairs.next(), doubts, &mut diagnostics);
    (tree, diagnostics.found())
}

/// Moves places that lie in a character to the beginning of it: in the text without habits, what cannot be seen is taken out of names.
fn between_characters(diagnostic: &mut Diagnostic, text: &str) {
    let labels = diagnostic.labels.iter_mut().map(|label| &mut label.span);
    let edits = diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.span);
    for span in labels.chain(edits) {
        // The beginning of the text is a boundary.
        while !text.is_char_boundary(span.start as usize) {
            span.start -= 1;
        }
        while !text.is_char_boundary(span.end as usize) {
            span.end -= 1;
        }
    }
}

/// Whether the grammar matches a text, without making a tree of it: what parsing costs at the least, for benchmarks.
#[must_use]
pub fn recognise(text: &str) -> bool {
    grammar::Grammar::parse(grammar::Rule::file, text).is_ok()
}

fn too_large(file: FileId, bytes: usize) -> Diagnostic {
    const MEBIBYTE: usize = 1024 * 1024;
    let message = format!("this source has more than {} MiB", bytes / MEBIBYTE);
    Diagnostic::new(code::SOURCE_TOO_LARGE, Span::new(file, 0..0), message)
        .note(format!("a source has at most {} MiB, and is not read where it has more", MAX_SOURCE_BYTES / MEBIBYTE))
        .help("split it into several files, or leave it out where it is no program")
}
