//! One line for each diagnostic, as compilers have it, so that editors can jump to it.

use std::fmt::Write as _;

use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;

/// `file:line:column: severity[code]: message`, a line each.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        if let Some(span) = diagnostic.span() {
            let source = sources.get(span.file);
            let place = source.position(span.start as usize);
            // Writing to a string cannot fail, here and below.
            let _ = write!(text, "{}:{}:{}: ", source.name, place.line, place.column);
        }
        let _ = writeln!(text, "{}[{}]: {}", diagnostic.severity.name(), diagnostic.code.id, diagnostic.message);
    }
    text
}
