//! Pods on the disk, and the sources that they come from.
//!
//! In: files that a build or a test has written, and compilations. Out: pods as JSON, and the places of their values. Always: every format of
//! a pod gives the same JSON. Not here: how pods are compared.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Failure;
use crate::compare::{self, Step};
use crate::compile::Compilation;
use crate::data;
use crate::diagnostics::Diagnostic;
use crate::emit;
use crate::preview::written;
use crate::source::{Source, SourceMap};
use crate::validate::path::Path as PodPath;

/// The version of the tasks where pods are compared: the one that changes with every source would always differ.
pub const VERSION: &str = "<version>";

/// A pod as a file has it, in the format that the file's name ends in.
pub fn read(path: &Path) -> Result<Value, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let failed = |error: String| Failure::new(format!("cannot read `{}`: {error}", path.display()));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("pb") => emit::decoded(&bytes).map_err(failed),
        Some("yaml") => yaml(bytes).map_err(failed),
        _ => serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string())),
    }
}

/// The JSON of a YAML document, or what is wrong with it.
pub fn yaml(bytes: Vec<u8>) -> Result<Value, String> {
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut sources = SourceMap::default();
    let file = sources.add(Source::new(String::new(), text));
    let node = data::read(data::Format::Yaml, file, &sources.get(file).text);
    let fault = |faults: Vec<Diagnostic>| faults.into_iter().next().map_or_else(String::new, |fault| fault.message);
    node.map(|node| node.json()).map_err(fault)
}

/// Where something of a compiled pod was written: `file:line:column`.
pub fn place(compilation: &Compilation, pod: &str, path: &compare::Path) -> Option<String> {
    let workload = compilation.workloads.iter().find(|workload| workload.name.to_string() == pod)?;
    let span = written(workload, &pod_path(path))?;
    let source = compilation.sources.get(span.file);
    let place = source.position(span.start as usize);
    Some(format!("{}:{}:{}", source.name, place.line, place.column))
}

/// The same place in the pod as rules see it.
fn pod_path(path: &compare::Path) -> PodPath {
    let mut place = PodPath::default();
    for step in path.steps() {
        place = match step {
            Step::Field(name) if name == "podSpec" => place.field("spec"),
            Step::Field(name) | Step::Key(name) => place.field(name),
            Step::Element(_, at) | Step::Index(at) => place.index(*at),
            Step::Order => place,
        };
    }
    place
}
