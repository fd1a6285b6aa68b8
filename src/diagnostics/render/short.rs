//! One line for each diagnostic, as compilers have it, so that editors can jump to it.

use std::fmt::Write as _;

use crate::diagnostics::Diagnostic;
use crate::source::{SourceMap, Span};

/// `file:line:column: severity[code]: message`, a line each.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let place = diagnostic.span().map(|span| place(span, sources)).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{place}{}[{}]: {}", diagnostic.severity.name(), diagnostic.code.id, diagnostic.message);
    }
    text
}

/// `file:line:column: `.
pub fn place(span: Span, sources: &SourceMap) -> String {
    let source = sources.get(span.file);
    let place = source.position(span.start as usize);
    format!("{}:{}:{}: ", source.name, place.line, place.column)
}
