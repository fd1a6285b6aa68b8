//! What is tested.
//!
//! In: the paths of the arguments, or else the project's, and its tables `[[test]]`. Out: [`Cases`]: the tests, and the folders of snapshots that none of
//! them makes. Always: a source that a table names is not tested by itself; no two tests have the same folder. Not here: running them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::snapshots::{self, FOLDER};
use crate::cli::Failure;
use crate::cli::args::Common;
use crate::cli::files::{Disk, shown};
use crate::cli::project::{Opened, absent, refused};
use crate::cli::reads::Reads;
use crate::cli::sources::{folders, named, paths};
use crate::compile::Compilation;
use crate::diagnostics::Code;
use crate::modules::EXTENSION;
use crate::project::{Test, Written};
use crate::schema::kubernetes::versions::Version;

/// A program, and what it is to give.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// What people call it: the path of its source, or the name of its table.
    pub name: String,
    /// Which table of the project it is, if it is one.
    pub table: Option<usize>,
    /// The files and folders that are compiled together, from the current folder.
    pub paths: Vec<PathBuf>,
    /// The files of parameters.
    pub params: Vec<PathBuf>,
    /// The version of Kubernetes, where it is not the project's.
    pub kubernetes_version: Option<Version>,
    /// The error that has to come.
    pub error: Option<Code>,
    /// The folder that its folder of snapshots lies in, two levels down, and that paths in snapshots begin in.
    pub home: PathBuf,
    /// Its folder of snapshots.
    pub folder: PathBuf,
}

/// What is tested.
pub struct Cases {
    /// The tests: those of sources in the order of their paths, then those of tables in theirs.
    pub list: Vec<Case>,
    /// Folders of snapshots that no test makes.
    pub obsolete: Vec<PathBuf>,
}

/// What the arguments and the project say; where the project's tables name files that are not there, what is to be told.
pub fn of(common: &Common, opened: Opened) -> Result<Result<Cases, Compilation>, Failure> {
    let Opened { mut disk, map, project, .. } = opened;
    let all = common.paths.is_empty();
    let faults = absent(project.tests.iter().flat_map(|test| test.paths.iter().chain(&test.params)), &disk);
    if !faults.is_empty() {
        return Ok(Err(refused(map, faults)));
    }
    let searched = paths(common, &project.build.paths, &disk);
    let mut selected = named(&searched, &mut disk)?;
    let mut chosen: BTreeSet<PathBuf> = BTreeSet::new();
    // By whatever paths a file is named, it is one file.
    selected.retain(|path| chosen.insert(identity(path)));
    let mut claimed = BTreeSet::new();
    let (mut tables, mut table_folders) = (Vec::new(), BTreeSet::new());
    for (at, test) in project.tests.iter().enumerate() {
        let case = of_table(at, test, &disk);
        let files: BTreeSet<PathBuf> = named(&case.paths, &mut disk)?.iter().map(|path| identity(path)).collect();
        table_folders.insert(identity(&case.folder));
        if all || files.iter().any(|file| chosen.contains(file)) {
            tables.push(case);
        }
        claimed.extend(files);
    }
    let sources = selected.iter().filter(|path| !claimed.contains(&identity(path)));
    let list: Vec<Case> = sources.map(|path| of_source(path)).chain(tables).collect();
    if list.is_empty() {
        return Err(Failure::new(format!("no `.{EXTENSION}` files here; name a file or a folder")));
    }
    apart(&list)?;
    let own_root = all.then(|| disk.below_root(FOLDER));
    let below = |path: &PathBuf| {
        disk.reads.folders(path, FOLDER);
        folders(path, FOLDER)
    };
    let found = searched.iter().filter(|path| path.is_dir()).flat_map(below).chain(own_root);
    let is_made =
        |folder: &Path| table_folders.contains(&identity(folder)) || has_source(folder, &claimed, &disk.reads);
    Ok(Ok(Cases { list, obsolete: obsolete(found, &disk.reads, is_made) }))
}

fn of_table(at: usize, test: &Test, disk: &Disk) -> Case {
    let below = |paths: &[Written]| paths.iter().map(|path| disk.below_root(&path.text)).collect();
    Case {
        name: test.name.text.to_string(),
        table: Some(at),
        paths: below(&test.paths),
        params: below(&test.params),
        kubernetes_version: test.kubernetes_version,
        error: test.error,
        home: disk.below_root("."),
        folder: disk.below_root(FOLDER).join(test.name.text.as_str()),
    }
}

fn of_source(path: &Path) -> Case {
    let home = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let has_ending = path.extension().is_some_and(|extension| extension == EXTENSION);
    let name = if has_ending { path.file_stem() } else { path.file_name() };
    Case {
        name: shown(path),
        table: None,
        paths: vec![path.to_owned()],
        params: Vec::new(),
        kubernetes_version: None,
        error: None,
        folder: home.join(FOLDER).join(name.unwrap_or_default()),
        home,
    }
}

/// What a path leads to; where that is not there, the path itself, in the folder that it would be in.
fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let here = std::env::current_dir().unwrap_or_default();
        here.join(path)
    })
}

/// That no two tests write to one folder.
fn apart(cases: &[Case]) -> Result<(), Failure> {
    let mut seen: BTreeMap<&Path, &Case> = BTreeMap::new();
    for case in cases {
        if let Some(other) = seen.insert(&case.folder, case) {
            let (a, b, folder) = (&other.name, &case.name, shown(&case.folder));
            let message = format!("the tests `{a}` and `{b}` have the same snapshots, `{folder}`; rename one of them");
            return Err(Failure::new(message));
        }
    }
    Ok(())
}

/// Whether the source of this folder of snapshots is there, and is tested by itself.
fn has_source(folder: &Path, claimed: &BTreeSet<PathBuf>, reads: &Reads) -> bool {
    let Some((home, name)) = folder.parent().and_then(Path::parent).zip(folder.file_name()) else { return false };
    let mut with_ending = name.to_owned();
    with_ending.push(format!(".{EXTENSION}"));
    let sources = [home.join(with_ending), home.join(name)];
    for source in &sources {
        reads.path(source);
    }
    sources.iter().any(|source| source.is_file() && !claimed.contains(&identity(source)))
}

/// The folders of snapshots in these folders that are not made.
fn obsolete(homes: impl Iterator<Item = PathBuf>, reads: &Reads, is_made: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for home in homes {
        reads.content(&home);
        let are_in = |folder: &Path| {
            reads.content(folder);
            snapshots::are_in(folder)
        };
        let entries = fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.path());
        found.extend(entries.filter(|path| path.is_dir() && are_in(path) && !is_made(path)));
    }
    found.into_iter().collect()
}
