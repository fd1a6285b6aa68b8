//! Changes of texts.
//!
//! In: a text, and edits of it. Out: the text with the edits made. Always: edits that contradict each other change nothing. Not
//! here: which changes are made, and the files.

use super::Edit;

/// The text with all of these edits, or nothing where two of them overlap or one lies outside of the text. `start` is the offset of the text
/// in its file; all edits are of that file.
#[must_use]
pub fn applied<'e>(text: &str, start: usize, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        let (from, to) = (range.start.checked_sub(start)?, range.end.checked_sub(start)?);
        new += text.get(at..from)?;
        new += &edit.text;
        at = to;
    }
    new += text.get(at..)?;
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    fn edited(text: &str, start: usize, edits: &[(usize, usize, &str)]) -> Option<String> {
        let file = SourceMap::new(vec![("a".to_owned(), String::new())]).ids().next()?;
        let edit = |(from, to, text): &(usize, usize, &str)| Edit {
            span: Span::new(file, *from..*to),
            text: (*text).to_owned(),
        };
        let edits: Vec<Edit> = edits.iter().map(edit).collect();
        applied(text, start, &edits)
    }

    #[test]
    fn edits_are_made_in_any_order() {
        assert_eq!(edited("abcd", 0, &[(2, 3, "X"), (0, 1, ""), (4, 4, "!")]).as_deref(), Some("bXd!"));
        assert_eq!(edited("abcd", 10, &[(12, 13, "X")]).as_deref(), Some("abXd"));
        assert_eq!(edited("abcd", 0, &[]).as_deref(), Some("abcd"));
    }

    #[test]
    fn edits_that_contradict_each_other_change_nothing() {
        assert_eq!(edited("abcd", 0, &[(0, 2, "X"), (1, 3, "Y")]), None);
        assert_eq!(edited("abcd", 0, &[(3, 9, "X")]), None);
        assert_eq!(edited("abcd", 2, &[(1, 3, "X")]), None);
        assert_eq!(edited("ä", 0, &[(1, 2, "X")]), None);
        assert_eq!(edited("abcd", 0, &[(1, 2, "X"), (1, 2, "X")]).as_deref(), Some("aXcd"));
    }
}
