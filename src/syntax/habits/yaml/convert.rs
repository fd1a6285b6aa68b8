//! YAML in the words of this language.
//!
//! In: lines. Out: what says the same here, or nothing where they have more of YAML than keys, lists and plain scalars.
//! Recursion is bounded by [`MOST_LEVELS`].

use std::fmt::Write as _;

use super::{Line, begins_text, is_item, split_key};
use crate::syntax::habits::{in_name, text_block};

/// How deep blocks may stand in each other.
const MOST_LEVELS: usize = 16;

/// Keys and their values as entries; the first stands where the lines begin, and the others behind `margin`.
pub(super) fn entries(lines: &[Line<'_>], margin: &str) -> Option<String> {
    written(lines, margin, 0).map(|entries| entries.join(&format!("\n{margin}")))
}

/// Elements as a list.
pub(super) fn list(lines: &[Line<'_>], margin: &str) -> Option<String> {
    elements(lines, margin, 0)
}

fn written(lines: &[Line<'_>], margin: &str, level: usize) -> Option<Vec<String>> {
    let indent = lines.first().filter(|_| level < MOST_LEVELS)?.indent;
    let mut entries = Vec::new();
    let mut rest = lines;
    while let Some((head, below)) = rest.split_first() {
        let ends = |line: &Line<'_>| line.indent < indent || line.indent == indent && !is_item(line.text);
        let (own, next) = below.split_at(below.iter().position(ends).unwrap_or(below.len()));
        entries.push(entry(*head, own, margin, level)?);
        rest = next;
    }
    Some(entries)
}

fn entry(head: Line<'_>, own: &[Line<'_>], margin: &str, level: usize) -> Option<String> {
    let (key, value) = split_key(head.text)?;
    let plain =
        key.starts_with(['"', '\'']) || key.chars().all(in_name) && key.starts_with(|c: char| c.is_ascii_alphabetic());
    let key = if plain { key.to_owned() } else { format!("\"{key}\"") };
    let Some(first) = own.first() else { return Some(format!("{key} = {}", scalar(value)?)) };
    if begins_text(head.text) {
        let raw: Vec<&str> = own.iter().map(|line| line.raw).collect();
        return Some(format!("{key} = {}", text_block(&raw)?));
    }
    if !value.is_empty() {
        return None;
    }
    if is_item(first.text) {
        return Some(format!("{key} = {}", elements(own, margin, level + 1)?));
    }
    Some(format!("{key} {}", braced(&written(own, &format!("{margin}  "), level + 1)?, margin)))
}

fn braced(entries: &[String], margin: &str) -> String {
    let mut text = "{\n".to_owned();
    for entry in entries {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{margin}  {entry}");
    }
    text + margin + "}"
}

fn elements(lines: &[Line<'_>], margin: &str, level: usize) -> Option<String> {
    let indent = lines.first().filter(|_| level < MOST_LEVELS)?.indent;
    let mut items = Vec::new();
    let mut rest = lines;
    while let Some((head, below)) = rest.split_first() {
        let (own, next) = below.split_at(below.iter().position(|line| line.indent <= indent).unwrap_or(below.len()));
        items.push(element(*head, own, &format!("{margin}  "), level)?);
        rest = next;
    }
    let short = items.iter().map(String::len).sum::<usize>() < 80 && items.iter().all(|item| !item.contains('\n'));
    if short {
        return Some(format!("[{}]", items.join(", ")));
    }
    Some(format!("[\n{margin}  {},\n{margin}]", items.join(&format!(",\n{margin}  "))))
}

fn element(head: Line<'_>, own: &[Line<'_>], margin: &str, level: usize) -> Option<String> {
    let inner = head.text.strip_prefix('-')?;
    let text = inner.trim_start();
    if split_key(text).is_none() {
        return if own.is_empty() { scalar(text.trim_end_matches(',')) } else { None };
    }
    let first = Line { text, indent: head.indent + 1 + inner.len() - text.len(), ..head };
    let lines: Vec<Line<'_>> = std::iter::once(first).chain(own.iter().copied()).collect();
    let entries = written(&lines, &format!("{margin}  "), level + 1)?;
    if entries.iter().all(|entry| !entry.contains('\n')) {
        return Some(format!("{{ {} }}", entries.join(", ")));
    }
    Some(braced(&entries, margin))
}

/// A scalar of YAML.
fn scalar(text: &str) -> Option<String> {
    let text = text.split(" #").next().unwrap_or_default().trim();
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        let inner = text.get(1..)?.strip_suffix(quote)?;
        return (!inner.contains(['"', '\'', '\\', '$'])).then(|| text.to_owned());
    }
    if matches!(text, "true" | "false" | "null") || is_amount(text) {
        return Some(text.to_owned());
    }
    if text == "~" {
        return Some("null".to_owned());
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'))
        && !inner.contains([':', '[', '{'])
    {
        let items: Option<Vec<String>> = inner.split(", ").map(scalar).collect();
        return items.map(|items| format!("[{}]", items.join(", ")));
    }
    let special = text.is_empty() || text.starts_with(['[', '{', '&', '*', '!', '|', '>', '%', '@', '`', '?']);
    (!special && !text.contains(['"', '\\', '$'])).then(|| format!("\"{text}\""))
}

/// A number, perhaps with a unit of Kubernetes.
fn is_amount(text: &str) -> bool {
    const UNITS: &[&str] = &["", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"];
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let leading_zero = text.starts_with('0') && digits > 1;
    digits > 0 && !leading_zero && text.get(digits..).is_some_and(|unit| UNITS.contains(&unit))
}
