//! An entry that is missing, to the change that writes it before another one.
//!
//! In: the keys of the others, and the sources. Out: edits that leave the blocks laid out as they are. Always: only sources of the
//! language are changed; a data file has another syntax. Not here: which entry it is.

use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::source::{SourceMap, Span};

/// The diagnostic with the offer to write `entry` before each of the keys, on a line of its own where a key begins one.
pub fn before(
    mut diagnostic: Diagnostic,
    message: &str,
    keys: &[Span],
    entry: &str,
    sources: &SourceMap,
) -> Diagnostic {
    let edits: Option<Vec<Edit>> = keys.iter().map(|key| edit(*key, entry, sources)).collect();
    if let Some(edits) = edits.filter(|edits| !edits.is_empty()) {
        diagnostic.fixes.push(Fix { message: message.to_owned(), safe: false, edits });
    }
    diagnostic
}

fn edit(key: Span, entry: &str, sources: &SourceMap) -> Option<Edit> {
    let source = sources.get(key.file);
    let text = source.text.get(..key.start as usize).filter(|_| is_source(&source.name))?;
    let line = text.rsplit('\n').next().unwrap_or_default();
    let between = if line.trim().is_empty() { format!("\n{line}") } else { ", ".to_owned() };
    Some(Edit { span: key.at_start(), text: format!("{entry}{between}") })
}

/// Whether a text of this name is one of the language.
pub fn is_source(name: &str) -> bool {
    name.ends_with(".flyteenv") || name == "<stdin>"
}
