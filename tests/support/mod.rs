//! What the tests share: finding files, and compiling a program as the command would.

#![allow(dead_code, reason = "each test uses a part of this")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flytec::compile::{Compilation, compile};
use flytec::diagnostics::render::{Format, render};
use flytec::emit::{self, Emitter};
use flytec::flyte::entrypoint::Context;
use flytec::source::SourceMap;
use serde_json::Value;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with this ending, sorted.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = walk.map(|entry| entry.expect("the folder is part of the project").into_path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// A compiled program.
pub struct Program {
    /// Its sources.
    pub sources: SourceMap,
    /// What came of it.
    pub compilation: Compilation,
}

impl Program {
    /// Compiles one file under its path in the project, with the arguments of a build's context.
    pub fn read(path: &Path, arguments: &[String]) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
        Self::compile(vec![(name, text)], arguments)
    }

    /// Compiles these names and texts.
    pub fn compile(files: Vec<(String, String)>, arguments: &[String]) -> Self {
        let sources = SourceMap::new(files);
        let option = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        let context = Context {
            version: option("--task-version").unwrap_or_else(|| "test".to_owned()),
            code_bundle: option("--code-bundle"),
            code_destination: option("--code-dest"),
        };
        let compilation = compile(&sources, &context);
        Self { sources, compilation }
    }

    /// The messages for people.
    pub fn messages(&self) -> String {
        render(&self.compilation.diagnostics, &self.sources, Format::Human, false)
    }

    /// Fails with the messages if the program was refused.
    pub fn expect_success(&self) -> Result<(), String> {
        if self.compilation.has_errors() { Err(self.messages()) } else { Ok(()) }
    }

    /// The pods by name.
    pub fn pods(&self) -> BTreeMap<String, Value> {
        let mut emitter = Emitter::for_lines(emit::Kind::Pod);
        let pods = self.compilation.workloads.iter().map(|workload| {
            let mut bytes = Vec::new();
            emitter.write(workload, &mut bytes);
            (workload.name.to_string(), serde_json::from_slice(&bytes).expect("the emitter writes JSON"))
        });
        pods.collect()
    }
}
