//! One JSON object a line; the shape is a contract, fixed in `docs/cli.md`.

use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Edit, Fix, Label};
use crate::source::{Position, SourceMap, Span};

/// The diagnostics, an object a line.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|diagnostic| object(diagnostic, sources).to_string() + "\n").collect()
}

fn object(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut object = json!({
        "severity": diagnostic.severity.name(),
        "code": diagnostic.code.id,
        "message": diagnostic.message,
        "labels": diagnostic.labels.iter().map(|label| self::label(label, sources)).collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|fix| self::fix(fix, sources)).collect::<Vec<_>>(),
    });
    if let (Some(error), Some(fields)) = (&diagnostic.kubernetes, object.as_object_mut()) {
        fields.insert("kubernetes".to_owned(), json!({ "field": error.field, "reason": error.reason }));
    }
    object
}

fn label(label: &Label, sources: &SourceMap) -> Value {
    let (file, start, end) = place(label.span, sources);
    json!({ "file": file, "start": start, "end": end, "message": label.message, "primary": label.primary })
}

fn fix(fix: &Fix, sources: &SourceMap) -> Value {
    let edits: Vec<Value> = fix.edits.iter().map(|edit| self::edit(edit, sources)).collect();
    json!({ "message": fix.message, "safe": fix.safe, "edits": edits })
}

fn edit(edit: &Edit, sources: &SourceMap) -> Value {
    let (file, start, end) = place(edit.span, sources);
    json!({ "file": file, "start": start, "end": end, "text": edit.text })
}

fn place(span: Span, sources: &SourceMap) -> (&str, Value, Value) {
    let source = sources.get(span.file);
    let position = |Position { line, column, offset }| json!({ "line": line, "column": column, "offset": offset });
    (&source.name, position(source.position(span.start as usize)), position(source.position(span.end as usize)))
}
