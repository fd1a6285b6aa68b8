//! The two states that are compared: sources, a built folder, or a revision of the repository.
//!
//! In: names. Out: [`Side`]s: the pods of each. Always: the version of the tasks, which changes with every source, is the same on both sides.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::revision::{Elsewhere, Revision, exists};
use crate::cli::args::{Common, Diff};
use crate::cli::files::Drafts;
use crate::cli::pods::{self, VERSION};
use crate::cli::progress::Progress;
use crate::cli::shell::Shell;
use crate::cli::{Failure, compiled, output, report};
use crate::compare::report::Pods;
use crate::compile::Compilation;
use crate::emit::manifest::{FILE_NAME, entries};
use crate::emit::{self, Kind};

/// What a name means.
pub enum Named {
    /// Sources on the disk.
    Sources(PathBuf),
    /// A folder that a build has written.
    Built(PathBuf),
    /// A revision of the repository.
    Revision(String),
}

/// One of the two states.
pub struct Side {
    /// The pods by their names.
    pub pods: Pods,
    /// What they were compiled of, if they were.
    pub compilation: Option<Compilation>,
}

/// What a name means: what is on the disk comes first.
pub fn named(name: &str) -> Result<Named, Failure> {
    let path = Path::new(name);
    if path.is_dir() && output::is_output(path) {
        return Ok(Named::Built(path.to_owned()));
    }
    if path.exists() {
        return Ok(Named::Sources(path.to_owned()));
    }
    if exists(name) {
        return Ok(Named::Revision(name.to_owned()));
    }
    Err(Failure::new(format!("`{name}` is neither a file, nor a folder, nor a revision of a repository here")))
}

/// What is compared: what was built says it; else it is `K8sPod`s.
pub fn kind(old: &Named, new: &Named) -> Result<Kind, Failure> {
    let kinds = [old, new].into_iter().filter_map(|named| match named {
        Named::Built(folder) => Some(built_kind(folder)),
        _ => None,
    });
    let kinds = kinds.collect::<Result<Vec<Kind>, Failure>>()?;
    match kinds.as_slice() {
        [old, new] if old != new => {
            Err(Failure::new("one of the folders has `K8sPod`s, and the other Kubernetes' pods"))
        }
        kinds => Ok(kinds.first().copied().unwrap_or_default()),
    }
}

fn built_kind(folder: &Path) -> Result<Kind, Failure> {
    let manifest = manifest(folder)?;
    Ok(if manifest.get("emit").and_then(Value::as_str) == Some("k8s") { Kind::K8s } else { Kind::Pod })
}

fn manifest(folder: &Path) -> Result<Value, Failure> {
    let path = folder.join(FILE_NAME);
    let bytes = fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))
}

impl Side {
    /// The pods of a state; nothing where it has errors, which are told.
    pub fn of(named: &Named, kind: Kind, shell: &Shell<'_>, arguments: &Diff) -> Result<Option<Self>, Failure> {
        match named {
            Named::Built(folder) => Self::built(folder).map(Some),
            Named::Sources(path) => {
                Self::compiled(below(path, &arguments.common.paths), kind, shell, &arguments.common)
            }
            Named::Revision(name) => {
                let (revision, paths) = (Revision::open(name)?, paths_of(arguments));
                let _elsewhere = Elsewhere::go(&revision.here())?;
                Self::compiled(paths, kind, shell, &arguments.common)
            }
        }
    }

    fn compiled(paths: Vec<PathBuf>, kind: Kind, shell: &Shell<'_>, common: &Common) -> Result<Option<Self>, Failure> {
        let task_version = common.task_version.clone().or_else(|| Some(VERSION.to_owned()));
        let common = Common { paths, task_version, ..common.clone() };
        let progress = Progress::begin(shell.global);
        let (compilation, _) = compiled(shell, &common, Drafts::new(), &progress)?;
        if compilation.has_errors() {
            drop(progress);
            report(shell.global, &compilation.diagnostics, &compilation.sources);
            return Ok(None);
        }
        progress.stage("writing out", compilation.workloads.len(), "pod");
        let pods = compilation.workloads.iter();
        let pods = pods.map(|workload| (workload.name.to_string(), emit::value(workload, kind))).collect();
        Ok(Some(Self { pods, compilation: Some(compilation) }))
    }

    fn built(folder: &Path) -> Result<Self, Failure> {
        let manifest = manifest(folder)?;
        let version = manifest.get("task_version").and_then(Value::as_str).unwrap_or_default();
        let mut pods = Pods::new();
        for (name, file) in entries(&manifest) {
            let mut pod = pods::read(&folder.join(file))?;
            forget(&mut pod, version);
            pods.insert(name, pod);
        }
        Ok(Self { pods, compilation: None })
    }
}

/// What is compiled of a file or folder: the paths that are named, in a folder, or else the whole of it.
fn below(path: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() || !path.is_dir() {
        return vec![path.to_owned()];
    }
    paths.iter().map(|below| path.join(below)).collect()
}

/// The paths that are compiled of a revision: those that are named, or that of the other side, if it is on the disk.
fn paths_of(arguments: &Diff) -> Vec<PathBuf> {
    if !arguments.common.paths.is_empty() {
        return arguments.common.paths.clone();
    }
    let sides = [&arguments.new, &arguments.old].into_iter().map(PathBuf::from);
    sides.filter(|path| path.exists() && !output::is_output(path)).take(1).collect()
}

/// Puts a word in place of the version that arguments name.
fn forget(value: &mut Value, version: &str) {
    match value {
        Value::String(text) if text == version && !version.is_empty() => VERSION.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, version)),
        Value::Object(fields) => fields.values_mut().for_each(|value| forget(value, version)),
        _ => {}
    }
}
