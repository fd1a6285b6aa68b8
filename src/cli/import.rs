//! `flytec import`: pods that there are already, as source text.
//!
//! In: files of Kubernetes' or Flyte's objects. Out: a source, in a file or on standard output. Always: where anything is at fault, that is
//! told and nothing is written. Not here: what the source says.

use std::io::Read as _;
use std::path::Path;

use super::args::{Global, Import};
use super::progress::Progress;
use super::replace::replace;
use super::texts::{is_utf16, not_utf8, text};
use super::{Failure, Verdict, print, report};
use crate::data::{self, Node};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::emit;
use crate::import::{Input, import};
use crate::source::{FileId, Source, SourceMap};
use crate::syntax::MAX_SOURCE_BYTES;

/// What stands for standard input.
const STREAM: &str = "-";

/// How a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// JSON, one value or several.
    Json,
    /// YAML.
    Yaml,
    /// What may be JSON, and else is YAML: both have such a beginning.
    Either,
    /// Wire bytes.
    Wire,
}

/// Runs the command.
pub fn run(global: &Global, arguments: &Import) -> Result<Verdict, Failure> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let mut inputs = Vec::new();
    let progress = Progress::begin(global);
    for (at, path) in arguments.files.iter().enumerate() {
        progress.count("reading", at + 1, arguments.files.len(), "file");
        inputs.extend(input(path, &arguments.stdin_filename, &mut sources, &mut diagnostics)?);
    }
    progress.stage("importing", inputs.iter().map(|input| input.documents.len()).sum(), "document");
    let source = import(&inputs, &sources, &mut diagnostics);
    drop(progress);
    let refused = diagnostics.has_errors();
    report(global, &diagnostics.finish(&sources), &sources);
    if refused {
        return Ok(Verdict::Unable);
    }
    match &arguments.output {
        Some(path) => replace(path, source.as_bytes(), true).map(|_| ())?,
        None => print(source.as_bytes())?,
    }
    Ok(Verdict::Good)
}

/// Reads a file; nothing where it cannot be understood, which is told.
fn input(
    path: &Path,
    stdin: &str,
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Input>, Failure> {
    let is_stream = path.as_os_str() == STREAM;
    let name = if is_stream { stdin.to_owned() } else { super::files::shown(path) };
    let (bytes, form) = content(path, &name)?;
    let (text, bad) = text(bytes);
    let file = sources.add(Source::new(name, text));
    if let Some(at) = bad {
        diagnostics.push(not_utf8(file, at));
        return Ok(None);
    }
    let Source { name, text, .. } = sources.get(file);
    let documents = match documents(form, file, text) {
        Ok(documents) => documents,
        Err(faults) => {
            diagnostics.extend(faults);
            return Ok(None);
        }
    };
    if documents.iter().map(Node::weight).fold(0, usize::saturating_add) > MAX_SOURCE_BYTES {
        return Err(too_large(name, "its aliases make more of it than"));
    }
    let stem = if is_stream { None } else { path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) };
    Ok(Some(Input { file, stem, documents, has_comments: form != Form::Json }))
}

/// The bytes of a file, and how they are to be read; wire bytes as JSON.
fn content(path: &Path, name: &str) -> Result<(Vec<u8>, Form), Failure> {
    let bytes = if path.as_os_str() == STREAM { bounded(std::io::stdin().lock()) } else { file_bytes(path) };
    let bytes = bytes.map_err(|error| Failure::io("read", path, &error))?;
    if bytes.len() > MAX_SOURCE_BYTES {
        return Err(too_large(name, "it has more than"));
    }
    match form(name, &bytes) {
        Form::Wire => {
            let failed = |error: String| Failure::new(format!("cannot read `{name}`: it is no `K8sPod`: {error}"));
            Ok((emit::decoded(&bytes).map_err(failed)?.to_string().into_bytes(), Form::Json))
        }
        form => Ok((bytes, form)),
    }
}

fn too_large(name: &str, why: &str) -> Failure {
    Failure::new(format!("cannot read `{name}`: {why} {} MiB", MAX_SOURCE_BYTES >> 20))
}

/// The documents of a text.
fn documents(form: Form, file: FileId, text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    match form {
        Form::Either => data::values(file, text).or_else(|faults| data::documents(file, text).map_err(|_| faults)),
        Form::Yaml => data::documents(file, text),
        // Wire bytes are JSON by now.
        Form::Json | Form::Wire => data::values(file, text),
    }
}

fn file_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(std::io::Error::other("it is a folder; name the files in it"));
    }
    bounded(std::fs::File::open(path)?)
}

/// No more than a source may have, and a byte to know that there is more.
fn bounded(reader: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the ending of the name says; else what the bytes look like. Wire bytes have control characters, which no YAML has.
fn form(name: &str, bytes: &[u8]) -> Form {
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("pb") => return Form::Wire,
        Some("json" | "jsonl" | "ndjson") => return Form::Json,
        Some("yaml" | "yml") => return Form::Yaml,
        _ => {}
    }
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    if !is_utf16(bytes) && bytes.iter().any(is_control) {
        return Form::Wire;
    }
    let mut signs = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (signs.next(), signs.next()) {
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b']')) => Form::Either,
        _ => Form::Yaml,
    }
}
