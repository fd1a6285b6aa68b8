//! An entry that is missing, to the change that writes it before another one.
//!
//! In: the key of the other, and the sources. Out: an edit that leaves the block laid out as it is. Always: only sources of the
//! language are changed; a data file has another syntax. Not here: which entry it is.

use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::source::{SourceMap, Span};

/// The diagnostic with the offer to write `entry` before `key`, on a line of its own where `key` begins one.
pub fn before(
    mut diagnostic: Diagnostic,
    message: &str,
    key: Span,
    entry: &str,
    sources: &SourceMap,
) -> Diagnostic {
    let source = sources.get(key.file);
    let Some(text) = source.text.get(..key.start as usize).filter(|_| is_source(&source.name)) else {
        return diagnostic;
    };
    let line = text.rsplit('\n').next().unwrap_or_default();
    let between = if line.trim().is_empty() { format!("\n{line}") } else { ", ".to_owned() };
    let edit = Edit { span: key.at_start(), text: format!("{entry}{between}") };
    diagnostic.fixes.push(Fix { message: message.to_owned(), safe: false, edits: vec![edit] });
    diagnostic
}

/// Whether a text of this name is one of the language.
pub fn is_source(name: &str) -> bool {
    name.ends_with(".flyteenv") || name == "<stdin>"
}
