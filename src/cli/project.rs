//! The project's file.
//!
//! In: the file `flytec.toml` of the current folder's project, and the arguments. Out: what both come to together, the arguments
//! over the file; nothing where something in the file is wrong, which was told. Always: nothing else is read before it;
//! without a file, a project has no settings. Not here: what settings mean.

use std::fs;

use super::args::{Common, Global};
use super::files::{Disk, Drafts, MARKER, read, shown};
use super::reads::Reads;
use super::texts::{not_utf8, text};
use super::{Failure, kubernetes};
use crate::check::pod_security::PodSecurity;
use crate::compile::Compilation;
use crate::data::{Key, Node};
use crate::diagnostics::levels::Levels;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::entrypoint::Context;
use crate::project::{self, Project, Written};
use crate::schema::kubernetes::versions::Target;
use crate::source::files::Absence;
use crate::source::{Source, SourceMap};

/// What is known before a source is read.
pub struct Opened {
    /// The way to files.
    pub disk: Disk,
    /// The text of the project's file.
    pub map: SourceMap,
    /// What it says.
    pub project: Project,
    /// The cluster that pods are made for.
    pub kubernetes: Target,
    /// The values of parameters that a test of the project gives.
    pub of_test: Vec<(Key, Node)>,
}

/// Reads the project's file; where it has errors, what is to be told of them.
///
/// Nothing is compiled then: what is built, and of which values, is not known.
pub fn open(common: &Common, drafts: Drafts, reads: &Reads) -> Result<Result<Opened, Compilation>, Failure> {
    let disk = Disk::new(drafts, reads.clone())?;
    let mut map = SourceMap::default();
    let path = disk.below_root(MARKER);
    if !path.is_file() {
        let project = Project::default();
        let kubernetes = kubernetes::target(common, &project, &mut Vec::new())?;
        return Ok(Ok(Opened { disk, map, project, kubernetes, of_test: Vec::new() }));
    }
    let identity = fs::canonicalize(&path).map_err(|error| Failure::io("read", &path, &error))?;
    let identity = identity.to_string_lossy();
    let bytes = match disk.draft(&identity) {
        Some(text) => text.as_bytes().to_vec(),
        None => read(&path).map_err(|absence| unreadable(&shown(&path), &absence))?,
    };
    let (text, bad) = text(bytes);
    // A program may read the file too; that is another text, which counts for its version.
    let file = map.add(Source::new(shown(&path), text));
    let settings = match bad {
        Some(bad) => Err(vec![not_utf8(file, bad)]),
        None => project::read(file, &map.get(file).text),
    };
    let faults = match settings {
        Ok(project) => {
            let mut faults = missing(common, &project, &disk);
            let kubernetes = kubernetes::target(common, &project, &mut faults)?;
            if faults.is_empty() {
                return Ok(Ok(Opened { disk, map, project, kubernetes, of_test: Vec::new() }));
            }
            faults
        }
        Err(faults) => faults,
    };
    Ok(Err(refused(map, faults)))
}

/// What is told of a project's file with faults.
pub fn refused(map: SourceMap, faults: Vec<Diagnostic>) -> Compilation {
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(faults);
    let diagnostics = diagnostics.finish(&map);
    Compilation::refused(map, diagnostics)
}

impl Opened {
    /// What the entrypoint of Python functions is given.
    pub fn context(&self, common: &Common) -> Result<Context, Failure> {
        let either = |argument: &Option<String>, setting: &Option<Written>| {
            argument.clone().or_else(|| setting.as_ref().map(|setting| setting.text.to_string()))
        };
        let project = &self.project.build;
        let context = Context {
            version: either(&common.task_version, &project.task_version),
            code_bundle: either(&common.code_bundle, &project.code_bundle),
            code_destination: either(&common.code_dest, &project.code_dest),
        };
        if common.code_dest.is_some() && context.code_bundle.is_none() {
            return Err(Failure::new(
                "`--code-dest` is where the code bundle is unpacked; it needs `--code-bundle URI`",
            ));
        }
        Ok(context)
    }

    /// What becomes of warnings: arguments come after the project.
    pub fn levels(&self, global: &Global, common: &Common) -> Levels {
        let mut levels = self.project.levels.clone();
        global.lints.add_to(&mut levels);
        common.lints.add_to(&mut levels);
        levels
    }

    /// The level of the Pod Security Standards.
    pub fn pod_security(&self, common: &Common) -> PodSecurity {
        common.pod_security.map_or_else(|| self.project.pod_security.clone(), |level| PodSecurity::of(level.into()))
    }
}

/// Why a file cannot be read, for people.
pub fn unreadable(path: &str, absence: &Absence) -> Failure {
    match absence {
        Absence::TooLarge(most) => Failure::new(format!("cannot read `{path}`: it is larger than {most} bytes")),
        Absence::Refused(reason) => Failure::new(format!("cannot read `{path}`: {reason}")),
        _ => Failure::new(format!("cannot read `{path}`")),
    }
}

/// The paths of the project that are not there, if they are asked for.
fn missing(common: &Common, project: &Project, disk: &Disk) -> Vec<Diagnostic> {
    let paths = absent(project.build.paths.iter().filter(|_| common.paths.is_empty()), disk);
    let cluster = project.cluster.iter().filter(|_| common.cluster.is_none()).filter(|path| is_absent(path, disk));
    paths.into_iter().chain(cluster.map(|path| not_there(path, "file", disk))).collect()
}

/// What is said of those of these paths that are not there.
pub fn absent<'p>(paths: impl Iterator<Item = &'p Written>, disk: &Disk) -> Vec<Diagnostic> {
    paths.filter(|path| is_absent(path, disk)).map(|path| not_there(path, "file or folder", disk)).collect()
}

fn is_absent(path: &Written, disk: &Disk) -> bool {
    let path = disk.below_root(&path.text);
    disk.reads.path(&path);
    fs::metadata(path).is_err()
}

/// What is said of a path of the project that is not there.
fn not_there(path: &Written, what: &str, disk: &Disk) -> Diagnostic {
    let message = format!("the project has no {what} `{}`", path.text);
    let diagnostic = Diagnostic::new(code::UNREADABLE_FILE, path.span, message);
    match disk.nearest(&path.text) {
        Some(better) => diagnostic.did_you_mean(&path.text, &better, path.span, format!("\"{better}\"")),
        None => diagnostic.note("paths here begin in the folder of `flytec.toml`"),
    }
}
