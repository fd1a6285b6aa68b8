//! Whole entries of a source: `key = value`, or `key { … }`.
//!
//! In: the places of a key and its value, and the sources. Out: the edit that takes the entry out, or writes another in its place.
//! Always: only sources of the language are changed; a value that stands elsewhere has none; an entry goes with its line, or with a
//! comma beside it. Not here: which entry it is.

use std::ops::Range;

use super::Edit;
use crate::source::{SourceMap, Span};

const BLANKS: [char; 2] = [' ', '\t'];

/// The edit that takes an entry out.
#[must_use]
pub fn removal(key: Span, value: Span, sources: &SourceMap) -> Option<Edit> {
    let text = source(key, sources)?;
    let range = written(text, key, value)?;
    let range = taken_out(text, range.start, range.end)?;
    Some(Edit { span: Span::new(key.file, range), text: String::new() })
}

/// The edit that writes another entry, as source, in the place of one.
#[must_use]
pub fn replacement(key: Span, value: Span, entry: &str, sources: &SourceMap) -> Option<Edit> {
    let range = written(source(key, sources)?, key, value)?;
    Some(Edit { span: Span::new(key.file, range), text: entry.to_owned() })
}

/// The text of a source of the language.
fn source(key: Span, sources: &SourceMap) -> Option<&str> {
    let source = sources.get(key.file);
    let readable = source.name.ends_with(".flyteenv") || source.name == "<stdin>";
    readable.then_some(source.text.as_str())
}

/// Where an entry stands, with nothing else on its last line that belongs to its value. A block has the place of its key.
fn written(text: &str, key: Span, value: Span) -> Option<Range<usize>> {
    let start = key.start as usize;
    let end = if key == value {
        block_end(text, key.end as usize)?
    } else {
        let is_entry = key.file == value.file && key.end <= value.start;
        let between = text.get(key.end as usize..value.start as usize).filter(|_| is_entry)?;
        (between.trim() == "=").then_some(value.end as usize)?
    };
    let rest = text.get(end..)?.trim_start_matches(BLANKS);
    (rest.is_empty() || rest.starts_with(['\n', '\r', ',', '}', '#'])).then_some(start..end)
}

/// Where the block ends that begins right behind a key. Nothing is known of one with a text in it that may have braces of its own.
fn block_end(text: &str, key_end: usize) -> Option<usize> {
    let inside = text.get(key_end..)?.trim_start_matches(BLANKS).strip_prefix('{')?;
    let start = text.len() - inside.len();
    let mut depth = 1_usize;
    let mut in_text = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' => in_text = !in_text,
            '\\' | '$' if in_text => return None,
            '\'' | '#' if !in_text => return None,
            '{' if !in_text => depth += 1,
            '}' if !in_text && depth == 1 => return Some(start + at + 1),
            '}' if !in_text => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What goes when an entry goes: its line where it is alone on it, else a comma beside it.
fn taken_out(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let opens_line = text.get(line..start)?.trim().is_empty();
    let behind = after.trim_start_matches(BLANKS);
    let behind_comma = behind.strip_prefix(',').map(|rest| rest.trim_start_matches(BLANKS));
    let rest = behind_comma.unwrap_or(behind);
    let at = text.len() - rest.len();
    if opens_line && (rest.is_empty() || rest.starts_with(['\n', '\r'])) {
        let newline = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        return Some(line..at + newline);
    }
    if behind_comma.is_some() {
        return Some(start..at);
    }
    let kept = before.trim_end_matches(BLANKS);
    Some(match kept.strip_suffix(',') {
        Some(kept) => kept.len()..end,
        None => start..at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without the block `old`.
    fn without(text: &str) -> Option<String> {
        let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
        let file = sources.ids().next().expect("there is one");
        let key = text.find("old").map(|at| Span::new(file, at..at + 3))?;
        let edit = removal(key, key, &sources)?;
        let mut changed = text.to_owned();
        changed.replace_range(edit.span.range(), &edit.text);
        Some(changed)
    }

    #[test]
    fn a_block_goes_with_all_that_is_in_it() {
        let is = |text: &str, expected: Option<&str>| assert_eq!(without(text).as_deref(), expected, "{text}");
        is("a { old { b { c = 1 } }, d = 2 }", Some("a { d = 2 }"));
        is("a {\n  old {\n    b = \"}\"\n  }\n  d = 2\n}", Some("a {\n  d = 2\n}"));
        is("a { d = 2, old {} }", Some("a { d = 2 }"));
        is("a { old { b = \"${c}\" } }", None);
        is("a { old { # }\n} }", None);
        is("a { old label { } }", None);
        is("a { old { b = 1", None);
    }
}
