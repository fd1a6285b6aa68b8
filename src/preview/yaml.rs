//! A preview as YAML, with the origin of each value beside it.
//!
//! In: a [`Preview`]. Out: a `v1` `Pod` that `kubectl` could read, a line for each value. Always: keys are sorted; a text is in
//! quotes wherever some reader of YAML 1.1 or 1.2 could take it for something else, and on one line, so that there is room for
//! the comment. Not here: what origins mean.

use std::fmt::Write as _;

use super::tree::{Kind, Origin, Scalar, Tree};
use super::{Places, Preview, shown};

/// The comments stand below each other, up to this column.
const FARTHEST: usize = 76;

/// A line, and the comment at its end.
struct Line {
    text: String,
    origin: Option<Origin>,
}

/// Writes the preview.
#[must_use]
pub fn write(preview: &Preview, places: &Places<'_>) -> String {
    let mut lines = Vec::new();
    entries(&preview.pod, 0, &mut lines);
    let width = |line: &Line| line.text.chars().count();
    let column = lines.iter().filter(|line| line.origin.is_some()).map(width).filter(|width| *width <= FARTHEST).max();
    let mut text = format!("# {}\n", preview.name);
    for line in lines {
        text.push_str(&line.text);
        if let Some(origin) = &line.origin {
            let gap = column.unwrap_or_default().saturating_sub(width(&line)) + 2;
            // Writing to a string cannot fail.
            let _ = write!(text, "{:gap$}# {}", "", one_line(&origin.source.to_string()));
            if let Some(place) = places.of(origin) {
                let _ = write!(text, " ({})", one_line(&place));
            }
        }
        text.push('\n');
    }
    text
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The entries of a map, each from its own line on.
fn entries(tree: &Tree, depth: usize, lines: &mut Vec<Line>) {
    for (name, value) in tree.entries() {
        let text = format!("{}{}:", "  ".repeat(depth), quoted(name));
        behind(text, value, depth, lines);
    }
}

/// A value behind its key.
fn behind(key: String, value: &Tree, depth: usize, lines: &mut Vec<Line>) {
    if let Some(text) = on_one_line(value) {
        lines.push(Line { text: format!("{key} {text}"), origin: Some(value.origin.clone()) });
        return;
    }
    lines.push(Line { text: key, origin: None });
    match &value.kind {
        // As `kubectl` has it, the items of a list stand below its key.
        Kind::List(items) => items.iter().for_each(|item| self::item(item, depth, lines)),
        _ => entries(value, depth + 1, lines),
    }
}

/// An item of a list. What is a map or a list begins on the line of its dash.
fn item(value: &Tree, depth: usize, lines: &mut Vec<Line>) {
    let dash = format!("{}- ", "  ".repeat(depth));
    if let Some(text) = on_one_line(value) {
        lines.push(Line { text: format!("{dash}{text}"), origin: Some(value.origin.clone()) });
        return;
    }
    let first = lines.len();
    match &value.kind {
        Kind::List(items) => items.iter().for_each(|item| self::item(item, depth + 1, lines)),
        _ => entries(value, depth + 1, lines),
    }
    if let Some(line) = lines.get_mut(first) {
        line.text.replace_range(..dash.len(), &dash);
    }
}

fn on_one_line(value: &Tree) -> Option<String> {
    match &value.kind {
        Kind::Scalar(scalar @ (Scalar::Text(_) | Scalar::Symbol(_))) => Some(quoted(&shown(scalar))),
        Kind::Scalar(scalar) => Some(shown(scalar).to_string()),
        Kind::List(items) => items.is_empty().then(|| "[]".to_owned()),
        Kind::Map(entries) => entries.is_empty().then(|| "{}".to_owned()),
    }
}

/// A text, in quotes where it needs them.
fn quoted(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { in_quotes(text) }
}

fn is_plain(text: &str) -> bool {
    /// Words that mean something else, in whatever case.
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    let option = text.strip_prefix("--").unwrap_or(text);
    let begins = option.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '<' | '_'));
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '<' | '>' | '_' | '-' | '.' | '@' | ':');
    let is_key = text.ends_with(':') || text == "<<";
    if is_amount(text) {
        return true;
    }
    begins && text.chars().all(allowed) && !is_key && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// A quantity with a unit that is no part of any number: `500m`, `1.5Gi`.
fn is_amount(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(number.len()..).unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.split_once('.').map_or(digits(number), |(whole, fraction)| digits(whole) && digits(fraction));
    number && ["m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&unit)
}

fn in_quotes(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // Writing to a string cannot fail.
            c if needs_escape(c) => drop(write!(quoted, "\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Line breaks of Unicode, and what YAML or a terminal does not take.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::data;
    use crate::preview::tree::Source;
    use crate::source::{SourceMap, Span};
    use crate::validate::path::Path;

    fn written(value: &serde_json::Value) -> String {
        let pod = Tree::of_json(value, &Path::default(), &Source::Task);
        let preview =
            Preview { name: "e.t".to_owned(), pod, refused: None, unknown_template: None, dropped: Vec::new() };
        write(&preview, &Places { pod: &|path| Some(path.to_string()), cluster: &|_: Span| String::new() })
    }

    fn read(text: &str) -> serde_json::Value {
        let sources = SourceMap::new(vec![("f".to_owned(), text.to_owned())]);
        let file = sources.ids().next().unwrap();
        let node = data::read(data::Format::Yaml, file, text).unwrap_or_else(|faults| panic!("{text}: {faults:#?}"));
        Tree::of_node(&node, &Source::Task).to_json(&str::to_owned)
    }

    #[test]
    fn each_value_has_its_origin_beside_it() {
        let value = json!({"a": {"b/c": "x", "d": []}, "list": [{"k": 1, "l": "yes"}, ["i", ["j"]], "t: "]});
        assert_eq!(
            written(&value),
            "\
# e.t
a:
  b/c: x    # task (a[\"b/c\"])
  d: []     # task (a.d)
list:
- k: 1      # task (list[0].k)
  l: \"yes\"  # task (list[0].l)
- - i       # task (list[1][0])
  - - j     # task (list[1][1][0])
- \"t: \"     # task (list[2])
"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_is_read_back(key in "\\PC*|[a-z<=~.:yn-]{1,5}", text in prop::collection::vec(any::<char>(), 0..9)) {
            let value = json!({ key: [text.into_iter().collect::<String>(), {"k": "[a-z<=~.:0-9yn-]"}] });
            prop_assert_eq!(read(&written(&value)), value);
        }

        #[test]
        fn every_word_is_read_back(words in prop::collection::vec("[a-zA-Z<>~=.:/_@0-9+-]{0,5}", 1..9)) {
            let value = json!({ "w": words });
            prop_assert_eq!(read(&written(&value)), value);
        }
    }
}
