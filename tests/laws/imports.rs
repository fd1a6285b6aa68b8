//! What holds for every document that is imported.
//!
//! In: a text, read as YAML, as JSON and as wire bytes. Out: what does not hold. Always: what is written where nothing is refused
//! is a source without faults of its text, in the one style, and a program of it is held to what holds for all. Not here:
//! which pods come back (`tests/import.rs`).

use flytec::data::{self, Format};
use flytec::diagnostics::Diagnostics;
use flytec::emit;
use flytec::format::format;
use flytec::import::{Input, import};
use flytec::source::{Source, SourceMap};
use flytec::syntax;

use super::ensure;
use super::programs::check_program;
use crate::support::Program;

/// Imports a text, and tells what does not hold.
pub fn check_import(text: &str) -> Result<(), String> {
    check_data(Format::Yaml, text)?;
    check_data(Format::Json, text)?;
    match emit::decoded(text.as_bytes()) {
        Ok(message) => check_data(Format::Json, &message.to_string()),
        Err(_) => Ok(()),
    }
}

fn check_data(form: Format, text: &str) -> Result<(), String> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add(Source::new("pod.yaml".to_owned(), text.to_owned()));
    let documents = match form {
        Format::Yaml => data::documents(file, text),
        form => data::read(form, file, text).map(|node| vec![node]),
    };
    let Ok(documents) = documents else { return Ok(()) };
    let stem = Some("pod".to_owned());
    let input = Input { file, stem, documents, has_comments: form == Format::Yaml };
    let source = import(&[input], &sources, &mut diagnostics);
    if diagnostics.has_errors() { Ok(()) } else { check_source(&source) }
}

/// Holds a source that was imported to the style, and to what holds for programs.
fn check_source(text: &str) -> Result<(), String> {
    let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
    let mut diagnostics = Diagnostics::default();
    for (id, source) in sources.iter() {
        let tree = syntax::parse(id, source, &mut diagnostics);
        ensure(!diagnostics.has_errors(), format!("what is imported has faults of its text:\n{text}"))?;
        ensure(format(&tree, text) == text, format!("what is imported is not in the style:\n{text}"))?;
    }
    check_program(&Program::compile(vec![("a.flyteenv".to_owned(), text.to_owned())], &[]))
}
