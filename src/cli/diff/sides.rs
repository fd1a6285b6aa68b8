//! The two states that are compared: sources, a built folder, or a revision of the repository.
//!
//! In: names. Out: [`Side`]s: the pods of each. Always: the version of the tasks, which changes with every source, is the same on both sides.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::revision::{Elsewhere, Revision, absence, exists};
use crate::cli::args::{Common, Diff};
use crate::cli::files::Drafts;
use crate::cli::pods::{self, VERSION};
use crate::cli::progress::Progress;
use crate::cli::shell::Shell;
use crate::cli::{Failure, compiled, output, project, report, say, sources};
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
    /// The paths that were named and are not there.
    pub missing: Vec<PathBuf>,
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
    let reason = absence();
    Err(Failure::new(format!("`{name}` is neither a file, nor a folder, nor a revision of a repository here{reason}")))
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
            Named::Sources(path) if !arguments.common.paths.is_empty() && path.is_dir() => {
                let common = Common { paths: Vec::new(), ..arguments.common.clone() };
                Self::parts(&path.to_string_lossy(), path, &arguments.common.paths, kind, shell, &common)
            }
            Named::Sources(path) => {
                let common = Common { paths: vec![path.clone()], ..arguments.common.clone() };
                Self::compiled(&path.to_string_lossy(), kind, shell, &common)
            }
            Named::Revision(name) => {
                let (revision, paths) = (Revision::open(name)?, paths_of(arguments));
                let _elsewhere = Elsewhere::go(&revision.here())?;
                let common = Common { paths: Vec::new(), ..arguments.common.clone() };
                Self::parts(name, Path::new(""), &paths, kind, shell, &common)
            }
        }
    }

    /// Compiles paths in a folder, or the project in it where there are none; what is not there has no pods.
    fn parts(
        name: &str,
        folder: &Path,
        paths: &[PathBuf],
        kind: Kind,
        shell: &Shell<'_>,
        common: &Common,
    ) -> Result<Option<Self>, Failure> {
        let (there, missing): (Vec<&PathBuf>, Vec<&PathBuf>) =
            paths.iter().partition(|path| folder.join(path).exists());
        let common = Common { paths: there.iter().map(|path| folder.join(path)).collect(), ..common.clone() };
        let missing = missing.into_iter().cloned().collect();
        if (there.is_empty() && !paths.is_empty()) || !has_sources(shell, &common)? {
            return Ok(Some(Self { pods: Pods::new(), compilation: None, missing }));
        }
        Ok(Self::compiled(name, kind, shell, &common)?.map(|side| Self { missing, ..side }))
    }

    fn compiled(name: &str, kind: Kind, shell: &Shell<'_>, common: &Common) -> Result<Option<Self>, Failure> {
        let global = shell.global;
        let task_version = common.task_version.clone().or_else(|| Some(VERSION.to_owned()));
        let common = Common { task_version, ..common.clone() };
        let progress = Progress::begin(global);
        let (compilation, _) = compiled(shell, &common, Drafts::new(), &progress)?;
        if compilation.has_errors() {
            drop(progress);
            report(global, &compilation.diagnostics, &compilation.sources);
            if global.tells_summary() {
                say(&format!("`{name}` has errors, so that its pods cannot be compared\n"));
            }
            return Ok(None);
        }
        progress.stage("writing out", compilation.workloads.len(), "pod");
        let pods = compilation.workloads.iter();
        let pods = pods.map(|workload| (workload.name.to_string(), emit::value(workload, kind))).collect();
        Ok(Some(Self { pods, compilation: Some(compilation), missing: Vec::new() }))
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
        Ok(Self { pods, compilation: None, missing: Vec::new() })
    }
}

/// Whether there is anything to compile; where the project has faults, compiling tells them.
fn has_sources(shell: &Shell<'_>, common: &Common) -> Result<bool, Failure> {
    let Ok(mut opened) = project::open(common, Drafts::new(), &shell.reads)? else { return Ok(true) };
    let paths = sources::paths(common, &opened.project.build.paths, &opened.disk);
    sources::named(&paths, &mut opened.disk).map(|found| !found.is_empty())
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
