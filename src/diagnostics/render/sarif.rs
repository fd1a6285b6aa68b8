//! SARIF 2.1.0, the Static Analysis Results Interchange Format of OASIS: one document for all diagnostics.

use serde_json::{Value, json};

use crate::diagnostics::{Code, Diagnostic, Edit, Fix, Label};
use crate::source::{SourceMap, Span};

/// The diagnostics as a log with one run.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup();
    let results = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, sources));
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "flytec",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { BASE: { "description": { "text": "the folder that the command ran in" } } },
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

/// What paths are relative to.
const BASE: &str = "%SRCROOT%";

fn rule(code: Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": code.title },
        "help": { "text": code.explanation(), "markdown": code.explanation() },
        "defaultConfiguration": { "level": code.severity().name() },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &SourceMap) -> Value {
    let (primary, related): (Vec<&Label>, Vec<&Label>) = diagnostic.labels.iter().partition(|label| label.primary);
    let related = related.iter().enumerate().map(|(at, label)| {
        let mut location = location(label, sources);
        location["id"] = json!(at + 1);
        location
    });
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "ruleIndex": codes.binary_search_by_key(&diagnostic.code.id, |code| code.id).unwrap_or_default(),
        "level": diagnostic.severity.name(),
        "message": { "text": message(diagnostic) },
        "locations": primary.into_iter().map(|label| location(label, sources)).collect::<Vec<_>>(),
        "relatedLocations": related.collect::<Vec<_>>(),
        "fixes": diagnostic.fixes.iter().map(|fix| self::fix(fix, sources)).collect::<Vec<_>>(),
    });
    if let Some(error) = &diagnostic.kubernetes {
        result["properties"] = json!({ "kubernetes": { "field": error.field, "reason": error.reason } });
    }
    result
}

/// What is said: the message, then whose rule it is and what to do, a paragraph each.
fn message(diagnostic: &Diagnostic) -> String {
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<String> = std::iter::once(diagnostic.message.clone()).chain(notes).chain(help).collect();
    lines.join("\n\n")
}

fn location(label: &Label, sources: &SourceMap) -> Value {
    let physical = json!({ "artifactLocation": artifact(label.span, sources), "region": region(label.span, sources) });
    if label.message.is_empty() {
        return json!({ "physicalLocation": physical });
    }
    json!({ "physicalLocation": physical, "message": { "text": label.message } })
}

fn artifact(span: Span, sources: &SourceMap) -> Value {
    let name = &sources.get(span.file).name;
    if name.starts_with('/') {
        return json!({ "uri": uri(name) });
    }
    json!({ "uri": uri(name), "uriBaseId": BASE })
}

fn region(span: Span, sources: &SourceMap) -> Value {
    let source = sources.get(span.file);
    let (start, end) = (source.position(span.start as usize), source.position(span.end as usize));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": start.offset,
        "byteLength": end.offset - start.offset,
    })
}

fn fix(fix: &Fix, sources: &SourceMap) -> Value {
    let changes: Vec<Value> = fix.edits.iter().map(|edit| change(edit, sources)).collect();
    json!({
        "description": { "text": fix.message },
        "artifactChanges": changes,
        "properties": { "safe": fix.safe },
    })
}

fn change(edit: &Edit, sources: &SourceMap) -> Value {
    json!({
        "artifactLocation": artifact(edit.span, sources),
        "replacements": [{ "deletedRegion": region(edit.span, sources), "insertedContent": { "text": edit.text } }],
    })
}

/// A path as a relative reference, as RFC 3986 writes it.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let escaped = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference() {
        assert_eq!(uri("envs/a b.flyteenv"), "envs/a%20b.flyteenv");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("é:1"), "%C3%A9%3A1");
    }
}
