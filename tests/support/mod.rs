//! What the tests share: finding files, and compiling a program as the command would.

#![allow(dead_code, reason = "each test uses a part of this")]

pub mod pods;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flytec::check::pod_security::{Level, PodSecurity};
use flytec::cluster::{self, Cluster};
use flytec::compile::{Build, Compilation, compile};
use flytec::data;
use flytec::diagnostics::Diagnostics;
use flytec::diagnostics::levels::Levels;
use flytec::diagnostics::render::{Format, Screen, render};
use flytec::emit::{self, Emitter};
use flytec::expression::inputs::Inputs;
use flytec::flyte::entrypoint::Context;
use flytec::schema::kubernetes::versions::{Gate, Target};
use flytec::source::files::Memory;
use flytec::source::{FileId, Source, SourceMap, Span};
use flytec::syntax::{ast, parse};
use serde_json::Value;

/// The tree of a text, if there is no fault in it.
pub fn tree(text: &str) -> Option<ast::File> {
    let sources = SourceMap::new(vec![("main.flyteenv".to_owned(), text.to_owned())]);
    let file = sources.ids().next()?;
    let mut diagnostics = Diagnostics::default();
    let tree = parse(file, sources.get(file), &mut diagnostics);
    (!diagnostics.has_errors()).then_some(tree)
}

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
    /// What came of it.
    pub compilation: Compilation,
    /// The cluster that `--cluster FILE` gives.
    pub cluster: Option<Cluster>,
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
        Self::beside(files, BTreeMap::new(), arguments)
    }

    /// Compiles these names and texts, which may name the others.
    pub fn beside(files: Vec<(String, String)>, others: BTreeMap<String, Vec<u8>>, arguments: &[String]) -> Self {
        let mut disk = others;
        disk.extend(files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())));
        let mut sources = SourceMap::new(files);
        let named: Vec<FileId> = sources.ids().collect();
        let option = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        let context = Context {
            version: Some(option("--task-version").unwrap_or_else(|| "test".to_owned())),
            code_bundle: option("--code-bundle"),
            code_destination: option("--code-dest"),
        };
        let inputs = inputs(arguments, &disk, &mut sources);
        let mut faults = Diagnostics::default();
        let cluster = option("--cluster").map(|path| {
            let text = String::from_utf8(disk[&path].clone()).expect("a cluster file is text");
            cluster::read(sources.add(Source::new(path, text)), &sources, &mut faults)
        });
        let cluster = cluster.filter(|_| !faults.has_errors());
        let disk = Memory::new(disk);
        let (levels, pod_security) = (Levels::default(), pod_security(option));
        let kubernetes = kubernetes(option);
        let build = Build {
            files: &disk,
            inputs: &inputs,
            context: &context,
            levels: &levels,
            pod_security: &pod_security,
            kubernetes: &kubernetes,
            cluster: cluster.as_ref(),
        };
        let mut compilation = compile(sources, &named, &build);
        faults.extend(compilation.diagnostics);
        compilation.diagnostics = faults.finish(&compilation.sources);
        Self { compilation, cluster }
    }

    /// All texts that were read.
    pub fn sources(&self) -> &SourceMap {
        &self.compilation.sources
    }

    /// The messages for people.
    pub fn messages(&self) -> String {
        render(&self.compilation.diagnostics, self.sources(), Format::Human, Screen::default())
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

/// What the argument `--pod-security LEVEL` asks for.
fn pod_security(option: impl Fn(&str) -> Option<String>) -> PodSecurity {
    PodSecurity::of(match option("--pod-security").as_deref() {
        None | Some("privileged") => Level::Privileged,
        Some("baseline") => Level::Baseline,
        Some("restricted") => Level::Restricted,
        Some(other) => panic!("there is no level `{other}`"),
    })
}

/// The cluster of the arguments `--kubernetes-version VERSION` and `--feature-gates NAME=BOOL,…`.
pub fn kubernetes(option: impl Fn(&str) -> Option<String>) -> Target {
    let version = option("--kubernetes-version").map(|version| version.parse().expect("it is a version that there is"));
    let mut target = version.map_or_else(Target::default, Target::new);
    for setting in option("--feature-gates").iter().flat_map(|settings| settings.split(',')) {
        let (name, on) = setting.split_once('=').expect("a gate is set to something");
        let gate = Gate::named(name).expect("it is a gate that there is");
        target.gates.set(gate, on == "true").expect("the version lets it be set");
    }
    target
}

/// What the arguments `--set NAME=VALUE` and `--params FILE` give.
fn inputs(arguments: &[String], disk: &BTreeMap<String, Vec<u8>>, sources: &mut SourceMap) -> Inputs {
    let given = |flag: &'static str| {
        let pairs = arguments.iter().zip(arguments.iter().skip(1));
        pairs.filter(move |(name, _)| *name == flag).map(|(_, value)| value)
    };
    let mut inputs = Inputs::default();
    for path in given("--params") {
        let text = String::from_utf8(disk[path].clone()).expect("a file of parameters is text");
        let format = data::Format::of_path(path).expect("a file of parameters has an ending that says what it is");
        inputs.files.push((sources.add(Source::new(path.clone(), text)), format));
    }
    let text: String = given("--set").flat_map(|argument| ["--set ", argument, "\n"]).collect();
    if text.is_empty() {
        return inputs;
    }
    let file = sources.add(Source::new("command line".to_owned(), text));
    let mut at = 0;
    for argument in given("--set") {
        let start = at + "--set ".len();
        let name = argument.split('=').next().unwrap_or_default().len();
        let end = start + argument.len();
        inputs.arguments.push((Span::new(file, start..start + name), Span::new(file, start + name + 1..end)));
        at = end + 1;
    }
    inputs
}
