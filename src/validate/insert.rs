//! An entry that is missing, to the change that writes it.
//!
//! In: the places beside which it could be written ([`Opening`]), and the sources. Out: an edit that leaves a source well laid
//! out: on a line of its own with the indentation of its neighbours, or between commas where its neighbours stand on one line.
//! Always: only sources of the language are changed; data files and the command line have words of their own. Not here: which
//! entry it is.

use super::literal;
use super::locate::{Anchor, Opening};
use crate::diagnostics::Edit;
use crate::source::{SourceMap, Span};

/// What a block that is opened adds to the indentation.
const STEP: &str = "  ";

/// The change that writes the entry, where there is a place for it.
#[must_use]
pub fn edit(opening: &Opening, entry: &str, sources: &SourceMap) -> Option<Edit> {
    let around = |entry: String, name: &String| format!("{} {{ {entry} }}", literal::key(name));
    let entry = opening.missing.iter().rev().fold(entry.to_owned(), around);
    opening.anchors.iter().find_map(|anchor| match anchor {
        Anchor::Block(span) => in_block(*span, &entry, sources),
        Anchor::Before(key) => before(*key, &entry, sources),
    })
}

/// The text of a source of the language; a place in anything else cannot be written at.
fn source(span: Span, sources: &SourceMap) -> Option<&str> {
    let source = sources.get(span.file);
    let readable = source.name.ends_with(".flyteenv") || source.name == "<stdin>";
    readable.then_some(source.text.as_str())
}

/// First in a block, which begins at or right behind the place: behind a key, a label, or as a value of its own.
fn in_block(span: Span, entry: &str, sources: &SourceMap) -> Option<Edit> {
    let text = source(span, sources)?;
    let start = if text.get(span.range())?.starts_with('{') { span.start } else { span.end } as usize;
    let before = text.get(start..)?;
    let brace = start + before.len() - before.trim_start_matches([' ', '\t']).len();
    let inside = text.get(brace..)?.strip_prefix('{')?;
    let at = brace + 1;
    let insert = |at: usize, new: String| Some(Edit { span: Span::new(span.file, at..at), text: new });
    let rest_of_line = inside.split('\n').next().unwrap_or_default();
    let spare = rest_of_line.trim_start();
    if !(spare.is_empty() || spare.starts_with('#')) {
        let comma = if spare.starts_with('}') { closing_space(rest_of_line) } else { "," };
        return insert(at, format!(" {entry}{comma}"));
    }
    let next_lines = inside.get(rest_of_line.len()..).unwrap_or_default().lines();
    let first = next_lines.map(str::trim_end).find(|line| !line.is_empty()).unwrap_or_default();
    let indentation = match first.trim_start() {
        rest if rest.is_empty() || rest.starts_with('}') => format!("{}{STEP}", indentation(text, brace)),
        rest => first.strip_suffix(rest).unwrap_or_default().to_owned(),
    };
    insert(at + rest_of_line.trim_end().len(), format!("\n{indentation}{entry}"))
}

/// What has to stand between an entry and the brace that closes its block.
fn closing_space(rest_of_line: &str) -> &'static str {
    if rest_of_line.starts_with('}') { " " } else { "" }
}

/// Before an entry and the comments right above it.
fn before(key: Span, entry: &str, sources: &SourceMap) -> Option<Edit> {
    let text = source(key, sources)?;
    let (start, indentation) = (key.start as usize, indentation(text, key.start as usize));
    let mut line = line_start(text, start);
    if text.get(line..start)? != indentation {
        return Some(Edit { span: key.at_start(), text: format!("{entry}, ") });
    }
    while let Some(above) = line.checked_sub(1).map(|end| line_start(text, end))
        && text.get(above..line).is_some_and(|text| text.trim_start().starts_with('#'))
    {
        line = above;
    }
    Some(Edit { span: Span::new(key.file, line..line), text: format!("{indentation}{entry}\n") })
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The white space at the beginning of the line that an offset is on.
fn indentation(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..at).unwrap_or_default();
    line.strip_suffix(line.trim_start_matches([' ', '\t'])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the entry `new = 1` in the block behind the last `block`, or before the last `key`.
    fn written(text: &str) -> Option<String> {
        named("main.flyteenv", text)
    }

    fn named(name: &str, text: &str) -> Option<String> {
        let sources = SourceMap::new(vec![(name.to_owned(), text.to_owned())]);
        let file = sources.ids().next().expect("there is one");
        let place = |word: &str| text.rfind(word).map(|at| Span::new(file, at..at + word.len()));
        let block = place("block").map(Anchor::Block);
        let anchors = block.into_iter().chain(place("key").map(Anchor::Before)).collect();
        let edit = edit(&Opening { anchors, missing: Vec::new() }, "new = 1", &sources)?;
        let mut mended = text.to_owned();
        mended.replace_range(edit.span.range(), &edit.text);
        Some(mended)
    }

    #[test]
    fn an_entry_goes_first_into_a_block() {
        let is = |text: &str, mended: &str| assert_eq!(written(text).as_deref(), Some(mended), "{text}");
        is("block { a = 1 }", "block { new = 1, a = 1 }");
        is("block {a = 1}", "block { new = 1,a = 1}");
        is("block {}", "block { new = 1 }");
        is("block { }", "block { new = 1 }");
        is("block {\n  a = 1\n}", "block {\n  new = 1\n  a = 1\n}");
        is(
            "  block { # why\n\n    # what\n    a = 1\n  }",
            "  block { # why\n    new = 1\n\n    # what\n    a = 1\n  }",
        );
        is("  block {\n  }", "  block {\n    new = 1\n  }");
        is("block {\n", "block {\n  new = 1\n");
        is("block \"label\" = 1\nkey = 1", "block \"label\" = 1\nnew = 1\nkey = 1");
    }

    #[test]
    fn an_entry_goes_before_a_key_and_its_comments() {
        let is = |text: &str, mended: &str| assert_eq!(written(text).as_deref(), Some(mended), "{text}");
        is("key = 1", "new = 1\nkey = 1");
        is("a {\n  # why\n  # so\n  key = 1\n}", "a {\n  new = 1\n  # why\n  # so\n  key = 1\n}");
        is("# why\nkey = 1", "new = 1\n# why\nkey = 1");
        is("a { key = 1 }", "a { new = 1, key = 1 }");
        is("a { b = 1, key = 1 }", "a { b = 1, new = 1, key = 1 }");
    }

    #[test]
    fn what_is_no_source_of_the_language_stays_as_it_is() {
        assert_eq!(named("pod.yaml", "block {}\nkey: 1"), None);
        assert_eq!(named("command line", "--set block={}"), None);
        assert_eq!(written("block"), None);
    }
}
