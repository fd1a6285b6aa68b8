//! Changes of texts of several lines, such as scripts.
//!
//! In: changes of a pod. Out: the lines that are different. Always: two texts whose lines read the same are no such change. Not here: how lines are
//! set in.

use similar::TextDiff;

use crate::compare::Change;

/// The texts of a change, where it is one of lines of texts.
pub fn texts(change: &Change) -> Option<(&str, &str)> {
    let (old, new) = (change.old.as_ref()?.as_str()?, change.new.as_ref()?.as_str()?);
    let is_long = old.trim_end().contains('\n') || new.trim_end().contains('\n');
    // Where lines only end otherwise, they would look the same.
    (is_long && !old.lines().eq(new.lines())).then_some((old, new))
}

/// The lines that are different between two texts, each behind its sign, with those around them.
pub fn text_changes(old: &str, new: &str) -> Vec<String> {
    /// How many lines around a change are shown.
    const AROUND: usize = 2;
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            lines.push("…".to_owned());
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            lines.push(format!("{} {}", change.tag(), change.value().trim_end_matches(['\n', '\r'])));
        }
    }
    lines
}
