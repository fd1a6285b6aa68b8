//! What the tests of this folder have in common.
//!
//! In: a format and a text. Out: what was read, in a form that a test can hold against a literal.
//! Always: a text that is refused where a value is asked for fails the test. Not here: expectations.

use super::{Format, Kind, Node};
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;

/// What a text reads as.
pub fn read(format: Format, text: &str) -> Result<Node, Vec<Diagnostic>> {
    let file = SourceMap::new(vec![("file".to_owned(), text.to_owned())]).ids().next().unwrap();
    super::read(format, file, text)
}

/// The value of a text, on one line: `{a: Int(1), b: [Null]}`.
pub fn value(format: Format, text: &str) -> String {
    show(&read(format, text).unwrap_or_else(|faults| panic!("{text:?}: {faults:#?}")).kind)
}

/// A value on one line.
pub fn show(kind: &Kind) -> String {
    match kind {
        Kind::List(items) => {
            format!("[{}]", items.iter().map(|item| show(&item.kind)).collect::<Vec<_>>().join(", "))
        }
        Kind::Map(entries) => {
            let entry = |(key, node): &(super::Key, Node)| format!("{}: {}", key.text, show(&node.kind));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        scalar => format!("{scalar:?}"),
    }
}

/// The texts that the keys and values of a text stand at, each value before its parts.
pub fn places(format: Format, text: &str) -> Vec<&str> {
    let node = read(format, text).unwrap_or_else(|faults| panic!("{text:?}: {faults:#?}"));
    let mut places = Vec::new();
    collect(&node, text, &mut places);
    places
}

fn collect<'t>(node: &Node, text: &'t str, places: &mut Vec<&'t str>) {
    places.push(&text[node.span.range()]);
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect(item, text, places)),
        Kind::Map(entries) => {
            for (key, node) in entries {
                places.push(&text[key.span.range()]);
                collect(node, text, places);
            }
        }
        _ => {}
    }
}

/// The faults of a text, each as `line:column message`, with its further places behind it.
pub fn faults(format: Format, text: &str) -> Vec<String> {
    let sources = SourceMap::new(vec![("file".to_owned(), text.to_owned())]);
    let file = sources.ids().next().unwrap();
    let place = |span: crate::source::Span| {
        let position = sources.get(file).position(span.range().start);
        format!("{}:{}", position.line, position.column)
    };
    let fault = |fault: &Diagnostic| {
        let further = fault.labels.iter().filter(|label| !label.primary);
        let further: Vec<String> = further.map(|label| format!(" ({} {})", place(label.span), label.message)).collect();
        format!("{} {}{}", place(fault.span().unwrap()), fault.message, further.concat())
    };
    read(format, text).expect_err(text).iter().map(fault).collect()
}
