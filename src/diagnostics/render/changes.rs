//! A fix as people read it.
//!
//! In: a fix, and the diagnostic that offers it. Out: one line where the change fits into it, else the lines that change, as a
//! diff. Always: what a reader has just been told as help is not told again. Not here: making the change.

use similar::{ChangeTag, TextDiff};

use crate::diagnostics::edits::applied;
use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::source::{SourceMap, Span};

/// The fix in words, and the lines that it changes where words do not show them; nothing where the help says it all.
pub fn shown(fix: &Fix, diagnostic: &Diagnostic, sources: &SourceMap) -> Option<(String, String)> {
    match fix.edits.as_slice() {
        [edit] if is_within_a_line(edit, sources) => {
            in_words(fix, edit, diagnostic, sources).map(|words| (words, String::new()))
        }
        _ => Some((fix.message.clone(), lines(fix, sources))),
    }
}

fn is_within_a_line(edit: &Edit, sources: &SourceMap) -> bool {
    !edit.text.contains('\n') && !sources.text(edit.span).contains('\n')
}

/// Whether a help shows the place as it is with the change: code in it, as far as that is not left open, stands around the change.
fn shows(help: &str, edit: &Edit, sources: &SourceMap) -> bool {
    let lines = whole_lines(edit.span, sources);
    let Some(new) = applied(sources.text(lines), lines.start as usize, [edit]) else { return false };
    let start = (edit.span.start - lines.start) as usize;
    let end = start + edit.text.trim_end().len();
    let codes = help.split('`').skip(1).step_by(2).map(|code| code.split('…').next().unwrap_or_default().trim());
    let around = |code: &str| {
        let mut places = new.match_indices(code).map(|(at, code)| (at, at + code.len()));
        places.any(|(from, to)| from <= start && end <= to && to - from > end - start)
    };
    !edit.text.trim().is_empty() && codes.filter(|code| !code.is_empty()).any(around)
}

fn in_words(fix: &Fix, edit: &Edit, diagnostic: &Diagnostic, sources: &SourceMap) -> Option<String> {
    if diagnostic.help.iter().any(|help| *help == fix.message || shows(help, edit, sources)) {
        return None;
    }
    let new = edit.text.trim().trim_end_matches(',');
    if new.is_empty() {
        return Some(fix.message.clone());
    }
    let quoted = format!("`{new}`");
    if diagnostic.help.iter().any(|help| says(help, fix, new)) {
        return None;
    }
    let told = [new, new.trim_matches('"')].iter().any(|new| fix.message.contains(new));
    Some(if told { fix.message.clone() } else { format!("{}: {quoted}", fix.message) })
}

/// Whether a help says what the fix does: in its words, or with the new text as it is, without its quotes, or behind its key.
fn says(help: &str, fix: &Fix, new: &str) -> bool {
    let bare = new.trim_matches('"');
    let forms = [format!("`{new}`"), format!("`{bare}`"), format!(" = {new}`")];
    forms.iter().any(|form| help.contains(form)) || contains_words(help, &fix.message)
}

/// Whether a text has these words in it, as whole words.
fn contains_words(text: &str, words: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
    text.match_indices(words).any(|(at, _)| text.get(at + words.len()..).is_some_and(ends))
}

/// The lines that the fix changes, with their numbers, before and after.
fn lines(fix: &Fix, sources: &SourceMap) -> String {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut text = String::new();
    let mut rest = edits.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let mut place = whole_lines(first.span, sources);
        let mut count = 1;
        for edit in others {
            let lines = whole_lines(edit.span, sources);
            if lines.file != place.file || lines.start >= place.end {
                break;
            }
            place = place.to(lines);
            count += 1;
        }
        // There are as many edits as were counted.
        let (together, behind) = rest.split_at(count);
        text += &difference(place, together, sources);
        rest = behind;
    }
    text
}

/// The lines that a place lies on, with the break behind them.
fn whole_lines(span: Span, sources: &SourceMap) -> Span {
    let text = &sources.get(span.file).text;
    let start = text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end as usize..).and_then(|after| after.find('\n'));
    let end = end.map_or(text.len(), |at| span.end as usize + at + 1);
    Span::new(span.file, start..end)
}

fn difference(place: Span, edits: &[&Edit], sources: &SourceMap) -> String {
    let old = sources.text(place);
    let Some(new) = applied(old, place.start as usize, edits.iter().copied()) else { return String::new() };
    let first = sources.get(place.file).line(place.start as usize);
    let diff = TextDiff::from_lines(old, &new);
    let changes = diff.iter_all_changes().filter_map(|change| {
        let (sign, index) = match change.tag() {
            ChangeTag::Equal => return None,
            ChangeTag::Delete => ('-', change.old_index()),
            ChangeTag::Insert => ('+', change.new_index()),
        };
        Some(format!("\n{} {sign} {}", first + index.unwrap_or_default(), change.value().trim_end()))
    });
    changes.collect()
}
