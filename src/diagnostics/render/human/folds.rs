//! What is told many times is shown a few times.
//!
//! In: diagnostics in their order. Out: those that are shown, the last of each kind with the places of the others. Always: the first ones are
//! shown, and none is lost: its place is named or counted. Not here: what one cause says of many pods, which is one diagnostic.

use rustc_hash::FxHashMap;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::short;
use crate::source::{SourceMap, Span};

/// How often the same words are shown.
const MOST_SHOWN: usize = 3;

/// How many places are named of those that are not shown.
const MOST_NAMED: usize = 5;

/// Diagnostics that say the same, each at its own place.
#[derive(Default)]
struct Alike {
    shown: usize,
    /// The place of the last one that is shown, in the list of those.
    last: usize,
    others: Vec<Option<Span>>,
}

/// The diagnostics to be shown, each with what is to be said of those like it that are not.
pub fn folded<'d>(diagnostics: &'d [Diagnostic], sources: &SourceMap) -> Vec<(&'d Diagnostic, Option<String>)> {
    let mut kinds: FxHashMap<_, Alike> = FxHashMap::default();
    let mut shown: Vec<(&Diagnostic, Option<String>)> = Vec::new();
    for diagnostic in diagnostics {
        let Diagnostic { code, message, notes, help, .. } = diagnostic;
        let alike = kinds.entry((code.id, message, notes, help)).or_default();
        if alike.shown < MOST_SHOWN {
            alike.shown += 1;
            alike.last = shown.len();
            shown.push((diagnostic, None));
        } else {
            alike.others.push(diagnostic.span());
        }
    }
    let mut folds: Vec<Alike> = kinds.into_values().filter(|alike| !alike.others.is_empty()).collect();
    folds.sort_by_key(|alike| alike.last);
    for alike in folds {
        if let Some((_, more)) = shown.get_mut(alike.last) {
            *more = Some(others(&alike.others, sources));
        }
    }
    shown
}

fn others(places: &[Option<Span>], sources: &SourceMap) -> String {
    let named = places.iter().flatten().take(MOST_NAMED).map(|span| short::place(*span, sources));
    let named: Vec<String> = named.map(|place| place.trim_end_matches([':', ' ']).to_owned()).collect();
    let (count, plural) = (places.len(), if places.len() == 1 { "" } else { "s" });
    let rest = if count > named.len() { ", …" } else { "" };
    format!("the same at {count} more place{plural}: {}{rest}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::code;

    fn said(messages: &[&str]) -> Vec<(String, Option<String>)> {
        let sources = SourceMap::new(vec![("a".to_owned(), "x".repeat(messages.len()))]);
        let file = sources.ids().next().unwrap();
        let place = |at: usize| Span::new(file, at..at + 1);
        let told = messages.iter().enumerate().map(|(at, text)| Diagnostic::new(code::UNKNOWN_NAME, place(at), *text));
        let diagnostics: Vec<Diagnostic> = told.collect();
        folded(&diagnostics, &sources).into_iter().map(|(told, more)| (told.message.clone(), more)).collect()
    }

    #[test]
    fn what_is_said_often_is_shown_three_times() {
        let shown = said(&["a", "a", "b", "a", "a", "b", "a"]);
        let texts: Vec<&str> = shown.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["a", "a", "b", "a", "b"]);
        assert_eq!(shown[3].1.as_deref(), Some("the same at 2 more places: a:1:5, a:1:7"));
        assert!(shown.iter().enumerate().all(|(at, (_, more))| at == 3 || more.is_none()));
    }

    #[test]
    fn places_beyond_some_are_counted() {
        let shown = said(&["a"; 20]);
        assert_eq!(shown.len(), 3);
        let more = shown[2].1.as_deref().unwrap();
        assert_eq!(more, "the same at 17 more places: a:1:4, a:1:5, a:1:6, a:1:7, a:1:8, …");
    }
}
