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
mod stretches;
mod string;
pub mod visit;

use std::borrow::Cow;

use pest::Parser as _;

use self::brackets::Prepared;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Source, Span};

pub use brackets::MAX_NESTING;

/// The largest source that is read, in bytes.
///
/// Ten thousand tasks written out take 2 MB; a larger file is hardly meant to be a program.
pub const MAX_SOURCE_BYTES: usize = 64 * 1024 * 1024;

/// The tree of one source.
pub fn parse(file: FileId, source: &Source, diagnostics: &mut Diagnostics) -> ast::File {
    parse_by(file, source, Some(STRETCH), diagnostics)
}

/// How long the stretches are in which a text is parsed, in bytes: what pest needs for one stays in the processor's cache.
const STRETCH: usize = 32 * 1024;

/// The tree of one source, which is the same however it is made: in stretches of at least so many bytes, where nothing is wrong with the text, or
/// after a search for what has to be mended.
pub fn parse_by(file: FileId, source: &Source, least: Option<usize>, diagnostics: &mut Diagnostics) -> ast::File {
    if source.text.len() > MAX_SOURCE_BYTES {
        diagnostics.push(too_large(file, source.text.len()));
        return ast::File::default();
    }
    let before = diagnostics.count();
    let written = source.text.as_str();
    let ended = endless::bounded(file, written, diagnostics);
    let least = least.filter(|_| matches!(ended, Cow::Borrowed(_)));
    if let Some(tree) = least.and_then(|least| stretches::parse(file, written, least)) {
        return tree;
    }
    let mended = mended(file, &ended, diagnostics);
    let tree = matched(file, written, &mended, diagnostics);
    diagnostics.amend_after(before, |diagnostic| between_characters(diagnostic, written));
    diagnostics.thin_after(before, source);
    tree
}

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

/// The tree of a mended text.
fn matched(file: FileId, written: &str, mended: &Mended<'_>, diagnostics: &mut Diagnostics) -> ast::File {
    let text = mended.changed.as_deref().unwrap_or(&mended.own);
    let Ok(mut pairs) = grammar::Grammar::parse(grammar::Rule::file, text) else {
        // The grammar matches every text (`tests/properties.rs` holds it to that); this is what is left if it does not.
        diagnostics.push(Diagnostic::new(code::UNEXPECTED_TEXT, Span::new(file, 0..0), "this file cannot be read"));
        return ast::File::default();
    };
    let doubts = (mended.doubtful.clone(), mended.unclosed.clone());
    build::file(file, (written, &mended.own), pairs.next(), doubts, diagnostics)
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
