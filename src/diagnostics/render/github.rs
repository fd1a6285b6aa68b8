//! Workflow commands of GitHub Actions: an annotation for each diagnostic, at its place in the change.
//!
//! Their form is that of GitHub's runner: `::error file=…,line=…::message`, in which `%` and breaks are written as escapes.

use std::fmt::Write as _;

use super::{changes, short};
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;

/// The diagnostics, a command a line.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let severity = diagnostic.severity.name();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "::{severity} {}::{}", properties(diagnostic, sources), message(diagnostic, sources));
    }
    text
}

fn properties(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let title = format!("title={}", property(&format!("{}: {}", diagnostic.code.id, diagnostic.code.title)));
    let Some(span) = diagnostic.span() else { return title };
    let source = sources.get(span.file);
    let (start, end) = (source.position(span.start as usize), source.position(span.end as usize));
    let columns = format!("col={},endLine={},endColumn={}", start.column, end.line, end.column);
    format!("file={},line={},{columns},{title}", property(&source.name), start.line)
}

/// All that is said, a line each.
fn message(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    for label in diagnostic.labels.iter().filter(|label| !label.primary || !label.message.is_empty()) {
        lines.push(format!("{}{}", short::place(label.span, sources), label.message));
    }
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let fixes = diagnostic.fixes.iter().filter_map(|fix| changes::shown(fix, diagnostic, sources));
    lines.extend(fixes.map(|(words, changed)| format!("fix: {words}{changed}")));
    data(&lines.join("\n"))
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_property_is_escaped() {
        assert_eq!(data("50%,\r\n: a"), "50%25,%0D%0A: a");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
