//! `flytec import`: pods that there are already, as source text.
//!
//! In: files of Kubernetes' or Flyte's objects. Out: a source, in a file or on standard output. Always: where anything is at fault, that is
//! told and nothing is written. Not here: what the source says.

use std::io::Read as _;
use std::path::Path;

use super::args::{Global, Import};
use super::progress::Progress;
use super::replace::replace;
use super::texts::{not_utf8, text};
use super::{Failure, Verdict, print, report};
use crate::data::{self, Format};
use crate::diagnostics::Diagnostics;
use crate::emit;
use crate::import::{Input, import};
use crate::source::{Source, SourceMap};

/// How a file is to be read.
enum Form {
    Text(Format),
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
    let is_stream = path.as_os_str() == "-";
    let name = if is_stream { stdin.to_owned() } else { super::files::shown(path) };
    let bytes = if is_stream { stream() } else { std::fs::read(path) };
    let bytes = bytes.map_err(|error| Failure::io("read", path, &error))?;
    let (bytes, form) = match form(&name, &bytes) {
        Form::Wire => {
            let failed = |error: String| Failure::new(format!("cannot read `{name}`: it is no `K8sPod`: {error}"));
            (emit::decoded(&bytes).map_err(failed)?.to_string().into_bytes(), Format::Json)
        }
        Form::Text(format) => (bytes, format),
    };
    let (text, bad) = text(bytes);
    let file = sources.add(Source::new(name, text));
    if let Some(at) = bad {
        diagnostics.push(not_utf8(file, at));
        return Ok(None);
    }
    let text = &sources.get(file).text;
    let read = match form {
        Format::Yaml => data::documents(file, text),
        format => data::read(format, file, text).map(|node| vec![node]),
    };
    let stem = if is_stream { None } else { path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) };
    match read {
        Ok(documents) => Ok(Some(Input { file, stem, documents, has_comments: form == Format::Yaml })),
        Err(faults) => {
            diagnostics.extend(faults);
            Ok(None)
        }
    }
}

fn stream() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the ending of the name says; else whether it looks like a text. Wire bytes have control characters, which no YAML has.
fn form(name: &str, bytes: &[u8]) -> Form {
    if Path::new(name).extension().is_some_and(|ending| ending == "pb") {
        return Form::Wire;
    }
    if let Some(format) = Format::of_path(name).filter(|format| *format != Format::Toml) {
        return Form::Text(format);
    }
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    if bytes.iter().any(is_control) { Form::Wire } else { Form::Text(Format::Yaml) }
}
